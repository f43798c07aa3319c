"""One request on its way: from its client to the answer, through the room of a proxy, or lost."""

import numpy as np
import pytest

from simulator.plan.words import Loss, Outcome, lost_by
from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import WHO, Style
from simulator.stage.scene import RequestTarget
from simulator.stage.street.clients import client_rows
from simulator.stage.street.itinerary import Way, itinerary
from simulator.stage.street.journeys import GLANCE_S
from simulator.stage.street.lineup import waiting
from simulator.stage.street.who import who
from tests.stage.plays import Play, play, playback
from tests.stage.street.travelling import (
    BEHIND_NGINX,
    CRASH,
    PHONES,
    SMALL_BACKLOG,
    SPIKE,
    at,
    cells,
    drawn,
    first_of,
    on,
    snapshot,
    street_at,
)

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
