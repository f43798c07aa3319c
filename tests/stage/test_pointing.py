"""A pointer finds what lies under it: lanes, requests, moments, keys and views."""

from simulator.stage.canvas.key_bar import KeyTarget
from simulator.stage.canvas.look import Look
from simulator.stage.frame import frame, target_at
from simulator.stage.scene import LaneRef, LaneTarget, RequestTarget, TimeTarget, ViewTarget
from tests.stage.plays import CALLBACK, FULL, KEYS, LAB, PREFORK, playback, row_of, scene
from tests.stage.seen import seen


def test_a_pointer_finds_lanes_and_moments() -> None:
    shown = scene(PREFORK, t_s=FULL)
    grid = frame(shown, LAB, Look())
    row = row_of(grid, "worker 3")
    found = target_at(shown, LAB, row, 40)
    assert isinstance(found, LaneTarget)
    assert found.lane == LaneRef(group="worker", lane=3)
    assert found.t_s is not None
    assert 0.0 < found.t_s < FULL
    beside = target_at(shown, LAB, row, 4)
    assert isinstance(beside, LaneTarget)
    assert beside.t_s is None


def test_a_pointer_finds_who_waits_in_the_backlog() -> None:
    shown = scene(PREFORK, t_s=FULL)
    its = seen(shown)
    queue = its.street.queue
    waiting = set(playback(PREFORK).at(FULL).backlogs[0].waiting.request.tolist())
    found = [
        target_at(shown, LAB, its.top + queue.row + down, queue.col + queue.width - 1) for down in range(queue.height)
    ]
    requests = [each.request for each in found if isinstance(each, RequestTarget)]
    assert len(requests) == queue.height == len(set(requests))
    assert set(requests) <= waiting


def test_a_pointer_on_the_time_bar_finds_the_moment() -> None:
    shown = scene(PREFORK, t_s=FULL)
    row = LAB.height - 2
    left, right = (target_at(shown, LAB, row, col) for col in (20, 100))
    assert isinstance(left, TimeTarget)
    assert isinstance(right, TimeTarget)
    assert 0.0 < left.t_s < FULL < right.t_s < shown.end_s


def test_a_pointer_finds_keys_and_views() -> None:
    shown = scene(PREFORK, CALLBACK, t_s=FULL)
    grid = frame(shown, LAB, Look())
    assert target_at(shown, LAB, LAB.height - 1, 2) == KeyTarget(hint=KEYS[0])
    assert target_at(shown, LAB, row_of(grid, "prefork"), 100) == ViewTarget(view=1)
    assert target_at(shown, LAB, 999, 0) is None
