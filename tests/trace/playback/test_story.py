"""The story of a run: each thing once, where it begins, and of all of them the dozen that one should see."""

import numpy as np
import pytest

from simulator.trace.playback import EventKind, Playback
from simulator.trace.playback.story import CLOSE_S, MOST_MOMENTS
from simulator.workload.load import shipped
from tests.engine.deployments import Deployment, deployments
from tests.models.serving import serve
from tests.stage.plays import play, playback
from tests.trace.by_hand import Kind, load_at

SLOW = playback(play("prefork", "slow-clients", workers=4))
SPIKE = playback(play("prefork", "spike", workers=4))
CRASH = playback(play("prefork", "crash"))
LOOP = playback(play("coroutine", "mixed"))
END_S = 1e6


def told(run: Playback, *kinds: EventKind) -> list[tuple[float, str]]:
    """Time and words of what a run tells, in order of time."""
    return [(round(e.time_s, 1), e.text) for e in reversed(run.log(END_S, 10**6)) if e.kind in kinds]


@pytest.mark.parametrize("load_name", shipped())
@pytest.mark.parametrize("deployment", list(deployments()), ids=str)
def test_every_run_has_a_story_in_order_of_time_and_at_most_a_dozen_moments(
    deployment: Deployment, load_name: str
) -> None:
    run = Playback(deployment.run(load_name))
    times = [event.time_s for event in run.log(END_S, 10**6)]
    assert times == sorted(times, reverse=True)
    assert len(run.interesting) <= MOST_MOMENTS
    assert all(event.text for event in run.interesting)


def test_it_says_when_slow_clients_hold_all_workers_and_not_each_time_one_of_them_changes() -> None:
    events = told(SLOW, EventKind.HELD)
    assert events[0] == (1.7, 'all 4 workers held by "phone"')
    assert len(events) == 3


@pytest.mark.parametrize(("upload_s", "held"), [(0.4, False), (0.6, True)])
def test_quick_uploads_one_after_the_other_do_not_hold_a_worker(upload_s: float, held: bool) -> None:
    page = Kind(upload=upload_s * 1e6, up=1e6, steps=(("cpu", 0.01),))
    run = Playback(serve("prefork", load_at([1.0 + number for number in range(9)], 12.0, page=page), workers=1))
    assert [words for _, words in told(run, EventKind.HELD)] == ["slow clients hold the worker"] * held


def test_behind_a_proxy_nobody_holds_all_workers() -> None:
    assert not told(playback(play("prefork", "slow-clients", nginx=True, workers=4)), EventKind.HELD)


def test_a_queue_passes_each_round_figure_once_however_it_wavers() -> None:
    assert [words for _, words in told(SLOW, EventKind.LONGER)] == [
        "more than 50 wait",
        "more than 100 wait",
        "more than 200 wait",
    ]


def test_it_says_when_a_queue_is_gone() -> None:
    ((t_s, words),) = told(SLOW, EventKind.GONE)
    assert words == "nobody waits any more"
    assert not SLOW.at(t_s + 0.1).backlogs[-1].waiting


def test_where_the_queue_stays_short_nothing_is_said_of_it() -> None:
    assert not told(playback(play("prefork", "steady")), EventKind.LONGER, EventKind.GONE, EventKind.SPIKE)


def test_a_spike_has_a_beginning_and_an_end() -> None:
    assert told(SPIKE, EventKind.SPIKE) == [(20.0, "15 times as many requests as usual")]
    ((t_s, words),) = told(SPIKE, EventKind.SPIKE_OVER)
    assert (t_s, words) == (30.0, "the spike is over: 1 597 wait")


def test_the_first_who_gives_up_is_told_and_then_round_numbers_of_them() -> None:
    assert told(SPIKE, EventKind.FAILED) == [(29.1, "#1572 client gave up after 5 s")]
    assert [words for _, words in told(SPIKE, EventKind.MANY_FAILED)] == ["100 by now: client gave up"]


def test_a_process_that_was_killed_comes_back() -> None:
    assert told(CRASH, EventKind.BACK) == [(22.0, "process 0 is back")]


def test_blocks_of_a_loop_that_lie_close_together_are_one() -> None:
    times = [event.time_s for event in LOOP.log(END_S, 10**6) if event.kind is EventKind.BLOCKED]
    assert len(times) < len(LOOP.blocks)
    assert len(set(np.floor(np.array(times) / CLOSE_S).tolist())) == len(times)


def test_the_moments_of_a_loop_have_the_worst_block_and_not_every_one() -> None:
    found = [event for event in LOOP.interesting if event.kind is EventKind.BLOCKED]
    costs = LOOP.blocks.seconds * LOOP.blocks.others
    assert max(event.seconds * event.others for event in found) == pytest.approx(costs.max())
    assert len(found) <= 4


def test_what_lies_at_the_same_instant_is_one_moment() -> None:
    times = [event.time_s for event in CRASH.interesting]
    assert min(np.diff(sorted(times))) >= 1e-3


def test_a_single_short_hold_of_the_only_worker_is_no_story() -> None:
    load = load_at([0.1, 1.0], 5.0, page=Kind())
    assert not told(Playback(serve("prefork", load, workers=1)), EventKind.HELD)
