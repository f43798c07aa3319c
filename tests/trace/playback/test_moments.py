"""A moment shows what the trace says, checked against one request at a time."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from simulator.plan import Plan
from simulator.trace.playback import OF_STATE, Activity, Moment, Playback
from simulator.trace.request_life import Stay
from simulator.trace.table import Trace
from simulator.workload.load import shipped
from simulator.workload.table import Workload
from tests.engine.comparison import run_on
from tests.engine.deployments import Deployment, deployments
from tests.engine.strategies import plans
from tests.engine.strategies_load import workloads
from tests.trace.playback import slowly

some = settings(max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
every_deployment = pytest.mark.parametrize("deployment", list(deployments()), ids=str)


def assert_moment(trace: Trace, moment: Moment, doing: dict[int, Stay]) -> None:
    """Everybody who is there, at the right place, doing the right thing since the right time."""
    present, names = moment.present, [*(place.name for place in trace.places), "after the server"]
    assert sorted(present.request.tolist()) == sorted(doing)
    for i, request in enumerate(present.request.tolist()):
        stay = doing[request]
        assert Activity(present.activity[i]) is OF_STATE[stay.state]
        assert names[present.place[i]] == stay.place
        assert present.since_s[i] == pytest.approx(stay.start, abs=1e-9)
    assert (np.diff(present.place) >= 0).all()


def assert_holders(trace: Trace, moment: Moment) -> None:
    """Every slot with the request that holds it."""
    for number, pool in enumerate(moment.pools):
        held = {slot: request for slot, request in enumerate(pool.request.tolist()) if request >= 0}
        assert held == slowly.holders_at(trace, number, moment.t_s), pool.pool.name
        assert pool.taken == len(held)


@pytest.mark.slow
@every_deployment
@pytest.mark.parametrize("load_name", shipped())
def test_a_moment_shows_what_every_request_does(deployment: Deployment, load_name: str) -> None:
    trace = deployment.run(load_name)
    playback = Playback(trace)
    for t_s in slowly.moments_of(trace, 3):
        moment = playback.at(t_s)
        assert_moment(trace, moment, slowly.doing_at(trace, t_s))
        assert_holders(trace, moment)
        assert moment.ended == slowly.ended_by(trace, t_s)


@every_deployment
def test_queues_slots_and_locks_together_hold_everybody_once(deployment: Deployment) -> None:
    trace = deployment.run("spike")
    playback = Playback(trace)
    for t_s in slowly.moments_of(trace, 20):
        moment = playback.at(t_s)
        counts = moment.present.counts()
        assert sum(counts.values()) == len(moment.present)
        assert counts.get(Activity.BACKLOG, 0) == sum(len(now.waiting) for now in moment.backlogs)
        assert counts.get(Activity.QUEUED, 0) == sum(len(now.queue) for now in moment.pools)
        at_locks = sum(len(waiting) for now in moment.locks for waiting in now.waiting)
        assert sum(counts.get(each, 0) for each in (Activity.GIL, Activity.PROCESSOR, Activity.LOOP)) == at_locks


@every_deployment
def test_a_backlog_never_holds_more_than_it_has_room_for(deployment: Deployment) -> None:
    trace = deployment.run("spike")
    playback = Playback(trace)
    for t_s in slowly.moments_of(trace, 20):
        for now in playback.at(t_s).backlogs:
            assert len(now.waiting) <= now.room


def locked(deployment: Deployment) -> bool:
    return deployment.server.name in ("threaded", "callback", "coroutine")


@pytest.mark.parametrize("deployment", [d for d in deployments() if locked(d)], ids=str)
def test_the_holder_of_a_lock_is_the_one_whose_hold_was_recorded(deployment: Deployment) -> None:
    trace = deployment.run("mixed")
    assert trace.grants is not None
    playback, grants = Playback(trace), trace.grants
    seen = 0
    for t_s in slowly.moments_of(trace, 60):
        (lock,) = playback.at(t_s).locks
        now = (grants.start <= t_s) & (grants.end > t_s)
        assert sorted(lock.holder[lock.holder >= 0].tolist()) == sorted(grants.request[now].tolist())
        for copy in np.flatnonzero(lock.holder >= 0).tolist():
            starts = grants.start[grants.request == lock.holder[copy]]
            assert np.abs(starts - lock.since_s[copy]).min() < 1e-9
            seen += 1
    assert seen


@pytest.mark.parametrize("deployment", [d for d in deployments() if locked(d)], ids=str)
def test_parked_requests_hold_neither_a_slot_of_the_server_nor_a_lock(deployment: Deployment) -> None:
    playback = Playback(deployment.run("slow-clients", "10 s"))
    if "thread" in {group.name for group in playback.groups}:
        assert not any(len(playback.at(t_s).parked) for t_s in slowly.moments_of(playback.trace, 20))
        return
    for t_s in slowly.moments_of(playback.trace, 20):
        moment = playback.at(t_s)
        assert not set(moment.parked.request.tolist()) & set(moment.locks[0].holder.tolist())
        waiting = {request for now in moment.locks[0].waiting for request in now.request.tolist()}
        assert not set(moment.parked.request.tolist()) & waiting


@pytest.mark.slow
@some
@given(plans(), workloads(), st.integers(0, 1000))
def test_any_moment_of_any_run_shows_what_every_request_does(plan: Plan, load: Workload, seed: int) -> None:
    trace = run_on("kernel", plan, load)
    assume(trace is not None)  # a closed loop may have too few rounds
    assert trace is not None  # said again for the type checker
    playback = Playback(trace)
    for t_s in [*slowly.moments_of(trace, 3, seed), *trace.arrival[:2].tolist()]:
        moment = playback.at(t_s)
        assert_moment(trace, moment, slowly.doing_at(trace, t_s))
        assert_holders(trace, moment)
        assert moment.ended == slowly.ended_by(trace, t_s)


@pytest.mark.slow
@some
@given(plans(), workloads())
def test_stepping_meets_every_change_of_any_run_and_finds_the_way_back(plan: Plan, load: Workload) -> None:
    trace = run_on("kernel", plan, load)
    assume(trace is not None)
    assert trace is not None
    playback, expected = Playback(trace), slowly.changes(trace, slowly.lives_of(trace))
    met, now = [], playback.next_event(-1.0)
    while now is not None:
        met.append(now)
        now = playback.next_event(now)
    assert met == expected
    back = playback.previous_event(np.inf)
    for moment in reversed(expected):
        assert back == moment
        back = playback.previous_event(moment)
    assert back is None
