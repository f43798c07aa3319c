"""Pictures and films as files, by the ending of their name."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from simulator.stage.canvas.asciicast import asciicast_lines
from simulator.stage.canvas.frames import Frame
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.images import gif_parts, png
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.palette import DARK
from simulator.stage.canvas.svg import svg
from simulator.stage.film import Film
from simulator.stage.frame import frame
from simulator.stage.scene import Scene, Size

T = TypeVar("T")
Tell = Callable[[float], None]
"""Is told which share is done, and may raise to stop it."""
Parts = Iterator[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """How something is drawn: so large, and looking like this."""

    size: Size
    look: Look

    @property
    def coloured(self) -> Look:
        """A picture needs colours even where the terminal has none."""
        return self.look if self.look.theme.bg else Look(self.look.glyphs, DARK)


def _text(scene: Scene, drawn: Drawn) -> bytes:
    return plain(frame(scene, drawn.size, drawn.look)).encode()


def _svg(scene: Scene, drawn: Drawn) -> bytes:
    return svg(frame(scene, drawn.size, drawn.coloured), drawn.coloured, title=scene.load).encode()


def _png(scene: Scene, drawn: Drawn) -> bytes:
    return png(frame(scene, drawn.size, drawn.coloured), drawn.coloured)


def _gif(frames: Iterable[Frame], look: Look, _: Scene) -> Parts:
    return gif_parts(frames, look)


def _cast(frames: Iterable[Frame], look: Look, scene: Scene) -> Parts:
    return (line.encode() for line in asciicast_lines(frames, look, title=scene.load))


PICTURES: dict[str, Callable[[Scene, Drawn], bytes]] = {".txt": _text, ".svg": _svg, ".png": _png}
FILMS: dict[str, Callable[[Iterable[Frame], Look, Scene], Parts]] = {".gif": _gif, ".cast": _cast}


def write_film(path: Path, suffix: str, film: Film, scene: Scene, drawn: Drawn, tell: Tell) -> None:
    """Piece by piece; every picture is drawn, and every picture is written."""
    steps, look = _Steps(2 * film.pictures, tell), drawn.coloured
    frames = steps.each(film.frames(scene, drawn.size, look))
    with path.open("wb") as file:
        for part in steps.each(FILMS[suffix](frames, look, scene)):
            file.write(part)


class _Steps:
    """Tells how many of so many steps are done."""

    def __init__(self, count: int, tell: Tell) -> None:
        self._count, self._tell, self._done = count, tell, 0

    def each(self, things: Iterable[T]) -> Iterator[T]:
        """Every thing is a step."""
        for thing in things:
            self._done += 1
            self._tell(min(self._done / self._count, 1.0))
            yield thing


# A grid as plain text: what survives in a mail, a log or a test.


def plain(grid: CellGrid) -> str:
    """The characters line by line, without blanks at their ends."""
    return f"{grid}\n"
