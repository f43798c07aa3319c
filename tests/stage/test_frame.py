"""A frame is exactly as large as asked, stays where it is while time goes on, and says what lies under each cell."""

import gc
import weakref
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from simulator.app.catalogue import catalogue
from simulator.app.stage.frame import frame, lane_count, lanes_of, target_at, visible_lanes
from simulator.app.stage.glyphs import ASCII, UNICODE
from simulator.app.stage.grid import CellGrid
from simulator.app.stage.lane_columns import columns_of, painted
from simulator.app.stage.look import Look
from simulator.app.stage.palette import LIGHT
from simulator.app.stage.scene import COLUMN_STEPS_S, LaneRef, Scene, Size, View, coarser, finer
from simulator.app.stage.sight import Sight
from simulator.app.stage.style import Style
from simulator.app.stage.target import KeyTarget, LaneTarget, RequestTarget, TimeTarget, ViewTarget
from simulator.plan import Outcome
from simulator.trace.playback import Playback
from simulator.workload.load import shipped
from tests.stage.plays import KEYS, Play, play, playback, scene, view

PREFORK = play("prefork", "slow-clients", workers=8)
NGINX = play("prefork", "slow-clients", nginx=True, workers=8)
THREADED = play("threaded", "mixed", processes=2, accept="eager")
CALLBACK = play("callback", "mixed")
MANY = play("prefork", "slow-clients", workers=40)
BEHIND = play("coroutine", "slow-clients", nginx=True)
FULL = 18.75
"""Seconds: seven of the eight workers wait for uploads then."""
LAB, SMALL = Size(120, 36), Size(80, 24)
MOST_RUNS = 1500


def row_of(grid: CellGrid, text: str) -> int:
    return next(row for row in range(grid.height) if text in grid.text(row))


sizes = st.builds(Size, st.integers(0, 260), st.integers(0, 80))
looks = st.sampled_from((Look(UNICODE), Look(ASCII, LIGHT)))


@st.composite
def scenes(drawn: st.DrawFn) -> Scene:
    plays = drawn(st.lists(st.sampled_from((PREFORK, NGINX, THREADED, CALLBACK)), min_size=0, max_size=4))
    flag, number = drawn(st.booleans()), drawn(st.integers(-3, 99))
    details = {"first_lane": number, "knobs": "workers 8", "busy": "computing" if flag else ""}
    return Scene(
        views=tuple(view(each, **details) for each in plays),
        load="慢客户端",
        t_s=drawn(st.floats(-5.0, 90.0)),
        column_s=drawn(st.sampled_from(COLUMN_STEPS_S)),
        playing=flag,
        zoomed=flag,
        log_s=flag,
        keys=KEYS,
        focus=number,
    )


@settings(max_examples=60)
@given(scenes(), sizes, looks)
def test_any_scene_fits_any_size(shown: Scene, size: Size, look: Look) -> None:
    grid = frame(shown, size, look)
    assert (grid.width, grid.height) == tuple(size)
    assert all(cell_len(grid.text(row)) == size.width for row in range(size.height))


def test_a_frame_is_a_function_of_its_scene() -> None:
    first = frame(scene(PREFORK, t_s=FULL), LAB, Look())
    frame(scene(PREFORK, t_s=40.0), SMALL, Look())
    assert frame(scene(PREFORK, t_s=FULL), LAB, Look()) == first


@pytest.mark.parametrize("wanted", [PREFORK, THREADED, CALLBACK], ids=lambda each: each.title)
def test_lanes_move_by_whole_columns_and_only_the_newest_one_changes(wanted: Play) -> None:
    before = Sight(scene=scene(wanted, t_s=20.02), number=0)
    after = Sight(scene=scene(wanted, t_s=20.23), number=0)
    moved = after.newest - before.newest
    assert moved == 4
    for group in before.fittings.lane_groups:
        old = painted(before, group, range(group.lanes), columns_of(before, 80))
        new = painted(after, group, range(group.lanes), columns_of(after, 80))
        assert np.array_equal(old.styles[:, moved:-1], new.styles[:, : -moved - 1])
        assert np.array_equal(old.share[:, moved:-1], new.share[:, : -moved - 1])


def test_nothing_jumps_while_the_run_goes_on() -> None:
    labels = ("backlog  ", "worker 7", "workers busy", "in queues", "p99  ", "queued")
    places = set()
    for t_s in (0.0, 0.3, 7.0, FULL, 59.0):
        grid = frame(scene(PREFORK, NGINX, t_s=t_s), LAB, Look())
        places.add(tuple((row := row_of(grid, label), grid.text(row).index(label)) for label in labels))
    assert len(places) == 1


LABELS = (
    "worker",
    "thread ",
    "GIL",
    "event loop",
    "ok ",
    "WHY",
    "clients",
    "backlog",
    "nginx",
    "needs loop",
    "in hand",
)
CURVES = ("arriving", "completed", "in queues", "in flight", "p50  ", "p95  ", "p99  ")
FEWEST = 24
"""Columns from which on the labels of curves can be read."""
readable = st.builds(Size, st.integers(FEWEST, 260), st.integers(5, 110))
several = st.lists(st.sampled_from((PREFORK, NGINX, THREADED, CALLBACK, MANY, BEHIND)), min_size=1, max_size=4)


def parts(grid: CellGrid) -> list[list[str]]:
    """The rows of the views, each cut where one view ends and the next begins; without what all views share below."""
    rows = [grid.text(row) for row in range(grid.height)]
    rules = [number for number, row in enumerate(rows) if set(row) == {UNICODE.horizontal}]
    below = [number for number in rules if not any("WHY" in row for row in rows[number:])]
    return [row.split(UNICODE.vertical) for row in rows[: below[0] if below else None]]


def labelled(rows: list[list[str]], *names: str) -> list[tuple[int, int, str]]:
    """Where rows of views begin with these words: the row, the view from the left, and the word."""
    return [
        (number, place, name)
        for number, row in enumerate(rows)
        for place, part in enumerate(row)
        for name in names
        if part[1:].startswith(name)
    ]


@settings(max_examples=60)
@given(several, readable, st.sampled_from((0.0, 7.0, FULL, 59.0)))
def test_no_view_has_three_blank_rows_under_one_another(shown: list[Play], size: Size, t_s: float) -> None:
    rows = parts(frame(scene(*shown, t_s=t_s), size, Look()))
    for first in range(len(rows) - 2):
        views = zip(*rows[first : first + 3], strict=False)
        assert all(any(part.strip() for part in view) for view in views), (first, size)


@settings(max_examples=60)
@given(several, readable)
def test_a_curve_is_as_tall_in_all_views(shown: list[Play], size: Size) -> None:
    rows = parts(frame(scene(*shown, t_s=FULL), size, Look()))
    drawn = [places for name in CURVES if (places := labelled(rows, name))]
    assert {len(places) for places in drawn} <= {len(shown)}
    for upper, lower in pairwise(drawn):
        assert len({below - above for (above, _, _), (below, _, _) in zip(upper, lower, strict=True)}) == 1


@settings(max_examples=30)
@given(several, st.builds(Size, st.integers(60, 260), st.integers(5, 110)))
def test_no_row_moves_while_the_run_goes_on(shown: list[Play], size: Size) -> None:
    moments = (parts(frame(scene(*shown, t_s=t_s), size, Look())) for t_s in (0.0, 7.0, FULL, 59.0))
    places = {tuple(labelled(rows, *LABELS, *CURVES)) for rows in moments}
    assert len(places) == 1


def test_rows_that_one_server_leaves_show_how_busy_its_parts_are() -> None:
    grid = frame(scene(MANY, CALLBACK, t_s=FULL), Size(240, 67), Look())
    left, right = zip(*(row for row in parts(grid) if len(row) == 2), strict=True)
    assert not any(part.startswith(" worker busy") for part in left)
    assert any(part.startswith(" event loop busy") for part in right)


def test_who_is_parked_has_a_row_for_each_thing_they_wait_for_where_there_is_room() -> None:
    large, small = (str(frame(scene(CALLBACK, t_s=FULL), size, Look())) for size in (LAB, Size(40, 12)))
    assert all(f"\n {words} " in large for words in ("needs loop", "upload", "I/O", "download"))
    assert "\n in hand " in small


def test_what_frames_keep_of_a_run_goes_when_the_run_goes() -> None:
    run = Playback(playback(PREFORK).trace)
    frame(Scene(views=(View(playback=run, title="prefork"),), load="slow-clients", t_s=FULL), LAB, Look())
    gone = weakref.ref(run)
    del run
    gc.collect()
    assert gone() is None


def test_narrow_views_are_stacked_and_wide_ones_stand_side_by_side() -> None:
    both = scene(PREFORK, CALLBACK, t_s=FULL)
    wide, narrow = frame(both, LAB, Look()), frame(both, SMALL, Look())
    assert row_of(wide, "PREFORK") == row_of(wide, "CALLBACK")
    assert row_of(narrow, "PREFORK") < row_of(narrow, "CALLBACK")


def test_four_views_share_a_wide_screen() -> None:
    grid = frame(scene(PREFORK, NGINX, THREADED, CALLBACK, t_s=FULL), LAB, Look())
    assert all(f" {letter} " in str(grid) for letter in "ABCD")


@pytest.mark.parametrize(("width", "beside"), [(240, 4), (180, 2), (120, 2), (80, 1)])
def test_four_views_stand_in_equal_rows(width: int, beside: int) -> None:
    rows = parts(frame(scene(PREFORK, NGINX, THREADED, CALLBACK, t_s=FULL), Size(width, 67), Look()))
    assert {len(row) for row in rows[1:]} <= {beside, 1}
    assert max(map(len, rows)) == beside


def test_a_zoomed_view_is_alone() -> None:
    grid = frame(scene(PREFORK, CALLBACK, t_s=FULL, zoomed=True, focus=1), LAB, Look())
    assert "event loop" in str(grid)
    assert "worker 0" not in str(grid)


def test_chinese_titles_keep_every_column_in_its_place() -> None:
    plain = frame(scene(PREFORK, CALLBACK, t_s=FULL), LAB, Look())
    titled = Scene(
        views=(view(PREFORK, why="工作进程都在等待上传。" * 9), view(CALLBACK)), load="慢客户端", t_s=FULL, keys=KEYS
    )
    grid = frame(titled, LAB, Look())
    rule = [(row, col) for row, col in np.argwhere(plain.characters == "│").tolist()]
    assert rule == [(row, col) for row, col in np.argwhere(grid.characters == "│").tolist()]
    assert all(cell_len(grid.text(row)) == LAB.width for row in range(LAB.height))


def test_ascii_glyphs_are_all_that_is_drawn() -> None:
    for wanted in (PREFORK, NGINX, THREADED, CALLBACK):
        assert str(frame(scene(wanted, t_s=29.88), LAB, Look(ASCII))).isascii()


def test_lanes_that_do_not_fit_are_summed_up() -> None:
    many = play("prefork", "slow-clients", workers=30)
    grid = frame(scene(many, t_s=FULL), SMALL, Look())
    shown = visible_lanes(scene(many, t_s=FULL), SMALL, 0)
    row = row_of(grid, "more lanes")
    assert f"{30 - len(shown)} more lanes" in grid.text(row)
    assert len(grid.text(row).split(": ")[1].strip()) == 30 - len(shown)


def test_lanes_can_be_scrolled_to_the_last_one() -> None:
    many = play("prefork", "slow-clients", workers=30)
    rolled = Scene(views=(view(many, first_lane=999),), load="slow-clients", t_s=FULL)
    assert visible_lanes(rolled, SMALL, 0).stop == lane_count(rolled.views[0]) == 30
    assert "worker 29" in str(frame(rolled, SMALL, Look()))


def test_locks_stand_above_the_threads_that_want_them() -> None:
    assert lanes_of(view(THREADED))[:3] == (
        LaneRef(group="GIL", lane=0),
        LaneRef(group="GIL", lane=1),
        LaneRef(group="thread", lane=0),
    )


def test_a_pointer_finds_lanes_and_moments() -> None:
    shown = scene(PREFORK, t_s=FULL)
    grid = frame(shown, LAB, Look())
    row = row_of(grid, "worker 3")
    found = target_at(shown, LAB, row, 40)
    assert isinstance(found, LaneTarget)
    assert found.lane == LaneRef(group="worker", lane=3)
    assert found.t_s is not None
    assert 0.0 < found.t_s < FULL
    beside = target_at(shown, LAB, row, 2)
    assert isinstance(beside, LaneTarget)
    assert beside.t_s is None


def test_a_pointer_finds_who_waits_in_the_backlog() -> None:
    shown = scene(PREFORK, t_s=FULL)
    row = row_of(frame(shown, LAB, Look()), "backlog  [")
    found = target_at(shown, LAB, row, 12)
    waiting = playback(PREFORK).at(FULL).backlogs[0].waiting.request
    assert found == RequestTarget(view=0, request=int(waiting[1]))


def test_a_pointer_on_the_time_bar_finds_the_moment() -> None:
    shown = scene(PREFORK, t_s=FULL)
    row = row_of(frame(shown, LAB, Look()), "◆")
    left, right = (target_at(shown, LAB, row, col) for col in (20, 100))
    assert isinstance(left, TimeTarget)
    assert isinstance(right, TimeTarget)
    assert 0.0 < left.t_s < FULL < right.t_s < shown.end_s


def test_a_pointer_finds_keys_and_views() -> None:
    shown = scene(PREFORK, CALLBACK, t_s=FULL)
    grid = frame(shown, LAB, Look())
    assert target_at(shown, LAB, LAB.height - 1, 2) == KeyTarget(hint=KEYS[0])
    assert target_at(shown, LAB, row_of(grid, "PREFORK"), 100) == ViewTarget(view=1)
    assert target_at(shown, LAB, 999, 0) is None


def test_the_same_height_is_the_same_value_in_all_views() -> None:
    grid = frame(scene(PREFORK, NGINX, t_s=FULL), LAB, Look())
    row = grid.text(next(row for row in range(20, 36) if grid.text(row).startswith(" p99")))
    left, right = row.split("│")
    assert left.split()[:3] == right.split()[:3] == ["p99", "0-10", "s"]


@pytest.mark.parametrize("size", [LAB, SMALL, Size(40, 12)])
def test_a_message_is_seen_at_any_size(size: Size) -> None:
    assert "copied" in str(frame(scene(PREFORK, t_s=FULL, message="copied"), size, Look()))


def test_the_run_before_a_change_stands_behind_the_present_one() -> None:
    changed = view(play("prefork", "slow-clients", workers=12), ghost=playback(PREFORK))
    grid = frame(Scene(views=(changed,), load="slow-clients", t_s=FULL), LAB, Look())
    assert " was 1.0 s" in str(grid)
    assert (grid.styles == Style.GHOST).any()


def test_the_chosen_lane_and_the_lane_of_the_chosen_request_stand_out() -> None:
    request = int(playback(PREFORK).at(FULL).pools[0].request[4])
    chosen = view(PREFORK, selected_lane=LaneRef(group="worker", lane=2), selected_request=request)
    grid = frame(Scene(views=(chosen,), load="slow-clients", t_s=FULL), LAB, Look())
    assert grid.styles[row_of(grid, "worker 2"), 1] == Style.SELECTED
    assert grid.styles[row_of(grid, "worker 4"), 1] == Style.ACCENT


def test_zooming_walks_through_round_steps() -> None:
    assert (finer(0.05), coarser(0.05)) == (0.02, 0.1)
    assert finer(COLUMN_STEPS_S[0]) == COLUMN_STEPS_S[0]
    assert coarser(COLUMN_STEPS_S[-1]) == COLUMN_STEPS_S[-1]


@pytest.mark.slow
@pytest.mark.parametrize("load", shipped())
def test_a_frame_has_few_style_runs_under_every_load_and_server(load: str) -> None:
    servers = [model.name for model in catalogue().values() if not model.stands_in_front]
    for wanted in [play(name, load) for name in servers] + [play(servers[-1], load, nginx=True)]:
        for t_s in (7.0, 26.0, 41.0):
            grid = frame(scene(wanted, t_s=t_s), Size(160, 45), Look())
            assert grid.style_runs() <= MOST_RUNS, (wanted, t_s)


@pytest.mark.parametrize("wanted", [PREFORK, NGINX, THREADED, CALLBACK, BEHIND], ids=lambda each: each.title)
@pytest.mark.parametrize("t_s", [0.0, 7.31, FULL, 41.9])
def test_the_figures_beside_the_curves_are_those_of_the_moment(wanted: Play, t_s: float) -> None:
    now, grid = playback(wanted).at(t_s), frame(scene(wanted, t_s=t_s), Size(120, 50), Look())
    waiting = sum(len(backlog.waiting) for backlog in now.backlogs) + sum(len(pool.queue) for pool in now.pools)
    waiting += sum(len(copy) for lock in now.locks if lock.lock.name == "event loop" for copy in lock.waiting)
    for name, number in (("in flight", len(now.present)), ("in queues", waiting)):
        row = next(row for row in range(grid.height) if grid.text(row).startswith(f" {name}"))
        assert int(grid.text(row).split()[-1]) == number


def test_beside_another_server_the_words_below_logarithmic_curves_are_whole() -> None:
    for width in range(100, 180):
        grid = frame(scene(PREFORK, CALLBACK, t_s=FULL, log_s=True), Size(width, 45), Look())
        rows = [grid.text(row) for row in range(grid.height) if "logarithmic" in grid.text(row)]
        assert rows
        assert all(part.rstrip().endswith(("decades", "logarithmic")) for row in rows for part in row.split("│"))


def test_servers_that_do_not_differ_differ_by_nothing() -> None:
    grid = frame(scene(PREFORK, PREFORK, t_s=FULL), LAB, Look())
    against = grid.text(row_of(grid, "against A")).split("against A")[1]
    assert against.split() == ["p50", "0", "%", "p95", "0", "%", "p99", "0", "%"]


def test_whoever_finds_all_connections_of_a_proxy_in_use_is_counted_beside_them() -> None:
    crowded = play("prefork", "slow-clients", nginx=True, overrides={"arrivals.rate": "200"})
    refused = playback(crowded).at(30.0).ended[Outcome.CONNECTION_LIMIT]
    grid = frame(scene(crowded, t_s=30.0), LAB, Look())
    assert refused > 0
    assert f"refused {refused}" in " ".join(grid.text(row_of(grid, "nginx connection ")).split())
    calm = frame(scene(NGINX, t_s=30.0), LAB, Look())
    assert "refused" not in calm.text(row_of(calm, "nginx connection "))
