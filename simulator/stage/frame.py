"""A frame: a scene as a grid of cells. Nothing else decides what it looks like.

There is no clock in it, and what is kept from one frame to the next only saves time.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from heapq import nlargest
from math import ceil

from simulator.stage.cache import still
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import draw_keys
from simulator.stage.canvas.layout import (
    Claim,
    Section,
    Withheld,
    claims_of,
    equal_parts,
    granted_beside,
    heights,
    stack,
    together,
)
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, clipped, clipped_lines, piece, put_line
from simulator.stage.end_card import put_end_card
from simulator.stage.fixed_width import clock
from simulator.stage.inventory import inventory
from simulator.stage.ranks import Rank
from simulator.stage.scene import LaneRef, LaneTarget, Scene, Target, View, caption_now
from simulator.stage.snapshot import Snapshot
from simulator.stage.states import LEGEND
from simulator.stage.time_bar import time_sections
from simulator.stage.view import draw_view, view_sections
from simulator.stage.view_header import top_section
from simulator.trace.playback import Event, EventKind
from simulator.words.language import later, translated

LEAST_WIDTH = 55
"""Views stand side by side where each is at least so wide."""


def frame(scene: Scene, size: Size, look: Look) -> CellGrid:
    """The picture of a scene, exactly as large as asked; any size will do, down to nothing."""
    return _drawn(scene, size, look).grid


def target_at(scene: Scene, size: Size, row: int, col: int) -> Target | None:
    """What lies under a cell of ``frame(scene, size, ...)``; None where there is nothing to point at."""
    found = _drawn(scene, size, Look()).target(row, col)
    return found if isinstance(found, Target) else None


def lane_count(view: View) -> int:
    """Lanes of a view in all, shown or not."""
    return len(lanes_of(view))


def lanes_of(view: View) -> tuple[LaneRef, ...]:
    """The lanes of a view, top to bottom."""
    return inventory(view.playback).lanes


def visible_lanes(scene: Scene, size: Size, view: int) -> range:
    """The lanes of a view that are drawn one by one, counted through all groups."""
    targets = _drawn(scene, size, Look()).targets()
    drawn = {each.lane for each in targets if isinstance(each, LaneTarget) and each.view == view}
    numbers = [number for number, lane in enumerate(lanes_of(scene.views[view])) if lane in drawn] if drawn else []
    return range(numbers[0], numbers[-1] + 1) if numbers else range(0)


def _drawn(scene: Scene, size: Size, look: Look) -> Sheet:
    sheet = Sheet(*size, look)
    if scene.captions and not scene.message:
        scene = replace(scene, message=caption_now(scene))
    if sheet.width and sheet.height:
        snapshots = [Snapshot(scene=scene, number=number) for number in scene.shown]
        above, log = list(_upper(scene, snapshots, sheet.width)), log_section(snapshots)
        below = [legend_section(snapshots), *time_sections(snapshots), key_section(scene)]
        sections = [*above, log, *below]
        if scene.message and not heights(sections, sheet.height)[len(above)]:
            sections[-1] = message_section(scene)
        stack(sheet, sections)
        if scene.card is not None:
            put_end_card(sheet, scene.card)
    return sheet


def _upper(scene: Scene, snapshots: list[Snapshot], width: int) -> Iterator[Section]:
    """The top line and the views."""
    yield top_section(scene, snapshots)
    blocks = ceil(len(snapshots) / max(width // LEAST_WIDTH, 1))
    beside = ceil(len(snapshots) / max(blocks, 1))  # four are two and two, not three and one
    for first in range(0, len(snapshots), max(beside, 1)):
        if first:
            yield Section(claims=(Claim(Rank.RULE),), draw=_rule)
        yield _block(snapshots[first : first + beside], width)
    yield Section(claims=(Claim(Rank.RULE),), draw=_rule)


def _block(row: Sequence[Snapshot], width: int) -> Section:
    """Views side by side."""
    narrowest = min(_widths(width, len(row)))  # one column more or less must not make views unlike
    columns = [view_sections(snapshot, narrowest) for snapshot in row]
    divide = partial(_draw_block, row=row, columns=columns)
    return Section(claims=together(columns), divide=divide, stretches=True)


def _widths(width: int, count: int) -> list[int]:
    """Equal parts, with a column for the rule between each two."""
    return equal_parts(max(width - (count - 1), 0), count)


def _draw_block(
    sheet: Sheet, withheld: Withheld, *, row: Sequence[Snapshot], columns: Sequence[Sequence[Section]]
) -> None:
    shares = granted_beside(claims_of(columns), sheet.height, withheld)
    col = 0
    widths = _widths(sheet.width, len(row))
    for snapshot, sections, granted, width in zip(row, columns, shares, widths, strict=True):
        if col:
            sheet.grid.fill(0, col - 1, sheet.height, 1, sheet.look.glyphs.vertical, style=Style.RULE)
        part = sheet.part(0, col, min(widths), sheet.height)  # equally wide, so that equal numbers look alike
        draw_view(part, snapshot, sections, granted)
        sheet.paste(part)
        col += width + 1


def _rule(sheet: Sheet) -> None:
    sheet.grid.fill(0, 0, 1, sheet.width, sheet.look.glyphs.horizontal, style=Style.RULE)


# The keys at the bottom; or in their place what the program has to say, for frames without a log.


def key_section(scene: Scene) -> Section:
    """One row; none where no key does anything, as in a picture."""
    return Section(claims=(Claim(Rank.KEYS, int(bool(scene.keys))),), draw=lambda sheet: draw_keys(sheet, scene.keys))


def message_section(scene: Scene) -> Section:
    """One row."""
    return Section(claims=(Claim(Rank.KEYS),), draw=lambda sheet: _say(sheet, scene.message))


def _say(sheet: Sheet, message: str) -> None:
    sheet.put(0, 1, clipped(message, sheet.width - 2, sheet.look), Style.ACCENT)


# The legend: the glyphs that can occur under the plans in sight, and no others.


def legend_section(snapshots: Sequence[Snapshot]) -> Section:
    """One row."""
    return Section(claims=(Claim(Rank.LEGEND),), draw=lambda sheet: _draw_legend(sheet, snapshots))


def _draw_legend(sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
    if snapshots:
        styles = frozenset(style for snapshot in snapshots for style in snapshot.inventory.styles)
        still(sheet, snapshots[0].playback, ("legend", styles), lambda part: _draw_styles(part, styles))


def _draw_styles(sheet: Sheet, styles: Set[Style]) -> None:
    pieces = _entries(sheet, {style: words.legend for style, words in LEGEND.items() if style in styles})
    if sum(each.width + 2 for each in pieces) > sheet.width:
        pieces = _entries(sheet, {style: words.short for style, words in LEGEND.items() if style in styles})
    put_line(sheet, 0, pieces, gap=2 if sum(each.width + 2 for each in pieces) <= sheet.width else 1)


def _entries(sheet: Sheet, words: Mapping[Style, str]) -> list[Piece]:
    return [
        piece((sheet.look.glyph(style), style), (f" {translated(text)}", Style.DIM)) for style, text in words.items()
    ]


# The last few things worth telling, the latest first.

NOTHING = later("nothing to tell so far")
FAILURES = (EventKind.FAILED, EventKind.SYN_DROPPED)


def log_section(snapshots: list[Snapshot]) -> Section:
    """The log of all views together."""
    claims = (Claim(Rank.LOG_FIRST), Claim(Rank.LOG_MORE, 2), Claim(Rank.LOG_MOST, 5))
    return Section(claims=claims, draw=lambda sheet: _draw_log(sheet, snapshots))


def _draw_log(sheet: Sheet, snapshots: list[Snapshot]) -> None:
    row = 0
    message = snapshots[0].scene.message if snapshots else ""
    if message:
        for line in clipped_lines(message, sheet.width - 2, sheet.height, sheet.look):
            sheet.put(row, 1, line, Style.ACCENT)
            row += 1
    told = [
        (event, snapshot)
        for snapshot in snapshots
        for event in snapshot.playback.log(snapshot.t_s, sheet.height - row + 1)
        if event.text != message  # said already
    ]
    for event, snapshot in nlargest(sheet.height - row, told, key=lambda each: each[0].time_s):
        _put(sheet, row, event, snapshot)
        row += 1
    if not row:
        sheet.put(0, 1, translated(NOTHING), Style.DIM)


def _put(sheet: Sheet, row: int, event: Event, snapshot: Snapshot) -> None:
    col = sheet.put(row, 1, clock(event.time_s).rjust(11), Style.DIM) + 1
    if snapshot.letter:
        col = sheet.put(row, col, snapshot.letter, snapshot.spark) + 1
    style = Style.BAD if event.kind in FAILURES else Style.WARN if event.kind is EventKind.BLOCKED else Style.TEXT
    request = f"#{event.request}" if event.request >= 0 else ""
    col = sheet.put(row, col, request.ljust(6), Style.DIM) + 1
    words = event.text.removeprefix(request).strip()
    sheet.put(row, col, clipped(words, sheet.width - col - 1, sheet.look), style)
