"""Tapes: what a worker did, column by column, so that orange area is time on a core."""

import numpy as np
import pytest

from simulator.stage.canvas.look import GLYPH_SETS, THEMES, Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.scene import LaneRef, LaneTarget, Scene
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.columns import Taken, columns_of, taken
from simulator.stage.street.places import street_of
from simulator.stage.street.street import put_street
from simulator.stage.street.tape import put_tapes, visible_lanes
from simulator.stage.street.tape_cells import Detail, heights, painted
from simulator.trace.playback import Activity, GroupKind, Playback
from tests.stage.plays import FULL, PREFORK, Play, play, playback, scene, style_runs

BEHIND_NGINX = play("prefork", "slow-clients", nginx=True, workers=4)
THREADS = play("threaded", "cpu-heavy", threads=4)
CRASH = play("prefork", "crash")
RUNS = (PREFORK, BEHIND_NGINX, THREADS, CRASH, play("coroutine", "mixed"))


def snapshot(wanted: Play, t_s: float, **details: object) -> Snapshot:
    its: Scene = scene(wanted, t_s=t_s, **details)
    return Snapshot(scene=its, number=0)


def all_taken(seen: Snapshot, count: int) -> list[Taken]:
    columns = columns_of(seen, count)
    return [taken(seen, group, range(group.lanes), columns) for group in seen.inventory.lane_groups]


@pytest.mark.parametrize("wanted", RUNS, ids=lambda each: f"{each.title} {each.load}")
def test_what_a_lane_did_in_a_column_adds_up_to_the_column(wanted: Play) -> None:
    run: Playback = playback(wanted)
    for group in run.groups:
        if group.kind in (GroupKind.SLOTS, GroupKind.LOCK):
            shares = run.shares(group.name, 0, group.lanes, (10.0, 14.0), 80)[: Activity.DROPPED]
            assert np.allclose(shares.sum(axis=0), 1.0, atol=1e-6)
            assert shares.min() >= 0.0


@pytest.mark.parametrize("columns", [1, 7, 200])
def test_shares_of_columns_of_any_width_are_the_same_seconds(columns: int) -> None:
    run = playback(BEHIND_NGINX)
    whole = run.shares("worker", 0, 4, (10.0, 30.0), 1000).sum(axis=2) * 20.0 / 1000
    assert np.allclose(run.shares("worker", 0, 4, (10.0, 30.0), columns).sum(axis=2) * 20.0 / columns, whole, atol=1e-5)


def test_computing_on_the_lanes_is_what_the_cores_were_busy_with() -> None:
    run = playback(BEHIND_NGINX)
    on_lanes = run.shares("worker", 0, 4, (10.0, 40.0), 60)[Activity.COMPUTING].sum() * 30.0 / 60
    busy = float(run.series("cores: in use", 10.0, 40.0, 1)[0]) * 30.0 * 2
    assert 0.5 * busy < on_lanes <= busy  # nginx computes too


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
@pytest.mark.parametrize("glyphs", ["unicode", "ascii"])
def test_the_orange_area_of_a_column_is_its_computing_within_a_step(rows: int, glyphs: str) -> None:
    look = Look(GLYPH_SETS[glyphs])
    each = len(look.glyphs.shares)
    shares = np.linspace(0.0, 1.0, 401)[None]
    cells = painted(Taken(np.full(shares.shape, Activity.IO, np.uint8), shares, 0), rows, look)
    worth = {glyph: (number + 1) / each for number, glyph in enumerate(look.glyphs.shares)}
    orange = cells.styles[0] == Style.CPU
    area = np.array([sum(worth[c] for c in cells.characters[0, orange[:, i], i]) for i in range(401)]) / rows
    assert np.abs(area - shares[0]).max() <= max(1 / (each * rows), 1 - 0.97)
    assert (np.diff(area) >= 0).all()
    assert area[0] == 0.0
    assert (area[1:] > 0.0).all()


def test_bars_stand_on_the_ground_and_have_no_holes() -> None:
    cells = painted(Taken(np.zeros((1, 9), np.uint8), np.linspace(0, 1, 9)[None], 0), 4, Look())
    orange = cells.styles[0] == Style.CPU
    assert (orange[1:] >= orange[:-1]).all()  # whatever is orange is so down to the last row


def test_a_short_computation_does_not_fill_a_column_as_it_did() -> None:
    seen = snapshot(BEHIND_NGINX, 20.0)
    [what] = all_taken(seen, 78)
    assert np.count_nonzero(what.computing) > 0
    assert what.computing[what.computing > 0].mean() < 0.2
    assert heights(what.computing, 2, Look()).max() < 16


@pytest.mark.parametrize("wanted", RUNS, ids=lambda each: f"{each.title} {each.load}")
def test_columns_that_are_over_never_change(wanted: Play) -> None:
    for start in (6.0, 20.4):
        before = all_taken(snapshot(wanted, start), 60)
        for later_s in (0.003, 0.05, 0.3, 1.2):
            seen = snapshot(wanted, start + later_s)
            moved = seen.newest - snapshot(wanted, start).newest
            for old, new in zip(before, all_taken(seen, 60), strict=True):
                stay = 59 - moved
                assert np.array_equal(old.most[:, moved:59], new.most[:, :stay])
                assert np.array_equal(old.computing[:, moved:59], new.computing[:, :stay])


def test_waiting_for_the_lock_is_a_quiet_line_and_only_the_holder_is_orange() -> None:
    seen = snapshot(THREADS, 12.0, column_s=0.001)
    threads = next(group for group in seen.inventory.lane_groups if group.kind is GroupKind.SLOTS)
    what = taken(seen, threads, range(4), columns_of(seen, 78))
    assert (what.computing.sum(axis=0) <= 1.0 + 1e-6).all()
    assert (what.computing.sum(axis=0) > 0.9).mean() > 0.9
    cells = painted(what, 2, Look())
    waits = cells.styles == Style.LOCK_WAIT
    assert waits.any()
    assert not waits[:, 1].any()
    assert set(cells.characters[waits].tolist()) == {"╌"}


@pytest.mark.parametrize("rows", [1, 2, 4])
@pytest.mark.parametrize("glyphs", ["unicode", "ascii"])
def test_what_a_worker_does_can_be_told_without_colours(rows: int, glyphs: str) -> None:
    activities = np.array(
        [[a for a in Activity if a.name not in ("BACKLOG", "LOOP", "PROCESSOR", "GIL_OR_CORE")]], np.uint8
    )
    computing = np.where(activities == Activity.COMPUTING, 1.0, 0.0)
    cells = painted(Taken(activities, computing, 0), rows, Look(GLYPH_SETS[glyphs]))
    seen = ["".join(cells.characters[0, :, i]) for i in range(activities.shape[1])]
    assert len(set(seen)) == len(seen)


def test_a_crash_and_what_is_down_fill_the_lane() -> None:
    seen = snapshot(CRASH, 20.5)
    [what] = all_taken(seen, 78)
    assert (what.most == Activity.CRASHED).any()
    cells = painted(what, 3, Look())
    for activity, style in ((Activity.CRASHED, Style.CRASHED), (Activity.DOWN, Style.DOWN)):
        lane, column = np.argwhere(what.most == activity)[0]
        assert (cells.styles[lane, :, column] == style).all()


def test_before_the_run_there_is_nothing_on_a_tape() -> None:
    [what] = all_taken(snapshot(PREFORK, 1.0), 60)
    cells = painted(what, 2, Look())
    assert what.begun == 60 - 21
    assert (cells.characters[:, :, : what.begun] == " ").all()
    assert not cells.grounds[:, : what.begun].any()


def test_a_click_on_a_tape_means_its_lane_and_the_moment_of_the_column() -> None:
    seen = snapshot(PREFORK, FULL)
    sheet = Sheet(120, 22, Look())
    street = put_street(sheet, seen)
    for place in street.lanes:
        for row in range(place.row, place.row + place.height):
            found = sheet.target(row, street.tape_end - 11)
            assert isinstance(found, LaneTarget)
            assert found.lane == LaneRef(group="worker", lane=place.number)
            assert found.t_s == pytest.approx((seen.newest - 10 + 0.5) * 0.05)
    assert list(visible_lanes(street)) == [place.number for place in street.lanes]


LOADS = [(load, t_s, column_s) for load, t_s in (("slow-clients", 20.0), ("mixed", 30.0)) for column_s in (0.05, 0.5)]


@pytest.mark.parametrize(("load", "t_s", "column_s"), [*LOADS, ("spike", 31.0, 0.05), ("io-heavy", 31.0, 0.5)])
def test_sixty_four_lanes_cost_few_style_runs(load: str, t_s: float, column_s: float) -> None:
    seen = snapshot(play("prefork", load, workers=64), t_s, column_s=column_s)
    sheet = Sheet(160, 45, Look())
    street = street_of(seen, 160, 45)
    put_tapes(sheet, seen, street)
    assert len(street.lanes) > 30
    assert style_runs(sheet.grid) <= 800


def test_how_much_is_shown_does_not_change_while_a_run_plays() -> None:
    wanted = play("prefork", "spike", workers=64)
    for t_s in (5.0, 31.0):  # hardly anything is marked in the calm before it, or in the spike
        sheet = Sheet(160, 45, Look())
        seen = snapshot(wanted, t_s)
        put_tapes(sheet, seen, street_of(seen, 160, 45))
        assert Style.TAPE_IDLE not in sheet.grid.styles
    assert Style.TAPE_IDLE in drawn(play("prefork", "spike", workers=4), 5.0).grid.styles


def test_a_gap_that_is_left_unmarked_lies_between_computing() -> None:
    most = np.array([[Activity.COMPUTING, Activity.IDLE, Activity.COMPUTING, Activity.IDLE, Activity.IDLE]], np.uint8)
    computing = (most == Activity.COMPUTING) * 0.5
    cells = painted(Taken(most, computing, 0), 1, Look(), Detail(gap=1))
    assert "".join(cells.characters[0, 0]) == "▄ ▄··"
    assert set(cells.styles[0, 0, :3].tolist()) == {Style.CPU}


def drawn(wanted: Play, t_s: float, width: int = 120, height: int = 22) -> Sheet:
    sheet = Sheet(width, height, Look())
    put_street(sheet, snapshot(wanted, t_s))
    return sheet


def test_without_colours_a_mark_on_a_bar_says_what_the_rest_of_the_column_was() -> None:
    mono = Look(theme=THEMES["mono"])
    (what,) = all_taken(snapshot(PREFORK, 20.0), 60)
    shared = (what.computing > 0.0) & (what.computing < 0.3) & (what.most == Activity.IO)
    assert shared.any()
    assert set(painted(what, 3, mono).characters[:, -2][shared].tolist()) == {mono.glyph(Style.IO)}
    assert set(painted(what, 3, Look()).characters[:, -2][shared].tolist()) == {" "}  # its ground says it
