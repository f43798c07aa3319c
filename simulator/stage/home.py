"""The first screen: which load, on which server, and what to press.

What to watch: where it is drawn and what lies under the mouse come from one list of lines, so they cannot differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint, put_keys
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, clipped_lines, put_title
from simulator.words.language import later, tell, translated

QUESTION = later("The same requests arrive. What happens to them under another server, and why?")
TWO_COLUMNS = 96
"""From this width on menus stand side by side."""
ROOMY = 26
"""From this height on, a blank line stands above the last lines."""
OPENED = 4
"""Lines for the idea of the choice in focus, where all others have one."""
LINES_EACH = 5
"""A choice takes at most so many lines, the blank one after it included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to choose."""

    name: str
    """What a command line calls it."""
    idea: str
    """One sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A list of choices, one of them selected."""

    title: str
    choices: tuple[Choice, ...]
    selected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What the screen shows."""

    menus: tuple[Menu, ...]
    """Loads, servers, and lessons where there are any; see ``offers``."""
    focus: int = 0
    """The menu that the arrow keys move in."""
    keys: tuple[KeyHint, ...] = ()
    command: str = ""
    """What to type for what is selected."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a menu: its title (``choice`` is -1), a choice, or the rest of one."""

    row: int
    col: int
    width: int
    menu: int
    choice: int
    name: str
    name_width: int
    text: str


def home(state: Home, size: Size, look: Look) -> CellGrid:
    """The screen."""
    grid = CellGrid(*size)
    if not grid.height:
        return grid
    question = translated(QUESTION)
    put_title(grid, look, "loopfork", question if size.width > cell_width(question) + 14 else "")
    for line in _lines(state, size, look):
        _put_line(grid, state, line, look)
    foot = grid.height - min(_foot(state, size), 3)
    if foot < grid.height - 1:
        col = grid.put(foot, 1, tell("type"), Style.DIM) + 1
        grid.put(foot, col, clipped(state.command, size.width - col - 1, look), Style.ACCENT)
    if grid.height >= 4:
        put_keys(grid, grid.height - 1, state.keys)
    return grid


def target_at(state: Home, size: Size, row: int, col: int) -> tuple[int, int] | None:
    """The menu and the choice under a cell, counted from 0; -1 for a menu's title; None where there is nothing."""
    for line in _lines(state, size, Look()):  # glyphs and colours make no difference to where things stand
        if line.row == row and line.col <= col < line.col + line.width:
            return line.menu, line.choice
    return None


def _foot(state: Home, size: Size) -> int:
    """Lines at the bottom that belong to the command and the keys."""
    if size.height < 4:
        return 0
    return (4 if size.height >= ROOMY else 3) if state.command and size.height >= 14 else 1


def _put_line(grid: CellGrid, state: Home, line: _Line, look: Look) -> None:
    menu = state.menus[line.menu]
    focused, selected = line.menu == state.focus, line.choice == menu.selected
    if line.choice < 0:
        grid.put(line.row, line.col, clipped(line.text, line.width, look), Style.ACCENT if focused else Style.HEADING)
        return
    name, idea = Style.HEADING, Style.DIM
    if selected and focused:
        grid.fill(line.row, line.col, 1, line.width, style=Style.SELECTED)
        name = idea = Style.SELECTED
    elif selected:
        name, idea = Style.ACCENT, Style.TEXT
    if line.name:
        mark = look.glyphs.play if focused else look.glyphs.dot
        grid.put(line.row, line.col, mark if selected else " ", name)
        grid.put(line.row, line.col + 2, line.name, name)
    grid.put(line.row, line.col + 2 + line.name_width, line.text, idea)


@dataclass(frozen=True, slots=True)
class _Form:
    """How all menus are laid out."""

    lines: int
    """For the idea of each choice."""
    name_width: int
    blank: int
    """Lines between two choices."""

    def text_width(self, width: int) -> int:
        return width - 2 - self.name_width


@dataclass(frozen=True, slots=True)
class _Box:
    """A part of the screen."""

    row: int
    col: int
    width: int
    height: int


def _lines(state: Home, size: Size, look: Look) -> Iterator[_Line]:
    """Every line of every menu that is to be seen."""
    top = 2 if size.height >= 12 else 1
    columns = _columns(state) if size.width >= TWO_COLUMNS else [list(range(len(state.menus)))]
    width = (size.width - 1) // max(len(columns), 1) - 1
    for number, menus in enumerate(columns):
        box = _Box(top, 1 + number * (width + 1), width, size.height - top - _foot(state, size))
        yield from _column(state, menus, box, look)


def _columns(state: Home) -> list[list[int]]:
    """The menus in two columns, in their order, so that the longer one is as short as possible."""
    lengths = [len(menu.choices) + 2 for menu in state.menus]
    splits = range(1, len(lengths))
    split = min(splits, key=lambda at: max(sum(lengths[:at]), sum(lengths[at:])), default=len(lengths))
    columns = [list(range(split)), list(range(split, len(lengths)))]
    return [column for column in columns if column]


def _column(state: Home, menus: list[int], box: _Box, look: Look) -> Iterator[_Line]:
    """Menus under one another, with as many lines for each choice as there is room for."""
    form = _form(state, menus, box, look)
    wanted = [
        _height(_ideas(state.menus[menu], box.width, form, look, opened=menu == state.focus), form) for menu in menus
    ]
    between = 1 if sum(wanted) + len(menus) - 1 <= box.height else 0
    room = box.height - between * (len(menus) - 1)
    row = box.row
    for menu, height in zip(menus, _shares(wanted, room, [menu == state.focus for menu in menus]), strict=True):
        ideas = _ideas(state.menus[menu], box.width, form, look, opened=menu == state.focus)
        yield from _menu(state.menus[menu], menu, _Box(row, box.col, box.width, height), form, ideas, look)
        row += height + between


def _form(state: Home, menus: list[int], box: _Box, look: Look) -> _Form:
    """The roomiest form that lets everything be seen; the tightest one if none does."""
    names = (cell_width(choice.name) for menu in state.menus for choice in menu.choices)
    name_width = min(max(names, default=0) + 2, max(box.width // 3, 0))
    forms = [_Form(lines, name_width, blank) for lines in range(LINES_EACH, 0, -1) for blank in (1, 0)]
    for form in forms[:-1]:
        heights = [_height(_ideas(state.menus[menu], box.width, form, look), form) for menu in menus]
        if sum(heights) + len(menus) - 1 <= box.height:
            return form
    return forms[-1]


Ideas = list[list[str]]
"""The lines of every choice of a menu."""


def _height(ideas: Ideas, form: _Form) -> int:
    lines = [len(idea) + form.blank for idea in ideas]
    return 1 + sum(lines) - (form.blank if lines else 0)


def _ideas(menu: Menu, width: int, form: _Form, look: Look, *, opened: bool = False) -> Ideas:
    """As much as there is room for; in the tightest form, the selected one of an opened menu can still be read."""
    ideas = []
    for index, choice in enumerate(menu.choices):
        lines = OPENED if opened and form.lines == 1 and index == menu.selected else form.lines
        ideas.append(clipped_lines(choice.idea, form.text_width(width), lines, look) or [""])
    return ideas


def _shares(wanted: list[int], height: int, focused: list[bool]) -> list[int]:
    """Lines for each menu: what it wants, or first the one in focus, and of the others a title and a choice."""
    missing = max(sum(wanted) - max(height, 0), 0)
    shares = list(wanted)
    for least in (2, 0):
        for index in sorted(range(len(wanted)), key=lambda i: (focused[i], -i)):
            cut = min(missing, max(shares[index] - least, 0))
            shares[index] -= cut
            missing -= cut
    return shares


def _menu(menu: Menu, number: int, box: _Box, form: _Form, ideas: Ideas, look: Look) -> Iterator[_Line]:
    """A title and the choices; where not all fit, those around the selected one."""
    if box.height <= 0:
        return
    yield _Line(box.row, box.col, box.width, number, -1, "", 0, menu.title)
    first, end = 0, box.row + box.height
    if _height(ideas, form) > box.height:
        while first < menu.selected and sum(map(len, ideas[first : menu.selected + 1])) > box.height - 1:
            first += 1
    row = box.row + 1
    for index in range(first, len(ideas)):
        for nth, text in enumerate(ideas[index]):
            if row >= end:
                return
            name = clipped(menu.choices[index].name, form.name_width - 1, look) if nth == 0 else ""
            yield _Line(row, box.col, box.width, number, index, name, form.name_width, text)
            row += 1
        row += form.blank
