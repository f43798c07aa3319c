"""What somebody who never heard of these servers should see in the picture, put into sentences."""

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.plan.words import Outcome
from simulator.stage.canvas.glyphs import UNICODE
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.frame import frame
from simulator.trace.playback import Activity
from simulator.workload.load import shipped
from tests.stage.plays import Play, play, playback, scene

LAB, SMALL = Size(120, 36), Size(80, 24)
FULL = 18.75
PREFORK = play("prefork", "slow-clients", workers=8)
LANE = slice(10, 90)


def rows_of(grid: CellGrid, text: str) -> list[int]:
    return [row for row in range(grid.height) if grid.text(row).startswith(text)]


def share(grid: CellGrid, label: str, style: Style) -> float:
    """Of the cells of the lanes with this label, how many have the style."""
    return float((lane_styles(grid, label) == style).mean())


def lane_styles(grid: CellGrid, label: str) -> NDArray[np.uint8]:
    return grid.styles[rows_of(grid, f" {label}"), LANE]


def shown(*plays: Play, t_s: float) -> CellGrid:
    return frame(scene(*plays, t_s=t_s), LAB, Look())


def test_under_slow_clients_the_lanes_of_prefork_fill_with_uploads_while_the_cores_idle() -> None:
    grid = shown(PREFORK, t_s=FULL)
    assert share(grid, "worker ", Style.UPLOAD) > 0.6
    assert share(grid, "worker ", Style.CPU) < 0.1
    assert "workers busy 8/8" in str(grid)
    assert "2 cores busy   5 %" in str(grid)
    assert "○○○○○○○○" in grid.text(rows_of(grid, " backlog")[0])


def test_behind_nginx_they_do_not() -> None:
    grid = shown(play("prefork", "slow-clients", nginx=True, workers=8), t_s=FULL)
    assert share(grid, "worker ", Style.UPLOAD) == 0.0
    assert share(grid, "worker ", Style.IDLE) > 0.5
    assert "▲▲▲▲" in grid.text(rows_of(grid, " nginx connection")[0])


def test_an_event_loop_parks_the_slow_clients_and_its_lane_stays_nearly_empty() -> None:
    grid = shown(play("callback", "slow-clients"), t_s=FULL)
    heights = [UNICODE.sparks.find(character) for character in grid.text(rows_of(grid, " event loop")[0])[12:60]]
    assert np.mean(heights) < 2  # a quarter of the loop's time
    assert "▲▲▲" in grid.text(rows_of(grid, " upload")[0])


def test_one_long_computation_is_a_solid_bar_with_its_request_named_below() -> None:
    grid = shown(play("callback", "mixed"), t_s=29.88)
    row = rows_of(grid, " event loop")[0]
    assert "███" in grid.text(row)
    assert "blocked 178 ms by #1140" in grid.text(row + 1)


def test_while_a_loop_is_blocked_the_words_below_say_how_many_wait() -> None:
    wanted = play("callback", "mixed")
    loop = playback(wanted).at(22.06).locks[0]
    grid = frame(scene(wanted, t_s=22.06, column_s=0.003), LAB, Look())
    assert len(loop.waiting[0]) > 1
    words = f" by #{int(loop.holder[0])}, {len(loop.waiting[0])} waited "
    assert words in grid.text(rows_of(grid, " event loop")[0] + 1)


def test_of_the_threads_of_one_process_at_most_one_computes_at_a_time() -> None:
    wanted = play("threaded", "mixed", threads=8)
    seen = 0
    for t_s in np.arange(28.0, 30.0, 0.01).tolist():
        now = playback(wanted).at(t_s).pools[0]
        computing = int(np.count_nonzero(now.activity == Activity.COMPUTING))
        assert computing <= 1
        seen += computing
    assert seen
    grid = shown(wanted, t_s=29.0)
    tape = lane_styles(grid, "thread ")
    assert (tape == Style.GIL).any()
    assert (tape == Style.CPU).any()
    assert int((tape == Style.CPU).sum(axis=0).max()) == 1


def test_a_full_backlog_turns_inverse_and_those_it_turned_away_are_counted() -> None:
    crowded = play("prefork", "spike", backlog=32, overrides={"arrivals.rate": "60"})
    full = next(t for t in np.arange(20.0, 40.0, 0.25).tolist() if playback(crowded).at(t).backlogs[0].full)
    grid = shown(crowded, t_s=full)
    row = rows_of(grid, " backlog")[0]
    assert int((grid.styles[row] == Style.CRASHED).sum()) == len("[]") + 33
    empty = shown(crowded, t_s=5.0)
    assert not (empty.styles[row] == Style.CRASHED).any()
    assert "gave up    0" not in str(shown(crowded, t_s=58.0))


def test_whoever_tries_again_is_not_counted_as_connecting_too() -> None:
    crowded = play("prefork", "spike", backlog=32, overrides={"arrivals.rate": "60"})
    now = playback(crowded).at(26.0)
    again, connecting = len(now.backlogs[0].retrying), len(now.present.doing(Activity.CONNECTING))
    grid = shown(crowded, t_s=26.0)
    words = " ".join(grid.text(rows_of(grid, " clients")[0]).split())
    assert f"connecting {connecting - again} " in words
    assert f"trying again {again} " in words


def test_whoever_could_not_connect_is_counted_beside_the_backlog() -> None:
    wanted = play("dev-server", "slow-clients")
    refused = [playback(wanted).at(t_s).ended[Outcome.CONNECT_TIMEOUT] for t_s in (30.0, 200.0)]
    assert refused[0] < refused[1]
    for t_s, number in zip((30.0, 200.0), refused, strict=True):
        grid = shown(wanted, t_s=t_s)
        first = rows_of(grid, " backlog")[0]
        assert f"refused {number} " in " ".join(" ".join(grid.text(row) for row in range(first, first + 5)).split())


def test_a_crash_marks_the_lane_of_the_process_that_died_and_no_other() -> None:
    grid = shown(play("prefork", "crash"), t_s=20.5)
    assert (lane_styles(grid, "worker 0") == Style.CRASHED).sum() == 1
    assert (lane_styles(grid, "worker 0") == Style.DOWN).sum() >= 8
    assert not np.isin(lane_styles(grid, "worker 1"), (Style.CRASHED, Style.DOWN)).any()
    assert "crashed    1" in str(grid)


def test_a_crash_of_an_event_loop_takes_along_all_that_it_had_in_hand() -> None:
    wanted = play("callback", "crash")
    before = playback(wanted).at(19.9999)
    in_hand = len(before.parked) + len(before.locks[0].waiting[0]) + int(before.locks[0].holder[0] >= 0)
    grid = shown(wanted, t_s=20.5)
    assert (lane_styles(grid, "event loop") == Style.CRASHED).any()
    lost = int(str(grid).split("crashed")[1].split()[0])
    assert lost == in_hand > 1


def test_under_a_steady_load_workers_are_idle_most_of_the_time_and_nobody_waits() -> None:
    grid = shown(play("prefork", "steady"), t_s=30.0)
    assert share(grid, "worker ", Style.IDLE) > 0.6
    assert "○" not in grid.text(rows_of(grid, " backlog")[0])


def test_threads_that_wait_for_others_leave_their_gil_free() -> None:
    grid = shown(play("threaded", "io-heavy", threads=8), t_s=30.0)
    assert share(grid, "thread ", Style.IO) > 0.5
    assert not (lane_styles(grid, "thread ") == Style.GIL).any()
    heights = [UNICODE.shares.find(character) for character in grid.text(rows_of(grid, " GIL ")[0])[10:90]]
    assert np.mean(heights) < 3  # half of its time


def test_threads_that_compute_wait_for_their_gil_of_which_every_process_has_one() -> None:
    grid = shown(play("threaded", "cpu-heavy", processes=2, accept="eager"), t_s=30.0)
    assert [grid.text(row)[1:6] for row in rows_of(grid, " GIL")] == ["GIL 0", "GIL 1"]
    assert (lane_styles(grid, "thread ") == Style.GIL).any()
    assert not (lane_styles(grid, "thread ") == Style.IO).any()


def test_one_process_for_all_is_never_idle_where_an_event_loop_hardly_works() -> None:
    alone, loop = (shown(play(model, "think-time"), t_s=30.0) for model in ("dev-server", "coroutine"))
    assert share(alone, "process", Style.IDLE) < 0.1
    heights = [UNICODE.shares.find(character) for character in loop.text(rows_of(loop, " event loop")[0])[12:60]]
    assert np.mean(heights) < 2


@pytest.mark.parametrize("load", shipped())
@pytest.mark.parametrize("size", [LAB, SMALL, Size(200, 50)])
def test_under_every_shipped_load_the_counts_are_those_of_the_moment(load: str, size: Size) -> None:
    wanted = play("prefork", load)
    now = playback(wanted).at(26.0)
    grid = frame(scene(wanted, t_s=26.0), size, Look())
    words = grid.text(rows_of(grid, " ok ")[0]).split()
    assert grid.text(0).split()[:2] == [load, "prefork"]
    assert int(words[1]) == now.completed > 0
    assert int(words[words.index("gave") + 2]) == now.ended[Outcome.GAVE_UP]
    if size != SMALL:  # there the last counts give way
        assert int(words[words.index("flight") + 1]) == len(now.present)


def test_the_explanation_follows_the_moment() -> None:
    sentences = {shown(PREFORK, t_s=t_s).text(3) for t_s in (6.0, FULL, 40.0)}
    assert len(sentences) == 3
