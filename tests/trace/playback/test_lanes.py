"""What makes lanes, and for which part of each column a lane did what: exact, as the lives of its requests add up."""

from itertools import pairwise

import numpy as np
import pytest

from simulator.plan import Gil, Loop, Processors
from simulator.plan.words import State
from simulator.trace.holding import held_parts, holdings
from simulator.trace.playback import OF_STATE, Activity, GroupKind, LaneGroup, Playback, lane_groups, lane_uses
from simulator.trace.request_life import life
from simulator.trace.table import Trace
from tests.engine.deployments import Deployment, deployments
from tests.models.serving import serve
from tests.trace.by_hand import Kind, load_at
from tests.trace.playback import slowly

SLOTS = [d for d in deployments() if any(g.kind is GroupKind.SLOTS for g in lane_groups(d.plan(slowly.MACHINE)))]
LOCKS = [d for d in deployments() if len(d.plan(slowly.MACHINE).locks) == 1]


def added_up(trace: Trace, pool: int, slot: int, edges: list[float]) -> np.ndarray:
    """[activities, columns] from the lives of all who held a slot; nobody has crashed or given up."""
    held = holdings(trace, held_parts(trace, trace.places)[pool])
    shares = np.zeros((len(Activity), len(edges) - 1))
    for i in np.flatnonzero(held.slot == slot):
        for stay in life(trace, int(held.rows[i])):
            start, end = max(stay.start, held.start[i]), min(stay.end, held.end[i])
            for column, (low, high) in enumerate(pairwise(edges)):
                shares[OF_STATE[stay.state], column] += max(min(end, high) - max(start, low), 0.0) / (high - low)
    shares[Activity.IDLE] = 1.0 - shares.sum(axis=0)
    return shares


def most_lanes(playback: Playback) -> LaneGroup:
    """The slots that requests are served in: of the threads that accept for them there are fewer."""
    return max((g for g in playback.groups if g.kind is GroupKind.SLOTS), key=lambda group: group.lanes)


@pytest.mark.parametrize("deployment", SLOTS, ids=str)
def test_shares_of_a_lane_are_what_the_lives_of_its_requests_add_up_to(deployment: Deployment) -> None:
    trace = deployment.run("mixed")
    playback = Playback(trace)
    group = most_lanes(playback)
    pool = [p.name for p in trace.plan.pools].index(group.name)
    for start, end in ((3.0, 8.0), (10.0, 10.2)):
        shares = playback.shares(group.name, 1, 2, (start, end), 20)
        edges = np.linspace(start, end, 21).tolist()
        for lane in range(min(2, group.lanes - 1)):
            assert np.allclose(shares[:, lane], added_up(trace, pool, lane + 1, edges), atol=1e-6)


@pytest.mark.parametrize("deployment", LOCKS, ids=str)
def test_a_lock_is_in_use_for_as_long_as_holds_were_recorded(deployment: Deployment) -> None:
    trace = deployment.run("mixed")
    assert trace.grants is not None
    (lock,) = trace.plan.locks
    edges = np.linspace(5.0, 9.0, 41)
    shares = Playback(trace).shares(lock.name, 0, lock.units, (5.0, 9.0), 40)
    assert (shares.sum(axis=0) <= 1.0 + 1e-6).all()
    each = lock.units // lock.processes
    copy = np.maximum(trace.process[trace.grants.request], 0) if lock.processes > 1 else 0 * trace.grants.request
    for number in range(lock.processes):
        start, end = trace.grants.start[copy == number], trace.grants.end[copy == number]
        used = [
            np.clip(np.minimum(end, high) - np.maximum(start, low), 0.0, None).sum() for low, high in pairwise(edges)
        ]
        idle = shares[Activity.IDLE, number * each : (number + 1) * each].sum(axis=0)
        assert np.allclose(each - idle, np.array(used) / 0.1, atol=1e-6)


@pytest.mark.parametrize("deployment", SLOTS, ids=str)
def test_what_a_frame_asked_for_before_changes_no_share(deployment: Deployment) -> None:
    trace = deployment.run("slow-clients")
    fresh, used = Playback(trace), Playback(trace)
    group = most_lanes(fresh)
    for t_s in (4.9, 5.0, 5.1, 5.26):  # segments of these moments are at hand, some of them for two stretches
        used.at(t_s)
    for span in ((5.0, 5.05), (4.95, 5.15), (4.99, 5.01)):
        new = fresh.shares(group.name, 0, group.lanes, span, 4)
        assert np.allclose(used.shares(group.name, 0, group.lanes, span, 4), new, atol=1e-7)


def test_uses_of_a_lane_are_those_that_held_its_slot() -> None:
    trace = SLOTS[0].run("mixed")
    playback = Playback(trace)
    (group,) = [g for g in playback.groups if g.kind is GroupKind.SLOTS]
    uses = playback.uses(group.name, 0, 1, (3.0, 8.0))
    held = holdings(trace, held_parts(trace, trace.places)[0])
    mine = (held.slot == 0) & (held.start < 8.0) & (held.end > 3.0)
    assert sorted(uses.request.tolist()) == sorted(held.rows[mine].tolist())
    assert (np.diff(uses.start_s) >= 0.0).all()
    assert set(uses.lane.tolist()) == {0}


def test_where_uses_are_very_many_the_middle_of_each_column_stands_for_all_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trace = SLOTS[0].run("mixed")
    (group,) = [g for g in Playback(trace).groups if g.kind is GroupKind.SLOTS]
    monkeypatch.setattr(lane_uses, "PARTED_FROM", 20)
    playback = Playback(trace)
    part = playback.shares(group.name, 0, group.lanes, (0.0, 24.0), 3)
    again = playback.shares(group.name, 0, group.lanes, (8.0, 16.0), 1)
    assert np.allclose(again[:, :, 0], part[:, :, 1], atol=1e-7)  # whatever else is in sight
    monkeypatch.undo()
    fine = [
        Playback(trace).shares(group.name, 0, group.lanes, (0.0, 24.0), 3 * n)[:, :, n // 2 :: n] for n in range(2, 40)
    ]
    assert any(np.allclose(part, each, atol=1e-6) for each in fine)


def test_nothing_is_left_out_where_very_many_uses_are_in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = SLOTS[0].run("mixed")
    (group,) = [g for g in Playback(trace).groups if g.kind is GroupKind.SLOTS]
    whole = Playback(trace).shares(group.name, 0, group.lanes, (0.0, 24.0), 12)
    monkeypatch.setattr(lane_uses, "ROWS_IN_SIGHT", 10)
    assert np.allclose(Playback(trace).shares(group.name, 0, group.lanes, (0.0, 24.0), 12), whole, atol=1e-7)


def test_more_lanes_than_there_are_are_not_invented() -> None:
    playback = Playback(serve("prefork", load_at([0.1], 1.0), workers=3))
    assert playback.shares("worker", 1, 10, (0.0, 1.0), 7).shape == (len(Activity), 2, 7)
    with pytest.raises(KeyError):
        playback.shares("thread", 0, 1, (0.0, 1.0), 7)


def test_a_client_that_gives_up_leaves_a_mark_on_the_slot_that_goes_on_for_nobody() -> None:
    load = load_at([0.0], 10.0, patience=2.5, page=Kind(steps=(("io", 8.0),)))
    shares = Playback(serve("prefork", load, workers=1)).shares("worker", 0, 1, (0.0, 10.0), 10)[:, 0]
    assert np.flatnonzero(shares[Activity.DROPPED]).tolist() == [2]
    assert np.allclose(shares[Activity.IO, 3:7], 1.0)
    assert shares[Activity.IDLE, 9] == 1.0


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
        own = [group for group in groups if group.kind is GroupKind.SLOTS and not group.helps]
        assert bool(own) == (not any(isinstance(lock, Loop | Processors) for lock in locks))
        assert (GroupKind.PARKED in kinds) == any(isinstance(lock, Loop | Processors) for lock in locks)
        for group in groups:
            if group.kind is GroupKind.SLOTS and any(isinstance(lock, Gil) for lock in locks):
                assert group.process(group.lanes - 1) == locks[0].processes - 1
