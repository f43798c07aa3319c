"""Brackets under the lane of an event loop or a GIL: who had it for long, while others waited."""

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.stage.canvas.style import Style
from simulator.stage.lane_columns import Columns
from simulator.stage.sheet import Sheet
from simulator.stage.sight import Sight
from simulator.trace.playback import LaneGroup
from simulator.words.phrases import duration

LONG_S = 0.05
"""A shorter hold of the present is not called a block."""
LEAST_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class _Block:
    start_s: float
    end_s: float
    request: int
    others: int


def bracket_row(sheet: Sheet, sight: Sight, group: LaneGroup, row: int, left: int, columns: Columns) -> None:
    """Draw the blocks that are in sight, the latest first, as far as they do not touch."""
    free_until = columns.count
    for block in _blocks(sight, group, columns):
        first, last = max(columns.at(block.start_s), 0), min(columns.at(block.end_s), columns.count - 1)
        if last - first + 1 < LEAST_COLUMNS or last >= free_until:
            continue
        free_until = _draw(sheet, row, left, (first, last), free_until, _words(block)) - 1


def _blocks(sight: Sight, group: LaneGroup, columns: Columns) -> Iterator[_Block]:
    now = sight.now.lock(group.name)
    for holder, since_s, waiting in zip(now.holder.tolist(), now.since_s.tolist(), now.waiting, strict=True):
        if holder >= 0 and len(waiting) and sight.t_s - since_s >= LONG_S:
            yield _Block(since_s, sight.t_s, holder, len(waiting))
    events = sight.playback.blocks
    first, last = events.time_s.searchsorted((columns.start_s, sight.t_s), "right").tolist()
    for i in reversed(range(first, last)):
        end_s = float(events.time_s[i])
        yield _Block(end_s - float(events.seconds[i]), end_s, int(events.request[i]), int(events.others[i]))


def _words(block: _Block) -> tuple[str, ...]:
    """What to write, from long to short."""
    seconds = duration(block.end_s - block.start_s)
    short = f"blocked {seconds} by #{block.request}"
    return f"{short}, {block.others} waited", short, f"{seconds} by #{block.request}"


def _draw(sheet: Sheet, row: int, left: int, extent: tuple[int, int], free_until: int, words: tuple[str, ...]) -> int:
    """Draw one bracket and its words inside, or beside it; the first column that it takes."""
    glyphs = sheet.look.glyphs
    first, last = extent
    inner = last - first - 1
    text = next((text for text in words if len(text) + 2 <= inner), "")
    line = f" {text} ".center(inner, glyphs.horizontal) if text else glyphs.horizontal * inner
    sheet.put(row, left + first, glyphs.corners[2] + line + glyphs.corners[3], Style.WARN)
    if text:
        return first
    for text in words[1:]:
        if last + 1 + len(text) < free_until:
            sheet.put(row, left + last + 2, text, Style.WARN)
            return first
        start = first - 1 - len(text)
        if start >= 0:
            sheet.put(row, left + start, text, Style.WARN)
            return start
    return first
