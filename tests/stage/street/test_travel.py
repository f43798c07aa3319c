"""Requests travel over the street: where a mark is depends on the trace, the moment and the speed alone."""

import dataclasses
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.plan.words import Loss, Outcome, lost_by
from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import WHO, Ground, Style
from simulator.stage.scene import RequestTarget, Scene, View
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.clients import client_rows
from simulator.stage.street.itinerary import Way, itinerary
from simulator.stage.street.journeys import CELLS_EACH, GLANCE_S, NOBODY, Travellers, travellers
from simulator.stage.street.lineup import waiting
from simulator.stage.street.places import Street, street_of
from simulator.stage.street.street import put_street
from simulator.stage.street.who import who
from simulator.trace.playback import Playback
from tests.engine.comparison import run_on
from tests.engine.strategies import seeded_plan
from tests.engine.strategies_load import seeded_workload
from tests.stage.plays import Play, play, playback, scene

PHONES = play("prefork", "slow-clients", workers=4)
BEHIND_NGINX = play("prefork", "slow-clients", nginx=True, workers=4)
SPIKE = play("prefork", "spike", workers=4)
SMALL_BACKLOG = play("prefork", "spike", workers=4, backlog=50)
CRASH = play("prefork", "crash")
LOOP = play("coroutine", "mixed")
RUNS = (
    PHONES,
    BEHIND_NGINX,
    SPIKE,
    SMALL_BACKLOG,
    CRASH,
    LOOP,
    play("prefork", "mixed"),
    play("threaded", "mixed", processes=2, accept="eager"),
    play("coroutine", "crash"),
    play("coroutine", "slow-clients", nginx=True),
    play("prefork", "spike", nginx=True, workers=4),
)
SIZES = ((120, 22), (148, 29), (80, 12), (60, 17))
FRAME_S = 1 / 30
WIDEST_STEP = 12
"""Columns of a street of 120; wider ones have longer ways."""
A_RUN, A_SIZE = st.sampled_from(RUNS), st.sampled_from(SIZES)
A_SPEED = st.sampled_from((0.01, 0.1, 0.5, 1.0, 2.0))
A_PART = st.floats(0.0, 1.0)


def snapshot(wanted: Play, t_s: float, speed: float = 1.0, followed: int | None = None) -> Snapshot:
    its = scene(wanted, t_s=t_s, speed=speed)
    views = tuple(dataclasses.replace(each, selected_request=followed) for each in its.views)
    return Snapshot(scene=dataclasses.replace(its, views=views), number=0)


def at(wanted: Play, t_s: float, size: tuple[int, int] = SIZES[0], speed: float = 1.0) -> Travellers:
    seen = snapshot(wanted, t_s, speed)
    return travellers(seen, street_of(seen, *size))


def on(way: Way, there: Travellers) -> list[int]:
    requests: list[int] = there.marks.request[there.marks.way == way].tolist()
    return requests


def drawn(
    wanted: Play, t_s: float, size: tuple[int, int] = SIZES[0], look: Look | None = None, followed: int | None = None
) -> Sheet:
    sheet = Sheet(*size, look or Look())
    put_street(sheet, snapshot(wanted, t_s, followed=followed))
    return sheet


def cells(there: Travellers) -> dict[tuple[int, int], tuple[int, int]]:
    """By request and way."""
    marks = there.marks
    rows, cols = marks.row.tolist(), marks.col.tolist()
    return dict(
        zip(zip(marks.request.tolist(), marks.way.tolist(), strict=True), zip(rows, cols, strict=True), strict=True)
    )


def first_of(way: Way, wanted: Play, after_s: float = 0.0) -> tuple[int, float]:
    """A request that is on a way for its whole length, and the moment that the way is about."""
    moments = next(each for each in itinerary(playback(wanted)).ways if each.way is way)
    i = int(moments.at_s.searchsorted(after_s))
    if moments.gap_s is not None:
        while moments.gap_s[i] < 4 * GLANCE_S:
            i += 1
    return int(moments.rows[i]), float(moments.at_s[i])


# Whatever is played, wherever, and however fast.


@settings(max_examples=150, deadline=None)
@given(A_RUN, A_SIZE, A_SPEED, A_PART)
def test_nobody_is_on_two_ways_or_in_the_queue_and_on_the_way(
    wanted: Play, size: tuple[int, int], speed: float, part: float
) -> None:
    t_s = part * playback(wanted).end_s
    there = at(wanted, t_s, size, speed)
    assert max(Counter(there.request.tolist()).values(), default=1) == 1
    assert max(Counter(there.marks.request[there.marks.way != Way.LOST].tolist()).values(), default=1) == 1
    assert not set(there.request.tolist()) & set(waiting(snapshot(wanted, t_s)).rows.tolist())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), A_SIZE, A_SPEED, A_PART)
def test_whatever_steps_a_plan_has_each_is_on_one_way_and_within_the_frame(
    seed: int, size: tuple[int, int], speed: float, part: float
) -> None:
    trace = run_on("kernel", seeded_plan(seed), seeded_workload(seed))
    if trace is None or not len(trace):
        return
    run = Playback(trace)
    its = Scene(views=(View(playback=run, title="any"),), load="any", t_s=part * run.end_s, speed=speed)
    seen = Snapshot(scene=its, number=0)
    there = travellers(seen, street_of(seen, *size))
    assert max(Counter(there.request.tolist()).values(), default=1) == 1
    assert all(0 < row < size[1] - 1 for row in there.marks.row.tolist())
    assert all(0 < col < size[0] - 1 for col in there.marks.col.tolist())


@settings(max_examples=60, deadline=None)
@given(A_RUN, A_SIZE, A_PART)
def test_every_bright_mark_of_a_frame_is_another_request(wanted: Play, size: tuple[int, int], part: float) -> None:
    sheet = drawn(wanted, part * playback(wanted).end_s, size)
    rows, cols = np.nonzero(np.isin(sheet.grid.styles, WHO))
    targets = [sheet.target(row, col) for row, col in zip(rows.tolist(), cols.tolist(), strict=True)]
    requests = Counter(target.request for target in targets if isinstance(target, RequestTarget))
    assert [request for request, count in requests.items() if count > 1] == []


@settings(max_examples=150, deadline=None)
@given(A_RUN, A_SIZE, A_SPEED, A_PART)
def test_from_frame_to_frame_a_mark_is_near_or_on_another_way(
    wanted: Play, size: tuple[int, int], speed: float, part: float
) -> None:
    t_s = part * playback(wanted).end_s
    before, after = cells(at(wanted, t_s, size, speed)), cells(at(wanted, t_s + speed * FRAME_S, size, speed))
    widest = WIDEST_STEP * max(size[0] / SIZES[0][0], 1.0)
    assert [mark for mark in before.keys() & after.keys() if abs(before[mark][1] - after[mark][1]) > widest] == []


@settings(max_examples=100, deadline=None)
@given(A_RUN, A_SIZE, A_SPEED, A_PART)
def test_who_is_half_way_does_not_vanish_in_a_crowd(
    wanted: Play, size: tuple[int, int], speed: float, part: float
) -> None:
    """Thinned out or not, a request that travels does so all the way."""
    t_s = part * playback(wanted).end_s
    seen = snapshot(wanted, t_s, speed)
    unit_s, most = GLANCE_S * speed, street_of(seen, *size).width // CELLS_EACH
    for moments in itinerary(playback(wanted)).ways:
        now = moments.under_way(t_s, unit_s, most, -1)
        step_s = speed * FRAME_S
        later = set(moments.under_way(t_s + step_s, unit_s, most, -1).rows.tolist())
        left = (1.0 - now.done) / np.maximum(now.done, 1e-9) * np.abs(t_s - now.at_s)
        ends = now.at_s - t_s - moments.length.early * unit_s if moments.length.ahead else left
        assert set(now.rows[ends > step_s * 1.001].tolist()) <= later


@settings(max_examples=80, deadline=None)
@given(A_RUN, A_SIZE, A_PART)
def test_marks_lie_on_the_street_and_never_on_words_or_tapes(wanted: Play, size: tuple[int, int], part: float) -> None:
    t_s = part * playback(wanted).end_s
    seen = snapshot(wanted, t_s)
    street = street_of(seen, *size)
    marks = travellers(seen, street).marks
    for row, col in zip(marks.row.tolist(), marks.col.tolist(), strict=True):
        assert 0 < row < street.height - 1
        assert street.way.col <= col <= street.desk_col
        assert not any(lane.row <= row < lane.row + lane.height and col < street.tape_end for lane in street.lanes)
        assert not (street.room.width and street.room.covers(row, col))
        assert not (street.window.width and street.window.covers(row, col))
    words, alone = drawn(wanted, t_s, size), without_travel(wanted, t_s, size)
    for row in range(size[1]):
        text, with_marks = alone.grid.text(row), words.grid.text(row)
        lost = [a for a, b in zip(text, with_marks, strict=True) if a != b and a.isalnum()]
        assert lost == []


def without_travel(wanted: Play, t_s: float, size: tuple[int, int]) -> Sheet:
    sheet = Sheet(*size, Look())
    put_street(sheet, Snapshot(scene=scene(wanted, t_s=t_s, reduced_motion=True), number=0))
    return sheet


@settings(max_examples=40, deadline=None)
@given(A_RUN, A_SIZE, A_PART)
def test_a_frame_is_the_same_whether_one_plays_up_to_it_or_seeks(
    wanted: Play, size: tuple[int, int], part: float
) -> None:
    t_s = part * playback(wanted).end_s
    straight = drawn(wanted, t_s, size).grid
    for before_s in (t_s + 3.0, t_s - 2 * FRAME_S, t_s - FRAME_S):
        drawn(wanted, max(before_s, 0.0), size)
    assert drawn(wanted, t_s, size).grid == straight


# One request, from its client to the answer.


def test_a_request_leaves_the_row_of_its_kind_and_arrives_where_it_will_stand() -> None:
    request, joins_s = first_of(Way.IN, PHONES, 19.0)
    street, its = street_at(PHONES), who(playback(PHONES))
    start = cells(at(PHONES, joins_s - 1.599 * GLANCE_S))[request, Way.IN]
    end = cells(at(PHONES, joins_s - 1e-6))[request, Way.IN]
    assert start == (client_rows(street, len(its.names)).kinds[int(its.kind[request])], street.way.col)
    assert start[1] < end[1] < street.queue.col + street.queue.width
    assert request in waiting(snapshot(PHONES, joins_s)).rows
    assert request not in at(PHONES, joins_s).request


def street_at(wanted: Play, size: tuple[int, int] = SIZES[0]) -> Street:
    return street_of(snapshot(wanted, 0.0), *size)


def test_a_request_walks_down_the_line_to_its_desk_which_is_taken_already() -> None:
    request, gets_s = first_of(Way.TO_DESK, PHONES, 10.0)
    street, lane = street_at(PHONES), int(playback(PHONES).trace.slot[request, 0])
    middle = cells(at(PHONES, gets_s + 0.5 * GLANCE_S))[request, Way.TO_DESK]
    end = cells(at(PHONES, gets_s + 0.999 * GLANCE_S))[request, Way.TO_DESK]
    assert middle[1] == street.line_col
    assert end == (street.lanes[lane].row, street.desk_col)
    assert request in snapshot(PHONES, gets_s + 0.5 * GLANCE_S).now.pools[0].request


def test_a_desk_shows_its_request_once_it_has_arrived() -> None:
    request, gets_s = first_of(Way.TO_DESK, PHONES, 10.0)
    street, lane = street_at(PHONES), int(playback(PHONES).trace.slot[request, 0])
    desk = (street.lanes[lane].row, street.desk_col)
    on_its_way = drawn(PHONES, gets_s + 0.5 * GLANCE_S).grid.styles[desk]
    there = drawn(PHONES, gets_s + 1.01 * GLANCE_S).grid.styles[desk]
    assert on_its_way not in WHO
    assert there == WHO[who(playback(PHONES)).kind[request]]


def test_an_answer_goes_up_the_line_and_left_to_those_served() -> None:
    request, done_s = first_of(Way.BACK, PHONES, 10.0)
    street = street_at(PHONES)
    up = cells(at(PHONES, done_s + 0.1 * 3.2 * GLANCE_S))[request, Way.BACK]
    middle = cells(at(PHONES, done_s + 0.5 * 3.2 * GLANCE_S))[request, Way.BACK]
    end = cells(at(PHONES, done_s + 0.999 * 3.2 * GLANCE_S))[request, Way.BACK]
    assert up[1] == street.line_col
    assert middle[0] == end[0] == street.answers_row
    assert street.way.col == end[1] < middle[1] < street.line_col


def test_short_work_is_shown_at_the_desk_and_not_on_the_way_to_it() -> None:
    moments = next(each for each in itinerary(playback(PHONES)).ways if each.way is Way.TO_DESK)
    assert moments.gap_s is not None
    i = int(np.flatnonzero((moments.gap_s < 0.5 * GLANCE_S) & (moments.at_s > 5.0))[0])
    request, gets_s = int(moments.rows[i]), float(moments.at_s[i])
    assert request not in at(PHONES, gets_s).request
    assert request in on(Way.TO_DESK, at(PHONES, gets_s + 1e-4, speed=0.01))


# Behind a proxy.


def test_behind_a_proxy_a_slow_upload_walks_to_the_room_and_later_from_there_to_the_queue() -> None:
    request, joins_s = first_of(Way.FROM_ROOM, BEHIND_NGINX, 15.0)
    street = street_at(BEHIND_NGINX)
    start = cells(at(BEHIND_NGINX, joins_s - 0.999 * GLANCE_S))[request, Way.FROM_ROOM]
    end = cells(at(BEHIND_NGINX, joins_s - 1e-6))[request, Way.FROM_ROOM]
    assert street.room.col + street.room.width == start[1] < end[1]
    comes = next(each for each in itinerary(playback(BEHIND_NGINX)).ways if each.way is Way.IN)
    comes_s = float(comes.at_s[comes.rows == request][0])
    assert cells(at(BEHIND_NGINX, comes_s - 1e-6))[request, Way.IN][1] == street.room.col - 1
    assert request not in at(BEHIND_NGINX, (comes_s + joins_s) / 2).request


def test_an_answer_that_its_client_reads_slowly_stops_at_the_room_on_its_way() -> None:
    large = {"requests.page.response": "2 MiB"}
    wanted = play("prefork", "slow-clients", nginx=True, workers=4, overrides=large)
    request, done_s = first_of(Way.TO_ROOM, wanted, 5.0)
    street, over_s = street_at(wanted), float(playback(wanted).trace.left[request])
    middle_of_room = street.room.col + street.room.width // 2
    assert cells(at(wanted, done_s + 1.599 * GLANCE_S))[request, Way.TO_ROOM] == (street.answers_row, middle_of_room)
    assert request not in at(wanted, (done_s + over_s) / 2).request
    assert request in on(Way.BACK_FROM_ROOM, at(wanted, over_s + GLANCE_S))


def test_behind_a_proxy_a_quick_upload_walks_through_the_room_without_a_stop() -> None:
    stages = [each for each in itinerary(playback(BEHIND_NGINX)).ways if each.way is Way.FROM_ROOM]
    moments = stages[-1]
    assert moments.gap_s is not None
    i = int(np.flatnonzero((moments.gap_s < 0.5 * GLANCE_S) & (moments.at_s > 20.0))[0])
    request, joins_s = int(moments.rows[i]), float(moments.at_s[i])
    assert request in at(BEHIND_NGINX, joins_s - 1.1 * GLANCE_S).request
    assert (request, Way.FROM_ROOM) in {
        *cells(at(BEHIND_NGINX, joins_s - 0.9 * GLANCE_S)),
        *cells(at(BEHIND_NGINX, joins_s - 0.1 * GLANCE_S)),
    }
    assert request not in at(BEHIND_NGINX, joins_s).request


# Those who are lost.


def lost_in(wanted: Play, loss: Loss) -> list[int]:
    trace = playback(wanted).trace
    rows: list[int] = np.flatnonzero(np.isin(trace.outcome, lost_by(loss))).tolist()
    return rows


@pytest.mark.parametrize(("wanted", "loss"), [(SPIKE, Loss.CLIENT_LEFT), (CRASH, Loss.CRASH)])
def test_who_is_lost_ends_at_those_lost_and_not_at_those_served(wanted: Play, loss: Loss) -> None:
    street, trace = street_at(wanted), playback(wanted).trace
    row = client_rows(street, len(who(playback(wanted)).names)).lost
    ends = [cells(at(wanted, float(trace.finished[request]) + 1.599 * GLANCE_S)) for request in lost_in(wanted, loss)]
    found = [
        cells_at[request, Way.LOST]
        for request, cells_at in zip(lost_in(wanted, loss), ends, strict=True)
        if (request, Way.LOST) in cells_at
    ]
    assert found
    assert {place for place in found if abs(place[0] - row) > 1 or place[1] != street.way.col} == set()


def test_who_gives_up_in_the_queue_falls_off_as_a_cross_while_the_hollow_mark_stays() -> None:
    finished_s = playback(SPIKE).trace.finished
    moments = {each: float(finished_s[each]) + 0.2 * GLANCE_S for each in lost_in(SPIKE, Loss.CLIENT_LEFT)[50:]}
    request, t_s = next((each, t_s) for each, t_s in moments.items() if each in on(Way.LOST, at(SPIKE, t_s)))
    there = at(SPIKE, t_s)
    assert request not in there.request
    assert request in waiting(snapshot(SPIKE, t_s)).rows
    row, col = cells(there)[request, Way.LOST]
    sheet = drawn(SPIKE, t_s)
    assert (sheet.grid.characters[row, col], sheet.grid.styles[row, col]) == (
        Look().glyph(Style.DROPPED),
        Style.DROPPED,
    )
    assert sheet.target(row, col) == RequestTarget(view=0, request=request)


def test_an_answer_for_nobody_goes_back_hollow() -> None:
    trace = playback(SPIKE).trace
    request = next(row for row in lost_in(SPIKE, Loss.CLIENT_LEFT) if trace.left[row] > trace.finished[row] + 1.0)
    seen = [at(SPIKE, float(trace.left[row]) + GLANCE_S) for row in lost_in(SPIKE, Loss.CLIENT_LEFT)]
    back = {each for there in seen for each in on(Way.BACK, there)}
    assert back & set(lost_in(SPIKE, Loss.CLIENT_LEFT))
    characters, styles = who(playback(SPIKE)).marks(np.array([request], np.int32), float(trace.left[request]), ASCII)
    assert (characters[0], styles[0]) == (ASCII.who_gone[0], Style.GONE)


def test_whoever_finds_no_place_turns_round_waits_among_those_who_try_again_and_walks_in_from_there() -> None:
    moments = next(each for each in itinerary(playback(SMALL_BACKLOG)).ways if each.way is Way.TO_AGAIN)
    trace, street = playback(SMALL_BACKLOG).trace, street_at(SMALL_BACKLOG)
    again = client_rows(street, len(who(playback(SMALL_BACKLOG)).names)).again
    served = (trace.outcome[moments.rows] == Outcome.COMPLETED) & (moments.at_s > 20.0)
    shown = [
        (int(request), float(at_s))
        for request, at_s in zip(moments.rows[served], moments.at_s[served], strict=True)
        if request in on(Way.TO_AGAIN, at(SMALL_BACKLOG, float(at_s) + 0.9 * GLANCE_S))
    ]
    request, came_s = shown[0]
    place = cells(at(SMALL_BACKLOG, came_s + 0.999 * GLANCE_S))[request, Way.TO_AGAIN]
    assert place == (again, street.way.col)
    assert request not in at(SMALL_BACKLOG, came_s + 1.01 * GLANCE_S).request


# Where nobody could follow a mark, nothing travels.


def test_nothing_travels_with_reduced_motion_faster_than_twice_as_fast_or_where_there_is_no_room() -> None:
    assert len(at(PHONES, 20.0).request) > 5
    assert at(PHONES, 20.0, speed=2.1) is NOBODY
    assert at(PHONES, 20.0, size=(40, 8)) is NOBODY
    seen = Snapshot(scene=scene(PHONES, t_s=20.0, reduced_motion=True), number=0)
    assert travellers(seen, street_of(seen, *SIZES[0])) is NOBODY


def test_counts_are_the_same_whether_marks_travel_or_not() -> None:
    def counted(sheet: Sheet) -> str:
        return "".join(character for character in str(sheet.grid) if character.isdigit())

    for wanted, t_s in ((PHONES, 20.0), (SPIKE, 33.0), (CRASH, 20.5)):
        assert counted(drawn(wanted, t_s)) == counted(without_travel(wanted, t_s, SIZES[0]))


# Many, and one among them.


def test_of_a_crowd_a_way_shows_some_and_gets_brighter() -> None:
    crowded, quiet = at(SPIKE, 33.0), at(SPIKE, 5.0, speed=0.1)
    most = SIZES[0][0] // CELLS_EACH
    assert Way.BACK in crowded.crowded
    assert most // 4 < len(on(Way.BACK, crowded)) <= 2 * most
    assert quiet.crowded == frozenset()
    street = street_at(SPIKE)
    assert Style.GOOD in drawn(SPIKE, 33.0).grid.styles[street.answers_row, street.way.col :]
    seen = Sheet(*SIZES[0], Look())
    put_street(seen, snapshot(SPIKE, 5.0, speed=0.1))
    assert Style.GOOD not in seen.grid.styles[street.answers_row, street.way.col :]


def test_the_followed_request_is_lit_wherever_it_is_and_never_left_out() -> None:
    answers = next(each for each in itinerary(playback(SPIKE)).ways if each.way is Way.BACK)
    part = slice(*answers.at_s.searchsorted((32.9, 33.0)).tolist())
    shown = set(on(Way.BACK, at(SPIKE, 33.0)))
    request = next(row for row in answers.rows[part].tolist() if row not in shown)
    sheet, seen = drawn(SPIKE, 33.0, followed=request), snapshot(SPIKE, 33.0, followed=request)
    there = travellers(seen, street_of(seen, *SIZES[0]))
    row, col = cells(there)[request, Way.BACK]
    assert sheet.grid.grounds[row, col] == Ground.LOCK
    assert sheet.grid.styles[row, col] == Style.ON_BRIGHT


def test_a_cell_shows_one_mark_and_a_pointer_finds_its_request() -> None:
    there, sheet = at(PHONES, 20.0), drawn(PHONES, 20.0)
    places = list(cells(there).values())
    assert len(set(places)) == len(places)
    for (request, _), (row, col) in cells(there).items():
        assert sheet.target(row, col) == RequestTarget(view=0, request=request)


def test_letters_stand_for_marks_where_the_terminal_has_no_others() -> None:
    sheet = drawn(SPIKE, 33.0, look=Look(ASCII, Look().theme))
    assert str(sheet.grid).isascii()
