"""Lanes: one row for every worker, thread, event loop or GIL. A column is a slice of time, and the right edge is now.

What to watch: this is the picture that explains. A lane full of one glyph says what its worker waited for.
"""

from dataclasses import dataclass

import numpy as np

from simulator.stage.activities import ACTIVITY_STYLES, SHORT, SHORT_WIDTH, styles_of
from simulator.stage.brackets import bracket_row
from simulator.stage.canvas.cells import Characters, cells_of
from simulator.stage.canvas.grid import Styles
from simulator.stage.canvas.style import Style
from simulator.stage.fixed_width import DURATION_WIDTH, fixed_count, fixed_duration, step
from simulator.stage.lane_columns import Columns, Painted, columns_of, painted
from simulator.stage.layout import Claim, Rank, Section
from simulator.stage.scene import LaneRef
from simulator.stage.sheet import Area, Sheet
from simulator.stage.sight import Sight
from simulator.stage.target import LaneTarget, Target
from simulator.stage.writing import filled
from simulator.trace.playback import Activity, GroupKind, LaneGroup, Lanes

FEW, SOME, MOST = 4, 8, 16
REQUEST_WIDTH = 8
FEW_WORDS = SHORT_WIDTH + 1 + DURATION_WIDTH
"""``upload      640 ms``"""
ALL_WORDS = REQUEST_WIDTH + FEW_WORDS
"""``#1041   upload      640 ms``"""
LEAST_COLUMNS = 24
"""Lanes get at least so many columns; words beside them give way."""


def lane_section(sight: Sight) -> Section:
    """The lanes of a view; where they do not all fit, the last row sums up the others."""
    count = sight.fittings.lane_count
    claims = (
        Claim(Rank.LANES_FIRST, min(count, 1)),
        Claim(Rank.LANES_FEW, _between(count, 1, FEW)),
        Claim(Rank.LANES_SOME, _between(count, FEW, SOME)),
        Claim(Rank.BRACKET, int(_has_bracket(sight))),
        Claim(Rank.LANES_MOST, _between(count, SOME, MOST)),
        Claim(Rank.LANES_ALL, max(count - MOST, 0)),
    )
    return Section(claims=claims, draw=lambda sheet: _draw(sheet, sight))


def axis_section(sight: Sight) -> Section:
    """What a column stands for."""
    return Section(claims=(Claim(Rank.AXIS),), draw=lambda sheet: _draw_axis(sheet, sight))


def _between(count: int, low: int, high: int) -> int:
    return min(max(count - low, 0), high - low)


def _has_bracket(sight: Sight) -> bool:
    """Where one lock is all that there is, what blocks it is the story."""
    return sum(group.lanes for group in sight.fittings.lane_groups if group.kind is GroupKind.LOCK) == 1


class Measure:
    """Where the parts of a row with a lane lie on a sheet: the label, the columns, and the words about now."""

    def __init__(self, sight: Sight, width: int) -> None:
        """In narrow views words give way first, then the label."""
        width -= 1  # the right margin
        self.left = sight.fittings.label_width + 2
        if width - self.left < LEAST_COLUMNS:
            self.left = min(self.left, max(width // 5, 1))
        room = width - self.left - LEAST_COLUMNS - 1
        self.words = next((words for words in (ALL_WORDS, FEW_WORDS) if words <= room), 0)
        self.count = max(width - self.left - (self.words + 1 if self.words else 0), 1)

    @property
    def end(self) -> int:
        """The column after the newest one."""
        return self.left + self.count


@dataclass(frozen=True, slots=True)
class _Part:
    """Lanes of one group that are in sight."""

    sight: Sight
    group: LaneGroup
    lanes: range
    measure: Measure
    columns: Columns


def _draw(sheet: Sheet, sight: Sight) -> None:
    measure = Measure(sight, sheet.width)
    columns = columns_of(sight, measure.count)
    bracketed = _has_bracket(sight) and sheet.height > min(sight.fittings.lane_count, SOME)
    shown = _in_sight(sight, sheet.height - bracketed)
    sheet.lanes[sight.number] = shown
    row, first = 0, 0
    for group in sight.fittings.lane_groups:
        lanes = range(max(shown.start - first, 0), min(shown.stop - first, group.lanes))
        if lanes:
            _draw_part(sheet, row, _Part(sight, group, lanes, measure, columns))
            row += len(lanes)
        if bracketed and group.kind is GroupKind.LOCK and lanes:
            bracket_row(sheet, sight, group, row, measure.left, columns)
            row += 1
        first += group.lanes
    if len(shown) < sight.fittings.lane_count:
        _draw_others(sheet, sight, shown, row)


def _in_sight(sight: Sight, rows: int) -> range:
    """The lanes that get a row; one row less where there must be one for the others."""
    count = sight.fittings.lane_count
    if count <= rows:
        return range(count)
    rows = max(rows - (rows > 1), 1)
    first = min(max(sight.view.first_lane, 0), count - rows)
    return range(first, first + rows)


def _draw_part(sheet: Sheet, row: int, part: _Part) -> None:
    lanes = painted(part.sight, part.group, part.lanes, part.columns)
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
        return LaneTarget(view=part.sight.number, lane=ref, t_s=t_s)

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
    view, label, room = part.sight.view, part.group.label(lane), part.measure.left - 1
    style = Style.ACCENT if request >= 0 and request == view.selected_request else Style.DIM
    if view.selected_lane == LaneRef(group=part.group.name, lane=lane):
        style = Style.SELECTED
    sheet.put(row, 0, filled(f" {label}" if room > 1 else label, max(room, 1)), style)


def _draw_words(sheet: Sheet, row: int, part: _Part, now: Lanes, index: int) -> None:
    """Whom the lane belongs to now, what that one does, and for how long."""
    activity, request = Activity(int(now.doing[index])), int(now.request[index])
    col = part.measure.end + 1
    if request < 0:
        sheet.put(row, col, SHORT[activity], Style.DIM)
        return
    if part.measure.words == ALL_WORDS:
        chosen = request == part.sight.view.selected_request
        sheet.put(row, col, f"#{request}", Style.ACCENT if chosen else Style.DIM)
        col += REQUEST_WIDTH
    sheet.put(row, col, SHORT[activity], ACTIVITY_STYLES[activity])
    since_s = part.sight.t_s - float(now.since_s[index])
    sheet.put(row, col + SHORT_WIDTH + 1, fixed_duration(since_s), Style.DIM)


def _draw_others(sheet: Sheet, sight: Sight, shown: range, row: int) -> None:
    """One glyph for each lane that has no row: what it does now."""
    activities: list[int] = []
    for group in sight.fittings.lane_groups:
        now = sight.now
        entry = now.pool(group.name) if group.kind is GroupKind.SLOTS else now.lock(group.name)
        activities += entry.activity.tolist()
    hidden = activities[: shown.start] + activities[shown.stop :]
    text = f" {fixed_count(len(hidden), 3)} more lanes now: "
    col = sheet.put(row, 0, text, Style.DIM)
    styles = styles_of(np.array(sorted(hidden, reverse=True), np.uint8))
    room = max(sheet.width - col - 1, 0)
    if len(styles) > room > 0:  # every n-th of the sorted ones keeps the proportions
        styles = styles[np.linspace(0, len(styles) - 1, room).astype(np.intp)]
    sheet.grid.put_cells(row, col, sheet.look.characters(styles), styles)


def _draw_axis(sheet: Sheet, sight: Sight) -> None:
    measure = Measure(sight, sheet.width)
    glyphs = sheet.look.glyphs
    span = step(round(measure.count * sight.column_s, 6))
    left, right = f"{glyphs.corners[2]}{glyphs.horizontal} {span} ago", f"now {glyphs.corners[3]}"
    middle = f"1 column = {step(sight.column_s)}"
    inner = measure.count - len(left) - len(right)
    if inner < len(middle):
        sheet.put(0, measure.left, middle[: measure.count], Style.DIM)
        return
    sheet.put(0, measure.left, left + middle.center(inner) + right, Style.DIM)
