"""What can be saved, as a small menu on top of the stage; of a film also how much of the run, and how fast."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from simulator.lab.playhead import SPEEDS, Playhead
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped
from simulator.stage.pictures import Film
from simulator.words.language import later, tell, translated
from simulator.words.numbers import long_duration, three_digits

# How much of a run a film can show: some seconds from the playhead on, all that is left, or the whole run.

LENGTHS_S = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
"""Of the run."""
USUAL_S = 5.0
"""What is proposed first is a film that is at most so long."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the run."""

    start_s: float
    end_s: float
    words: str

    def film(self, speed: float) -> Film:
        """It is shown at this speed."""
        return Film(start_s=self.start_s, end_s=self.end_s, speed=speed)


def stretches(t_s: float, end_s: float) -> tuple[Stretch, ...]:
    """What can be chosen at a moment of a run, the shortest first; the whole run is always there."""
    left_s, start = end_s - t_s, long_duration(t_s)
    some = [
        Stretch(
            t_s, t_s + length_s, tell("{time} from {start}", time=long_duration(length_s), start=long_duration(t_s))
        )
        for length_s in LENGTHS_S
        if length_s < left_s
    ]
    if some and t_s > 0.0:
        whole = tell("{time} from {start} to the end", time=long_duration(left_s), start=start)
        some.append(Stretch(t_s, end_s, whole))
    return (*some, Stretch(0.0, end_s, tell("the whole run, {time}", time=long_duration(end_s))))


def usual_stretch(of: tuple[Stretch, ...], speed: float) -> int:
    """The number of the longest whose film is not longer than usual, else of the shortest."""
    return max((i for i, each in enumerate(of) if each.film(speed).lasts_s <= USUAL_S), default=0)


def film_words(film: Film) -> str:
    """How long it takes to watch it, or that this is too long."""
    time = long_duration(film.lasts_s)
    if film.too_long:
        return tell("a film of {time} is too long", time=time)
    return tell("a film of {time}, {rate} pictures/s", time=time, rate=three_digits(film.fps))


# The menu: a kind of file is selected in it.


class Kind(Enum):
    """A kind of file; the value says what it is."""

    TEXT = later("this picture as text")
    SVG = later("this picture as SVG")
    PNG = later("this picture as PNG")
    GIF = later("film as GIF")
    HTML = later("film as a page with its player")
    CAST = later("film for asciinema")
    JSON = later("the results as JSON")
    CSV = later("the run as CSV tables")
    PARQUET = later("the run as Parquet, to show it again")


KINDS = tuple(Kind)
FILMS = (Kind.GIF, Kind.HTML, Kind.CAST)
WIDTH = 64
"""Always the same, so that the menu does not jump while the length of a film is being chosen."""
TITLE = later("save")
HINT = later("enter saves, esc does not")
LINES = {"select-up": -1, "select-down": 1}
LENGTHS = {"back": -1, "forward": 1}
FASTER = {"slower": -1, "faster": 1}
"""What keys do in the menu, by how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportMenu:
    """One of the kinds is selected. A film begins at the moment when the menu was opened."""

    offered: tuple[Stretch, ...]
    stretch: int
    """The number of the one that is chosen."""
    speed: float
    """Of the film: simulated seconds in a second."""
    selected: int = 0

    @classmethod
    def opened(cls, clock: Playhead) -> "ExportMenu":
        """On what is shown now, as fast as it is played."""
        offered = stretches(clock.t_s, clock.end_s)
        return cls(offered=offered, stretch=usual_stretch(offered, clock.speed), speed=clock.speed)

    @property
    def kind(self) -> Kind:
        """The selected one."""
        return KINDS[self.selected]

    @property
    def film(self) -> Film:
        """What a film would show."""
        return self.offered[self.stretch].film(self.speed)

    def after(self, id: str) -> "ExportMenu | None":
        """The menu after a key; None after one that closes it."""
        if id in LINES:
            return replace(self, selected=(self.selected + LINES[id]) % len(KINDS))
        if id in LENGTHS:
            return replace(self, stretch=_held(self.stretch + LENGTHS[id], len(self.offered)))
        if id in FASTER:
            return replace(self, speed=SPEEDS[_held(SPEEDS.index(self.speed) + FASTER[id], len(SPEEDS))])
        return None

    def draw(self, grid: CellGrid, look: Look) -> None:
        """Put the menu in the middle of the picture; where that is low, around the selected line."""
        width = min(WIDTH, grid.width)
        rows = max(min(len(KINDS), grid.height - 2), 1)
        first = min(max(self.selected - rows // 2, 0), len(KINDS) - rows)
        top, left = max((grid.height - rows - 2) // 2, 0), (grid.width - width) // 2
        box = CellGrid(width, rows + 2)
        _frame(box, look)
        self._write_on(box, look)
        for row, (kind, line) in enumerate(list(self._lines())[first : first + rows], 1):
            style = Style.SELECTED if kind is self.kind else Style.TEXT
            box.fill(row, 1, 1, width - 2, style=style)
            box.put(row, 2, clipped(line, width - 3, look), style)
        grid.blit(box, top, left)

    def _lines(self) -> Iterator[tuple[Kind, str]]:
        words = self.offered[self.stretch].words
        for kind in KINDS:
            what = translated(kind.value)
            yield kind, tell("{film}, {part}", film=what, part=words) if kind in FILMS else what

    def _write_on(self, box: CellGrid, look: Look) -> None:
        """What this is, how long a film will be, and the keys, on the lines around it."""
        bottom, room = box.height - 1, max(box.width - 4, 0)
        title = f" {translated(TITLE)} "
        box.put(0, 2, title, Style.HEADING)
        if self.kind not in FILMS:
            box.put(bottom, 2, clipped(f" {translated(HINT)} ", room, look), Style.DIM)
            return
        length = f" {film_words(self.film)} "
        if cell_width(title) + cell_width(length) <= room:
            box.put(0, box.width - 2 - cell_width(length), length, Style.ACCENT if self.film.too_long else Style.DIM)
        speed = f"{look.glyphs.times}{self.speed:g}"
        hints = [
            tell(" left right: how much   [ ]: how fast, {speed}   enter saves ", speed=speed),
            tell(" left right: how much, [ ]: {speed} ", speed=speed),
        ]
        box.put(bottom, 2, next((hint for hint in hints if cell_width(hint) <= room), ""), Style.DIM)


def _held(number: int, count: int) -> int:
    return min(max(number, 0), count - 1)


def _frame(box: CellGrid, look: Look) -> None:
    glyphs, right, bottom = look.glyphs, box.width - 1, box.height - 1
    for row in (0, bottom):
        box.fill(row, 0, 1, box.width, glyphs.horizontal, style=Style.RULE)
    for col in (0, right):
        box.fill(0, col, box.height, 1, glyphs.vertical, style=Style.RULE)
    places = ((0, 0), (0, right), (bottom, 0), (bottom, right))
    for (row, col), corner in zip(places, glyphs.corners, strict=True):
        box.put(row, col, corner, Style.RULE)
