"""Save what is on the screen into files: the picture, a film of it, the run.

What to watch: a file that is there already is never overwritten; a number is put behind the name instead.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from simulator.app.csv_files import write_csv
from simulator.app.document import as_json, document
from simulator.app.picture.asciicast import asciicast
from simulator.app.picture.frames import Frame
from simulator.app.picture.gif import gif
from simulator.app.picture.png import png
from simulator.app.picture.svg import svg
from simulator.app.picture.text import plain
from simulator.app.refusal import RefusalError
from simulator.app.stage.frame import frame
from simulator.app.stage.look import Look
from simulator.app.stage.palette import DARK
from simulator.app.stage.scene import Scene, Size
from simulator.app.trace_file import save
from simulator.app.tui.export_menu import Kind
from simulator.app.tui.session import Shown
from simulator.app.whole_files import whole_files
from simulator.trace.summary import summarise
from simulator.trace.table import Trace

FILM_S = 5.0
"""How long a film lasts for whoever watches it; the run goes on at its present speed meanwhile."""
FILM_FPS = 10
SUFFIXES = {
    Kind.TEXT: ".txt",
    Kind.SVG: ".svg",
    Kind.PNG: ".png",
    Kind.GIF: ".gif",
    Kind.CAST: ".cast",
    Kind.JSON: ".json",
    Kind.CSV: "",
    Kind.PARQUET: ".parquet",
}
PICTURES: dict[Kind, Callable[[Scene, Size, Look], bytes]] = {
    Kind.TEXT: lambda scene, size, look: plain(frame(scene, size, look)).encode(),
    Kind.SVG: lambda scene, size, look: svg(frame(scene, size, look), look, title=scene.load).encode(),
    Kind.PNG: lambda scene, size, look: png(frame(scene, size, look), look),
    Kind.GIF: lambda scene, size, look: gif(list(film(scene, size, look)), look),
    Kind.CAST: lambda scene, size, look: asciicast(film(scene, size, look), look, title=scene.load).encode(),
}


def export(kind: Kind, shown: Shown, scene: Scene, size: Size, look: Look, folder: Path) -> tuple[Path, ...]:
    """Write into a folder, and return what is new in it: files, or folders with tables. Raises RefusalError."""
    paths: list[Path] = []
    try:
        if kind in PICTURES:
            data = PICTURES[kind](_still(scene), size, _coloured(look) if kind is not Kind.TEXT else look)
            paths = [_free(folder, _name(scene), SUFFIXES[kind])]
            with whole_files() as files:
                files.write(paths[0], lambda path: _write(path, data))
        else:
            for playback, view in zip(shown.playbacks, scene.views, strict=True):
                paths.append(_free(folder, f"{view.title} {scene.load}", SUFFIXES[kind]))
                _save_run(kind, playback.trace, paths[-1])
    except OSError as error:
        raise RefusalError(f"cannot write here: {error.strerror or error}") from None
    return tuple(paths)


def film(scene: Scene, size: Size, look: Look) -> Iterator[Frame]:
    """Pictures from now on, each with when it is shown; the last one is at the end of the run at the latest."""
    for number in range(round(FILM_S * FILM_FPS) + 1):
        shown_s = number / FILM_FPS
        t_s = scene.t_s + shown_s * scene.speed
        yield shown_s, frame(replace(scene, t_s=min(t_s, scene.end_s)), size, look)
        if t_s >= scene.end_s:
            return


def _still(scene: Scene) -> Scene:
    """Without what is only for whoever sits in front of it."""
    return replace(scene, message="", keys=())


def _coloured(look: Look) -> Look:
    """A picture needs colours even where the terminal has none."""
    return look if look.theme.bg else Look(look.glyphs, DARK)


def _save_run(kind: Kind, trace: Trace, path: Path) -> None:
    with whole_files() as files:
        if kind is Kind.PARQUET:
            files.write(path, lambda part: save(trace, part))
            return
        results = document(trace, summarise(trace))
        if kind is Kind.JSON:
            files.write(path, lambda part: _write(part, as_json(results).encode()))
        else:
            write_csv(files, path, trace, results)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _name(scene: Scene) -> str:
    return f"{' vs '.join(view.title for view in scene.views)} {scene.load} {scene.t_s:.3f}s"


def _free(folder: Path, words: str, suffix: str) -> Path:
    """``prefork-slow-clients-12.480s.svg``; with a number where that is taken."""
    stem = re.sub(r"[^\w.]+", "-", words).strip("-.")
    number = 1
    while (path := folder / f"{stem}{'' if number == 1 else f'-{number}'}{suffix}").exists():
        number += 1
    return path
