"""The GIL as one baton: drawn from the recorded holds, in exactly one lane at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import GLYPH_SETS, THEMES, Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.inventory import label_of
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.baton import gil_zoom, is_fine, processes_of, put_baton, slots_of
from simulator.stage.street.baton_cells import LONGEST
from simulator.stage.street.baton_columns import owners
from simulator.stage.street.columns import Columns, columns_of
from simulator.stage.street.places import Street, street_of
from simulator.stage.street.tape import put_tapes
from simulator.stage.street.turn_words import desk_words, lock_words, unused_cores
from simulator.trace.playback import Activity, Playback
from simulator.words.language import Language, speaking
from tests.stage.plays import THREADED, Play, play, playback, scene, style_runs, trace_of

FOUR = play("threaded", "cpu-heavy", threads=4)
NOON = 12.0
ORANGE = (Style.CPU, Style.CPU_NEXT)
SIZES = ((120, 22), (148, 29), (80, 12), (60, 17), (60, 13), (40, 8))


def shot(wanted: Play, t_s: float = NOON, column_s: float = 0.001) -> Snapshot:
    return Snapshot(scene=scene(wanted, t_s=t_s, column_s=column_s), number=0)


def drawn(snapshot: Snapshot, width: int = 120, height: int = 22, look: Look | None = None) -> tuple[CellGrid, Street]:
    sheet = Sheet(width, height, look or Look())
    street = street_of(snapshot, width, height)
    put_tapes(sheet, snapshot, street)
    put_baton(sheet, snapshot, street)
    return sheet.grid, street


def orange(grid: CellGrid, row: int, height: int) -> NDArray[np.bool_]:
    rows = slice(row, row + height)
    bright = np.isin(grid.grounds[rows], (Ground.COMPUTING, Ground.COMPUTING_NEXT))
    shown: NDArray[np.bool_] = np.logical_or.reduce(np.isin(grid.styles[rows], ORANGE) | bright)
    return shown


@pytest.mark.parametrize("wanted", [FOUR, THREADED], ids=("one process", "two processes"))
@pytest.mark.parametrize("t_s", [2.0, 7.3331, NOON, 22.0042])
@pytest.mark.parametrize("column_s", [0.001, 0.002, 0.005])
def test_in_every_column_at_most_one_lane_of_a_process_computes(wanted: Play, t_s: float, column_s: float) -> None:
    snapshot = shot(wanted, t_s, column_s)
    grid, street = drawn(snapshot, 148, 40)
    process_of = processes_of(snapshot)
    counts = np.zeros((2, grid.width), int)
    for place in street.lanes:
        counts[process_of[place.number]] += orange(grid, place.row, place.height)
    for process, holds in enumerate(snapshot.playback.holds("GIL")):
        exact = ~owners(holds, columns_of(snapshot, street.columns)).crowded
        assert exact.mean() > 0.5
        assert counts[process, street.tape_col : street.tape_end][exact].max() == 1


@pytest.mark.parametrize("t_s", [2.6, 7.1, 18.8])
def test_a_main_thread_that_closes_has_the_baton_of_its_own_process(t_s: float) -> None:
    snapshot = shot(THREADED, t_s, 0.001)
    grid, street = drawn(snapshot, 148, 40)
    threads = slots_of(snapshot).lanes
    for process, holds in enumerate(snapshot.playback.holds("GIL")):
        place, found = street.lanes[threads + process], owners(holds, columns_of(snapshot, street.columns))
        its = found.lane == place.number
        shown = orange(grid, place.row, place.height)[street.tape_col : street.tape_end]
        assert not (shown & ~its & ~found.crowded).any()
        assert (its & ~found.crowded).any()
        assert shown[its & ~found.crowded].all()
        assert set(holds.lane.tolist()) & set(range(threads, threads + 2)) == {threads + process}


def test_where_all_four_want_to_compute_there_is_always_exactly_one_that_does() -> None:
    grid, street = drawn(shot(FOUR))
    count = np.sum([orange(grid, place.row, place.height) for place in street.lanes], axis=0)
    assert (count[street.tape_col : street.tape_end] == 1).all()


@pytest.mark.parametrize("t_s", [0.5, 7.3331, NOON])
def test_every_hand_over_that_is_drawn_is_one_of_the_run(t_s: float) -> None:
    snapshot = shot(FOUR, t_s)
    (holds,) = snapshot.playback.holds("GIL")
    columns = columns_of(snapshot, 78)
    changes = owners(holds, columns).hand_overs
    assert changes
    for column, old, new in changes:
        start_s, end_s = (columns.first + column - 1e-3) * 0.001, (columns.first + column + 1 + 1e-3) * 0.001
        at = np.flatnonzero((holds.start >= start_s) & (holds.start < end_s))
        assert any(holds.lane[i] == new and holds.lane[i - 1] == old for i in at)


def test_a_hand_over_is_a_line_from_the_old_lane_to_the_new_one_in_all_rows_between() -> None:
    snapshot = shot(FOUR)
    grid, street = drawn(snapshot)
    (holds,) = snapshot.playback.holds("GIL")
    for column, old, new in owners(holds, columns_of(snapshot, street.columns)).hand_overs:
        upper, lower = street.lanes[min(old, new)], street.lanes[max(old, new)]
        between = grid.styles[upper.row + upper.height : lower.row, street.tape_col + column]
        assert set(between.tolist()) == {Style.BATON}


def test_waiting_is_a_quiet_line() -> None:
    grid, street = drawn(shot(FOUR, 12.05))
    row = street.lanes[3].row
    styles = grid.styles[row, street.tape_col : street.tape_end]
    assert np.count_nonzero(styles == Style.LOCK_WAIT) > street.columns / 2
    assert set(grid.text(row).strip()) == set("╌#298█ ")


def test_columns_as_long_as_a_turn_show_who_holds_it_and_no_lines() -> None:
    snapshot = shot(FOUR, column_s=0.005)
    grid, street = drawn(snapshot)
    assert Style.BATON not in grid.styles
    count = np.sum([orange(grid, place.row, place.height) for place in street.lanes], axis=0)
    (holds,) = snapshot.playback.holds("GIL")
    exact = ~owners(holds, columns_of(snapshot, street.columns)).crowded
    assert exact.mean() > 0.9
    assert (count[street.tape_col : street.tape_end][exact] == 1).all()


def test_among_many_threads_a_long_line_shows_only_its_ends() -> None:
    grid, street = drawn(shot(play("threaded", "cpu-heavy", threads=40), 20.0), 148, 60)
    lines = (grid.styles == Style.BATON).any(axis=0).sum()
    longest = max((grid.styles[:, col] == Style.BATON).sum() for col in range(grid.width))
    assert lines > 5
    assert longest <= 2 * LONGEST
    assert style_runs(grid) < 1000
    assert len(street.lanes) > 20


def test_coarse_columns_show_no_baton_and_say_so() -> None:
    snapshot = shot(FOUR, column_s=0.05)
    grid, _ = drawn(snapshot, 148, 29)
    assert not is_fine(snapshot)
    assert Style.BATON not in grid.styles
    assert "zoom in to see it change hands" in str(grid)


def test_without_recorded_holds_nothing_is_guessed() -> None:
    unrecorded = Playback(trace_of(FOUR, detail=False))
    assert gil_zoom(unrecorded) is None
    assert not any(map(len, unrecorded.holds("GIL")))


def test_without_a_gil_there_is_no_baton() -> None:
    processes = shot(play("prefork", "cpu-heavy"))
    grid, _ = drawn(processes)
    assert "BATON" not in str(grid)
    assert gil_zoom(processes.playback) is None
    assert desk_words(processes, slots_of(processes), 0) is None
    assert unused_cores(processes) is None


def test_the_zoom_shows_five_columns_for_a_switch_interval() -> None:
    zoom = gil_zoom(playback(FOUR))
    assert zoom is not None
    assert zoom[0] == pytest.approx(0.001)
    assert zoom[1] == 0.01


def test_one_desk_has_the_baton_and_the_others_wait_for_it() -> None:
    snapshot = shot(FOUR, 12.003)
    group = slots_of(snapshot)
    words = [desk_words(snapshot, group, lane) for lane in range(4)]
    assert [bool(each and each.badge) for each in words] == [True, False, False, False]
    assert words[0]
    assert (words[0].does[0], words[0].since) == ("computes", "1.4 of 5 ms")
    assert [each.does[0] for each in words if each and not each.badge] == ["waits for it"] * 3
    assert label_of(group, 0) == "thread 0"


def test_the_second_core_is_idle_because_nobody_may_use_it() -> None:
    assert unused_cores(shot(FOUR)) == "nobody may use it"
    assert unused_cores(shot(play("threaded", "steady"))) is None


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("column_s", [0.001, 0.05])
def test_what_the_baton_is_stands_before_the_end_of_the_tapes(
    lang: Language, size: tuple[int, int], column_s: float
) -> None:
    with speaking(lang):
        snapshot = shot(FOUR, column_s=column_s)
        grid, street = drawn(snapshot, *size)
        if street.baton_row >= 0:
            line = grid.text(street.baton_row)
            assert ("THE BATON" if lang == "en" else "接力棒") in line
            assert "…" not in line
            assert not grid.characters[street.baton_row, street.tape_end :].astype(str).tolist().count("")
            assert not "".join(grid.characters[street.baton_row, street.tape_end :]).strip()


def test_without_colours_and_in_ascii_blocks_and_waiting_have_marks_of_their_own() -> None:
    grid, street = drawn(shot(FOUR), look=Look(GLYPH_SETS["ascii"], THEMES["mono"]))
    text = "".join(grid.text(place.row) for place in street.lanes)
    assert str(grid).isascii()
    assert {"#", "-"} <= set(text)
    assert "|" in str(grid)


def test_the_baton_costs_few_style_runs() -> None:
    assert style_runs(drawn(shot(FOUR))[0]) < 300


@settings(max_examples=40, deadline=None)
@given(number=st.integers(100, 60_000), column_s=st.sampled_from((0.001, 0.002, 0.005)))
def test_when_a_column_is_over_it_stays_as_it_is_and_only_moves_on(number: int, column_s: float) -> None:
    (holds,) = playback(FOUR).holds("GIL")
    count = 60
    now, later = (
        owners(holds, Columns(first - count + 1, count, column_s, (first + 0.5) * column_s))
        for first in (number, number + 1)
    )
    before, after = (np.append(each.holds.start, -1.0)[each.owner] for each in (now, later))
    assert (before[2:-1] == after[1:-2]).all()
    assert np.allclose(now.share[1:-1], later.share[:-2])


def test_native_code_computes_at_a_desk_without_the_baton_and_the_legend_says_so() -> None:
    wanted = play("threaded", "passwords", overrides={"duration": "12 s"})
    found = set()
    for moment in np.linspace(5.0, 10.0, 60):
        snapshot = shot(wanted, float(moment))
        group = slots_of(snapshot)
        found |= {each.does[0] for lane in range(4) if (each := desk_words(snapshot, group, lane)) and not each.badge}
    assert "needs no baton" in found
    assert lock_words(shot(wanted))[Activity.COMPUTING] == "computes (native code: no baton)"
    assert lock_words(shot(FOUR))[Activity.COMPUTING] == "holds the baton: computes"
