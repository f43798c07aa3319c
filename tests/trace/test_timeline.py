"""The run over time adds up to the run as a whole."""

from math import inf

import numpy as np
import pytest

from simulator.plan import AcceptEagerly, Backlog, Connect, Cores, Gil, Handle, Plan, Pool, Release, Seize
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.trace.timeline import timeline
from tests.trace.by_hand import Kind, Life, load_at, random_load, simulate, trace_of

BACKLOG, GIL, THREAD = Backlog("backlog", 100), Gil("GIL", 2), Pool("thread", 3, processes=2)
EAGER = Plan(
    (Connect(BACKLOG), AcceptEagerly(BACKLOG, GIL, 0.001, visits=2), Seize(THREAD), Handle(GIL), Release(THREAD)),
    Cores(1, switch_cost_s=1e-5),
)


@pytest.fixture(scope="module")
def busy() -> Trace:
    mixed = {"page": Kind(steps=(("cpu", 0.01), ("io", 0.03))), "report": Kind(steps=(("cpu", 0.1),), every=7)}
    return simulate(EAGER, random_load(35.0, 10.0, inf, 0.0, **mixed))


def test_every_step_of_a_slots_life_is_in_its_own_tenth_of_a_second() -> None:
    worker = Pool("worker", 2)
    plan = Plan((Seize(worker), Handle(), Release(worker)), Cores(2))
    load = load_at([0.05], 0.4, page=Kind(steps=(("cpu", 0.1), ("io", 0.1))))
    reached = {"seize worker": 0.05, "handle.1": 0.05, "handle.2": 0.15, "release worker": 0.25}
    columns = timeline(trace_of(plan, load, Life(reached=reached, left=0.25, slots={"worker": 0})))
    assert columns["time_s"] == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert columns["worker: computing"] == pytest.approx([0.25, 0.25, 0, 0])
    assert columns["worker: waiting for I/O"] == pytest.approx([0, 0.25, 0.25, 0])
    assert columns["worker: idle"] == pytest.approx([0.75, 0.5, 0.75, 1.0])
    assert columns["arrivals"].tolist() == [1, 0, 0, 0]
    assert columns["completions"].tolist() == [0, 0, 1, 0]
    assert columns["in_system"] == pytest.approx([0.5, 1.0, 0.5, 0.0])


def test_the_timeline_has_every_arrival_and_completion(busy: Trace) -> None:
    columns, summary = timeline(busy), summarise(busy)
    assert columns["arrivals"].sum() == summary.offered
    assert columns["completions"].sum() == summary.completed


def test_the_states_of_a_resource_and_idle_fill_every_step(busy: Trace) -> None:
    columns = timeline(busy)
    for name in ("thread", "GIL", "cores"):
        own = [key for key in columns if key.startswith(f"{name}: ") and key != f"{name}: waiting"]
        assert np.sum([columns[key] for key in own], axis=0) == pytest.approx(np.ones(len(columns["time_s"])), abs=1e-6)


def test_averaged_over_the_window_the_timeline_is_the_summary(busy: Trace) -> None:
    columns, resources = timeline(busy), summarise(busy).resources
    for name in ("thread", "GIL"):
        for state, share in resources[name].split.items():
            assert columns[f"{name}: {state}"][:100].mean() == pytest.approx(share, abs=0.01), (name, state)
    for name in ("backlog", "thread", "GIL"):
        assert columns[f"{name}: waiting"][:100].mean() == pytest.approx(resources[name].queue_mean, abs=0.05), name


def test_a_coarser_timeline_says_the_same_in_fewer_rows(busy: Trace) -> None:
    fine, coarse = timeline(busy, 0.1), timeline(busy, 0.5)
    assert len(coarse["time_s"]) * 5 >= len(fine["time_s"]) > len(coarse["time_s"])
    assert coarse["in_system"][0] == pytest.approx(fine["in_system"][:5].mean())
