"""Go's Ps: who computes for long makes room at every second look of the runtime. No clock on the wall is asked.

Measured with Go 1.19 on two cores, one P, others at work: a request over a socket that needs a P beside one, two and
four goroutines that compute all the time waits 12, 33 and 83 ms on average, and 3 to 18, 22 to 40 and 70 to 95 ms from
the tenth to the ninetieth of a hundred.
"""

import numpy as np
import pytest

from simulator.experiments.run import EngineName
from simulator.plan import Cores, Handle, Plan, Processors
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from tests.plan.playing import ENGINES, play
from tests.trace.by_hand import Kind, load_at

each_engine = pytest.mark.parametrize("engine", ENGINES)
LONG = Kind(steps=(("cpu", 0.1),))


def ps(permits: int) -> Plan:
    return Plan((Handle(Processors("P", switch_interval_s=0.01, permits=permits)),), Cores(4))


def turns(trace: Trace, row: int) -> list[float]:
    """When a request was given a P, in ms."""
    grants = trace.grants
    assert grants is not None
    return sorted((1000.0 * grants.start[grants.request == row]).round(6).tolist())


@each_engine
def test_two_that_compute_on_one_p_take_turns_of_twenty_milliseconds(engine: EngineName) -> None:
    trace = play(engine, ps(1), load_at([0.0, 0.0], 1.0, page=LONG))
    assert turns(trace, 0) == [0.0, 40.0, 80.0, 120.0, 160.0]
    assert turns(trace, 1) == [20.0, 60.0, 100.0, 140.0, 180.0]


@each_engine
def test_who_comes_while_nobody_waits_gets_the_rest_of_a_slice_and_no_more(engine: EngineName) -> None:
    page = Kind(steps=(("cpu", 0.001),), every=2)
    for comes, starts in ((0.001, 20.0), (0.0199, 20.0), (0.0201, 40.0), (0.055, 60.0)):
        trace = play(engine, ps(1), load_at([0.0, comes], 1.0, report=LONG, page=page))
        assert turns(trace, 1) == [starts]


@each_engine
def test_a_slice_that_began_between_two_looks_ends_at_the_second(engine: EngineName) -> None:
    trace = play(engine, ps(1), load_at([0.004, 0.005], 1.0, page=LONG))
    assert turns(trace, 1)[0] == 20.0
    trace = play(engine, ps(1), load_at([0.014, 0.015], 1.0, page=LONG))
    assert turns(trace, 1)[0] == 30.0


@each_engine
def test_all_ps_are_looked_at_together_and_as_many_make_room_as_wait(engine: EngineName) -> None:
    page = Kind(steps=(("cpu", 0.001),), every=3)
    trace = play(engine, ps(2), load_at([0.0, 0.0, 0.005], 1.0, report=LONG, page=page))
    assert turns(trace, 2) == [20.0]
    assert sorted(len(turns(trace, row)) for row in (0, 1)) == [1, 2]
    trace = play(engine, ps(2), load_at([0.0, 0.0, 0.005, 0.006], 1.0, page=LONG))
    assert [turns(trace, row)[0] for row in range(4)] == [0.0, 0.0, 20.0, 20.0]


@each_engine
def test_nobody_waits_for_a_p_while_one_is_free(engine: EngineName) -> None:
    trace = play(engine, ps(3), load_at([0.0, 0.001, 0.002], 1.0, page=LONG))
    assert np.nansum(trace.lock_wait) == 0.0
    assert trace.finished - trace.arrival == pytest.approx(0.1)


def test_a_p_each_is_one_of_several_that_can_be_in_use() -> None:
    trace = play("kernel", ps(2), load_at([0.0, 0.0, 0.0], 0.16, page=LONG))
    found = summarise(trace).resources["P"]
    assert (found.kind, found.size, found.queue_max) == ("processors", 2, 1.0)
    assert found.utilisation == pytest.approx(0.3 / 0.32)
    assert summarise(trace).where_time_goes["waiting for a P"] > 0.0
