"""Saves beside the screen, into the working directory; from a browser, the files are downloaded there instead.

What to watch: behind a browser tab the working directory is that of ``simulate serve``, where whoever looks at the tab
may have no business. Nothing stays there; a download is one file, so several are put into an archive.
"""

import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path

from textual.message import Message
from textual.screen import Screen

from simulator.app.refusal import RefusalError
from simulator.app.stage.look import Look
from simulator.app.stage.scene import Scene, Size
from simulator.app.tui.export_menu import Kind
from simulator.app.tui.exporting import export
from simulator.app.tui.sitting import Sitting

GROUP = "export"
Export = Callable[[Path], tuple[Path, ...]]
"""Writes into a folder, and says what."""
Download = tuple[str, bytes]
"""A file: its name, and what is in it."""


class Saved(Message):
    """A thread is through."""

    def __init__(self, words: str, download: Download | None = None) -> None:
        """What is to be told, and what a browser is still to get."""
        super().__init__()
        self.words, self.download = words, download


class Saver:
    """The saving of one screen."""

    def __init__(self, screen: Screen[None], sitting: Sitting) -> None:
        """Messages go to the screen, which gives them back to ``show``."""
        self._screen, self._sitting = screen, sitting

    def save(self, kind: Kind, scene: Scene, size: Size, look: Look) -> None:
        """Begin to save what is shown now."""
        self._sitting.say("saving ...")
        job = partial(export, kind, self._sitting.shown, scene, size, look)
        work = _downloaded if self._screen.app.is_web else _written
        self._screen.run_worker(partial(self._beside, work, job), thread=True, group=GROUP, exit_on_error=False)

    def _beside(self, work: Callable[[Export], Saved], job: Export) -> None:
        """In a thread."""
        try:
            saved = work(job)
        except RefusalError as error:
            saved = Saved(str(error))
        self._screen.post_message(saved)

    def show(self, saved: Saved) -> None:
        """Say where the files are, or hand them to the browser."""
        if saved.download is not None:
            name, data = saved.download
            self._screen.app.deliver_binary(BytesIO(data), save_filename=name)
        self._sitting.say(saved.words)


def _written(job: Export) -> Saved:
    try:
        folder = Path.cwd()
    except OSError as error:
        raise RefusalError(f"cannot write here: {error.strerror or error}") from None
    return Saved(f"saved {', '.join(path.name for path in job(folder))}")


def _downloaded(job: Export) -> Saved:
    with tempfile.TemporaryDirectory(prefix="loopfork-") as folder:
        name, data = packed(job(Path(folder)))
    return Saved(f"your browser downloads {name}", (name, data))


def packed(paths: tuple[Path, ...]) -> Download:
    """One file as it is; several, or a folder, as an archive with the name of the first."""
    first, *others = paths
    if first.is_file() and not others:
        return first.name, first.read_bytes()
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        for path in paths:
            for file in [path] if path.is_file() else sorted(path.iterdir()):
                files.write(file, file.relative_to(path.parent))
    return f"{first.stem if first.is_file() else first.name}.zip", archive.getvalue()
