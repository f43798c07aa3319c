"""The end card: what happened, over the dimmed stage; as large as it has to be, in the middle of it.

What to watch: it has the roomiest form in which all sentences fit. Where none does they are cut, never the figures of a
server, and of several servers each keeps its weightiest reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from simulator.stage.canvas.box import Box, put_box
from simulator.stage.canvas.key_bar import KeyHint, draw_keys
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet, equal_parts
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import piece
from simulator.stage.verdict import BLANK, Form, Row, Verdict, blocks_of, figures_of, flowing
from simulator.words.language import tell

MOST_WIDTH, MARGIN = 100, 3
"""Cells of the card, and those of the stage that stay in sight beside it."""
LEAST_BESIDE = 30
"""Servers stand side by side where each has so many cells."""
LEAST_LINES = 3
"""For the sentences, where not all of them fit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EndCard:
    """What lies over the stage."""

    verdicts: tuple[Verdict, ...]
    """One for each server that is shown."""
    load: str = ""
    """The title of the load."""
    over: bool = True
    """Whether the run is at its end; else the card was opened before, and tells of the whole run all the same."""
    keys: tuple[KeyHint, ...] = ()
    """The one that would change most first."""


RULE = "rule"
FORMS = (Form(True, True), Form(False, True), Form(False, False))
"""From the roomiest to the tightest."""


def put_end_card(sheet: Sheet, card: EndCard) -> None:
    """Dim what the sheet shows, and draw the card in the middle of it."""
    sheet.grid.restyle(0, 0, sheet.height, sheet.width, Style.FADED)
    sheet.lay(Area(0, 0, sheet.height, sheet.width), Ground.BACK)
    sheet.offer(Area(0, 0, sheet.height, sheet.width), lambda _row, _col: card)  # what is behind cannot be clicked
    width = min(sheet.width - (2 * MARGIN if sheet.width >= 60 else 0), MOST_WIDTH)
    if width < 3 or sheet.height < 3:
        return
    room = sheet.height - (2 if sheet.height >= 16 else 0)
    rows, form = _best_rows(card, width - 4, room - 2 - bool(card.keys), sheet.look)
    height = min(len(rows) + 2 + (len(card.keys) > 0) * (1 + form.airy), sheet.height)
    top, left = (sheet.height - height) // 2, (sheet.width - width) // 2
    sheet.grid.fill(top, left - 1, height, width + 2, style=Style.TEXT)
    part = sheet.part(top, left, width, height)
    put_box(part, Area(0, 0, height, width), _box(card, sheet.look))
    for number, row in enumerate(rows[: height - 2 - bool(card.keys)], 1):
        for col, text, style in row:
            if text == RULE:
                part.grid.fill(number, 2, 1, width - 4, sheet.look.glyphs.horizontal, style=Style.RULE)
            else:
                part.put(number, 2 + col, text, style)
    if card.keys:
        line = part.part(height - 2, 1, width - 2, 1)
        draw_keys(line, card.keys)
        part.paste(line)
    sheet.paste(part)


def _box(card: EndCard, look: Look) -> Box:
    title = tell("THE RUN IS OVER") if card.over else tell("THE WHOLE RUN")
    about = [card.load, *([card.verdicts[0].title] if len(card.verdicts) == 1 else [])]
    words = f" {look.glyphs.bullet} ".join(each for each in about if each)
    right = (piece((words, Style.DIM), rank=1),) if words else ()
    return Box(title=(piece((title, Style.PLACE)),), right=right, rule=Style.PLACE, ground=Ground.RAISED)


def _best_rows(card: EndCard, width: int, height: int, look: Look) -> tuple[list[Row], Form]:
    """In the roomiest form in which all sentences fit; in the tightest one they are cut."""
    for form in FORMS[:-1]:
        rows = list(_rows(card, width, form, None, look))
        if len(rows) + form.airy <= height:
            return rows, form
    form, beside = FORMS[-1], _beside(card, width)
    others = len(list(_rows(card, width, form, 0, look)))
    lines = (height - others) // (1 if beside else max(len(card.verdicts), 1))
    rows = list(_rows(card, width, form, max(lines, LEAST_LINES), look))
    if len(rows) > height and len(card.verdicts) > 1:
        rows = [row for verdict in card.verdicts for row in _brief(verdict, width, height // len(card.verdicts), look)]
    return rows[:height], form


def _brief(verdict: Verdict, width: int, height: int, look: Look) -> list[Row]:
    """So many rows about one of several servers: who it is, the weightiest reason, and what fits of its figures."""
    title, sentences, *_ = blocks_of(verdict, width, FORMS[-1], max(height - 2, 0), look)
    _, *figures = ((name, look.spelled(figure), style) for name, figure, style in figures_of(verdict.summary))
    return [*title, *sentences, *list(flowing(figures, width))[:1]][:height]


def _beside(card: EndCard, width: int) -> bool:
    return width >= LEAST_BESIDE * len(card.verdicts) + 3 * (len(card.verdicts) - 1)


def _rows(card: EndCard, width: int, form: Form, lines: int | None, look: Look) -> Iterator[Row]:
    """All rows of the card; with at most so many lines for the sentences of each server, or all of them."""
    if form.airy:
        yield BLANK
    count_of = len(card.verdicts) if _beside(card, width) else 1
    widths = equal_parts(width - 3 * (count_of - 1), count_of)
    for first in range(0, len(card.verdicts), max(count_of, 1)):
        shown = card.verdicts[first : first + count_of]
        blocks = [
            list(blocks_of(verdict, each, form, lines, look)) for verdict, each in zip(shown, widths, strict=True)
        ]
        for number, parts in enumerate(zip(*blocks, strict=True)):
            if number and form.airy and any(parts):
                yield from (BLANK, ((0, RULE, Style.RULE),), BLANK) if number > 1 or count_of == 1 else (BLANK,)
            yield from _side_by_side(parts, widths)


def _side_by_side(parts: Sequence[Sequence[Row]], widths: Sequence[int]) -> Iterator[Row]:
    for rows in zip_longest(*parts, fillvalue=BLANK):
        col, row = 0, list[tuple[int, str, Style]]()
        for each, width in zip(rows, widths, strict=True):
            row += [(col + at, text, style) for at, text, style in each]
            col += width + 3
        yield tuple(row)
