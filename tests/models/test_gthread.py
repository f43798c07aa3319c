"""A main thread that accepts, hands over and closes: what that costs beside a thread that computes all the time."""

from dataclasses import replace

import numpy as np
import pytest

from models.threaded.config import Config
from models.threaded.model import plan
from simulator.experiments.run import run
from simulator.plan import Machine
from simulator.trace.cures import Cure
from simulator.trace.figures import Summary
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from tests.trace.by_hand import Kind, load_at

HOG_S, PAGE = 1000.0, Kind(steps=(("cpu", 1e-5),))
GTHREAD = Machine(accept_releases=8, request_releases=7, close_releases=8)


def beside_a_hog(machine: Machine, every_s: float, pages: int = 300) -> Trace:
    """Eight threads, of which one computes for ever."""
    arrivals = [0.0, *(1.0 + every_s * n for n in range(pages))]
    load = load_at(arrivals, arrivals[-1] + 60.0, page=PAGE)
    load = replace(load, phases=np.array([[HOG_S], *[[1e-5]] * pages]))
    return run(plan(Config(threads=8, accept="eager"), machine), load)


def times(trace: Trace, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """When the pages reached a place."""
    found: np.ndarray[tuple[int], np.dtype[np.float64]] = trace.reached[
        1:, [place.name for place in trace.places].index(name)
    ]
    return found


def test_gthread_takes_the_gil_three_or_four_times_before_the_handler_begins() -> None:
    trace = beside_a_hog(GTHREAD, 0.5)
    taken = (times(trace, "handle.1") - times(trace, "wait backlog")) / GTHREAD.gil_switch_interval_s
    assert taken.mean() == pytest.approx(3.5, abs=0.4)


def test_with_one_call_each_it_is_hardly_more_than_once_for_each_of_the_two_threads() -> None:
    machine = Machine(accept_releases=0, request_releases=0)
    trace = beside_a_hog(machine, 0.5)
    taken = (times(trace, "handle.1") - times(trace, "wait backlog")) / machine.gil_switch_interval_s
    assert taken.mean() == pytest.approx(2.0, abs=0.1)


def test_pool_threads_sit_idle_while_connections_wait_outside() -> None:
    trace = beside_a_hog(GTHREAD, 0.01)
    outside = times(trace, "accept GIL") - times(trace, "wait backlog")
    for_a_thread = times(trace, "receive") - times(trace, "seize thread")
    assert outside.mean() > 0.5
    assert for_a_thread.mean() < 0.1 * outside.mean()


def test_while_the_main_thread_closes_it_accepts_nothing() -> None:
    machine = Machine(hand_over_cost_s=2.0)  # half of it goes to accepting, half to closing
    load = load_at([0.0, 1.2], 60.0, page=PAGE)
    trace = run(plan(Config(threads=8, accept="eager"), machine), load)
    names = [place.name for place in trace.places]
    closing, accepted = trace.reached[0, names.index("close")], trace.reached[1, names.index("accept GIL")]
    assert closing < 1.2 < accepted
    assert accepted == pytest.approx(trace.reached[0, names.index("release main thread")])


def test_the_main_thread_closes_all_who_are_done_before_it_accepts_a_connection_that_came_earlier() -> None:
    machine = Machine(hand_over_cost_s=2.0)
    load = load_at([0.0, 0.5, 1.5], 60.0, page=PAGE)  # the second is done after the third has come
    trace = run(plan(Config(threads=8, accept="eager"), machine), load)
    names = [place.name for place in trace.places]
    done, accepted = trace.reached[1, names.index("seize main thread")], trace.reached[2, names.index("accept GIL")]
    assert 1.5 < done < accepted
    assert accepted == pytest.approx(trace.reached[1, names.index("release main thread")])


def beside_who_closes_late(linger_s: float, round_trip_s: float) -> Summary:
    """Thirty at the same moment, whose clients close a round trip after the response."""
    load = load_at([0.001 * n for n in range(30)], 10.0, page=PAGE, rtt=round_trip_s)
    return summarise(run(plan(Config(threads=30, accept="eager"), Machine(linger_s=linger_s)), load))


@pytest.mark.parametrize("linger_s", [2.0, 0.0], ids=["lingers", "does not"])
def test_who_waits_while_the_main_thread_lingers_is_not_said_to_wait_for_the_gil(linger_s: float) -> None:
    said = " ".join(beside_who_closes_late(linger_s, 0.2).diagnosis)
    assert ("main thread" in said) == (linger_s > 0.0)
    assert "wait for the GIL" not in said
    assert "waiting for the GIL" not in said


def test_more_processes_are_what_a_lingering_main_thread_calls_for() -> None:
    cures = [cure for each in beside_who_closes_late(2.0, 0.2).findings for cure in each.cures]
    assert Cure.MORE_PROCESSES in cures
    assert Cure.MORE_SLOTS not in cures
