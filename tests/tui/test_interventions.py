"""What is done to the server at the playhead becomes part of the scenario, and can be taken away again."""

from collections.abc import Callable
from functools import partial
from itertools import product

import pytest

from simulator.experiments.refusal import RefusalError
from simulator.experiments.run import run_checked
from simulator.experiments.setup import Prepared, Setup, prepared
from simulator.lab import changes as turning
from simulator.lab import interventions
from simulator.lab.lab import Lab
from simulator.plan import Outcome
from simulator.plan.words import State
from simulator.workload.interventions import Do
from tests.tui.labs import ready

AT_S = 1.25
ALL: dict[Do, Callable[[Prepared], Setup]] = {
    Do.KILL: lambda start: interventions.killed(start, AT_S, 0, 2),
    Do.BURST: lambda start: interventions.burst(start, AT_S),
    Do.SLOW_IO: lambda start: interventions.slow_io(start, AT_S),
    Do.SLOTS: lambda start: interventions.resized(start, AT_S, 0, 1),
}
each_kind = pytest.mark.parametrize("do", list(ALL), ids=lambda do: do.name)


@each_kind
def test_it_comes_at_the_playhead_and_both_engines_are_told(do: Do) -> None:
    (trace,) = run_checked(prepared(ALL[do](ready("prefork"))), detail=True)
    done = trace.workload.interventions[-1]  # a new size comes after the one that the run began with
    assert (done.at, done.do) == (AT_S, do)


@each_kind
def test_it_changes_nothing_before_it_happens(do: Do) -> None:
    (before,) = run_checked(ready("prefork"), detail=True)
    (after,) = run_checked(prepared(ALL[do](ready("prefork"))), detail=True)
    assert before.arrival[before.arrival < AT_S].tolist() == after.arrival[after.arrival < AT_S].tolist()


@each_kind
def test_what_was_taken_away_leaves_the_rest(do: Do) -> None:
    start = prepared(interventions.slow_io(ready("prefork"), 0.5))
    both = prepared(ALL[do](start))
    assert len(interventions.timeline(both)) == 2
    assert prepared(interventions.removed(both, 1)).scenario.timeline == start.scenario.timeline


@each_kind
def test_it_is_listed_in_words(do: Do) -> None:
    (line,) = interventions.timeline(prepared(ALL[do](ready("prefork"))))
    assert line.at_s == AT_S
    assert line.words.isprintable()


def test_a_killed_process_loses_what_it_holds() -> None:
    start = ready("prefork:workers=1,profile=mini", rate="200")
    (trace,) = run_checked(prepared(interventions.killed(start, AT_S, 0, 0)), detail=True)
    assert (trace.outcome == Outcome.CRASHED).sum() == 1


def test_whoever_has_the_whole_response_is_not_lost_with_a_process_that_waits_for_it_to_close() -> None:
    start = ready("prefork:workers=1", rate="200")  # at that moment it has answered
    (trace,) = run_checked(prepared(interventions.killed(start, AT_S, 0, 0)), detail=True)
    (place,) = (i for i, place in enumerate(trace.places) if place.state is State.CLOSING)
    closing = (trace.reached[:, place] <= AT_S) & (trace.left >= AT_S)
    assert (trace.outcome[closing] == Outcome.COMPLETED).sum() == 1
    assert (trace.outcome == Outcome.CRASHED).sum() == 0


def test_resizing_twice_goes_on_from_the_size_at_that_moment() -> None:
    twice = prepared(interventions.resized(prepared(ALL[Do.SLOTS](ready("prefork"))), 2.0, 0, 1))
    assert [line.words for line in interventions.timeline(twice)] == ["resize to 8", "resize to 16"]


def test_a_server_without_slots_gets_other_cores() -> None:
    (line,) = interventions.timeline(prepared(interventions.resized(ready("coroutine"), AT_S, 0, 1)))
    assert line.words == "resize to 4 cores"


def test_half_of_one_core_is_a_quota_of_a_container_and_a_tenth_is_not_halved() -> None:
    start = ready("coroutine", cores="1")
    half = prepared(interventions.resized(start, AT_S, 0, -1))
    assert [line.words for line in interventions.timeline(half)] == ["resize to a quota of 0.5 cores"]
    twice = prepared(interventions.resized(half, 2.0, 0, 1))
    assert interventions.timeline(twice)[1].words == "resize to 1 core"
    with pytest.raises(RefusalError, match=r"cores is 0\.1 already; it cannot be less"):
        interventions.resized(ready("coroutine", cores="0.1"), AT_S, 0, -1)


def test_less_than_one_is_refused() -> None:
    with pytest.raises(RefusalError, match="cannot be less"):
        interventions.resized(ready("prefork:workers=1"), AT_S, 0, -1)


def test_a_burst_in_a_closed_loop_is_refused_in_words_about_clients() -> None:
    with pytest.raises(RefusalError, match=r"^no burst in a closed loop: each client waits"):
        interventions.burst(ready("prefork", load="think-time"), AT_S)


def test_a_burst_after_the_end_of_the_load_is_refused_in_words_about_the_moment() -> None:
    with pytest.raises(RefusalError, match=r"^no burst here: requests come up to 4 s; go back"):
        interventions.burst(ready("prefork"), 4.0)
    prepared(interventions.burst(ready("prefork"), 3.9))


@pytest.mark.parametrize(
    ("act", "t_s"),
    [
        *product(
            (turning.kill, turning.burst, turning.slow_io, partial(turning.resize, direction=1)), (1.5004, 1.5006)
        ),
        (turning.kill, None),  # at the end of the run
    ],
)
def test_what_is_done_to_a_paused_run_is_over_at_the_moment_that_is_shown(
    act: Callable[[Lab], None], t_s: float | None, lab: Lab
) -> None:
    lab.playhead.seek(lab.playhead.end_s if t_s is None else t_s)
    act(lab)
    assert lab.history.wanted is not None
    (entry,) = lab.history.wanted.scenario.timeline
    assert entry.at <= lab.playhead.t_s <= entry.at + 0.001
