"""Pictures and films of a run, as files.

What to watch: a film has two clocks. The run goes from ``start_s`` to ``end_s``; whoever watches the film sees that in
``lasts_s``, which is longer where the film shows the run slowed down.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from simulator.stage.canvas.asciicast import asciicast
from simulator.stage.canvas.grid import Frame, Size, plain
from simulator.stage.canvas.images import gif, png
from simulator.stage.canvas.letters import boxed
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.player import player
from simulator.stage.canvas.svg import svg
from simulator.stage.frame import frame
from simulator.stage.scene import Scene

# A stretch of a run as a film: which moments are shown, and when.

FPS = 10.0
"""Pictures per second, as long as they do not become too many."""
MOST_PICTURES = 600
"""As a GIF of 120 x 36 cells these are 8 MB, made in half a minute."""
MOST_S = 600.0
"""Longer films would have less than one picture per second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """What is shown of the run, and how fast."""

    start_s: float
    """On the clock of the run, like ``end_s``."""
    end_s: float
    speed: float = 1.0
    """Simulated seconds in a second of the film."""

    @property
    def lasts_s(self) -> float:
        """How long it takes to watch it."""
        return (self.end_s - self.start_s) / self.speed

    @property
    def too_long(self) -> bool:
        """Whether it would be a slide show."""
        return self.lasts_s > MOST_S

    @property
    def fps(self) -> float:
        """Pictures per second: fewer where the film is long."""
        return min(FPS, MOST_PICTURES / self.lasts_s) if self.lasts_s > 0.0 else FPS

    @property
    def pictures(self) -> int:
        """How many there are, the first and the last moment included."""
        return math.ceil(self.lasts_s * self.fps - 1e-6) + 1

    def frames(self, scene: Scene, size: Size, look: Look) -> Iterator[Frame]:
        """Drawn one after another when asked for; ``scene`` says of whom, and its moment does not matter."""
        playing = replace(scene, playing=True, speed=self.speed)
        for number in range(self.pictures):
            shown_s = min(number / self.fps, self.lasts_s)
            t_s = min(self.start_s + shown_s * self.speed, self.end_s)
            yield shown_s, frame(replace(playing, t_s=t_s), size, look)


# What becomes a file, by the ending of its name.

T = TypeVar("T")
Tell = Callable[[float], None]
"""Is told which share is done, and may raise to stop it."""
Parts = Iterator[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """How something is drawn: so large, and looking like this."""

    size: Size
    look: Look


def _text(scene: Scene, drawn: Drawn) -> bytes:
    return plain(frame(scene, drawn.size, drawn.look)).encode()


def _svg(scene: Scene, drawn: Drawn) -> bytes:
    return svg(frame(scene, drawn.size, drawn.look), drawn.look, title=scene.load).encode()


def _png(scene: Scene, drawn: Drawn) -> bytes:
    return png(frame(scene, drawn.size, drawn.look), drawn.look)


def _gif(frames: Iterable[Frame], look: Look, _: Scene) -> Parts:
    return gif(frames, look)


def _cast(frames: Iterable[Frame], look: Look, scene: Scene) -> Parts:
    return (line.encode() for line in asciicast(frames, look, title=scene.load))


LINE = "line"
"""The label that says by which line a server is started."""


def _html(frames: Iterable[Frame], look: Look, scene: Scene) -> Parts:
    servers = " | ".join(view.playback.trace.labels.get(LINE, view.title) for view in scene.views)
    yield player(frames, look, title=f"{servers} · {scene.title or scene.load}").encode()


PICTURES: dict[str, Callable[[Scene, Drawn], bytes]] = {".txt": _text, ".svg": _svg, ".png": _png}
FILMS: dict[str, Callable[[Iterable[Frame], Look, Scene], Parts]] = {
    ".gif": _gif,
    ".html": _html,
    ".cast": _cast,
}


PIXELS = (".png", ".gif")
"""Of these, letters are drawn with the fonts of this machine."""
SOME = 4
"""Letters are enough to see what is missing."""


def without_font(suffix: str, scene: Scene, drawn: Drawn) -> str:
    """Some of the letters that are boxes in such a file, because no font of this machine has them; mostly none."""
    return boxed(frame(scene, drawn.size, drawn.look))[:SOME] if suffix in PIXELS else ""


def write_film(path: Path, suffix: str, film: Film, scene: Scene, drawn: Drawn, tell: Tell) -> None:
    """Piece by piece; every picture is drawn, and every picture is written."""
    steps, look = _Steps(2 * film.pictures, tell), drawn.look
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
