"""The list of all knobs, and of what was done to the server: a grid beside the stage.

What to watch: it scrolls by itself so that the selected line is always in sight, and says below what the line means.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from simulator.lab.interventions import TimelineEntry
from simulator.lab.knob import Knob
from simulator.lab.typed_values import NUMBER, unit_of
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, wrapped
from simulator.words.language import later, tell, translated
from simulator.words.numbers import duration

WIDTH = 38
TIMELINE = later("done to the server")
CARET = "_"
LEAST_EXPLAINED, ROOMY = 6, 14
"""In fewer rows there is no room for the keys; in fewer than the other only for those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What the list shows."""

    knobs: tuple[Knob, ...]
    timeline: tuple[TimelineEntry, ...]
    selected: int = 0
    """Counted through the knobs and then the timeline."""
    typed: str = ""
    """The value that is being typed into the selected knob."""

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
    below = _explanation(panel, width, height)
    for row, line in enumerate(_in_sight(panel, width, height)):
        _draw(grid, row, line, look, selected=line.number is not None and line.number == panel.selected)
    _explain(grid, height - len(below), below, look)
    return grid


def line_at(panel: Panel, size: tuple[int, int], row: int) -> int | None:
    """Which knob or entry lies in a row."""
    lines = _in_sight(panel, *size)
    return lines[row].number if row < len(lines) else None


def _in_sight(panel: Panel, width: int, height: int) -> list[_Line]:
    """The lines for which there is room, around the selected one."""
    lines = [part for line in _lines(panel) for part in _broken(line, width)]
    room = max(height - len(_explanation(panel, width, height)) - 1, 1)
    chosen = next((place for place, line in enumerate(lines) if line.number == panel.selected), 0)
    first = min(max(chosen - room // 2, 0), max(len(lines) - room, 0))
    return lines[first : first + room]


def _lines(panel: Panel) -> Iterator[_Line]:
    group = ""
    for number, knob in enumerate(panel.knobs):
        if knob.group != group:
            group = knob.group
            yield _Line(translated(group).upper(), "", Style.HEADING, None)
        style = Style.TEXT if knob.default else Style.ACCENT
        yield _Line(f" {translated(knob.label)}", _value(panel, number), style, number)
    yield _Line(translated(TIMELINE).upper(), "", Style.HEADING, None)
    for number, entry in enumerate(panel.timeline, len(panel.knobs)):
        yield _Line(f" {_entry(entry)}", "", Style.TEXT, number)
    if not panel.timeline:
        yield _Line(tell(" nothing; k b f < > at the playhead"), "", Style.DIM, None)


def _value(panel: Panel, number: int) -> str:
    """How a knob stands; of the selected one what is typed, with the unit that it will have."""
    value = panel.knobs[number].value
    if number != panel.selected or not panel.typed:
        return value
    unit = unit_of(value) if NUMBER.fullmatch(panel.typed) else ""
    return f"{panel.typed}{CARET} {unit}".rstrip()


def _entry(entry: TimelineEntry) -> str:
    return tell("at {time}: {what}", time=duration(entry.at_s), what=entry.words)


def _broken(line: _Line, width: int) -> Iterator[_Line]:
    """Several lines where one is too narrow: no word is cut."""
    beside = cell_width(line.value) + 2 if line.value else 0
    first, *rest = wrapped(line.text.strip(), max(width - 3 - beside, 1)) or [""]
    indent = " " * (len(line.text) - len(line.text.lstrip()))
    yield replace(line, text=f"{indent}{first}")
    for more in rest:
        yield replace(line, text=f"{indent}  {more}", value="")


def _draw(grid: CellGrid, row: int, line: _Line, look: Look, *, selected: bool) -> None:
    style = Style.SELECTED if selected else line.style
    if selected:
        grid.fill(row, 1, 1, grid.width - 1, style=style)
    value = look.spelled(f" {line.value} ")
    grid.put(row, 1, clipped(line.text, grid.width - 1 - cell_width(value), look), style)
    grid.put(row, grid.width - cell_width(value), value, style)


def _explanation(panel: Panel, width: int, height: int) -> list[tuple[str, Style]]:
    """What the selected line means, and which keys change it; in a low terminal only the keys."""
    if height < LEAST_EXPLAINED:
        return []
    if panel.entry is not None:
        about, what = _entry(panel.timeline[panel.entry]), tell("delete removes it")
    elif panel.typed:
        about, what = _about(panel), tell("enter sets it, esc does not")
    elif panel.knob is not None and panel.knob.enter is not None:
        about, what = _about(panel), tell("left right turn it, digits set it")
    else:
        about, what = _about(panel), tell("left and right turn it")
    room = max(width - 3, 1)
    lines = [(line, Style.DIM) for line in wrapped(about, room)] if height >= ROOMY else []
    return [*lines, *((line, Style.KEY_NAME) for line in wrapped(what, room))]


def _about(panel: Panel) -> str:
    return translated(panel.knob.help) if panel.knob else ""


def _explain(grid: CellGrid, top: int, lines: Sequence[tuple[str, Style]], look: Look) -> None:
    if not lines or top < 1:
        return
    grid.fill(top - 1, 1, 1, grid.width - 1, look.glyphs.horizontal, style=Style.RULE)
    for row, (text, style) in enumerate(lines):
        grid.put(top + row, 2, look.spelled(text), style)
