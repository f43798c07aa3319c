"""What happened, in order, in words; and the moments that one should see."""

import numpy as np
import pytest

from simulator.plan import Outcome
from simulator.trace.playback import EventKind, Playback
from simulator.workload.load import shipped
from tests.engine.deployments import Deployment, deployments
from tests.models.serving import serve
from tests.trace.by_hand import Kind, load_at

BLOCKER = Kind(steps=(("cpu", 0.5),))


@pytest.mark.parametrize("load_name", shipped())
@pytest.mark.parametrize("deployment", list(deployments()), ids=str)
def test_whoever_fails_first_in_a_way_is_told(deployment: Deployment, load_name: str) -> None:
    trace = deployment.run(load_name)
    failed = [event for event in Playback(trace).log(1e6, 10**6) if event.kind is EventKind.FAILED]
    for event in failed:
        alike = np.flatnonzero(trace.outcome == trace.outcome[event.request])
        assert event.time_s == trace.finished[alike].min()
    assert {int(trace.outcome[event.request]) for event in failed} == set(
        trace.outcome[trace.outcome > Outcome.COMPLETED].tolist()
    )


def test_the_log_names_who_blocked_the_loop_for_how_long_and_how_many_waited() -> None:
    page = Kind(steps=(("io", 0.1), ("cpu", 0.001)))
    load = load_at([0.0, 0.0, 0.0, 0.05], 5.0, page=page, report=Kind(steps=BLOCKER.steps, every=4))
    playback = Playback(serve("callback", load))
    (event,) = [event for event in playback.log(5.0, 9) if event.kind is EventKind.BLOCKED]
    assert event.text == "#3 kept 3 others waiting for 500 ms"
    assert event.others == 3
    behind = playback.at(event.look_s).lock("event loop")
    assert behind.holder.tolist() == [3]
    assert len(behind.waiting[0]) == 3
    assert event not in playback.log(event.time_s - 1e-6, 9)


def test_of_many_who_find_the_backlog_full_the_first_is_told() -> None:
    load = load_at([0.0, *[0.5] * 9], 20.0, page=Kind(steps=(("io", 5.0),)))
    playback = Playback(serve("prefork", load, workers=1, backlog=0))
    (event,) = [event for event in playback.log(0.6, 5) if event.kind is EventKind.SYN_DROPPED]
    assert event.text.endswith("SYN dropped: the backlog was full (1 of 1)")


def test_the_moments_to_see_come_in_order_and_the_largest_crowd_is_one_of_them() -> None:
    trace = Deployment(server=next(d.server for d in deployments() if d.server.name == "prefork")).run("spike")
    playback = Playback(trace)
    moments = [event.look_s for event in playback.interesting]
    assert moments == sorted(moments)
    (crowd,) = [event for event in playback.interesting if event.kind is EventKind.CROWDED]
    most = max(len(playback.at(t).present) for t in np.linspace(0.0, playback.end_s, 300).tolist())
    assert most <= len(playback.at(crowd.time_s).present) == crowd.others


def test_the_slowest_request_is_one_of_the_moments_to_see() -> None:
    load = load_at([0.1, 0.2, 0.3, 0.4, 0.5], 5.0, page=Kind(), slow=Kind(steps=(("io", 2.0),), every=5))
    playback = Playback(serve("prefork", load, workers=4))
    (event,) = [event for event in playback.interesting if event.kind is EventKind.SLOWEST]
    assert event.request == 4
    assert event.words == 'answered after 2 s: the slowest of the whole run ("slow")'
