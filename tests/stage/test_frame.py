"""A frame is exactly as large as asked, stays where it is while time goes on, and says what lies under each cell."""

import dataclasses
import gc
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from simulator.experiments.catalogue import catalogue
from simulator.stage.canvas.glyphs import ASCII, UNICODE
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.themes import LIGHT
from simulator.stage.frame import frame, lane_count, lanes_of, visible_lanes
from simulator.stage.scene import COLUMN_STEPS_S, Caption, LaneRef, Scene, View, coarser, finer
from simulator.trace.playback import Activity, Playback
from simulator.workload.load import shipped
from tests.stage.plays import (
    CALLBACK,
    FULL,
    KEYS,
    LAB,
    NGINX,
    PREFORK,
    SMALL,
    THREADED,
    play,
    playback,
    row_of,
    scene,
    style_runs,
    view,
)
from tests.stage.seen import seen

MOST_RUNS = 1500
LARGE = [Size(160, 45), Size(201, 58), Size(240, 67)]
FRAMES = (Style.RULE, Style.STREET)
NOBODY_CAME = {"arrivals.rate": "0.00001"}
"""One request a day."""


sizes = st.builds(Size, st.integers(0, 260), st.integers(0, 80))
looks = st.sampled_from((Look(UNICODE), Look(ASCII, LIGHT)))


@st.composite
def scenes(drawn: st.DrawFn) -> Scene:
    plays = drawn(st.lists(st.sampled_from((PREFORK, NGINX, THREADED, CALLBACK)), min_size=0, max_size=4))
    flag, number = drawn(st.booleans()), drawn(st.integers(-3, 99))
    details = {"first_lane": number, "busy": "computing" if flag else ""}
    return Scene(
        views=tuple(view(each, **details) for each in plays),
        load="慢客户端",
        t_s=drawn(st.floats(-5.0, 90.0)),
        column_s=drawn(st.sampled_from(COLUMN_STEPS_S)),
        playing=flag,
        zoomed=flag,
        keys=KEYS,
        focus=number,
        speed=drawn(st.sampled_from((0.01, 1.0, 100.0))),
        presenting=drawn(st.booleans()),
        reduced_motion=drawn(st.booleans()),
        captions=(Caption(at_s=drawn(st.floats(0.0, 90.0)), text="看第三个工作进程"),) if flag else (),
    )


@settings(max_examples=60)
@given(scenes(), sizes, looks)
def test_any_scene_fits_any_size(shown: Scene, size: Size, look: Look) -> None:
    grid = frame(shown, size, look)
    assert (grid.width, grid.height) == tuple(size)
    assert all(cell_len(grid.text(row)) == size.width for row in range(size.height))


@pytest.mark.parametrize("nginx", [False, True])
@pytest.mark.parametrize("model", ["prefork", "threaded", "coroutine"])
def test_a_run_to_which_nobody_came_is_drawn_at_any_size(model: str, nginx: bool) -> None:
    empty = play(model, "steady", nginx=nginx, overrides=NOBODY_CAME)
    assert not len(playback(empty).trace)
    for size in (Size(200, 50), Size(120, 36), Size(80, 24), Size(40, 12)):
        drawn = str(frame(scene(empty, t_s=10.0), size, Look()))
        assert "No request is in the system" in " ".join(drawn.split())


def test_a_frame_is_a_function_of_its_scene() -> None:
    first = frame(scene(PREFORK, t_s=FULL), LAB, Look())
    frame(scene(PREFORK, t_s=40.0), SMALL, Look())
    assert frame(scene(PREFORK, t_s=FULL), LAB, Look()) == first


def test_nothing_jumps_while_the_run_goes_on() -> None:
    labels = ("● office", "w7", "half are answered within", "A  prefork")
    places = set()
    for t_s in (0.3, 7.0, FULL, 59.0):
        grid = frame(scene(PREFORK, NGINX, t_s=t_s), LAB, Look())
        places.add(tuple((row := row_of(grid, label), grid.text(row).index(label)) for label in labels))
    assert len(places) == 1


def test_what_frames_keep_of_a_run_goes_when_the_run_goes() -> None:
    run = Playback(playback(PREFORK).trace)
    frame(Scene(views=(View(playback=run, title="prefork"),), load="slow-clients", t_s=FULL), LAB, Look())
    gone = weakref.ref(run)
    del run
    gc.collect()
    assert gone() is None


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
    sides = [np.argwhere((each.characters == "│") & np.isin(each.styles, FRAMES)).tolist() for each in (plain, grid)]
    assert sides[0] == sides[1] != []
    assert all(cell_len(grid.text(row)) == LAB.width for row in range(LAB.height))


def test_ascii_glyphs_are_all_that_is_drawn() -> None:
    for wanted in (PREFORK, NGINX, THREADED, CALLBACK):
        assert str(frame(scene(wanted, t_s=29.88), LAB, Look(ASCII))).isascii()


def test_lanes_that_do_not_fit_are_summed_up() -> None:
    many = play("prefork", "slow-clients", workers=30)
    its = seen(scene(many, t_s=FULL), SMALL)
    shown = visible_lanes(scene(many, t_s=FULL), SMALL, 0)
    hidden = playback(many).at(FULL).pools[0].activity[shown.stop :]
    assert len(hidden) == 30 - len(shown) > 9
    row = its.row(its.street.others_row)
    assert f"+{len(hidden)} " in row
    assert f"{np.count_nonzero(hidden == Activity.UPLOAD)}▲" in row


def test_lanes_can_be_scrolled_to_the_last_one() -> None:
    many = play("prefork", "slow-clients", workers=30)
    rolled = Scene(views=(view(many, first_lane=999),), load="slow-clients", t_s=FULL)
    assert visible_lanes(rolled, SMALL, 0).stop == lane_count(rolled.views[0]) == 30
    assert "worker 29" in str(frame(rolled, LAB, Look()))


def test_a_gil_has_no_lane_of_its_own_for_it_is_handed_on_among_its_threads() -> None:
    assert lanes_of(view(THREADED))[:2] == (LaneRef(group="thread", lane=0), LaneRef(group="thread", lane=1))
    assert lanes_of(view(CALLBACK)) == (LaneRef(group="event loop", lane=0),)


@pytest.mark.parametrize("size", [LAB, SMALL, Size(40, 12)])
def test_a_message_is_seen_at_any_size(size: Size) -> None:
    assert "copied" in str(frame(scene(PREFORK, t_s=FULL, message="copied"), size, Look()))


def test_the_chosen_lane_and_the_chosen_request_stand_out() -> None:
    request = int(playback(PREFORK).at(FULL).pools[0].request[4])
    chosen = view(PREFORK, selected_lane=LaneRef(group="worker", lane=2), selected_request=request)
    shown = Scene(views=(chosen,), load="slow-clients", t_s=FULL)
    its = seen(shown)
    row, desk = its.top + its.street.lanes[2].row, its.top + its.street.lanes[4].row
    assert its.grid.styles[row, its.street.label_col] == Style.SELECTED
    assert its.grid.grounds[desk, its.street.desk_col] == Ground.LOCK


def test_zooming_walks_through_round_steps() -> None:
    assert (finer(0.05), coarser(0.05)) == (0.02, 0.1)
    assert finer(COLUMN_STEPS_S[0]) == COLUMN_STEPS_S[0]
    assert coarser(COLUMN_STEPS_S[-1]) == COLUMN_STEPS_S[-1]


@pytest.mark.slow
@pytest.mark.parametrize("load", shipped())
def test_a_frame_has_few_style_runs_under_every_load_and_server(load: str) -> None:
    servers = [play(model.name, load) for model in catalogue().values() if not model.stands_in_front]
    behind = [dataclasses.replace(each, nginx=True) for each in servers]
    for shown in [(each,) for each in (*servers, *behind)] + list(zip(servers, behind, strict=True)):
        for t_s in (20.55, 41.0):
            for size in LARGE:
                assert style_runs(frame(scene(*shown, t_s=t_s), size, Look())) <= MOST_RUNS, (shown, t_s, size)


@pytest.mark.parametrize("size", LARGE)
def test_a_frame_has_few_style_runs_where_i_o_and_computing_take_turns_in_every_column(size: Size) -> None:
    for t_s in (20.55, 41.0):
        assert style_runs(frame(scene(play("threaded", "crash"), t_s=t_s), size, Look())) <= MOST_RUNS
