"""A frame: a scene as a grid of cells. Nothing else decides what it looks like.

There is no clock in it, and what is kept from one frame to the next only saves time.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import lru_cache, partial
from heapq import nlargest
from math import ceil

from simulator.stage.cache import still
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.marks import LEGEND
from simulator.stage.canvas.style import Style
from simulator.stage.fittings import fittings
from simulator.stage.layout import (
    Claim,
    Rank,
    Section,
    Withheld,
    claims_of,
    granted_beside,
    heights,
    stack,
    together,
)
from simulator.stage.pieces import Piece, fitting, piece, put_line, put_pieces
from simulator.stage.scene import KeyHint, LaneRef, Scene, Size, View
from simulator.stage.sheet import Area, Find, Sheet
from simulator.stage.sight import Sight
from simulator.stage.target import KeyTarget, Target
from simulator.stage.time_bar import time_sections
from simulator.stage.view import draw_view, view_sections
from simulator.stage.view_header import top_section
from simulator.stage.writing import clipped, clipped_lines
from simulator.trace.playback import Event, EventKind

LEAST_WIDTH = 55
"""Views stand side by side where each is at least so wide."""


def frame(scene: Scene, size: Size, look: Look) -> CellGrid:
    """The picture of a scene, exactly as large as asked; any size will do, down to nothing."""
    return _drawn(scene, size, look).grid


def target_at(scene: Scene, size: Size, row: int, col: int) -> Target | None:
    """What lies under a cell of ``frame(scene, size, ...)``; None where there is nothing to point at."""
    return _drawn(scene, size, Look()).target(row, col)


def lane_count(view: View) -> int:
    """Lanes of a view in all, shown or not."""
    return len(lanes_of(view))


def lanes_of(view: View) -> tuple[LaneRef, ...]:
    """The lanes of a view, top to bottom."""
    return fittings(view.playback).lanes


def visible_lanes(scene: Scene, size: Size, view: int) -> range:
    """The lanes of a view that are drawn one by one, counted through all groups."""
    return _drawn(scene, size, Look()).lanes.get(view, range(0))


def _drawn(scene: Scene, size: Size, look: Look) -> Sheet:
    sheet = Sheet(*size, look)
    if sheet.width and sheet.height:
        sights = [Sight(scene=scene, number=number) for number in scene.shown]
        above, log = list(_upper(scene, sights, sheet.width)), log_section(sights)
        below = [legend_section(sights), *time_sections(sights), key_section(scene)]
        sections = [*above, log, *below]
        if scene.message and not heights(sections, sheet.height)[len(above)]:
            sections[-1] = message_section(scene)
        stack(sheet, sections)
    return sheet


def _upper(scene: Scene, sights: list[Sight], width: int) -> Iterator[Section]:
    """The top line and the views."""
    yield top_section(scene, sights)
    blocks = ceil(len(sights) / max(width // LEAST_WIDTH, 1))
    beside = ceil(len(sights) / max(blocks, 1))  # four are two and two, not three and one
    for first in range(0, len(sights), max(beside, 1)):
        if first:
            yield Section(claims=(Claim(Rank.RULE),), draw=_rule)
        yield _block(sights[first : first + beside], width)
    yield Section(claims=(Claim(Rank.RULE),), draw=_rule)


def _block(row: Sequence[Sight], width: int) -> Section:
    """Views side by side."""
    narrowest = min(_widths(width, len(row)))  # one column more or less must not make views unlike
    columns = [view_sections(sight, narrowest) for sight in row]
    divide = partial(_draw_block, row=row, columns=columns)
    return Section(claims=together(columns), divide=divide, stretches=True)


def _widths(width: int, count: int) -> list[int]:
    """Equal parts, with a column for the rule between each two."""
    inner = max(width - (count - 1), 0)
    return [inner // count + (i < inner % count) for i in range(count)]


def _draw_block(
    sheet: Sheet, withheld: Withheld, *, row: Sequence[Sight], columns: Sequence[Sequence[Section]]
) -> None:
    shares = granted_beside(claims_of(columns), sheet.height, withheld)
    col = 0
    for sight, sections, granted, width in zip(row, columns, shares, _widths(sheet.width, len(row)), strict=True):
        if col:
            sheet.grid.fill(0, col - 1, sheet.height, 1, sheet.look.glyphs.vertical, style=Style.RULE)
        part = sheet.part(0, col, width, sheet.height)
        draw_view(part, sight, sections, granted)
        sheet.paste(part)
        col += width + 1


def _rule(sheet: Sheet) -> None:
    sheet.grid.fill(0, 0, 1, sheet.width, sheet.look.glyphs.horizontal, style=Style.RULE)


# The key bar: the keys that do something now.

BARS_KEPT = 16
"""Key bars that are remembered: the same keys are written in every frame."""


def message_section(scene: Scene) -> Section:
    """What the program has to say, in place of the keys, for frames without a log."""
    return Section(claims=(Claim(Rank.KEYS),), draw=lambda sheet: _say(sheet, scene.message))


def key_section(scene: Scene) -> Section:
    """One row; none where no key does anything, as in a picture."""
    return Section(claims=(Claim(Rank.KEYS, int(bool(scene.keys))),), draw=lambda sheet: _draw_keys(sheet, scene))


def _draw_keys(sheet: Sheet, scene: Scene) -> None:
    hints, pieces = _fitting(scene.keys, sheet.width - 2)
    put_pieces(sheet, 0, 1, pieces)
    col = 1
    for hint, each in zip(hints, pieces, strict=True):
        sheet.offer(Area(0, col, 1, each.width), _finder(hint))
        col += each.width + 2


@lru_cache(BARS_KEPT)
def _fitting(keys: tuple[KeyHint, ...], width: int) -> tuple[list[KeyHint], list[Piece]]:
    """The keys for which there is room, and how they are written."""
    pieces = [
        piece((hint.key, Style.KEY), (f" {hint.does}", Style.KEY_NAME), rank=number) for number, hint in enumerate(keys)
    ]
    kept = fitting(pieces, width)
    return [keys[each.rank] for each in kept], kept


def _say(sheet: Sheet, message: str) -> None:
    sheet.put(0, 1, clipped(message, sheet.width - 2, sheet.look), Style.ACCENT)


def _finder(hint: KeyHint) -> Find:
    return lambda _row, _col: KeyTarget(hint=hint)


# The legend: the glyphs that can occur under the plans in sight, and no others.


def legend_section(sights: Sequence[Sight]) -> Section:
    """One row."""
    return Section(claims=(Claim(Rank.LEGEND),), draw=lambda sheet: _draw_legend(sheet, sights))


def _draw_legend(sheet: Sheet, sights: Sequence[Sight]) -> None:
    if sights:
        styles = frozenset(style for sight in sights for style in sight.fittings.styles)
        still(sheet, sights[0].playback, ("legend", styles), lambda part: _draw_styles(part, styles))


def _draw_styles(sheet: Sheet, styles: Set[Style]) -> None:
    pieces = _entries(sheet, {style: mark.legend for style, mark in LEGEND.items() if style in styles})
    if sum(each.width + 2 for each in pieces) > sheet.width:
        pieces = _entries(sheet, {style: mark.short for style, mark in LEGEND.items() if style in styles})
    put_line(sheet, 0, pieces)


def _entries(sheet: Sheet, words: Mapping[Style, str]) -> list[Piece]:
    return [piece((sheet.look.glyph(style), style), (f" {text}", Style.DIM)) for style, text in words.items()]


# The last few things worth telling, the latest first.

NOTHING = "nothing to tell so far"
FAILURES = (EventKind.FAILED, EventKind.SYN_DROPPED)


def log_section(sights: list[Sight]) -> Section:
    """The log of all views together."""
    claims = (Claim(Rank.LOG_FIRST), Claim(Rank.LOG_MORE, 2), Claim(Rank.LOG_MOST, 5))
    return Section(claims=claims, draw=lambda sheet: _draw_log(sheet, sights))


def _draw_log(sheet: Sheet, sights: list[Sight]) -> None:
    row = 0
    message = sights[0].scene.message if sights else ""
    if message:
        for line in clipped_lines(message, sheet.width - 2, sheet.height, sheet.look):
            sheet.put(row, 1, line, Style.ACCENT)
            row += 1
    told = [
        (event, sight)
        for sight in sights
        for event in sight.playback.log(sight.t_s, sheet.height - row + 1)
        if event.text != message  # said already
    ]
    for event, sight in nlargest(sheet.height - row, told, key=lambda each: each[0].time_s):
        _put(sheet, row, event, sight)
        row += 1
    if not row:
        sheet.put(0, 1, NOTHING, Style.DIM)


def _put(sheet: Sheet, row: int, event: Event, sight: Sight) -> None:
    col = sheet.put(row, 1, f"{event.time_s:9.3f} s", Style.DIM) + 1
    if sight.letter:
        col = sheet.put(row, col, sight.letter, sight.spark) + 1
    style = Style.BAD if event.kind in FAILURES else Style.WARN if event.kind is EventKind.BLOCKED else Style.TEXT
    request = f"#{event.request}" if event.request >= 0 else ""
    col = sheet.put(row, col, request.ljust(6), Style.DIM) + 1
    words = event.text.removeprefix(request).strip()
    sheet.put(row, col, clipped(words, sheet.width - col - 1, sheet.look), style)
