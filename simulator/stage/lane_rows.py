"""Lanes: one row for every worker, thread, event loop or GIL. A column is a slice of time, and the right edge is now.

What to watch: this is the picture that explains. A lane full of one glyph says what its worker waited for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.stage.activities import ACTIVITY_STYLES, SHORT, SHORT_WIDTH, styles_of
from simulator.stage.canvas.cells import Characters, cell_width, cells_of
from simulator.stage.canvas.grid import Styles
from simulator.stage.canvas.layout import Claim, Section
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import centred, clipped, filled
from simulator.stage.fixed_width import fixed_count, fixed_duration
from simulator.stage.inventory import label_of
from simulator.stage.lane_columns import ALL_WORDS, REQUEST_WIDTH, Columns, Measure, Painted, columns_of, painted
from simulator.stage.ranks import Rank
from simulator.stage.scene import LaneRef, LaneTarget, Target
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import Activity, GroupKind, LaneGroup, Lanes
from simulator.words.language import tell, tell_many, translated
from simulator.words.numbers import short_duration

FEW, SOME, MOST = 4, 8, 16


def lane_section(snapshot: Snapshot) -> Section:
    """The lanes of a view; where they do not all fit, the last row sums up the others."""
    count = snapshot.inventory.lane_count
    claims = (
        Claim(Rank.LANES_FIRST, min(count, 1)),
        Claim(Rank.LANES_FEW, _between(count, 1, FEW)),
        Claim(Rank.LANES_SOME, _between(count, FEW, SOME)),
        Claim(Rank.BRACKET, int(_has_bracket(snapshot))),
        Claim(Rank.LANES_MOST, _between(count, SOME, MOST)),
        Claim(Rank.LANES_ALL, max(count - MOST, 0)),
    )
    return Section(claims=claims, draw=lambda sheet: _draw(sheet, snapshot))


def _between(count: int, low: int, high: int) -> int:
    return min(max(count - low, 0), high - low)


def _has_bracket(snapshot: Snapshot) -> bool:
    """Where one lock is all that there is, what blocks it is the story."""
    return sum(group.lanes for group in snapshot.inventory.lane_groups if group.kind is GroupKind.LOCK) == 1


@dataclass(frozen=True, slots=True)
class _Part:
    """Lanes of one group that are in sight."""

    snapshot: Snapshot
    group: LaneGroup
    lanes: range
    measure: Measure
    columns: Columns


def _draw(sheet: Sheet, snapshot: Snapshot) -> None:
    measure = Measure(snapshot, sheet.width)
    columns = columns_of(snapshot, measure.count)
    bracketed = _has_bracket(snapshot) and sheet.height > min(snapshot.inventory.lane_count, SOME)
    shown = _in_sight(snapshot, sheet.height - bracketed)
    row, first = 0, 0
    for group in snapshot.inventory.lane_groups:
        lanes = range(max(shown.start - first, 0), min(shown.stop - first, group.lanes))
        if lanes:
            _draw_part(sheet, row, _Part(snapshot, group, lanes, measure, columns))
            row += len(lanes)
        if bracketed and group.kind is GroupKind.LOCK and lanes:
            bracket_row(sheet, snapshot, group, row, measure.left, columns)
            row += 1
        first += group.lanes
    if len(shown) < snapshot.inventory.lane_count:
        _draw_others(sheet, snapshot, shown, row)


def _in_sight(snapshot: Snapshot, rows: int) -> range:
    """The lanes that get a row; one row less where there must be one for the others."""
    count = snapshot.inventory.lane_count
    if count <= rows:
        return range(count)
    rows = max(rows - (rows > 1), 1)
    first = min(max(snapshot.view.first_lane, 0), count - rows)
    return range(first, first + rows)


def _draw_part(sheet: Sheet, row: int, part: _Part) -> None:
    lanes = painted(part.snapshot, part.group, part.lanes, part.columns)
    characters, styles = sheet.look.characters(lanes.styles), lanes.styles
    if part.group.kind is GroupKind.LOCK:
        characters, styles = _as_bars(sheet, lanes)
    measure = part.measure
    sheet.grid.put_cells(row, measure.left, characters, styles)
    for index, lane in enumerate(part.lanes):
        _draw_label(sheet, row + index, part, lane, int(lanes.now.request[index]))
        if measure.words:
            _draw_words(sheet, row + index, part, lanes.now, index)

    def find(down: int, right: int) -> Target | None:
        inside = measure.left <= right < measure.end
        t_s = part.columns.middle(right - measure.left) if inside else None
        ref = LaneRef(group=part.group.name, lane=part.lanes[down])
        return LaneTarget(view=part.snapshot.number, lane=ref, t_s=t_s)

    sheet.offer(Area(row, 0, len(part.lanes), sheet.width), find)


def _as_bars(sheet: Sheet, lanes: Painted) -> tuple[Characters, Styles]:
    """A lock is free or taken: how high the bar is says for how much of the column it was taken."""
    bars = cells_of(sheet.look.glyphs.shares)
    height = np.ceil(lanes.share * len(bars)).astype(np.intp) - 1
    taken = (height >= 0) & ((lanes.styles == Style.CPU) | (lanes.styles == Style.IDLE))
    styles = np.where(taken, Style.CPU, lanes.styles).astype(np.uint8)
    plain = sheet.look.characters(styles)
    return np.where(styles == Style.CPU, bars[np.maximum(height, 0)], plain), styles


def _draw_label(sheet: Sheet, row: int, part: _Part, lane: int, request: int) -> None:
    view, label, room = part.snapshot.view, label_of(part.group, lane), part.measure.left - 1
    style = Style.ACCENT if request >= 0 and request == view.selected_request else Style.DIM
    if view.selected_lane == LaneRef(group=part.group.name, lane=lane):
        style = Style.SELECTED
    words = clipped(f" {label}" if room > 1 else label, max(room, 1), sheet.look)
    sheet.put(row, 0, filled(words, max(room, 1)), style)


def _draw_words(sheet: Sheet, row: int, part: _Part, now: Lanes, index: int) -> None:
    """Whom the lane belongs to now, what that one does, and for how long."""
    activity, request = Activity(int(now.doing[index])), int(now.request[index])
    col = part.measure.end + 1
    if request < 0:
        sheet.put(row, col, clipped(translated(SHORT[activity]), sheet.width - col, sheet.look), Style.DIM)
        return
    if part.measure.words == ALL_WORDS:
        chosen = request == part.snapshot.view.selected_request
        sheet.put(row, col, f"#{request}", Style.ACCENT if chosen else Style.DIM)
        col += REQUEST_WIDTH
    sheet.put(row, col, clipped(translated(SHORT[activity]), SHORT_WIDTH, sheet.look), ACTIVITY_STYLES[activity])
    since_s = part.snapshot.t_s - float(now.since_s[index])
    sheet.put(row, col + SHORT_WIDTH + 1, fixed_duration(since_s), Style.DIM)


def _draw_others(sheet: Sheet, snapshot: Snapshot, shown: range, row: int) -> None:
    """One glyph for each lane that has no row: what it does now."""
    activities: list[int] = []
    for group in snapshot.inventory.lane_groups:
        now = snapshot.now
        entry = now.pool(group.name) if group.kind is GroupKind.SLOTS else now.lock(group.name)
        activities += entry.activity.tolist()
    hidden = activities[: shown.start] + activities[shown.stop :]
    number = fixed_count(len(hidden), 3)
    text = tell_many("{n} more lane now:", "{n} more lanes now:", len(hidden), n=number)
    col = sheet.put(row, 0, f" {text} ", Style.DIM)
    styles = styles_of(np.array(sorted(hidden, reverse=True), np.uint8))
    room = max(sheet.width - col - 1, 0)
    if len(styles) > room > 0:  # every n-th of the sorted ones keeps the proportions
        styles = styles[np.linspace(0, len(styles) - 1, room).astype(np.intp)]
    sheet.grid.put_cells(row, col, sheet.look.characters(styles), styles)


# Brackets under the lane of an event loop or a GIL: who had it for long, while others waited.

LONG_S = 0.05
"""A shorter hold of the present is not called a block."""
LEAST_BRACKET = 2


@dataclass(frozen=True, slots=True)
class _Block:
    start_s: float
    end_s: float
    request: int
    others: int


def bracket_row(sheet: Sheet, snapshot: Snapshot, group: LaneGroup, row: int, left: int, columns: Columns) -> None:
    """Draw the blocks that are in sight, the latest first, as far as they do not touch."""
    free_until = columns.count
    for block in _blocks(snapshot, group, columns):
        first, last = max(columns.at(block.start_s), 0), min(columns.at(block.end_s), columns.count - 1)
        if last - first + 1 < LEAST_BRACKET or last >= free_until:
            continue
        free_until = _draw_bracket(sheet, row, left, (first, last), free_until, _block_words(block)) - 1


def _blocks(snapshot: Snapshot, group: LaneGroup, columns: Columns) -> Iterator[_Block]:
    now = snapshot.now.lock(group.name)
    for holder, since_s, waiting in zip(now.holder.tolist(), now.since_s.tolist(), now.waiting, strict=True):
        if holder >= 0 and len(waiting) and snapshot.t_s - since_s >= LONG_S:
            yield _Block(since_s, snapshot.t_s, holder, len(waiting))
    events = snapshot.playback.blocks
    first, last = events.time_s.searchsorted((columns.start_s, snapshot.t_s), "right").tolist()
    for i in reversed(range(first, last)):
        end_s = float(events.time_s[i])
        yield _Block(end_s - float(events.seconds[i]), end_s, int(events.request[i]), int(events.others[i]))


def _block_words(block: _Block) -> tuple[str, ...]:
    """What to write, from long to short."""
    seconds = short_duration(block.end_s - block.start_s)
    fields = {"seconds": seconds, "request": block.request, "n": block.others}
    return (
        tell("blocked {seconds} by #{request}, {n} waited", **fields),
        tell("blocked {seconds} by #{request}", **fields),
        tell("{seconds} by #{request}", **fields),
    )


def _draw_bracket(
    sheet: Sheet, row: int, left: int, extent: tuple[int, int], free_until: int, words: tuple[str, ...]
) -> int:
    """Draw one bracket and its words inside, or beside it; the first column that it takes."""
    glyphs = sheet.look.glyphs
    first, last = extent
    inner = last - first - 1
    text = next((text for text in words if cell_width(text) + 2 <= inner), "")
    line = centred(f" {text} ", inner, glyphs.horizontal) if text else glyphs.horizontal * inner
    sheet.put(row, left + first, glyphs.corners[2] + line + glyphs.corners[3], Style.WARN)
    if text:
        return first
    for text in words[1:]:
        if last + 1 + cell_width(text) < free_until:
            sheet.put(row, left + last + 2, text, Style.WARN)
            return first
        start = first - 1 - cell_width(text)
        if start >= 0:
            sheet.put(row, left + start, text, Style.WARN)
            return start
    return first
