"""What somebody who never heard of these servers should see in the picture, put into sentences."""

import numpy as np
import pytest

from simulator.plan.words import Outcome
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.frame import frame
from simulator.trace.playback import Activity
from simulator.workload.load import shipped
from tests.stage.plays import LAB, SMALL, Play, play, playback, row_of, scene
from tests.stage.seen import Seen, seen

FULL = 20.0
LOST = "\N{MULTIPLICATION SIGN}"
PREFORK = play("prefork", "slow-clients", workers=4)
NGINX = play("prefork", "slow-clients", nginx=True, workers=4)
CROWDED = play("prefork", "spike", backlog=32, overrides={"arrivals.rate": "60"})


def shown(*plays: Play, t_s: float) -> CellGrid:
    return frame(scene(*plays, t_s=t_s), LAB, Look())


def street(wanted: Play, t_s: float, *, column_s: float = 0.05) -> Seen:
    return seen(scene(wanted, t_s=t_s, column_s=column_s))


def words(grid: CellGrid) -> str:
    return " ".join(str(grid).split())


def letters(text: str) -> str:
    """Without any blanks: a number that is long has some in it."""
    return "".join(text.split())


def test_under_slow_clients_the_tapes_of_prefork_fill_with_uploads_while_the_cores_idle() -> None:
    its = street(PREFORK, FULL)
    assert its.on_ground(Ground.UPLOAD) > 0.6
    assert its.in_style(Style.CPU) < 0.1
    assert "WORKERS 4 of 4 taken" in words(its.grid)
    assert "busy 2 % in 5 s" in words(its.grid)


def test_quick_offices_are_seen_to_stand_behind_the_phones_that_hold_the_workers() -> None:
    its = street(PREFORK, FULL)
    assert its.queue.count("●") > 3 * its.queue.count("◆") > 0
    desks = [its.row(place.row)[its.street.desk_col] for place in its.street.lanes]
    assert desks == ["◆"] * 4


def test_behind_nginx_they_do_not_and_the_phones_stand_in_its_room() -> None:
    its = street(NGINX, FULL)
    assert its.on_ground(Ground.UPLOAD) == 0.0
    assert "nobody waits" in str(its.grid)
    assert its.text(its.street.room).count("◆") > 3


def test_an_event_loop_parks_the_slow_clients_and_its_tape_stays_nearly_empty() -> None:
    its = street(play("callback", "slow-clients"), FULL)
    assert its.in_style(Style.CPU) < 0.5
    assert "◆◆◆" in its.text(its.street.parked)


def test_one_long_computation_is_a_solid_block_with_its_request_in_it_and_how_long_it_took_below() -> None:
    its = street(play("callback", "mixed"), 29.88, column_s=0.01)
    place = its.street.lanes[0]
    assert "#1140" in its.text(its.street.queue._replace(row=place.row, col=0, height=place.height, width=120))
    assert "178 ms" in its.row(its.street.bracket_rows[0])
    assert "BLOCKED" in str(its.grid)


def test_while_a_loop_is_blocked_the_heading_says_how_many_wait_for_their_turn() -> None:
    wanted = play("callback", "mixed")
    now = playback(wanted).at(22.06)
    waiting = len(now.locks[0].waiting[0]) + len(now.backlogs[0].waiting)
    assert len(now.locks[0].waiting[0]) > 1
    assert f"READY {waiting} wait for their turn" in words(shown(wanted, t_s=22.06))


def test_of_the_threads_of_one_process_exactly_one_computes_where_all_want_to() -> None:
    its = street(play("threaded", "cpu-heavy", threads=4), 12.0, column_s=0.001)
    bright, bars = (Ground.COMPUTING, Ground.COMPUTING_NEXT), (Style.CPU, Style.CPU_NEXT)
    lanes = [its.lane(number) for number in range(4)]
    computing = np.array([(np.isin(g, bright) | np.isin(styles, bars)).any(axis=0) for styles, g in lanes])
    assert computing.sum(axis=0).max() == 1
    assert computing.any(axis=0).mean() > 0.95
    assert "THE BATON" in str(its.grid)
    assert "HAS THE BATON" in str(its.grid)


def test_the_threads_that_wait_for_the_baton_have_a_quiet_line_and_no_loud_colour() -> None:
    its = street(play("threaded", "cpu-heavy", threads=4), 12.0, column_s=0.001)
    assert its.in_style(Style.LOCK_WAIT) > 0.2
    assert its.in_style(Style.GIL) == 0.0


def test_a_full_backlog_says_so_and_those_it_turned_away_are_counted() -> None:
    full = next(t for t in np.arange(20.0, 40.0, 0.25).tolist() if playback(CROWDED).at(t).backlogs[0].full)
    assert " full" in street(CROWDED, full).row(1)
    assert " full" not in street(CROWDED, 5.0).row(1)
    lost = sum(playback(CROWDED).at(58.0).ended.values()) - playback(CROWDED).at(58.0).completed
    assert f"{LOST}{lost}lost" in letters(str(shown(CROWDED, t_s=58.0)))


def test_those_who_gave_up_are_hollow_in_the_queue_for_nobody_waits_for_them() -> None:
    its = street(play("prefork", "spike", workers=4), 33.0)
    assert its.queue.count("◇") > 20
    assert "left, still queued" in str(its.grid)
    assert "◇" not in street(play("prefork", "spike", workers=4), 24.0).queue


def test_whoever_tries_again_is_counted_as_such() -> None:
    again = len(playback(CROWDED).at(26.0).backlogs[0].retrying)
    assert again > 9
    assert f"{again}tryingagain" in letters(str(shown(CROWDED, t_s=26.0)))


def test_whoever_could_not_connect_is_counted_among_the_lost() -> None:
    wanted = play("dev-server", "slow-clients")
    lost = [sum(playback(wanted).at(t_s).ended.values()) - playback(wanted).at(t_s).completed for t_s in (30.0, 200.0)]
    assert lost[0] < lost[1]
    assert f"{LOST}{lost[1]}" in letters(str(shown(wanted, t_s=200.0)))


def test_a_crash_marks_the_tape_of_the_process_that_died_and_no_other() -> None:
    its = street(play("prefork", "crash"), 20.5)
    styles = [its.lane(number)[0] for number in range(len(its.street.lanes))]
    assert (styles[0] == Style.CRASHED).any(axis=0).sum() == 1
    assert (styles[0] == Style.DOWN).any(axis=0).sum() >= 8
    assert not np.isin(styles[1], (Style.CRASHED, Style.DOWN)).any()
    assert "1 lost in a crash" in str(its.grid)


def test_a_crash_of_an_event_loop_takes_along_all_that_it_had_in_hand() -> None:
    wanted = play("callback", "crash")
    before = playback(wanted).at(19.9999)
    in_hand = len(before.parked) + len(before.locks[0].waiting[0]) + int(before.locks[0].holder[0] >= 0)
    its = street(wanted, 20.5)
    assert (its.lane(0)[0] == Style.CRASHED).any()
    assert f"{LOST} {in_hand} lost in a crash" in str(its.grid)
    assert in_hand > 1


def test_under_a_steady_load_workers_are_free_most_of_the_time_and_nobody_waits() -> None:
    its = street(play("prefork", "steady"), 30.0)
    assert its.on_ground(Ground.UPLOAD) + its.on_ground(Ground.IO) + its.on_ground(Ground.DOWNLOAD) < 0.4
    assert "nobody waits" in its.row(1)


def test_threads_that_wait_for_others_leave_their_gil_free() -> None:
    its = street(play("threaded", "io-heavy", threads=4), 30.0)
    assert its.on_ground(Ground.IO) > 0.4
    assert its.in_style(Style.LOCK_WAIT) == 0.0


def test_one_process_for_all_is_never_free_where_an_event_loop_hardly_works() -> None:
    alone, loop = (street(play(model, "think-time"), 30.0) for model in ("dev-server", "coroutine"))
    assert alone.on_ground(Ground.IO) > 0.5
    assert loop.in_style(Style.CPU) < 0.5


@pytest.mark.parametrize("load", shipped())
@pytest.mark.parametrize("size", [LAB, SMALL, Size(200, 50)])
def test_under_every_shipped_load_the_counts_are_those_of_the_moment(load: str, size: Size) -> None:
    wanted = play("prefork", load)
    now = playback(wanted).at(26.0)
    its = seen(scene(wanted, t_s=26.0), size)
    assert f"✓{now.completed}" in letters(its.row(its.street.answers_row))
    waiting = len(now.backlogs[0].waiting)
    assert (f"{waiting} waiting" if waiting else "nobody waits") in str(its.grid)
    lost = sum(number for outcome, number in now.ended.items() if outcome is not Outcome.COMPLETED)
    assert f"{LOST}{lost}" in letters(str(its.grid))


def test_the_explanation_follows_the_moment() -> None:
    claims = set()
    for t_s in (2.0, FULL, 70.0):
        grid = shown(PREFORK, t_s=t_s)
        claims.add(grid.text(row_of(grid, "─ WHY ") + 1))
    assert len(claims) == 3


def test_the_requests_that_compute_at_a_moment_are_never_more_than_the_gil_allows() -> None:
    wanted = play("threaded", "mixed", threads=8)
    computing = [
        int(np.count_nonzero(playback(wanted).at(t_s).pools[0].activity == Activity.COMPUTING))
        for t_s in np.arange(28.0, 30.0, 0.01).tolist()
    ]
    assert max(computing) == 1
