"""Lanes show in each column the most telling thing that a slot did in it."""

import itertools

import numpy as np
import pytest

from simulator.plan import Gil, Loop
from simulator.plan.words import State
from simulator.trace.playback import OF_STATE, Activity, GroupKind, Playback, lane_groups, lane_uses
from tests.engine.deployments import Deployment, deployments
from tests.models.serving import serve
from tests.trace.by_hand import Kind, load_at, random_load
from tests.trace.playback import slowly

WITH_SLOTS = [d for d in deployments() if any(g.kind is GroupKind.SLOTS for g in lane_groups(d.plan(slowly.MACHINE)))]
WITH_LOCKS = [d for d in deployments() if d.plan(slowly.MACHINE).locks]


@pytest.mark.slow
@pytest.mark.parametrize("deployment", WITH_SLOTS, ids=str)
def test_a_lane_shows_what_its_slot_did_column_by_column(deployment: Deployment) -> None:
    trace = deployment.run("mixed")
    playback, lives = Playback(trace), slowly.lives_of(trace)
    (group,) = [g for g in playback.groups if g.kind is GroupKind.SLOTS]
    pool = [p.name for p in trace.plan.pools].index(group.name)
    for start, end in ((3.0, 8.0), (0.0, 25.0), (10.0, 10.2)):
        lanes = playback.lanes(group.name, 1, 2, (start, end), 40)
        edges = np.linspace(start, end, 41).tolist()
        expected = [slowly.lane(trace, lives, pool, slot, edges) for slot in range(group.lanes)[1:3]]
        assert lanes.activity.tolist() == expected


@pytest.mark.parametrize("deployment", WITH_LOCKS, ids=str)
def test_the_lane_of_a_lock_is_busy_exactly_while_holds_were_recorded(deployment: Deployment) -> None:
    trace = deployment.run("mixed")
    assert trace.grants is not None
    (lock,) = trace.plan.locks
    edges = np.linspace(5.0, 9.0, 201)
    lanes = Playback(trace).lanes(lock.name, 0, lock.processes, (5.0, 9.0), 200)
    copy = np.maximum(trace.process[trace.grants.request], 0) if lock.processes > 1 else 0 * trace.grants.request
    for number in range(lock.processes):
        start, end = trace.grants.start[copy == number], trace.grants.end[copy == number]
        busy = [((start < high) & (end > low)).any() for low, high in itertools.pairwise(edges)]
        assert (lanes.activity[number] != Activity.IDLE).tolist() == busy


@pytest.mark.parametrize("deployment", WITH_SLOTS, ids=str)
def test_a_lane_ends_with_what_the_moment_shows(deployment: Deployment) -> None:
    playback = Playback(deployment.run("slow-clients"))
    (group,) = [g for g in playback.groups if g.kind is GroupKind.SLOTS]
    lanes, now = playback.lanes(group.name, 0, group.lanes, (2.0, 7.0), 50), playback.at(7.0).pool(group.name)
    assert lanes.request.tolist() == now.request.tolist()
    assert lanes.doing.tolist() == now.activity.tolist()
    assert np.array_equal(lanes.since_s, now.since_s, equal_nan=True)
    taken = np.flatnonzero(now.since_s < 7.0 - 0.1)  # for at least a column
    assert (lanes.activity[taken, -1] >= lanes.doing[taken]).all()


def test_a_short_computation_does_not_vanish_in_a_wide_column() -> None:
    load = load_at([1.0], 10.0, page=Kind(steps=(("io", 5.0), ("cpu", 0.001), ("io", 2.0))))
    lanes = Playback(serve("prefork", load, workers=1)).lanes("worker", 0, 1, (0.0, 10.0), 5)
    assert [Activity(cell) for cell in lanes.activity[0]] == [
        Activity.COMPUTING,
        Activity.IO,
        Activity.IO,
        Activity.COMPUTING,
        Activity.IO,
    ]


def test_more_lanes_than_there_are_are_not_invented() -> None:
    playback = Playback(serve("prefork", load_at([0.1], 1.0), workers=3))
    assert playback.lanes("worker", 1, 10, (0.0, 1.0), 7).activity.shape == (2, 7)
    with pytest.raises(KeyError):
        playback.lanes("thread", 0, 1, (0.0, 1.0), 7)


def test_a_client_that_gives_up_leaves_a_mark_on_the_slot_that_goes_on_for_nobody() -> None:
    load = load_at([0.0], 10.0, patience=2.5, page=Kind(steps=(("io", 8.0),)))
    lanes = Playback(serve("prefork", load, workers=1)).lanes("worker", 0, 1, (0.0, 10.0), 10)
    assert lanes.activity[0, 2] == Activity.DROPPED
    assert set(lanes.activity[0, 3:8].tolist()) == {Activity.IO}
    assert lanes.activity[0, 9] == Activity.IDLE


def test_of_very_many_uses_in_sight_those_at_the_end_of_each_column_show(monkeypatch: pytest.MonkeyPatch) -> None:
    load = random_load(rate=100.0, duration=60.0, page=Kind(steps=(("io", 0.1),)))
    trace = serve("prefork", load, workers=16)
    whole = Playback(trace).painted("worker", 0, 16, (0.0, 60.0), 30)
    monkeypatch.setattr(lane_uses, "ROWS_IN_SIGHT", 100)
    playback = Playback(trace)
    seldom = playback.painted("worker", 0, 16, (0.0, 60.0), 30)
    assert (seldom <= whole).all()
    for column in range(30):
        at_the_end = playback.at(2.0 * (column + 1) - 1e-6).pool("worker").activity == Activity.IO
        assert (seldom[at_the_end, column] >= Activity.IO).all()


def test_lanes_alone_are_those_that_come_with_their_holders() -> None:
    playback = Playback(serve("prefork", random_load(rate=20.0, duration=10.0), workers=4))
    args = "worker", 1, 2, (2.0, 5.0), 30
    assert (playback.painted(*args) == playback.lanes(*args).activity).all()
    with pytest.raises(KeyError):
        playback.painted("thread", *args[1:])


def test_every_state_has_an_activity_and_every_activity_of_a_request_a_state() -> None:
    assert set(OF_STATE) == set(State)
    assert {activity.state for activity in OF_STATE.values()} == set(State)
    assert len({int(activity) for activity in OF_STATE.values()}) == len(State)


def test_what_makes_lanes_is_read_from_the_steps() -> None:
    for deployment in deployments():
        groups = lane_groups(deployment.plan(slowly.MACHINE))
        kinds = [group.kind for group in groups]
        locks = list(deployment.plan(slowly.MACHINE).locks)
        assert kinds.count(GroupKind.LOCK) == len(locks)
        assert (GroupKind.COUNT in kinds) == (deployment.front is not None)
        assert (GroupKind.SLOTS in kinds) == (not any(isinstance(lock, Loop) for lock in locks))
        assert (GroupKind.PARKED in kinds) == any(isinstance(lock, Loop) for lock in locks)
        for group in groups:
            if group.kind is GroupKind.SLOTS and any(isinstance(lock, Gil) for lock in locks):
                assert group.process(group.lanes - 1) == locks[0].processes - 1
