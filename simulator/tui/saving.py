"""Saves beside the screen, into the working directory; from a browser, the files are downloaded there instead.

What to watch: behind a browser tab the working directory is that of ``simulate serve``, where whoever looks at the tab
may have no business. Nothing stays there; a download is one file, so several are put into an archive.
"""

import tempfile
import threading
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path

from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from simulator.experiments.refusal import RefusalError
from simulator.lab.export import Download, ExportRequest, export, packed, sized, without_font
from simulator.lab.export_menu import FILMS, Kind
from simulator.lab.lab import Lab
from simulator.stage.pictures import Tell
from simulator.words.language import Said, said, tell, translated
from simulator.words.numbers import percent

GROUP = "export"
Export = Callable[[Path], tuple[Path, ...]]
"""Writes into a folder, and says what."""


class StoppedError(Exception):
    """Nobody wants it any more."""


class Saved(Message):
    """A thread is through."""

    def __init__(self, words: str | Said, download: Download | None = None) -> None:
        """What is to be told, and what a browser is still to get."""
        super().__init__()
        self.words, self.download = words, download


class Job:
    """What is being saved now; the screen and the thread both look at it."""

    def __init__(self, kind: Kind) -> None:
        """Nothing of it is done yet."""
        self.kind = kind
        self.done = 0.0
        self.stopped = threading.Event()

    @property
    def words(self) -> str:
        """How far it is."""
        if self.stopped.is_set():
            return tell("stopping ...")
        if self.kind not in FILMS:
            return tell("saving ...")
        return tell("{file}: {percent}, esc stops it", file=translated(self.kind.value), percent=percent(self.done))


class Saver:
    """The saving of one screen, one thing at a time."""

    def __init__(self, screen: Screen[None], lab: Lab) -> None:
        """Messages go to the screen, which gives them back to ``show``."""
        self._screen, self._lab = screen, lab
        self._job: Job | None = None
        self._said = ""

    def save(self, request: ExportRequest) -> None:
        """Begin to save what is shown now."""
        if self._job is not None:
            self._lab.say(said("not yet: {what}", what=self._job.words))
            return
        self._job = job = Job(request.kind)
        self._say(job.words)
        work = _downloaded if self._screen.app.is_web else _written
        beside = partial(self._beside, job, request, work)
        self._screen.run_worker(beside, thread=True, group=GROUP, exit_on_error=False)

    def _beside(self, job: Job, request: ExportRequest, work: Callable[[Export], Saved]) -> None:
        """In a thread."""
        saved = Saved(said("could not be saved"))
        try:
            saved = _remarked(work(partial(export, request, tell=_teller(job))), without_font(request))
        except RefusalError as error:
            saved = Saved(str(error))
        except StoppedError:
            saved = Saved(said("stopped: nothing was saved"))
        finally:
            self._screen.post_message(saved)

    def stop(self) -> bool:
        """Stop a film that is being made; False if there is none."""
        if self._job is None or self._job.kind not in FILMS:
            return False
        self._job.stopped.set()
        return True

    def report(self) -> None:
        """Say how far it is, unless something else is being said."""
        if self._job is not None and self._lab.message in ("", self._said):
            self._say(self._job.words)

    def _say(self, words: str) -> None:
        if words != self._lab.message:
            self._said = words
            self._lab.say(words)

    def show(self, saved: Saved) -> None:
        """Say where the files are, or hand them to the browser."""
        self._job = None
        if saved.download is not None:
            name, data = saved.download
            self._screen.app.deliver_binary(BytesIO(data), save_filename=name)
        self._lab.say(saved.words)


def _teller(job: Job) -> Tell:
    """Goes on until somebody stops the job, or closes the screen."""
    worker = get_current_worker()

    def tell(done: float) -> None:
        if worker.is_cancelled or job.stopped.is_set():
            raise StoppedError
        job.done = done

    return tell


def _remarked(saved: Saved, letters: str) -> Saved:
    if not letters:
        return saved
    words = said(
        "{saved}; no font here has {letters}, so boxes stand for such letters: install fonts-noto-cjk, and save again",
        saved=saved.words,
        letters=letters,
    )
    return Saved(words, saved.download)


def _written(job: Export) -> Saved:
    try:
        folder = Path.cwd()
    except OSError as error:
        raise RefusalError(tell("cannot write here: {reason}", reason=error.strerror or error)) from None
    return Saved(said("saved {files}", files=", ".join(map(sized, job(folder)))))


def _downloaded(job: Export) -> Saved:
    with tempfile.TemporaryDirectory(prefix="loopfork-") as folder:
        name, data = packed(job(Path(folder)))
    return Saved(said("your browser downloads {file}", file=name), (name, data))
