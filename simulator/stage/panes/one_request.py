"""One request from close by: what it waits for at this moment and since when, who has it, and what it came for.

What to watch: it is the request that somebody follows. Where nobody follows one it is the one that has waited longest,
for the tragedy of a queue is at its head; where nobody waits, the one that is served for longest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.plan.place import state_of
from simulator.plan.resources import Lock, Pool
from simulator.plan.words import State
from simulator.stage.cache import kept
from simulator.stage.canvas.box import Box, put_box
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, clipped, clipped_lines, piece
from simulator.stage.panes.curve_plot import titled
from simulator.stage.scene import LaneRef
from simulator.stage.snapshot import Snapshot
from simulator.stage.states import STATE_STYLES
from simulator.stage.street.who import who
from simulator.trace.playback import Activity, Moment, Present
from simulator.trace.playback.activity import FOR_LOCK
from simulator.trace.request_life import life
from simulator.trace.table import Trace
from simulator.words.kinds import kind_name
from simulator.words.language import later, tell, translated
from simulator.words.numbers import short_duration
from simulator.words.phrases import all_of
from simulator.workload.table import Work

TITLE = later("one request")
NOBODY = later("Nobody is here at this moment.")
FIGURE_WIDTH = 7
LEAST_BAR, MOST_BAR = 4, 24
"""Cells."""
HAD_LEAST_S = 1e-6
"""A stay that was shorter is not told."""
GAP_FROM = 3
"""Rows: where there are more, a blank one stands before the bars."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How long something has lasted."""

    mark: str
    words: str
    seconds: float
    style: Style
    bar: Style


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a request."""

    now: str
    bars: tuple[Bar, ...]
    came_for: str


def put_one_request(sheet: Sheet, snapshot: Snapshot) -> None:
    """Draw it over the whole sheet."""
    if not (sheet.width and sheet.height):
        return
    request = followed(snapshot)
    title = titled(translated(TITLE))
    whole = Area(0, 0, sheet.height, sheet.width)
    if request is None:
        inside = put_box(sheet, whole, Box(title=title))
        sheet.put(inside.row, inside.col + 1, clipped(translated(NOBODY), inside.width - 2, sheet.look), Style.DIM)
        return
    key = ("one request", request, snapshot.read_s, sheet.look.glyphs.name)
    told = kept(snapshot.playback, key, lambda: _told(snapshot, request, sheet))
    opens = piece((tell("click: its whole life, with the sum"), Style.DIM))
    inside = put_box(sheet, whole, Box(title=title, right=(_name(sheet, snapshot, request),), bottom_right=(opens,)))
    _draw(sheet, Area(inside.row, inside.col + 1, inside.height, max(inside.width - 2, 0)), told)


def followed(snapshot: Snapshot) -> int | None:
    """The row of the request that is shown; None where nobody is there."""
    if snapshot.view.selected_request is not None:
        return snapshot.view.selected_request
    lane = snapshot.view.selected_lane
    return kept(snapshot.playback, ("followed", lane, snapshot.read_s), lambda: _followed(lane, _moment(snapshot)))


def _followed(lane: LaneRef | None, now: Moment) -> int | None:
    if lane is not None:
        holders = {each.pool.name: each.request for each in now.pools}
        holders |= {each.lock.name: each.holder for each in now.locks}
        known = holders.get(lane.group)
        if known is not None and lane.lane < len(known) and known[lane.lane] >= 0:
            return int(known[lane.lane])
    lines = [each.waiting for each in now.backlogs] + [each.queue for each in now.pools]
    lines += [line for each in now.locks for line in each.waiting]
    return _first_of(lines) if any(map(len, lines)) else _first_of([now.present])


def _first_of(lines: Sequence[Present]) -> int | None:
    """Who came first to where it is."""
    first = [(float(line.came_s.min()), int(line.request[line.came_s.argmin()])) for line in lines if len(line)]
    return min(first)[1] if first else None


def _moment(snapshot: Snapshot) -> Moment:
    return snapshot.now if snapshot.read_s == snapshot.t_s else snapshot.playback.at(snapshot.read_s)


def _name(sheet: Sheet, snapshot: Snapshot, request: int) -> Piece:
    marks, styles = who(snapshot.playback).marks(np.array([request], np.int32), snapshot.read_s, sheet.look.glyphs)
    load = snapshot.playback.trace.workload
    client = kind_name(load.client_names[load.client[request]])
    name = kind_name(load.class_names[load.request_class[request]])
    words = f" {client} {sheet.look.glyphs.bullet} {name}" if len(load.client_names) > 1 else f" {name}"
    style = Style(int(styles[0]))
    return piece((f"{marks[0]} ", style), (f"#{request}", Style.STRONG), (words, style), rank=1)


def _told(snapshot: Snapshot, request: int, sheet: Sheet) -> Told:
    now, trace = _moment(snapshot), snapshot.playback.trace
    came_for = _came_for(trace, request)
    at = np.flatnonzero(now.present.request == request)
    if not len(at):
        return Told(tell("It is not here at this moment."), (), came_for)
    index = int(at[0])
    activity, place = Activity(int(now.present.activity[index])), int(now.present.place[index])
    needs = _needs(now, trace, place, activity)
    waits = activity in (Activity.BACKLOG, Activity.QUEUED)
    since_s = float(now.present.came_s[index] if waits else now.present.since_s[index])
    time = short_duration(max(now.t_s - since_s, 0.0))
    if isinstance(needs, Pool):
        many = needs.size * needs.processes
        fields = {"slots": all_of(needs.name, many), "time": time}
        one = tell("waits for {slots} for {time}", **fields)
        words = tell("waits for one of {slots} for {time}", **fields) if many > 1 else one
        return Told(words, tuple(_holders(snapshot, now, needs, sheet)), came_for)
    if needs is not None:
        words = tell("waits for the {lock} for {time}", lock=translated(needs.name), time=time)
        return Told(words, tuple(_lock_holders(snapshot, now, needs, sheet)), came_for)
    does = "" if activity.state is None else translated(activity.state.one)
    what = trace.places[place].what if place < len(trace.places) else None
    if what is not None and activity.state is State.COMPUTING:  # how far it has come: proxy, parse, middleware in
        does = tell("{state}: {place}", state=does, place=what)
    words = tell("{does}, for {time} already", does=does, time=time)
    return Told(words, tuple(_so_far(trace, request, now.t_s, sheet)), came_for)


def _needs(now: Moment, trace: Trace, place: int, activity: Activity) -> Pool | Lock | None:
    """What it waits for, that others have: the thread that accepts, before the lock that this one needs."""
    if place >= len(trace.places):
        return None
    if activity in (Activity.BACKLOG, Activity.QUEUED):
        by, taker = trace.places[place].by, trace.places[place].waits_for
        if by is not None and now.pool(by.name).taken == by.size * by.processes:
            return by
        return taker if isinstance(taker, Pool | Lock) else None
    locks = trace.places[place].locks if FOR_LOCK[activity] else ()
    return next((lock for lock in locks if state_of(lock) is activity.state), locks[-1] if locks else None)


def _holders(snapshot: Snapshot, now: Moment, pool: Pool, sheet: Sheet) -> Iterator[Bar]:
    """Who has what it waits for, and for how long all in all; the longest first."""
    there = now.pool(pool.name)
    since_s = snapshot.playback.held_since(pool.name, 0, len(there.request), now.t_s)
    slots = np.flatnonzero(there.request >= 0)
    order = slots[np.argsort(since_s[slots], kind="stable")]
    for slot in order.tolist():
        state = Activity(int(there.activity[slot])).state
        fields = {"request": int(there.request[slot]), "slot": f"{translated(pool.name)} {slot}"}
        words = tell("#{request} holds {slot}", **fields)
        yield _bar(snapshot, int(there.request[slot]), words, now.t_s - float(since_s[slot]), state, sheet)


def _lock_holders(snapshot: Snapshot, now: Moment, lock: Lock, sheet: Sheet) -> Iterator[Bar]:
    there = now.lock(lock.name)
    for copy in np.flatnonzero(there.holder >= 0).tolist():
        request = int(there.holder[copy])
        words = tell("#{request} has the {lock}", request=request, lock=translated(lock.name))
        state = Activity(int(there.activity[copy])).state
        yield _bar(snapshot, request, words, now.t_s - float(there.since_s[copy]), state, sheet)


def _bar(snapshot: Snapshot, request: int, words: str, seconds: float, state: State | None, sheet: Sheet) -> Bar:
    marks, styles = who(snapshot.playback).marks(np.array([request], np.int32), snapshot.read_s, sheet.look.glyphs)
    bar = STATE_STYLES[state] if state is not None else Style.CPU
    return Bar(str(marks[0]), words, seconds, Style(int(styles[0])), bar)


def _so_far(trace: Trace, request: int, t_s: float, sheet: Sheet) -> Iterator[Bar]:
    """What its life was made of up to now, in the order of its beginnings."""
    spent: dict[State, float] = {}
    for stay in life(trace, request):
        seconds = min(stay.end, t_s) - stay.start
        if seconds > HAD_LEAST_S:
            spent[stay.state] = spent.get(stay.state, 0.0) + seconds
    for state, seconds in spent.items():
        style = STATE_STYLES[state]
        yield Bar(sheet.look.glyph(style), translated(state.value), seconds, Style.DIM, style)


def _came_for(trace: Trace, request: int) -> str:
    """What the server has to do for it, if nobody is in the way."""
    load = trace.workload
    kinds, seconds = load.phase_kinds[load.request_class[request]], load.phases[request]
    cpu = float(seconds[np.isin(kinds, (Work.CPU, Work.NATIVE))].sum())
    io = float(seconds[np.isin(kinds, (Work.IO, Work.BLOCK))].sum())
    fields = {"cpu": short_duration(cpu), "io": short_duration(io)}
    if cpu > 0.0 and io > 0.0:
        return tell("its own work: {cpu} of computing, {io} of I/O", **fields)
    if cpu > 0.0:
        return tell("its own work: {cpu} of computing", **fields)
    return tell("its own work: {io} of I/O", **fields) if io > 0.0 else ""


def _draw(sheet: Sheet, room: Area, told: Told) -> None:
    row, end = room.row, room.row + room.height
    for line in clipped_lines(told.now, room.width, min(2, room.height), sheet.look):
        sheet.put(row, room.col, line, Style.TEXT)
        row += 1
    row += int(end - row > GAP_FROM)
    work = clipped_lines(told.came_for, room.width, max(min(2, end - row - 1), 0), sheet.look)
    left = end - row - len(work)
    bars = told.bars[: max(left, 0)]
    _put_bars(sheet, Area(row, room.col, len(bars), room.width), bars)
    row += len(bars) + int(left > len(bars) > 0)
    for line in work:
        sheet.put(row, room.col, line, Style.DIM)
        row += 1


def _put_bars(sheet: Sheet, room: Area, bars: Sequence[Bar]) -> None:
    longest = max((bar.seconds for bar in bars), default=0.0)
    label = max((cell_width(bar.words) for bar in bars), default=0)
    label = min(label, max(room.width - FIGURE_WIDTH - LEAST_BAR - 4, 0))
    most = min(max(room.width - label - FIGURE_WIDTH - 4, 0), MOST_BAR)
    for row, bar in enumerate(bars, room.row):
        sheet.put(row, room.col, f"{bar.mark} ", bar.bar if bar.style is Style.DIM else bar.style)
        sheet.put(row, room.col + 2, clipped(bar.words, label, sheet.look), bar.style)
        filled = max(round(bar.seconds / longest * most), 1) if longest > 0.0 and most else 0
        col = room.col + 2 + label + 1
        sheet.put(row, col, sheet.look.glyphs.track * filled, bar.bar)
        if room.width >= label + FIGURE_WIDTH + 3:
            figure = sheet.look.spelled(short_duration(bar.seconds))
            sheet.put_right(row, col + most + 1 + FIGURE_WIDTH, figure, Style.TEXT)
