"""The first screen: what to begin with, what to ask, what one would see, and what else can be chosen.

What to watch: what is drawn and what lies under the mouse come from one sheet, so they cannot differ. Where there is
little room questions come first, then frames and second lines go.
"""

from dataclasses import dataclass

from simulator.stage.canvas.box import Box, put_box
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyTarget, draw_keys
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import Piece, clipped_lines, piece, put_title
from simulator.stage.home_lines import Asked, Choice, Home, HomeTarget, Menu, put_menu, put_question, put_start
from simulator.words.language import later, tell, translated

__all__ = ["Asked", "Choice", "Home", "HomeTarget", "Menu", "home", "preview_size", "target_at"]

ABOUT = later("one server, many visitors: see who waits for whom")
LEAST_BOXED = Size(60, 18)
"""With frames; smaller screens have lines alone."""
LEAST_BESIDE = 100
"""From this width on the picture stands beside the questions."""
LEAST_PREVIEW = 10
"""Rows of the questions, for a picture beside them."""
AIRY = 34
"""From this height on there are blank lines between the frames."""


def home(state: Home, size: Size, look: Look) -> CellGrid:
    """The screen."""
    return _drawn(state, size, look).grid


def target_at(state: Home, size: Size, row: int, col: int) -> HomeTarget | KeyTarget | None:
    """What lies under a cell; None where there is nothing."""
    found = _drawn(state, size, Look()).target(row, col)
    return found if isinstance(found, HomeTarget | KeyTarget) else None


def preview_size(state: Home, size: Size) -> Size | None:
    """How large the picture of the stage is to be; None where there is no room for one."""
    parts = _parts(state, size)
    if parts is None or parts.preview is None:
        return None
    return Size(parts.preview.width - 4, parts.preview.height - 2 - _words_below(parts.preview))


def _words_below(preview: Area) -> int:
    """Rows below the picture for the sentence that says where to look, and the blank line above it."""
    return 5 if preview.height >= 20 else 4 if preview.height >= 16 else 0


def _drawn(state: Home, size: Size, look: Look) -> Sheet:
    sheet = Sheet(*size, look)
    if not sheet.height:
        return sheet
    about = translated(ABOUT)
    put_title(sheet.grid, look, "loopfork", about if sheet.width > cell_width(about) + 14 else "")
    parts = _parts(state, size)
    if parts is None:
        _put_lines(sheet, state)
    else:
        _put_parts(sheet, state, parts)
    if sheet.height >= 4:
        keys = sheet.part(sheet.height - 1, 0, sheet.width, 1)
        draw_keys(keys, state.keys)
        sheet.paste(keys)
    return sheet


# With frames.


@dataclass(frozen=True, slots=True)
class _Parts:
    """Where the frames stand."""

    start: Area
    questions: Area
    preview: Area | None
    free: Area


def _parts(state: Home, size: Size) -> _Parts | None:
    """None where there is no room for frames."""
    width, height = size.width - 2, size.height
    if size.width < LEAST_BOXED.width or height < LEAST_BOXED.height:
        return None
    gap = int(height >= AIRY)
    start = Area(1 + gap, 1, 2 + (2 if height >= 28 else 1), width)
    ideas = 0 if height < 26 else 1 if height < 30 else 3
    free_height = 2 + len(state.menus) + ideas
    top = start.row + start.height + gap
    room = height - 1 - free_height - gap - top
    if size.width >= LEAST_BESIDE and room >= LEAST_PREVIEW:
        words = max((cell_width(text) for each in state.questions for text in (each.asks, each.about)), default=0)
        left = min(max(words + 10, width * 2 // 5), width // 2)
        questions, preview = Area(top, 1, room, left), Area(top, left + 2, room, width - left - 1)
    else:
        questions, preview = Area(top, 1, min(room, 1 + 3 * len(state.questions)), width), None
    free = Area(top + questions.height + gap, 1, free_height, width)
    return _Parts(start, questions, preview, free)


def _put_parts(sheet: Sheet, state: Home, parts: _Parts) -> None:
    _put_start_box(sheet, state, parts.start)
    inside = put_box(sheet, parts.questions, Box(title=(_heading(tell("OR ASK A QUESTION"), state.menu is None),)))
    each = min(max((inside.height + 1) // max(len(state.questions), 1), 1), 3)
    for number, asked in enumerate(state.questions[: inside.height]):
        left = inside.height - number * each  # the last one may have room for its question only
        area = Area(inside.row + number * each, inside.col + 1, min(each, 2, left), inside.width - 2)
        if left > 0:
            put_question(sheet, area, asked, number + 1, _keycap(state, number), focused=state.focus == number + 1)
    if parts.preview is not None:
        _put_preview(sheet, state, parts.preview)
    _put_free_box(sheet, state, parts.free)


def _heading(text: str, focused: bool) -> Piece:
    return piece((text, Style.ACCENT if focused else Style.HEADING))


def _put_start_box(sheet: Sheet, state: Home, area: Area) -> None:
    tight = area.height < 4
    about = (piece((state.start.about, Style.DIM)),) if tight else ()
    box = Box(
        title=(piece((tell("START HERE"), Style.ACCENT)),),
        right=(piece((tell("about 2 minutes"), Style.DIM), rank=1) if state.go_on is None else state.go_on,),
        bottom=about,
        rule=Style.STREET,
        ground=Ground.RAISED,
        key_words=Style.DIM,
    )
    row, col, height, width = put_box(sheet, area, box)
    put_start(sheet, Area(row, col + 1, height, width - 2), state.start, state.begin, focused=state.focus == 0)


def _put_preview(sheet: Sheet, state: Home, area: Area) -> None:
    """The picture, and below it where to look; the sentence alone until the picture is there."""
    about = (piece((state.preview_of, Style.DIM), rank=1),) if state.preview_of else ()
    inside = put_box(sheet, area, Box(title=(piece((tell("you would see"), Style.HEADING)),), right=about))
    width, below = inside.width - 2, _words_below(area)
    words = clipped_lines(state.about_focus, width, max(below - 1, 0) or inside.height, sheet.look)
    row = inside.row
    if state.preview is not None:
        sheet.grid.blit(state.preview, inside.row, inside.col + 1)
        row = inside.row + inside.height - below + 1
        words = words if below and state.menu is None else []  # of a choice, the idea stands below it already
    for number, line in enumerate(words):
        sheet.put(row + number, inside.col + 1, line, Style.TEXT if state.preview is None else Style.DIM)


def _put_free_box(sheet: Sheet, state: Home, area: Area) -> None:
    own = tell("your own file: {command}", command="simulate --load FILE")
    box = Box(
        title=(_heading(tell("OR CHOOSE FREELY"), state.menu is not None),),
        right=(piece((own, Style.DIM), rank=1),),
        bottom=(piece((f"{tell('type')} ", Style.DIM), (state.command, Style.ACCENT)),) if state.command else (),
    )
    row, col, height, width = put_box(sheet, area, box)
    for number in range(min(len(state.menus), height)):
        _put_menu(sheet, state, number, Area(row + number, col + 1, 1, width - 2))
    room = height - len(state.menus)
    if room > 0:
        menu = state.menus[state.menu or 0]
        idea = clipped_lines(menu.choices[menu.selected].idea, width - 4, max(room - 1, 1), sheet.look)
        for number, line in enumerate(idea, row + height - max(room - 1, 1)):
            sheet.put(number, col + 2, line, Style.DIM)


def _put_menu(sheet: Sheet, state: Home, number: int, area: Area) -> None:
    label = max(cell_width(menu.title) for menu in state.menus) + 2
    line = state.first_menu + number
    put_menu(sheet, area, state.menus[number], line, label, focused=state.focus == line)


def _keycap(state: Home, number: int) -> str:
    return state.keycaps[number] if number < len(state.keycaps) else str(number + 1)


# Without frames.


def _put_lines(sheet: Sheet, state: Home) -> None:
    """One row each, two where there is room; where not even one each fits, those around the one in focus."""
    room = sheet.height - (2 if sheet.height >= 4 else 1)
    spare = room - state.lines
    tall = spare >= len(state.questions) + 1
    heights = [2 if tall and line < state.first_menu else 1 for line in range(state.lines)]
    blank = 1 if room - sum(heights) >= 2 else 0
    first = 0
    while sum(heights[first : state.focus + 1]) > room:
        first += 1
    row, end = 1, 1 + max(room, 0)
    for line in range(first, state.lines):
        if blank and line in (1, state.first_menu):
            row += 1
        if row + heights[line] > end:
            return
        area = Area(row, 1, heights[line], sheet.width - 2)
        if line == 0:
            put_start(sheet, area, state.start, None, focused=state.focus == 0)
        elif line < state.first_menu:
            asked, keycap = state.questions[line - 1], _keycap(state, line - 1)
            put_question(sheet, area, asked, line, keycap, focused=state.focus == line)
        else:
            _put_menu(sheet, state, line - state.first_menu, area)
        row += heights[line]
    words = clipped_lines(state.about_focus, sheet.width - 4, max(end - row - 1, 0), sheet.look)
    for number, text in enumerate(words, row + 1):
        sheet.put(number, 2, text, Style.DIM)
