"""The tape of an event loop: every turn that took long is a solid block with a bracket below, all others are bars.

What to watch: a block is as wide as it was long, says who had the loop and how many stood behind it, and its bracket
for how long. Between the blocks the tape shows how busy the loop was with its small turns.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Loop
from simulator.plan.words import State
from simulator.stage.cache import kept
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import centred, first_that_fits
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.baton_cells import SOLID
from simulator.stage.street.baton_columns import Owners, owners
from simulator.stage.street.columns import DIGITS, Columns, Floats, columns_of, taken
from simulator.stage.street.doing import WAITING, mark
from simulator.stage.street.loop_turns import LEAST_S, LoopNow, behind, loop_now, numbered
from simulator.stage.street.places import Street, lane_at
from simulator.stage.street.who import mark_of
from simulator.trace.demands import blocked
from simulator.trace.playback import Activity, GroupKind, LaneGroup
from simulator.trace.playback.lock_holds import LockHolds
from simulator.trace.playback.notable_events import BLOCKS_S
from simulator.trace.residence import Stretch, whole_spans
from simulator.trace.table import Trace
from simulator.trace.throttling import CLOSE_S, throttled
from simulator.words.language import tell, tell_many
from simulator.words.numbers import short_duration

LEAST_BLOCK = 3
"""Columns: so wide turns are blocks, however short they are. Closely looked at, every turn is one."""
LEAST_BRACKET = 2
"""Columns."""
INDENT = 2
"""Cells before the words in a block, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTurn:
    """A long turn that is in sight."""

    first: int
    stop: int
    """Columns."""
    request: int
    seconds: float
    """So far, where it is not over."""
    others: int
    """Who waited behind it; 0: nobody, or nobody knows."""
    next_to: bool
    """It touches the one before, and has the other shade."""
    stands: bool
    """Most of it is waiting in a call that does not let go of the loop: no core is used."""


def put_loop_tapes(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """The blocks on all tapes of loops in sight, and their brackets."""
    loops = {loop.name for loop in snapshot.inventory.loops}
    columns = columns_of(snapshot, street.columns)
    for number, (place, group, lane) in enumerate(lane_at(street, snapshot.inventory.lane_groups)):
        if group.kind is not GroupKind.LOCK or group.name not in loops:
            continue
        turns = tuple(long_turns(snapshot, snapshot.playback.holds(group.name)[lane], lane, columns))
        small = np.ones(columns.count, np.bool_)
        for turn in turns:
            small[turn.first : turn.stop] = False
        _put_small_turns(sheet, range(place.row, place.row + place.height), np.flatnonzero(small) + street.tape_col)
        pauses = _pauses(snapshot, columns)
        beside = _beside(snapshot, group, lane, columns)
        for turn in turns:
            _put_block(
                sheet, snapshot, turn, Area(place.row, street.tape_col, place.height, street.columns), pauses, beside
            )
        if number < len(street.bracket_rows):
            _put_brackets(sheet, street, street.bracket_rows[number], turns, named=place.height == 1)


def long_turns(snapshot: Snapshot, holds: LockHolds, copy: int, columns: Columns) -> Iterator[LongTurn]:
    """From left to right."""
    now = next((loop_now(snapshot, loop, copy) for loop in snapshot.inventory.loops if copy < loop.units), None)
    found: Owners = owners(holds, columns)
    before, other = -1, False
    wide_s = LEAST_BLOCK * columns.column_s
    for block in found.blocks(least_s=min(LEAST_S, wide_s)):
        start_s, end_s = float(found.holds.start[block.hold]), float(found.holds.end[block.hold])
        present = end_s > snapshot.t_s
        blocked = present and now is not None and now.blocked
        if min(end_s, snapshot.t_s) - start_s < min(BLOCKS_S, wide_s) and not blocked:
            continue
        other = block.first == before and not other
        yield LongTurn(
            first=block.first,
            stop=block.stop,
            request=block.request,
            seconds=min(end_s, snapshot.t_s) - start_s,
            others=_others(snapshot, now, block.request, end_s),
            next_to=other,
            stands=_stands(snapshot, block.request, start_s, end_s),
        )
        before = block.stop


def _stands(snapshot: Snapshot, request: int, start_s: float, end_s: float) -> bool:
    """Whether who had the loop waited in a call for most of the turn."""
    trace = snapshot.playback.trace
    if not any(blocked(trace, loop) for loop in snapshot.inventory.loops):
        return False
    calls = kept(snapshot.playback, ("calls", request), lambda: _calls(trace, request))
    return sum(max(min(end, end_s) - max(start, start_s), 0.0) for start, end in calls) > (end_s - start_s) / 2


def _calls(trace: Trace, request: int) -> tuple[Stretch, ...]:
    """When a request had the loop and only waited."""
    found = whole_spans(trace, slice(request, request + 1))
    return tuple((float(each.start[0]), float(each.end[0])) for each in found if State.BLOCKS in each.shares)


def _others(snapshot: Snapshot, now: LoopNow | None, request: int, end_s: float) -> int:
    """How many stand behind a turn that blocks the loop, or stood behind it at its end."""
    if end_s > snapshot.t_s:
        return now.waits if now is not None and now.blocked else 0
    return behind(snapshot.playback, request, end_s)


def _pauses(snapshot: Snapshot, columns: Columns) -> Floats:
    """[columns] The part of each in which the quota of the container was spent: no turn goes on meanwhile."""
    edges = np.clip((columns.first + np.arange(columns.count + 1)) * columns.column_s, 0.0, snapshot.t_s)
    still: Floats = np.diff(throttled(snapshot.playback.trace).before(edges)) / np.maximum(np.diff(edges), CLOSE_S)
    return still.round(DIGITS)


def _beside(snapshot: Snapshot, group: LaneGroup, lane: int, columns: Columns) -> NDArray[np.bool_]:
    """[columns] Whether who has the loop mostly waits for the GIL of the threads beside it, and computes nothing."""
    if not isinstance(group.resource, Loop) or group.resource.gil is None:
        return np.zeros(columns.count, np.bool_)
    what = taken(snapshot, group, range(lane, lane + 1), columns)
    waits: NDArray[np.bool_] = WAITING[what.most[0]] & (what.computing[0] < SOLID)
    return waits


def _put_block(
    sheet: Sheet, snapshot: Snapshot, turn: LongTurn, tape: Area, pauses: Floats, beside: NDArray[np.bool_]
) -> None:
    style, ground = (Style.CPU_NEXT, Ground.COMPUTING_NEXT) if turn.next_to else (Style.CPU, Ground.COMPUTING)
    glyph, words = sheet.look.glyphs.full, Style.ON_BRIGHT
    if turn.stands:
        style, ground = Style.BLOCKS, Ground.IO
        glyph, words = mark(Activity.BLOCKS, sheet.look.glyphs), Style.STRONG
    col, width = tape.col + turn.first, turn.stop - turn.first
    sheet.grid.fill(tape.row, col, tape.height, width, glyph, style=style)
    if turn.stands:
        sheet.grid.lay(tape.row, col, tape.height, width, ground)
    pause, waits = mark(Activity.THROTTLED, sheet.look.glyphs), mark(Activity.GIL, sheet.look.glyphs)
    for column in np.flatnonzero(pauses[turn.first : turn.stop] > 0.0).tolist():  # from above: below it computes
        height = round(tape.height * float(pauses[turn.first + column]))
        sheet.grid.fill(tape.row, col + column, height, 1)
        sheet.grid.fill(tape.row + height - 1, col + column, min(height, 1), 1, pause, style=Style.THROTTLED)
    for column in np.flatnonzero(beside[turn.first : turn.stop]).tolist():
        sheet.grid.fill(tape.row, col + column, tape.height, 1)
        sheet.grid.fill(tape.row + (tape.height - 1) // 2, col + column, 1, 1, waits, style=Style.GIL)
    lines = [line for line in _lines(sheet, snapshot, turn, width) if line][: tape.height]
    if not lines:
        return
    margin = min((width - max(cell_width(line) for line in lines)) // 2, INDENT)
    row = tape.row + (tape.height - len(lines)) // 2
    for line in lines:
        blank = " " * min(margin, 1)
        text = f"{blank}{line}{blank}"
        sheet.put(row, col + margin - len(blank), text, words)
        sheet.grid.lay(row, col + margin - len(blank), 1, cell_width(text), ground)
        row += 1


def _put_small_turns(sheet: Sheet, rows: range, cols: NDArray[np.intp]) -> None:
    """Where many small turns fill columns they are stripes: however busy the loop is, that is not one long turn."""
    grid, glyphs = sheet.grid, sheet.look.glyphs
    cols = cols[cols < grid.width]  # there is a tape even where there is no room for it
    area = np.ix_(np.arange(rows.start, rows.stop), cols)
    full = ((grid.characters[area] == glyphs.full) & (grid.styles[area] == Style.CPU)).all(axis=0)
    grid.characters[rows.start : rows.stop, cols[full]] = glyphs.stripe


def _lines(sheet: Sheet, snapshot: Snapshot, turn: LongTurn, width: int) -> Iterator[str]:
    """Who had it, and how many stood behind: each as long as there is room for."""
    mark, name = mark_of(sheet.look, snapshot, turn.request), numbered(snapshot.playback, turn.request)
    number = f"#{turn.request}"
    # a blank behind it: numbers of turns that follow at once do not touch
    yield first_that_fits((f"{mark} {name}", f"{mark} {number}", number), width - 1) or first_that_fits((mark,), width)
    if turn.others:
        behind_it = tell_many("{n} waits behind", "{n} wait behind", turn.others, n=turn.others)
        yield first_that_fits((behind_it,), width)


def _put_brackets(sheet: Sheet, street: Street, row: int, turns: tuple[LongTurn, ...], *, named: bool) -> None:
    """The latest first, as far as they do not touch; only below those behind which others stood."""
    free_until = street.columns
    for turn in reversed(turns):
        if turn.others and turn.stop - turn.first >= LEAST_BRACKET and turn.stop <= free_until:
            words = tuple(_bracket_words(turn, named=named))
            _put_bracket(sheet, row, street.tape_col, turn, free_until, words)
            free_until = turn.first


def _bracket_words(turn: LongTurn, *, named: bool) -> Iterator[str]:
    """From long to short; the block itself says who it was, where it is high enough."""
    seconds = short_duration(turn.seconds)
    if named:
        yield tell("blocked {seconds} by #{request}, {n} waited", seconds=seconds, request=turn.request, n=turn.others)
        yield tell("blocked {seconds} by #{request}", seconds=seconds, request=turn.request)
    yield seconds


def _put_bracket(sheet: Sheet, row: int, left: int, turn: LongTurn, free_until: int, words: tuple[str, ...]) -> None:
    """One bracket with its words inside, or behind it if there is room."""
    glyphs = sheet.look.glyphs
    inner = turn.stop - turn.first - 2
    text = first_that_fits(tuple(f" {each} " for each in words), inner)
    line = centred(text, inner, glyphs.horizontal)
    sheet.put(row, left + turn.first, glyphs.corners[2] + line + glyphs.corners[3], Style.BAD)
    if not text:
        beside = first_that_fits(words, free_until - turn.stop - 2)
        sheet.put(row, left + turn.stop + 1, beside, Style.BAD)
