"""Who was in the way of a request, story by its own trace."""

import numpy as np
import pytest

from simulator.experiments.catalogue import catalogue
from simulator.experiments.run import run
from simulator.plan.words import Outcome, State
from simulator.trace.playback.life_story import LifeStories
from simulator.trace.request_life import life
from simulator.trace.table import Trace
from simulator.workload.draw import draw
from simulator.workload.load import load

SHORT = [("duration", "12 s"), ("warmup", "1 s")]


def _trace(model: str, scenario: str, overrides: list[tuple[str, str]] = [], **config: object) -> Trace:  # noqa: B006
    read = load(scenario, [*SHORT, *overrides])
    its = catalogue()[model]
    return run(its.plan(its.config(**config), read.machine), draw(read), detail=True)


@pytest.fixture(scope="module")
def traces() -> dict[str, Trace]:
    return {
        "prefork": _trace("prefork", "slow-clients"),
        "threaded": _trace("threaded", "mixed"),
        "eager": _trace("threaded", "mixed", accept="eager", processes=2),
        "callback": _trace("callback", "mixed"),
        "full": _trace("prefork", "steady", [("arrivals.rate", "400")], backlog=8),
    }


@pytest.mark.parametrize("name", ["prefork", "threaded", "eager", "callback", "full"])
def test_the_parts_of_every_life_add_up_to_its_latency(traces: dict[str, Trace], name: str) -> None:
    trace = traces[name]
    stories = LifeStories(trace)
    for request in range(0, len(trace), 7):
        story = stories.of(request)
        assert sum(story.totals_s().values()) == pytest.approx(story.latency_s, abs=1e-9)
        assert None not in story.totals_s(), "a simulated life is known completely"


@pytest.mark.parametrize("name", ["threaded", "eager", "callback"])
def test_who_is_named_for_a_wait_for_a_lock_computed_meanwhile_in_the_same_process(
    traces: dict[str, Trace], name: str
) -> None:
    trace = traces[name]
    stories, named = LifeStories(trace), 0
    for request in np.argsort(trace.arrival - trace.finished)[:25].tolist():
        for part in stories.of(request).parts:
            if part.state not in (State.LOOP, State.GIL) or part.seconds < 1e-3:
                continue
            other = part.blocker.request
            assert other not in (-1, request)
            assert trace.process[other] == trace.process[request]
            ran = [stay for stay in life(trace, other) if stay.state in (State.COMPUTING, State.CORE)]
            assert any(stay.start < part.end_s and stay.end > part.start_s for stay in ran)
            named += 1
    assert named > 10


def test_a_wait_for_a_worker_is_put_down_to_what_the_workers_did(traces: dict[str, Trace]) -> None:
    trace = traces["prefork"]
    waits = trace.reached[:, 2] - trace.reached[:, 1]
    story = LifeStories(trace).of(int(np.nanargmax(waits)))
    (wait,) = [part for part in story.parts if part.state is State.BACKLOG]
    assert wait.blocker.words.startswith("the 4 workers were taken, ")
    assert "waiting for the client to send; longest by #" in wait.blocker.words
    assert trace.slot[wait.blocker.request, 0] >= 0


def test_repeated_syns_lie_within_the_wait_for_a_connection(traces: dict[str, Trace]) -> None:
    trace = traces["full"]
    stories, seen = LifeStories(trace), 0
    for request in np.flatnonzero(trace.syn_retries > 0)[:40].tolist():
        story = stories.of(request)
        connecting = next(part for part in story.parts if part.state is State.CONNECTING)
        assert len(story.retries_s) == story.syn_retries
        assert all(connecting.start_s < at <= connecting.end_s + 1e-9 for at in story.retries_s)
        assert "was full" in connecting.blocker.words
        seen += 1
    assert seen > 10


def test_the_slowest_request_is_slower_than_all_others(traces: dict[str, Trace]) -> None:
    trace = traces["callback"]
    latency = np.where(trace.outcome == Outcome.COMPLETED, trace.finished - trace.arrival, np.nan)
    stories = LifeStories(trace)
    count = np.count_nonzero(~np.isnan(latency))
    assert stories.of(int(np.nanargmin(latency))).slower_than == 0.0
    assert stories.of(int(np.nanargmax(latency))).slower_than == pytest.approx(1.0 - 1.0 / count)


def test_what_nobody_reported_is_said_to_be_unknown(traces: dict[str, Trace]) -> None:
    from dataclasses import replace

    from simulator.stage.waterfall_words import notes

    trace = traces["threaded"]
    unknown = np.full_like(trace.lock_wait, np.nan)
    measured = replace(trace, lock_wait=unknown, grants=None, labels={"engine": "measured"})
    stories = LifeStories(measured)
    waits = np.flatnonzero(trace.lock_wait.sum(axis=1) > 0.01)
    story = stories.of(int(waits[0]))
    assert State.GIL_OR_CORE in story.totals_s()
    assert any("no clock tells" in note for note in notes(story))


def test_a_request_that_is_not_there_is_an_index_error(traces: dict[str, Trace]) -> None:
    with pytest.raises(IndexError, match="the trace has requests 0 to"):
        LifeStories(traces["full"]).of(10**9)
