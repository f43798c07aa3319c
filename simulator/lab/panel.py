"""The list of all knobs, and of what was done to the server: a grid beside the stage.

What to watch: it scrolls by itself so that the selected line is always in sight, and says below what the line means.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.lab.interventions import TimelineEntry
from simulator.lab.knob import Knob
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, wrapped
from simulator.words.language import later, tell, translated
from simulator.words.numbers import duration

WIDTH = 38
TIMELINE = later("done to the server")
HELP_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What the list shows."""

    knobs: tuple[Knob, ...]
    timeline: tuple[TimelineEntry, ...]
    selected: int = 0
    """Counted through the knobs and then the timeline."""

    @property
    def count(self) -> int:
        """Lines that can be selected."""
        return len(self.knobs) + len(self.timeline)

    @property
    def entry(self) -> int | None:
        """Which entry of the timeline is selected, if one is."""
        number = self.selected - len(self.knobs)
        return number if 0 <= number < len(self.timeline) else None

    @property
    def knob(self) -> Knob | None:
        """Which knob is selected, if one is."""
        return self.knobs[self.selected] if 0 <= self.selected < len(self.knobs) else None


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    value: str
    style: Style
    number: int | None


def panel_grid(panel: Panel, size: tuple[int, int], look: Look) -> CellGrid:
    """The list, ``size`` being width and height in cells; a rule on its left."""
    width, height = size
    grid = CellGrid(width, height)
    grid.fill(0, 0, height, 1, look.glyphs.vertical, style=Style.RULE)
    lines = list(_lines(panel))
    room = max(height - HELP_LINES - 1, 1)
    chosen = next((row for row, line in enumerate(lines) if line.number == panel.selected), 0)
    first = min(max(chosen - room // 2, 0), max(len(lines) - room, 0))
    for row, line in enumerate(lines[first : first + room]):
        _draw(grid, row, line, look, selected=line.number == panel.selected)
    _explain(grid, height - HELP_LINES, panel, look)
    return grid


def line_at(panel: Panel, height: int, row: int) -> int | None:
    """Which knob or entry lies in a row."""
    lines = list(_lines(panel))
    room = max(height - HELP_LINES - 1, 1)
    chosen = next((place for place, line in enumerate(lines) if line.number == panel.selected), 0)
    first = min(max(chosen - room // 2, 0), max(len(lines) - room, 0))
    return lines[first + row].number if row < room and first + row < len(lines) else None


def _lines(panel: Panel) -> Iterator[_Line]:
    group = ""
    for number, knob in enumerate(panel.knobs):
        if knob.group != group:
            group = knob.group
            yield _Line(translated(group).upper(), "", Style.HEADING, None)
        yield _Line(f" {translated(knob.label)}", knob.value, Style.TEXT if knob.default else Style.ACCENT, number)
    yield _Line(translated(TIMELINE).upper(), "", Style.HEADING, None)
    for number, entry in enumerate(panel.timeline, len(panel.knobs)):
        yield _Line(f" {_entry(entry)}", "", Style.TEXT, number)
    if not panel.timeline:
        yield _Line(tell(" nothing; k b f < > at the playhead"), "", Style.DIM, None)


def _entry(entry: TimelineEntry) -> str:
    return tell("at {time}: {what}", time=duration(entry.at_s), what=entry.words)


def _draw(grid: CellGrid, row: int, line: _Line, look: Look, *, selected: bool) -> None:
    style = Style.SELECTED if selected else line.style
    if selected:
        grid.fill(row, 1, 1, grid.width - 1, style=style)
    value = look.spelled(f" {line.value} ")
    grid.put(row, 1, clipped(line.text, grid.width - 1 - cell_width(value), look), style)
    grid.put(row, grid.width - cell_width(value), value, style)


def _explain(grid: CellGrid, top: int, panel: Panel, look: Look) -> None:
    if top < 1:
        return
    grid.fill(top - 1, 1, 1, grid.width - 1, look.glyphs.horizontal, style=Style.RULE)
    about = translated(panel.knob.help) if panel.knob else ""
    if panel.entry is not None:
        about = _entry(panel.timeline[panel.entry])
    words: Sequence[str] = wrapped(about, max(grid.width - 3, 1))
    what = tell("delete removes it") if panel.entry is not None else tell("left and right turn it")
    for row, text in enumerate([*words[: HELP_LINES - 1], what]):
        grid.put(top + row, 2, look.spelled(text), Style.DIM)
