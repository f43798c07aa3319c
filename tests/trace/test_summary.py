"""The figures of a run, against answers worked out by hand."""

from math import isnan
from typing import Any

import numpy as np
import pytest

from simulator.plan import Accept, Backlog, Connect, Cores, Gil, Handle, Loop, Outcome, Plan, Pool, Release, Seize, Send
from simulator.trace.outcomes import latency
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from tests.trace.by_hand import Kind, Life, load_at, random_load, simulate, trace_of

BACKLOG, WORKER = Backlog("backlog", 9), Pool("worker", 1)
PREFORK = Plan((Connect(BACKLOG), Accept(BACKLOG, WORKER), Handle(), Send(), Release(WORKER)), Cores(2))


def served(arrival: float, start: float, end: float, **rest: Any) -> Life:
    reached = {"connect backlog": arrival, "accept worker": arrival, "handle.1": start, "send": end}
    return Life(reached=reached | {"release worker": end}, left=end, slots={"worker": 0}, process=0, **rest)


@pytest.fixture
def three() -> Trace:
    """One worker and three requests of 1 s of computing that arrive at 0, 1.5 and 2 s; measured from 1 to 5 s."""
    load = load_at([0.0, 1.5, 2.0], 5.0, warmup=1.0, page=Kind(steps=(("cpu", 1.0),)))
    lives = served(0.0, 0.0, 1.0), served(1.5, 1.5, 2.5), served(2.0, 2.5, 3.5)
    return trace_of(PREFORK, load, *lives)


def test_requests_are_counted_over_the_run_and_latencies_over_the_window(three: Trace) -> None:
    summary = summarise(three)
    assert (summary.offered, summary.completed, summary.open, summary.failed) == (3, 3, 0, {})
    assert summary.latency.samples == 2
    assert summary.latency.mean == pytest.approx(1.25)
    assert summary.window == (1.0, 5.0)


def test_throughput_counts_what_ends_in_the_window(three: Trace) -> None:
    summary = summarise(three)  # at 1, 2.5 and 3.5 s
    assert summary.throughput_rps == summary.goodput_rps == 3 / 4


def test_the_time_of_the_measured_requests_is_split_and_adds_up_to_their_mean(three: Trace) -> None:
    summary = summarise(three)
    assert summary.where_time_goes == pytest.approx({"in the backlog": 0.25, "computing": 1.0})
    assert summary.where_slowest == pytest.approx({"in the backlog": 0.5, "computing": 1.0})


def test_resources_are_measured_in_the_window(three: Trace) -> None:
    resources = summarise(three).resources
    assert resources["worker"].split == pytest.approx({"computing": 2 / 4, "idle": 2 / 4})
    assert resources["cores"].utilisation == pytest.approx(2 / 8)
    assert resources["backlog"].queue_mean == pytest.approx(0.5 / 4)
    assert (resources["backlog"].queue_max, resources["backlog"].size) == (1, 10)


def test_work_for_a_client_who_has_gone_is_throughput_but_not_goodput() -> None:
    load = load_at([0.0, 0.0], 4.0, patience=1.5, page=Kind(steps=(("cpu", 1.0),)))
    gone = served(0.0, 1.0, 2.0, outcome=Outcome.GAVE_UP, finished=1.5)
    summary = summarise(trace_of(PREFORK, load, served(0.0, 0.0, 1.0), gone))
    assert (summary.throughput_rps, summary.goodput_rps) == (2 / 4, 1 / 4)
    assert (summary.completed, summary.failed) == (1, {"client gave up": 1})
    assert summary.latency.samples == 1


def test_a_request_that_was_turned_away_is_not_throughput() -> None:
    load = load_at([0.0], 4.0)
    refused = Life(reached={"connect backlog": 0.0}, left=0.0, outcome=Outcome.REFUSED)
    summary = summarise(trace_of(PREFORK, load, refused))
    assert (summary.throughput_rps, summary.failed) == (0.0, {"connection refused": 1})
    assert isnan(summary.latency.mean)


def test_threads_under_one_gil_are_split_by_what_they_wait_for() -> None:
    thread, gil = Pool("thread", 2), Gil("GIL")
    plan = Plan((Seize(thread), Handle(gil), Release(thread)), Cores(2))
    load = load_at([0.0, 0.0], 4.0, page=Kind(steps=(("cpu", 1.0),)))
    names = ("seize thread", "handle.1", "release thread")
    first = Life(reached=dict(zip(names, (0.0, 0.0, 1.0), strict=True)), left=1.0, slots={"thread": 0}, process=0)
    second = Life(
        reached=dict(zip(names, (0.0, 0.0, 2.0), strict=True)),
        left=2.0,
        slots={"thread": 1},
        process=0,
        lock_wait={"handle.1": 1.0},
    )
    resources = summarise(trace_of(plan, load, first, second)).resources
    assert resources["thread"].split == pytest.approx({"computing": 2 / 8, "waiting for the GIL": 1 / 8, "idle": 5 / 8})
    assert resources["GIL"].split == pytest.approx({"computing": 2 / 4, "idle": 2 / 4})
    assert resources["GIL"].queue_mean == pytest.approx(1 / 4)
    assert resources["GIL"].queue_max == 1
    assert resources["cores"].queue_max == 0


def test_a_slot_is_free_for_others_once_its_client_has_left_where_the_pool_says_so() -> None:
    connection = Pool("connection", 1, frees_when_client_leaves=True)
    plan = Plan((Seize(connection), Handle(), Release(connection)), Cores(1))
    load = load_at([0.0], 4.0, patience=1.0, page=Kind(steps=(("io", 2.0),)))
    reached = {"seize connection": 0.0, "handle.1": 0.0, "release connection": 2.0}
    gone = Life(reached=reached, left=2.0, finished=1.0, outcome=Outcome.GAVE_UP, slots={"connection": 0})
    split = summarise(trace_of(plan, load, gone)).resources["connection"].split
    assert split == pytest.approx({"waiting for I/O": 1 / 4, "idle": 3 / 4})


def test_every_class_has_its_own_figures() -> None:
    load = load_at([0.0, 2.0], 4.0, page=Kind(steps=(("cpu", 1.0),)), report=Kind(steps=(("cpu", 2.0),), every=2))
    classes = summarise(trace_of(PREFORK, load, served(0.0, 0.0, 1.0), served(2.0, 2.0, 4.0))).classes
    assert {name: (c.offered, c.completed, c.latency.mean) for name, c in classes.items()} == {
        "page": (1, 1, 1.0),
        "report": (1, 1, 2.0),
    }


def test_percentiles_are_interpolated_between_raw_values_and_the_thin_ones_are_named() -> None:
    found = latency(np.linspace(1.0, 1000.0, 1000))
    assert [found.p50, found.p90, found.max] == pytest.approx([500.5, 900.1, 1000.0])
    assert found.thin == ("p999",)  # exactly ten of a thousand lie above the p99
    assert latency(np.linspace(1.0, 999.0, 999)).thin == ("p99", "p999")


def test_no_samples_are_no_numbers() -> None:
    nothing = latency(np.empty(0))
    assert nothing.samples == 0
    assert isnan(nothing.p50)
    assert set(nothing.thin) == {"p50", "p90", "p95", "p99", "p999"}


def test_the_bottleneck_obeys_the_utilisation_law() -> None:
    plan = Plan((Connect(BACKLOG), Accept(BACKLOG, Pool("worker", 4)), Handle(), Release(Pool("worker", 4))), Cores(2))
    summary = summarise(simulate(plan, random_load(60.0, 20.0, page=Kind(steps=(("io", 0.1),)))))
    found = summary.bottleneck
    assert found is not None
    assert found.resource == "worker"
    assert found.utilisation == pytest.approx(found.rate_rps * found.seconds_each / found.size)
    assert found.limit_rps == pytest.approx(40.0, rel=0.05)


def test_workers_that_only_wait_for_a_core_are_not_the_bottleneck() -> None:
    pool = Pool("worker", 8)
    plan = Plan((Seize(pool), Handle(), Release(pool)), Cores(1))
    summary = summarise(simulate(plan, random_load(50.0, 10.0, page=Kind(steps=(("cpu", 0.03),)))))
    assert summary.resources["worker"].utilisation > 0.9
    assert summary.bottleneck is not None
    assert summary.bottleneck.resource == "cores"


def test_nothing_limits_a_server_that_is_hardly_used() -> None:
    plan = Plan((Handle(Loop("event loop")),), Cores(2))
    assert summarise(simulate(plan, random_load(10.0, 10.0, page=Kind(steps=(("cpu", 0.01),))))).bottleneck is None


def test_a_run_without_requests_has_a_summary() -> None:
    summary = summarise(trace_of(PREFORK, load_at([], 5.0)))
    assert (summary.offered, summary.throughput_rps, summary.bottleneck) == (0, 0.0, None)


@pytest.mark.parametrize("lock", [None, Gil("GIL")], ids=["cores", "GIL"])
def test_a_growing_crowd_uses_no_more_than_there_is_and_the_limit_is_that_of_the_work(lock: Gil | None) -> None:
    pool = Pool("worker", 1000)
    plan = Plan((Seize(pool), Handle(lock), Release(pool)), Cores(1 if lock is None else 2))
    summary = summarise(simulate(plan, random_load(60.0, 10.0, page=Kind(steps=(("cpu", 0.04),)))))
    for resource in summary.resources.values():
        assert sum(resource.split.values()) == pytest.approx(1.0)
        assert max(resource.split.values()) <= 1.0
    assert summary.resources["cores"].split["computing"] <= (1.0 if lock is None else 0.5) + 1e-9
    found = summary.bottleneck
    assert found is not None
    assert found.resource == ("cores" if lock is None else "GIL")
    assert found.utilisation <= 1.0
    assert found.seconds_each == pytest.approx(0.04)
    assert found.limit_rps >= summary.throughput_rps
