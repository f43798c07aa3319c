"""The lines of the first screen: the start, a question, a menu whose choices stand side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.key_bar import KeyHint, KeyTarget
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Find, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped

START_INDENT, QUESTION_INDENT = 2, 5
"""Cells before the words: for the mark of what is in focus, and for the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Something to begin with, or to ask."""

    asks: str
    short: str
    """The same for narrow screens."""
    about: str
    """What is compared, in a few words."""
    sees: str
    """Where to look, and what is seen there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to choose."""

    name: str
    """What a command line calls it."""
    idea: str
    """One sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A row of choices, one of them selected."""

    title: str
    choices: tuple[Choice, ...]
    selected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What the screen shows. Its lines are the start, the questions, and the menus, from top to bottom."""

    start: Asked
    questions: tuple[Asked, ...]
    menus: tuple[Menu, ...]
    """Loads, servers, and what can stand in front of one; see ``offers``."""
    focus: int = 0
    """The line that the arrow keys are on."""
    begin: KeyHint | None = None
    """What opens the line in focus."""
    go_on: KeyHint | None = None
    """What was watched last."""
    keycaps: tuple[str, ...] = ()
    """What is pressed for each question."""
    keys: tuple[KeyHint, ...] = ()
    command: str = ""
    """What to type for what is in focus."""
    preview: CellGrid | None = None
    """The stage at the moment that matters; None where it is not drawn yet."""
    preview_of: str = ""
    """Whose picture that is, and of which moment."""

    @property
    def first_menu(self) -> int:
        """The line of the first menu."""
        return 1 + len(self.questions)

    @property
    def lines(self) -> int:
        """How many lines can have the focus."""
        return self.first_menu + len(self.menus)

    @property
    def menu(self) -> int | None:
        """The number of the menu in focus, if it is one."""
        return self.focus - self.first_menu if self.focus >= self.first_menu else None

    @property
    def about_focus(self) -> str:
        """What there is to say about the line in focus."""
        if self.menu is not None:
            menu = self.menus[self.menu]
            return menu.choices[menu.selected].idea
        return (self.start, *self.questions)[self.focus].sees


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeTarget:
    """What lies under a cell of the first screen."""

    line: int
    """The start, the questions and the menus, counted from 0."""
    choice: int = -1
    """Of a menu; -1 elsewhere."""


def put_start(sheet: Sheet, area: Area, asked: Asked, begin: KeyHint | None, *, focused: bool) -> None:
    """What to begin with, and with which key; in a second row what it is about."""
    row, col, height, width = area
    sheet.offer(area, _finder(0))
    end = col + width
    if begin is not None and focused:
        words = f" {begin.key} ", f" {begin.does}"
        end -= sum(map(cell_width, words)) + 1
        after = sheet.put(row, end, words[0], Style.KEY)
        sheet.put(row, after, words[1], Style.KEY_NAME)
        sheet.offer(Area(row, end, 1, col + width - end), lambda _row, _col: KeyTarget(hint=begin))
        end -= 2
    room = end - col - START_INDENT - 1
    style = _lit(sheet, area._replace(width=end - col), focused=focused)
    text = asked.asks if cell_width(asked.asks) <= room else asked.short
    if focused:
        sheet.put(row, col, sheet.look.glyphs.play, style or Style.ACCENT)
    sheet.put(row, col + START_INDENT, clipped(text, room, sheet.look), style or Style.HEADING)
    if height > 1:
        sheet.put(row + 1, col + START_INDENT, clipped(asked.about, room, sheet.look), style or Style.DIM)


def put_question(sheet: Sheet, area: Area, asked: Asked, line: int, keycap: str, *, focused: bool) -> None:
    """A question with its key; in a second row what is compared."""
    row, col, height, width = area
    room = width - QUESTION_INDENT - 1
    style = _lit(sheet, area, focused=focused)
    sheet.offer(area, _finder(line))
    sheet.put(row, col, f" {keycap} ", Style.KEY)
    text = asked.asks if cell_width(asked.asks) <= room else asked.short
    sheet.put(row, col + QUESTION_INDENT, clipped(text, room, sheet.look), style or Style.TEXT)
    if height > 1:
        sheet.put(row + 1, col + QUESTION_INDENT, clipped(asked.about, room, sheet.look), style or Style.DIM)


def _lit(sheet: Sheet, area: Area, *, focused: bool) -> Style | None:
    """Fill a line that has the focus, and say how all of it is written then."""
    if not focused:
        return None
    sheet.grid.fill(*area, style=Style.SELECTED)
    return Style.SELECTED


def put_menu(sheet: Sheet, area: Area, menu: Menu, line: int, label_width: int, *, focused: bool) -> None:
    """A row of names; where not all fit, those around the selected one."""
    row, col, _, width = area
    label_width = min(label_width, width // 3)
    sheet.offer(area, _finder(line))
    label = clipped(menu.title, label_width - 1, sheet.look)
    sheet.put(row, col + 1, label, Style.ACCENT if focused else Style.DIM)
    left = col + 1 + label_width
    glyphs = sheet.look.glyphs
    for number, start, name in _names(menu, width - label_width - 2, sheet.look):
        if number < 0:
            sheet.put(row, left + start, name, Style.DIM)
            continue
        mark, style = " ", Style.DIM
        if number == menu.selected:
            mark, style = (glyphs.play, Style.SELECTED) if focused else (glyphs.dot, Style.HEADING)
        after = sheet.put(row, left + start, f"{mark} {name} ", style)
        sheet.offer(Area(row, left + start, 1, after - left - start), _finder(line, number))


def _names(menu: Menu, room: int, look: Look) -> Iterator[tuple[int, int, str]]:
    """Choices, their columns and names; -1 for the sign that there are more."""
    names = [choice.name for choice in menu.choices]
    more = look.glyphs.more
    first = 0
    while first < menu.selected and _width(names[first : menu.selected + 1]) + 2 * bool(first) > room - 2:
        first += 1
    col = 0
    if first:
        yield -1, 0, more
        col = 2
    for number in range(first, len(names)):
        wide = _width(names[number : number + 1])
        rest = 0 if number == len(names) - 1 else 2
        if col + wide + rest > room:
            if number > first:
                yield -1, col, more
                return
            names[number] = clipped(names[number], max(room - col - 3, 0), look)
        yield number, col, names[number]
        col += wide


def _width(names: Sequence[str]) -> int:
    """Each with its mark before it, and a blank behind."""
    return sum(cell_width(name) + 3 for name in names)


def _finder(line: int, choice: int = -1) -> Find:
    return lambda _row, _col: HomeTarget(line=line, choice=choice)
