"""Save what is on the screen into files: the picture, a film of it, the run.

What to watch: a file that is there already is never overwritten; a number is put behind the name instead.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path

from simulator.experiments.refusal import RefusalError
from simulator.lab.computing import broken_laws
from simulator.lab.export_menu import FILMS, Kind
from simulator.results.csv_files import write_csv
from simulator.results.document import as_json, document
from simulator.results.trace_file import save
from simulator.results.whole_files import whole_files
from simulator.stage import pictures
from simulator.stage.pictures import MOST_S, PICTURES, Drawn, Film, Tell, write_film
from simulator.stage.scene import Scene
from simulator.trace.playback import Playback
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.words.language import said
from simulator.words.numbers import long_duration, size

SUFFIXES = {
    Kind.TEXT: ".txt",
    Kind.SVG: ".svg",
    Kind.PNG: ".png",
    Kind.GIF: ".gif",
    Kind.HTML: ".html",
    Kind.CAST: ".cast",
    Kind.JSON: ".json",
    Kind.CSV: "",
    Kind.PARQUET: ".parquet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What is to be saved, as it was when somebody asked for it."""

    kind: Kind
    scene: Scene
    drawn: Drawn
    film: Film
    check: bool = False
    """Whether the laws of the runs are still to be checked."""


def export(request: ExportRequest, folder: Path, tell: Tell = lambda _: None) -> tuple[Path, ...]:
    """Write into a folder, and return what is new in it: files, or folders with tables. Raises RefusalError.

    ``tell`` hears how far a film is; where it raises, nothing of the film stays.
    """
    if why := request.check and broken_laws(tuple(view.playback.trace for view in request.scene.views)):
        raise RefusalError(str(why))
    try:
        if request.kind in FILMS:
            return (_save_film(request, folder, tell),)
        if SUFFIXES[request.kind] in PICTURES:
            return (_save_picture(request, folder),)
        return tuple(_save_runs(request, folder))
    except OSError as error:
        raise RefusalError(str(said("cannot write here: {reason}", reason=error.strerror or str(error)))) from None


def without_font(request: ExportRequest) -> str:
    """Some of the letters that are boxes in what is saved, because no font of this machine has them; mostly none."""
    return pictures.without_font(SUFFIXES[request.kind], _still(request.scene), request.drawn)


def _save_picture(request: ExportRequest, folder: Path) -> Path:
    suffix, scene = SUFFIXES[request.kind], _still(request.scene)
    data = PICTURES[suffix](scene, request.drawn)
    path = _free(folder, f"{_names(scene)} {scene.t_s:.3f}s", suffix)
    with whole_files() as files:
        files.write(path, partial(_write, data=data))
    return path


def _save_film(request: ExportRequest, folder: Path, tell: Tell) -> Path:
    film = request.film
    if film.too_long:
        raise RefusalError(
            str(
                said(
                    "that film would take {time} to watch, and at most {most} are possible: "
                    "choose less of the run, or play it faster (e, then left or ])",
                    time=long_duration(film.lasts_s),
                    most=long_duration(MOST_S),
                )
            )
        )
    suffix, scene = SUFFIXES[request.kind], _still(request.scene)
    path = _free(folder, f"{_names(scene)} {film.start_s:.3f}s to {film.end_s:.3f}s", suffix)
    with whole_files() as files:
        files.write(path, lambda part: write_film(part, suffix, film, scene, request.drawn, tell))
    return path


def _save_runs(request: ExportRequest, folder: Path) -> Iterator[Path]:
    for view in request.scene.views:
        path = _free(folder, f"{view.title} {request.scene.load}", SUFFIXES[request.kind])
        _save_run(request.kind, view.playback.trace, path)
        yield path


def _save_run(kind: Kind, trace: Trace, path: Path) -> None:
    with whole_files() as files:
        if kind is Kind.PARQUET:
            files.write(path, partial(save, trace))
            return
        results = document(trace, summarise(trace))
        if kind is Kind.JSON:
            files.write(path, partial(_write, data=as_json(results).encode()))
        else:
            write_csv(files, path, trace, results)


def _still(scene: Scene) -> Scene:
    """Without what is only for whoever sits in front of it.

    The playbacks are new ones: the screen goes on asking its own meanwhile, and what those keep is not for two threads.
    """
    views = tuple(
        replace(view, playback=Playback(view.playback.trace), ghost=view.ghost and Playback(view.ghost.trace), busy="")
        for view in scene.views
    )
    return replace(scene, views=views, message="", keys=())


def _write(path: Path, *, data: bytes) -> None:
    path.write_bytes(data)


def _names(scene: Scene) -> str:
    return f"{' vs '.join(view.title for view in scene.views)} {scene.load}"


def _free(folder: Path, words: str, suffix: str) -> Path:
    """``prefork-slow-clients-12.480s.svg``; with a number where that is taken."""
    stem = re.sub(r"[^\w.]+", "-", words).strip("-.")
    number = 1
    while (path := folder / f"{stem}{'' if number == 1 else f'-{number}'}{suffix}").exists():
        number += 1
    return path


# What becomes of the files: they are told, or go to a browser as one download.

WORTH_A_WORD = 2**20
Download = tuple[str, bytes]
"""A file: its name, and what is in it."""


def sized(path: Path) -> str:
    """A file with its size, where it is so large that whoever sends it somewhere wants to know."""
    length = path.stat().st_size
    return f"{path.name} ({size(length)})" if path.is_file() and length >= WORTH_A_WORD else path.name


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
