"""The one widget: it shows a grid of cells, and repaints only the rows that changed.

What to watch: Textual does not compare what is on the screen with what should be. Whoever refreshes a whole widget
sends all of it again; so the rows are compared here, and where nothing changed nothing is sent. Rows are handed over as
they are: a canvas has no border and no padding, and looking for some in every row would cost as much as the rows.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from itertools import groupby, repeat

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from simulator.stage.canvas.grid import CellGrid, parts_of
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.painting import Looks, Painting
from simulator.stage.canvas.palette import Paint, Theme
from simulator.stage.canvas.style import Style

SEGMENT = partial(tuple.__new__, Segment)
"""Makes a segment of its three parts: hundreds are needed for every picture, and this takes a third of the time."""


RESET = "\x1b[0m"
BOLD, DIM, INVERSE = "1", "2", "7"
OFF = {BOLD: "22", DIM: "22", INVERSE: "27"}
KEPT = 1 << 14
PLAIN = RichStyle.null()
Codes = tuple[str, str, str]
"""Bold and the like, the colour of the character, and the one behind it."""
AS_USUAL: Codes = ("", "39", "49")


@lru_cache(KEPT)
def _codes(style: RichStyle, system: ColorSystem) -> Codes:
    marks = ";".join(code for code, has in ((BOLD, style.bold), (DIM, style.dim), (INVERSE, style.reverse)) if has)
    front, behind = (
        ";".join(color.downgrade(system).get_ansi_codes(is_front)) if color else usual
        for color, is_front, usual in ((style.color, True, "39"), (style.bgcolor, False, "49"))
    )
    return marks, front, behind


@lru_cache(KEPT)
def _change(old: Codes, new: Codes) -> str:
    """From one style to the next."""
    codes = [code for code, was in zip(new, old, strict=True) if code != was]
    if new[0] != old[0]:
        codes = [*dict.fromkeys(OFF[mark] for mark in old[0].split(";") if mark), *filter(None, codes)]
    return f"\x1b[{';'.join(codes)}m"


class Row(Strip):
    """A strip that is usually shown whole.

    Textual's own remembers what it was cut into. Where that is itself, it waits for the garbage collector, and with
    hundreds of pieces in every row that would stop the screen for a tenth of a second every few seconds.
    """

    __slots__ = ()

    def render(self, console: Console) -> str:
        """What to send: of each piece only that in which it differs from the one before."""
        if self._render_cache is None:
            system = console._color_system or ColorSystem.TRUECOLOR
            old, said = AS_USUAL, []
            for text, style, _ in self._segments:
                new = _codes(style or PLAIN, system)
                if text.isspace() and INVERSE not in old[0] + new[0]:
                    new = (*old[:2], new[2])  # whatever colour a blank has, nobody sees it
                if new != old:
                    said.append(_change(old, new))
                    old = new
                said.append(text)
            self._render_cache = "".join((*said, RESET))
        return self._render_cache

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Cut it at columns, the last of which is its end."""
        columns = list(cuts)
        return [self] if columns == [self.cell_length] else super().divide(columns)


class Canvas(Widget, can_focus=True):
    """Shows the grid that it was given last."""

    DEFAULT_CSS = "Canvas { width: 1fr; height: 1fr; }"

    class Pointed(Message):
        """Somebody pressed the mouse on a cell, or moved it there while it was pressed."""

        def __init__(self, row: int, col: int, *, dragged: bool) -> None:
            """Rows and columns count from 0."""
            super().__init__()
            self.row, self.col, self.dragged = row, col, dragged

    class Wheel(Message):
        """Somebody turned the wheel: -1 is up, 1 is down."""

        def __init__(self, lines: int) -> None:
            """How far, in notches."""
            super().__init__()
            self.lines = lines

    class Resized(Message):
        """There is another number of cells now, so another grid is needed."""

    def __init__(self, look: Look) -> None:
        """Nothing is shown yet."""
        super().__init__()
        self.rows_painted = 0
        """How many rows were sent to be painted so far."""
        self._grid: CellGrid | None = None
        self._painting, self._styles = Painting(look.theme), _RichStyles(look.theme)
        self._looks: Looks | None = None
        self._strips: dict[int, Strip] = {}
        self._width = 0

    def wear(self, look: Look) -> None:
        """Another look from the next grid on."""
        self._painting, self._styles = Painting(look.theme), _RichStyles(look.theme)
        self._grid = None
        self._strips.clear()

    @property
    def grid(self) -> CellGrid | None:
        """What is shown."""
        return self._grid

    def show(self, grid: CellGrid) -> None:
        """Show this grid instead."""
        rows = grid.changed_rows(self._grid)
        self._grid, self._looks = grid, self._painting.looks(grid) if rows else self._looks
        self.rows_painted += len(rows)
        for row in rows:
            self._strips.pop(row, None)
        regions = [Region(0, first, self.size.width, count) for first, count in _stretches(rows)]
        if regions:
            self.refresh(*regions)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of a part of the widget; those that have not changed are as they were."""
        width = self.size.width
        if width != self._width:
            self._strips.clear()
            self._width = width
        strips = [self._strips.get(y) or self.render_line(y) for y in crop.line_range]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """One row, exactly as wide as the widget: after a change of size the grid may still be the old one."""
        width, grid = self._width, self._grid
        behind = self._styles[Style.TEXT]
        if grid is None or y >= grid.height:
            return Strip([Segment(" " * width, behind)], width)
        texts, numbers = grid.pieces(y, None if self._looks is None else self._looks[y])
        segments = map(SEGMENT, zip(texts, map(self._styles.__getitem__, numbers), repeat(None)))
        strip: Strip = Row(segments, grid.width)
        if grid.width != width:
            strip = strip.adjust_cell_length(width, behind)
        self._strips[y] = strip
        return strip

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's signature
        """All there is."""
        return container.width

    def on_resize(self) -> None:
        """Ask for a grid of the new size."""
        self.post_message(self.Resized())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Point at a cell."""
        self.capture_mouse()
        self.post_message(self.Pointed(event.y, event.x, dragged=False))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag, while a button is pressed."""
        if event.button:
            self.post_message(self.Pointed(event.y, event.x, dragged=True))

    def on_mouse_up(self) -> None:
        """Let go."""
        self.release_mouse()

    def on_mouse_scroll_up(self) -> None:
        """Look further up."""
        self.post_message(self.Wheel(-1))

    def on_mouse_scroll_down(self) -> None:
        """Look further down."""
        self.post_message(self.Wheel(1))


def _stretches(rows: list[int]) -> list[tuple[int, int]]:
    """Neighbouring rows as one: the first of them, and how many."""
    groups = groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0])
    stretches = [[row for _, row in group] for _, group in groups]
    return [(rows[0], len(rows)) for rows in stretches]


class _RichStyles(dict[int, RichStyle]):
    """By the number of a look, how Rich calls its paint; each has its background, as the line API wants it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def __missing__(self, look: int) -> RichStyle:
        self[look] = _rich(self._theme.paint(*parts_of(look)), self._theme)
        return self[look]


def _rich(paint: Paint, theme: Theme) -> RichStyle:
    return RichStyle(
        color=paint.fg or theme.fg,
        bgcolor=paint.bg or theme.bg,
        bold=paint.bold or None,
        dim=paint.dim or None,
        reverse=paint.inverse or None,
    )
