"""Requests travel over the street: where a mark is depends on the trace, the moment and the speed alone."""

from collections import Counter

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import WHO, Ground, Style
from simulator.stage.scene import RequestTarget, Scene, View
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.itinerary import Way, itinerary
from simulator.stage.street.journeys import CELLS_EACH, GLANCE_S, NOBODY, travellers
from simulator.stage.street.lineup import waiting
from simulator.stage.street.places import street_of
from simulator.stage.street.street import put_street
from simulator.trace.playback import Playback
from tests.engine.comparison import run_on
from tests.engine.strategies import seeded_plan
from tests.engine.strategies_load import seeded_workload
from tests.stage.plays import Play, playback, scene
from tests.stage.street.travelling import (
    CRASH,
    PHONES,
    RUNS,
    SIZES,
    SPIKE,
    at,
    cells,
    drawn,
    on,
    snapshot,
    street_at,
    without_travel,
)

FRAME_S = 1 / 30
WIDEST_STEP = 12
"""Columns of a street of 120; wider ones have longer ways."""
A_RUN, A_SIZE = st.sampled_from(RUNS), st.sampled_from(SIZES)
A_SPEED = st.sampled_from((0.01, 0.1, 0.5, 1.0, 2.0))
A_PART = st.floats(0.0, 1.0)
EAGER = Play("threaded", "mixed", (("processes", 2), ("accept", "eager")))


# Whatever is played, wherever, and however fast.


@settings(max_examples=150, deadline=None)
@given(A_RUN, A_SIZE, A_SPEED, A_PART)
@example(EAGER, (120, 22), 0.01, 0.7079231801604159)  # one waits for the main thread to close its connection
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
