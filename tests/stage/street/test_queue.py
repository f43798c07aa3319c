"""The queue on the street is honest: a mark for a request, never shorter while it grows, calm while it is served."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.stage.canvas.glyphs import ASCII, UNICODE
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import WHO, Ground, Style
from simulator.stage.scene import RequestTarget
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.crowd import marks_for
from simulator.stage.street.detail import MOST_IN_QUEUES
from simulator.stage.street.lineup import cells_of_marks, limit_of, marks_at, room_of, waiting
from simulator.stage.street.one_scale import cells_for, longest
from simulator.stage.street.places import street_of
from simulator.stage.street.queue import put_queue, put_queue_words
from simulator.stage.street.who import who
from simulator.words.language import speaking
from tests.stage.plays import Play, play, scene

PHONES = play("prefork", "slow-clients", workers=4)
SPIKE = play("prefork", "spike", workers=4)
LOOP = play("coroutine", "mixed")
INSIDE = play("threaded", "mixed", processes=2, accept="eager")
SMALL_BACKLOG = play("prefork", "spike", workers=4, backlog=64)
SIZES = ((120, 22), (148, 29), (80, 12), (60, 17), (60, 13), (40, 8), (120, 30), (20, 5))
AREAS = st.builds(Area, st.just(1), st.just(2), st.integers(1, 12), st.integers(1, 40))
COUNTS = st.integers(0, 6000)


def snapshot(wanted: Play, t_s: float, **details: object) -> Snapshot:
    return Snapshot(scene=scene(wanted, t_s=t_s, **details), number=0)


def drawn(wanted: Play, t_s: float, size: tuple[int, int] = (120, 22), look: Look | None = None) -> Sheet:
    sheet, its = Sheet(*size, look or Look()), snapshot(wanted, t_s)
    street = street_of(its, *size)
    put_queue(sheet, its, street)
    put_queue_words(sheet, its, street)
    return sheet


def places(area: Area, count: int, served: int) -> set[tuple[int, int]]:
    marks = marks_for(count, room_of(area))
    rows, cols = cells_of_marks(area, np.arange(marks.length), served)
    return set(zip(rows.tolist(), cols.tolist(), strict=True))


@given(AREAS, COUNTS, st.integers(0, 9))
def test_one_more_adds_a_cell_and_never_takes_one_away(area: Area, count: int, served: int) -> None:
    before, after = places(area, count, served), places(area, count + 1, served)
    assert before <= after
    assert all(area.covers(*place) for place in after)
    assert len(after) == min(count + 1, room_of(area))


@given(AREAS, COUNTS, st.integers(0, 9))
def test_while_there_is_room_no_two_stand_in_one_cell(area: Area, count: int, served: int) -> None:
    marks, positions = marks_for(count, room_of(area)), np.arange(count)
    numbers = marks_at(positions, marks)
    assert (np.diff(numbers) >= 0).all()
    assert not count or numbers.max() == marks.length - 1
    assert np.bincount(numbers[: marks.fine]).max(initial=1) == 1 or marks.level


@given(AREAS, st.integers(1, 500), st.integers(0, 9))
def test_whoever_waits_keeps_its_row_and_one_row_alone_moves_up(area: Area, count: int, served: int) -> None:
    count = min(count, room_of(area))
    marks, fewer = marks_for(count, room_of(area)), marks_for(count - 1, room_of(area))
    rows, cols = cells_of_marks(area, marks_at(np.arange(1, count), marks), served)
    rows_after, cols_after = cells_of_marks(area, marks_at(np.arange(count - 1), fewer), served + 1)
    assert (rows == rows_after).all()
    assert len(set(rows[cols != cols_after].tolist())) <= 1
    assert set((cols_after - cols).tolist()) <= {0, 1}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from((PHONES, SPIKE, LOOP, INSIDE)), st.floats(0.0, 60.0))
def test_between_two_pictures_a_request_keeps_its_mark_and_its_row(wanted: Play, t_s: float) -> None:
    now, soon = (snapshot(wanted, t_s + later_s) for later_s in (0.0, 1 / 30))
    its, lines = who(now.playback), [waiting(each) for each in (now, soon)]
    both = np.intersect1d(lines[0].rows, lines[1].rows)
    stays = both[~((its.gone_s[both] > now.t_s) & (its.gone_s[both] <= soon.t_s))]
    first, second = (its.marks(stays, each.t_s, UNICODE) for each in (now, soon))
    assert (first[0] == second[0]).all()
    assert (first[1] == second[1]).all()


@pytest.mark.parametrize(("wanted", "t_s"), [(PHONES, 20.0), (SPIKE, 33.0)])
def test_in_a_run_only_those_behind_a_service_in_its_row_move(wanted: Play, t_s: float) -> None:
    area, moved = Area(0, 0, 5, 500), 0
    for now_s, soon_s in pairwise(events(wanted, t_s, 40)):
        cells = [cell_of_each(snapshot(wanted, each), area) for each in (now_s, soon_s)]
        changed = {cells[0][row][0] for row in cells[0].keys() & cells[1].keys() if cells[0][row] != cells[1][row]}
        assert len(changed) <= 1
        moved += len(changed)
    assert moved


def events(wanted: Play, t_s: float, count: int) -> list[float]:
    playback, found = snapshot(wanted, 0.0).playback, [t_s]
    while len(found) < count:
        following = playback.next_event(found[-1])
        assert following is not None
        found.append(following)
    return found


def cell_of_each(its: Snapshot, area: Area) -> dict[int, tuple[int, int]]:
    line = waiting(its)
    rows, cols = cells_of_marks(area, marks_at(np.arange(len(line)), marks_for(len(line), 2500)), line.served)
    return dict(zip(line.rows.tolist(), zip(rows.tolist(), cols.tolist(), strict=True), strict=True))


@pytest.mark.parametrize("wanted", [PHONES, SPIKE, LOOP, INSIDE])
def test_nobody_stands_there_twice_and_the_head_came_first(wanted: Play) -> None:
    for t_s in (5.0, 11.1, 20.0, 33.0):
        line = waiting(snapshot(wanted, t_s))
        assert len(set(line.rows.tolist())) == len(line)
        for part in (line.came_s[: line.inside], line.came_s[line.inside :]):
            assert (np.diff(part) >= 0).all()


def test_those_inside_of_the_server_stand_before_those_it_has_not_accepted() -> None:
    its = snapshot(LOOP, 11.1)
    line = waiting(its)
    ready = its.now.lock("event loop").waiting[0]
    assert line.inside == len(ready) > 0
    assert set(line.rows[: line.inside].tolist()) == set(ready.request.tolist())
    assert line.rows[line.inside :].tolist() == its.now.backlogs[-1].waiting.request.tolist()


def test_who_waits_is_read_from_the_heading() -> None:
    assert "QUEUE  228 waiting  the first for 5.3 s" in str(drawn(PHONES, 20.0).grid)
    assert "1 mark = 1 request" in str(drawn(PHONES, 20.0).grid)
    assert "READY  27 wait for their turn" in str(drawn(LOOP, 11.1).grid)
    assert "nobody waits" in str(drawn(PHONES, 0.0).grid)


def test_what_a_coarse_mark_is_worth_is_written_at_every_size() -> None:
    for size in SIZES:
        sheet = drawn(SPIKE, 33.0, size)
        shown = str(sheet.grid)
        for mark, worth in zip(UNICODE.crowds[:2], ("10", "100"), strict=True):
            if mark in shown and size[0] >= 40:
                assert f"{mark} = {worth}" in shown or f"{mark}{worth}" in shown, size


def test_servers_beside_one_another_have_one_scale_where_marks_turn_coarse() -> None:
    behind = play("prefork", "spike", workers=4, nginx=True)
    both = scene(SPIKE, behind, t_s=33.0)
    alone = [street_of(snapshot(wanted, 33.0), 60, 17) for wanted in (SPIKE, behind)]
    rooms = [room_of(street.queue) for street in alone]
    assert rooms[0] > rooms[1], "the room of the proxy leaves the queue less"
    cells = [cells_for(Snapshot(scene=both, number=number), alone[number]) for number in (0, 1)]
    assert cells == [min(rooms)] * 2
    assert cells_for(snapshot(SPIKE, 33.0), alone[0]) == rooms[0]


def test_where_the_other_line_always_fits_each_server_has_all_of_its_room() -> None:
    both = scene(PHONES, play("prefork", "slow-clients", nginx=True, workers=4), t_s=20.0)
    for number in (0, 1):
        its = Snapshot(scene=both, number=number)
        street = street_of(its, 60, 17)
        assert cells_for(its, street) == room_of(street.queue)


@pytest.mark.parametrize(("wanted", "peak_s"), [(PHONES, 20.0), (SPIKE, 30.0), (LOOP, 11.1), (INSIDE, 11.0)])
def test_no_line_is_longer_than_the_longest(wanted: Play, peak_s: float) -> None:
    times = [*np.arange(0.0, 60.0, 0.7).tolist(), *np.linspace(peak_s - 2.0, peak_s + 2.0, 50).tolist()]
    assert max(len(waiting(snapshot(wanted, t_s))) for t_s in times) <= longest(snapshot(wanted, 0.0).playback)


def test_the_longest_line_is_that_of_the_end_of_the_spike() -> None:
    at_the_end = max(len(waiting(snapshot(SPIKE, t_s))) for t_s in np.linspace(29.0, 31.0, 81).tolist())
    assert longest(snapshot(SPIKE, 0.0).playback) == pytest.approx(at_the_end, abs=5)


def test_those_who_gave_up_are_hollow_in_the_queue() -> None:
    sheet = drawn(SPIKE, 33.0)
    hollow = np.isin(sheet.grid.characters, list(UNICODE.who_gone))
    assert hollow.sum() > 50
    assert (sheet.grid.styles[hollow] == Style.GONE).all()


def test_a_full_queue_says_so_in_red_and_how_many_knock_in_vain() -> None:
    its = snapshot(SMALL_BACKLOG, 24.6)
    limit = limit_of(its)
    assert limit is not None
    assert limit.reached
    assert len(its.now.backlogs[-1].waiting) < limit.places, "for a moment; nobody shall see it flicker"
    sheet = drawn(SMALL_BACKLOG, 24.6)
    row, heading = 1, sheet.grid.text(1)
    assert "full, 799 try again" in heading
    assert sheet.grid.styles[row, heading.index("full")] == Style.BAD
    assert "full" not in str(drawn(PHONES, 20.0).grid)


def test_where_there_is_room_a_limit_is_said_in_words_and_not_drawn() -> None:
    assert "room for 2 049" in str(drawn(PHONES, 20.0, (180, 42)).grid)
    assert "room for" not in str(drawn(PHONES, 20.0).grid)


def test_a_block_that_would_cost_too_much_drops_its_colours_and_keeps_its_shapes() -> None:
    kinds = [queue_marks(SPIKE, 33.0, size) for size in ((240, 60), (120, 22))]
    assert [len(styles) for _, styles in kinds] == [1, 2]
    assert all(len(characters) > 1 for characters, _ in kinds)


def queue_marks(wanted: Play, t_s: float, size: tuple[int, int]) -> tuple[set[str], set[int]]:
    area, grid = street_of(snapshot(wanted, t_s), *size).queue, drawn(wanted, t_s, size).grid
    block = np.s_[area.row : area.row + area.height, area.col : area.col + area.width]
    marks = np.isin(grid.characters[block], list(UNICODE.who + UNICODE.who_gone))
    return set(grid.characters[block][marks].tolist()), set(grid.styles[block][marks].tolist())


def test_a_request_that_is_followed_shines() -> None:
    line = waiting(snapshot(PHONES, 20.0))
    chosen = int(line.rows[17])
    its = Snapshot(scene=scene(PHONES, t_s=20.0), number=0)
    object.__setattr__(its.view, "selected_request", chosen)
    sheet = Sheet(120, 22, Look())
    put_queue(sheet, its, street_of(its, 120, 22))
    places = np.argwhere(sheet.grid.grounds == Ground.LOCK).tolist()
    assert len(places) == 1
    assert sheet.target(*places[0]) == RequestTarget(view=0, request=chosen)


def test_what_is_pointed_at_in_the_queue_is_the_request_that_stands_there() -> None:
    its, sheet = snapshot(PHONES, 20.0), drawn(PHONES, 20.0)
    street, line = street_of(its, 120, 22), waiting(its)
    marks = marks_for(len(line), room_of(street.queue))
    for position in (0, 1, 57, len(line) - 1):
        rows, cols = cells_of_marks(street.queue, marks_at(np.array([position]), marks), line.served)
        assert sheet.target(int(rows[0]), int(cols[0])) == RequestTarget(view=0, request=int(line.rows[position]))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("look", [Look(), Look(ASCII)], ids=["unicode", "ascii"])
@pytest.mark.parametrize("size", SIZES)
def test_words_and_marks_stay_where_they_belong(language: str, look: Look, size: tuple[int, int]) -> None:
    with speaking(language):  # type: ignore[arg-type]
        for wanted, t_s in ((PHONES, 20.0), (SPIKE, 33.0), (LOOP, 11.1), (PHONES, 0.0)):
            sheet = drawn(wanted, t_s, size, look)
            street = street_of(snapshot(wanted, t_s), *size)
            used = np.argwhere((sheet.grid.characters != " ") & (sheet.grid.characters != ""))
            areas = (street.queue, street.figures, Area(street.heading_row, street.queue.col - 1, 1, size[0]))
            tiny = Area(0, 0, 2, street.queue.col - 1)
            assert all(any(area.covers(*place) for area in (*areas, tiny)) for place in used.tolist())
            block = sheet.grid.styles[street.queue.row : street.queue.row + street.queue.height]
            assert np.count_nonzero(block[:, 1:] != block[:, :-1]) <= MOST_IN_QUEUES + 40


@pytest.mark.parametrize("size", [(120, 36), (200, 34), (240, 67)])
def test_colours_in_the_queue_do_not_come_and_go(size: tuple[int, int]) -> None:
    found = set()
    for t_s in (20.4, 20.8, 21.2, 21.6, 22.0, 25.0, 33.0, 41.0):
        its = snapshot(SPIKE, t_s)
        street, line = street_of(its, *size), waiting(its)
        if 20 < len(line) <= room_of(street.queue):
            rows, cols = cells_of_marks(street.queue, np.arange(len(line)), line.served)
            styles = set(drawn(SPIKE, t_s, size).grid.styles[rows, cols].tolist())
            found.add(len(styles & {int(style) for style in WHO}) > 1)
    assert found == {size == (120, 36)}
