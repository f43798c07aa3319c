"""Desks: whom each worker serves at the moment, what it does for that one, how far it is, and for how long it is held.

What to watch: the mark at a desk is the request itself, as it stood in the queue, so no request has another bright mark
while it is here. Whoever is still on the way to its desk is drawn there and not here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import Outcome
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import clipped
from simulator.stage.scene import RequestTarget, Target
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.doing import DOING, PROGRESSES, mark
from simulator.stage.street.followed import light
from simulator.stage.street.footprints import JOIN, name_of
from simulator.stage.street.places import LanePlace, Street
from simulator.stage.street.shares import Form
from simulator.stage.street.tape import Stretch, stretches
from simulator.stage.street.turn_words import desk_words
from simulator.stage.street.who import NOBODY, Rows, who
from simulator.trace.playback import Activity, GroupKind, LaneGroup
from simulator.words.language import tell, translated
from simulator.words.numbers import share_in_words, short_duration, to_places

MOMENT_S = 1e-6
"""So short a time has hardly more than one user of a slot in it."""
SHORT_TIME, LONG_TIME = 6, 7
"""Cells: ``12.4 s``, ``3.9 s``; ``420 µs``."""
LEAST_BAR, MOST_BAR = 3, 7
TENTH_S, HUNDRED_S = 0.0995, 99.95
"""What is rounded up to 0.1 s, and to 100 s."""
ON_CORES = (Activity.COMPUTING, Activity.CORE)
"""The two are told apart for a whole stay and not for a moment of it: those who compute go round on the cores."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Desk:
    """What is to be written at one desk."""

    place: LanePlace
    group: LaneGroup
    lane: int
    request: int
    """-1: nobody."""
    activity: Activity
    since_s: float
    """When the request got the worker, or the loop; nan where it is free."""
    end_s: float
    """When its upload or download will be over; nan where that is not known, or nothing of the kind."""
    mark: str
    style: Style
    """Of the mark; also of its name."""
    travels: bool


def put_desks(sheet: Sheet, snapshot: Snapshot, street: Street, travelling: Rows = NOBODY) -> None:
    """The desks of all lanes in sight."""
    if street.desk.width <= 0 or not street.lanes:
        return
    for stretch in stretches(snapshot, street):
        if stretch.group.kind is GroupKind.LOCK and street.window.width:
            continue  # the window of the loop says it
        for desk in _desks(sheet, snapshot, stretch, travelling):
            _put_mark(sheet, snapshot, street, desk)
            _put_words(sheet, snapshot, street, desk)


def _desks(sheet: Sheet, snapshot: Snapshot, stretch: Stretch, travelling: Rows) -> list[Desk]:
    group, lanes = stretch.group, stretch.lanes
    requests, activities, since_s = _holders(snapshot, group, lanes)
    held = requests >= 0
    characters, styles = np.full(len(requests), " "), np.full(len(requests), np.uint8(Style.FAINT))
    characters[held], styles[held] = who(snapshot.playback).marks(requests[held], snapshot.t_s, sheet.look.glyphs)
    ends_s = _ends(snapshot, requests, activities)
    travels = np.isin(requests, travelling) & held
    if group.kind is GroupKind.LOCK:  # whoever holds a slot beside the loop sits there
        groups = snapshot.inventory.lane_groups
        slots = [snapshot.now.pool(each.name).request for each in groups if each.kind is GroupKind.SLOTS]
        travels |= np.isin(requests, np.concatenate([*slots, NOBODY])) & held
    return [
        Desk(
            place=place,
            group=group,
            lane=lanes.start + i,
            request=int(requests[i]),
            activity=Activity(int(activities[i])),
            since_s=float(since_s[i]),
            end_s=float(ends_s[i]),
            mark=str(characters[i]),
            style=Style(int(styles[i])),
            travels=bool(travels[i]),
        )
        for i, place in enumerate(stretch.places)
    ]


def _holders(snapshot: Snapshot, group: LaneGroup, lanes: range) -> tuple[Rows, NDArray[np.uint8], Floats]:
    """Whom each lane serves, what it does, and since when it is held for that one."""
    part = slice(lanes.start, lanes.stop)
    if group.kind is GroupKind.LOCK:
        lock = snapshot.now.lock(group.name)
        return lock.holder[part], lock.activity[part], lock.since_s[part]
    pool = snapshot.now.pool(group.name)
    since_s = snapshot.playback.held_since(group.name, lanes.start, len(lanes), snapshot.t_s)
    return pool.request[part], pool.activity[part], since_s


def _ends(snapshot: Snapshot, requests: Rows, activities: NDArray[np.uint8]) -> Floats:
    """When uploads and downloads will be over: the trace knows."""
    ends = np.full(len(requests), np.nan)
    trace = snapshot.playback.trace
    for i in np.flatnonzero(np.isin(activities, PROGRESSES) & (requests >= 0)).tolist():
        request, reached = int(requests[i]), trace.reached[requests[i]]
        later = reached[reached > snapshot.t_s]
        if len(later):
            ends[i] = later.min()
        elif trace.outcome[request] == Outcome.COMPLETED:
            ends[i] = trace.left[request]
    return ends


def _put_mark(sheet: Sheet, snapshot: Snapshot, street: Street, desk: Desk) -> None:
    row, col = desk.place.row, street.desk_col
    if desk.travels:
        return
    if desk.request < 0:
        sheet.put(row, col, mark(desk.activity, sheet.look.glyphs), Style.FAINT)
        return
    sheet.put(row, col, desk.mark, desk.style)
    if desk.request == snapshot.view.selected_request:
        light(sheet, row, col)
    request, view = desk.request, snapshot.number

    def find(_down: int, _right: int) -> Target | None:
        return RequestTarget(view=view, request=request)

    number = cell_width(f"#{request}") if street.form is Form.WIDE else 0
    sheet.offer(Area(row, col, 1, street.desk.col - col + number), find)


def _put_words(sheet: Sheet, snapshot: Snapshot, street: Street, desk: Desk) -> None:
    row, col, width = desk.place.row, street.desk.col, street.desk.width
    if desk.request < 0:
        sheet.put(row, col, clipped(translated(DOING[desk.activity].word), width, sheet.look), Style.DIM)
        return
    if street.form is Form.TINY or (street.form is Form.NARROW and desk.place.height == 1):
        sheet.put_right(row, col + width, _seconds(snapshot, desk, SHORT_TIME - 1), Style.STRONG)
    elif street.form is Form.NARROW:
        sheet.put(row, col, _seconds(snapshot, desk, SHORT_TIME), Style.STRONG)
        _, style = _does(snapshot, desk)
        sheet.put(row + 1, col, clipped(_does_in_short(snapshot, desk), width, sheet.look), style)
    elif desk.place.height == 1:
        _put_state(sheet, snapshot, street, desk, row)
    else:
        _put_name(sheet, snapshot, street, desk)
        _put_state(sheet, snapshot, street, desk, row + 1)


def _put_name(sheet: Sheet, snapshot: Snapshot, street: Street, desk: Desk) -> None:
    """``#483 phone · photo``; beside a badge, only the number."""
    row, col, end = desk.place.row, street.desk.col, street.desk.col + street.desk.width
    turn = desk_words(snapshot, desk.group, desk.lane) if street.form is Form.WIDE else None
    quiet = turn is not None and not turn.badge
    chosen = desk.request == snapshot.view.selected_request
    style = Style.ACCENT if chosen else Style.DIM if quiet else Style.STRONG
    number = f"#{desk.request}"
    col = sheet.put(row, col, clipped(number, street.desk.width, sheet.look), style) + 1
    if turn is not None and turn.badge and col + cell_width(turn.badge) <= end:
        start = sheet.put_right(row, end, turn.badge, Style.ON_BRIGHT)
        sheet.lay(Area(row, start, 1, end - start), Ground.LOCK)
        end = start - 1
    name = name_of(snapshot.playback, desk.request, always=True)
    if cell_width(name) > end - col:
        name = name.partition(JOIN)[0]
    if cell_width(name) <= end - col or turn is None:
        sheet.put(row, col, clipped(name, end - col, sheet.look), Style.DIM if quiet else desk.style)


def _put_state(sheet: Sheet, snapshot: Snapshot, street: Street, desk: Desk, row: int) -> None:
    """``sending ━━━╌╌ 3.9 s``; alone in its row, the number first where there is room."""
    col, end = street.desk.col, street.desk.col + street.desk.width
    turn = desk_words(snapshot, desk.group, desk.lane) if street.form is Form.WIDE else None
    doing = DOING[desk.activity]
    word, style = _does(snapshot, desk) if turn is None else turn.does
    wide = street.form is Form.WIDE
    longest = LONG_TIME if wide else SHORT_TIME
    seconds = _seconds(snapshot, desk, longest)
    if turn is not None:
        fits = cell_width(translated(doing.short)) + 1 + cell_width(turn.since) <= end - col
        seconds = turn.since if fits else turn.briefly
    quiet = turn is not None and not turn.badge
    end = sheet.put_right(row, end, seconds, Style.TEXT if quiet else Style.STRONG) - 1
    if wide and desk.place.height == 1:
        number = f"#{desk.request} "
        if col + cell_width(number) + cell_width(translated(doing.short)) <= end:
            col = sheet.put(row, col, number, Style.DIM)
    # where it is narrow, as if all were there for long: the same work is not called by two names in two rows
    free = end if wide else min(end, street.desk.col + street.desk.width - longest - 1)
    if cell_width(word) > free - col:
        word = translated(doing.short) if turn is not None else _does_in_short(snapshot, desk)
    col = sheet.put(row, col, clipped(word, end - col, sheet.look), style) + 1
    _put_progress(sheet, snapshot, desk, row, col, min(end - col, MOST_BAR))


def _does(snapshot: Snapshot, desk: Desk) -> tuple[str, Style]:
    """What it does; where more want to compute than there are cores, all of them compute, each with a part of one."""
    now, doing = snapshot.now, DOING[desk.activity]
    if desk.activity not in ON_CORES or now.locks:
        return translated(doing.word), doing.desk
    doing = DOING[Activity.COMPUTING]
    if now.runnable <= now.cores:
        return translated(doing.word), doing.desk
    return tell("{share} of a core", share=share_in_words(now.cores / now.runnable)), doing.desk


def _does_in_short(snapshot: Snapshot, desk: Desk) -> str:
    shares = desk.activity in ON_CORES and not snapshot.now.locks
    return translated(DOING[Activity.COMPUTING if shares else desk.activity].short)


def _put_progress(sheet: Sheet, snapshot: Snapshot, desk: Desk, row: int, col: int, cells: int) -> None:
    if cells < LEAST_BAR or not np.isfinite(desk.end_s):
        return
    begun_s = float(_begun(snapshot, desk))
    done = int(cells * (snapshot.t_s - begun_s) / max(desk.end_s - begun_s, MOMENT_S))  # full only at the very end
    done = min(max(done, 0), cells)
    glyphs = sheet.look.glyphs
    col = sheet.put(row, col, glyphs.track * done, DOING[desk.activity].desk)
    sheet.put(row, col, glyphs.track_ahead * (cells - done), Style.TRACK)


def _begun(snapshot: Snapshot, desk: Desk) -> float:
    return float(snapshot.now.pool(desk.group.name).since_s[desk.lane])


def _seconds(snapshot: Snapshot, desk: Desk, cells: int) -> str:
    """For how long it is held: ``3.9 s``; in little room ``0.1 s`` rather than ``140 ms``."""
    seconds = snapshot.t_s - desk.since_s
    if seconds >= 1.0 or (seconds >= TENTH_S and cells < LONG_TIME):
        return f"{to_places(seconds, 1 if seconds < HUNDRED_S else 0)} s"
    text = short_duration(seconds)
    return text if cell_width(text) < cells else f"{to_places(seconds * 1000, 0)} ms"
