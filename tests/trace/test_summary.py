"""The figures of a run, against answers worked out by hand."""

from math import isnan
from typing import Any

import numpy as np
import pytest

from simulator.plan import Accept, Backlog, Connect, Cores, Gil, Handle, Loop, Outcome, Plan, Pool, Release, Seize, Send
from simulator.trace.figures import Bottleneck, Hold, Law
from simulator.trace.outcomes import latency
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from tests.trace.by_hand import Kind, Life, load_at, random_load, simulate, trace_of

BACKLOG_2048 = Backlog("backlog", 2048)
BACKLOG, WORKER = Backlog("backlog", 9), Pool("worker", 1)
PREFORK = Plan((Connect(BACKLOG), Accept(BACKLOG, WORKER), Handle(), Send(), Release(WORKER)), Cores(2))


def served(arrival: float, start: float, end: float, **rest: Any) -> Life:
    reached = {"connect backlog": arrival, "accept worker": arrival, "handle.1": start, "send": end}
    return Life(reached=reached | {"release worker": end}, left=end, slots={"worker": 0}, process=0, **rest)


@pytest.fixture
def four() -> Trace:
    """One worker and requests of 1 s of computing that arrive at 0, 1.5, 2 and 4.5 s; measured from 1 to 5 s."""
    load = load_at([0.0, 1.5, 2.0, 4.5], 5.0, warmup=1.0, page=Kind(steps=(("cpu", 1.0),)))
    lives = served(0.0, 0.0, 1.0), served(1.5, 1.5, 2.5), served(2.0, 2.5, 3.5), served(4.5, 4.5, 5.5)
    return trace_of(PREFORK, load, *lives)


def test_requests_are_counted_over_the_run_and_latencies_over_the_window(four: Trace) -> None:
    summary = summarise(four)
    assert (summary.offered, summary.completed, summary.open, summary.failed) == (4, 4, 0, {})
    assert summary.latency.samples == 3
    assert summary.latency.mean == pytest.approx(3.5 / 3)
    assert summary.window == (1.0, 5.0)


def test_throughput_counts_what_ends_in_the_window(four: Trace) -> None:
    summary = summarise(four)  # at 1, 2.5 and 3.5 s, not at 5.5 s
    assert summary.throughput_rps == summary.goodput_rps == 3 / 4


def test_the_time_of_the_measured_requests_is_split_and_adds_up_to_their_mean(four: Trace) -> None:
    summary = summarise(four)
    assert summary.where_time_goes == pytest.approx({"in the backlog": 0.5 / 3, "computing": 1.0})
    assert summary.where_slowest == pytest.approx({"in the backlog": 0.5, "computing": 1.0})


def test_resources_are_measured_in_the_window(four: Trace) -> None:
    resources = summarise(four).resources
    assert resources["worker"].split == pytest.approx({"computing": 2.5 / 4, "idle": 1.5 / 4})
    assert resources["cores"].utilisation == pytest.approx(2.5 / 8)
    assert resources["backlog"].queue_mean == pytest.approx(0.5 / 4)
    assert (resources["backlog"].queue_max, resources["backlog"].size) == (1, 10)


def test_work_for_a_client_who_has_gone_is_throughput_but_not_goodput() -> None:
    load = load_at([0.0, 0.0], 4.0, patience=1.5, page=Kind(steps=(("cpu", 1.0),)))
    gone = served(0.0, 1.0, 2.0, outcome=Outcome.GAVE_UP, finished=1.5)
    summary = summarise(trace_of(PREFORK, load, served(0.0, 0.0, 1.0), gone))
    assert (summary.throughput_rps, summary.goodput_rps) == (2 / 2, 1 / 2)
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
    assert resources["thread"].split == pytest.approx({"computing": 2 / 4, "waiting for the GIL": 1 / 4, "idle": 1 / 4})
    assert resources["GIL"].split == pytest.approx({"computing": 2 / 2, "idle": 0.0})
    assert resources["GIL"].queue_mean == pytest.approx(1 / 2)
    assert resources["GIL"].queue_max == 1
    assert resources["cores"].queue_max == 0


def test_a_slot_is_free_for_others_once_its_client_has_left_where_the_pool_says_so() -> None:
    connection = Pool("connection", 1, frees_when_client_leaves=True)
    plan = Plan((Seize(connection), Handle(), Release(connection)), Cores(1))
    load = load_at([0.0], 4.0, patience=1.0, page=Kind(steps=(("io", 2.0),)))
    reached = {"seize connection": 0.0, "handle.1": 0.0, "release connection": 2.0}
    gone = Life(reached=reached, left=2.0, finished=1.0, outcome=Outcome.GAVE_UP, slots={"connection": 0})
    split = summarise(trace_of(plan, load, gone)).resources["connection"].split
    assert split == pytest.approx({"waiting for I/O": 1 / 2, "idle": 1 / 2})


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
    assert found.seconds_each == pytest.approx(0.1)
    assert found.law is not None
    assert float(found.law.rate) * 0.1 / 4 == pytest.approx(found.utilisation, abs=0.005)
    assert found.limit_rps == pytest.approx(40.0, rel=0.05)


@pytest.mark.parametrize("duration_s", [12.0, 25.0, 30.0, 60.0, 300.0])
def test_who_holds_a_worker_for_ten_seconds_holds_it_for_ten_however_long_is_looked_at(
    duration_s: float,
) -> None:
    """Busy seconds over departures would say 21 s, 11.7 s or 14.2 s, as the window falls."""
    pool = Pool("worker", 4)
    plan = Plan((Connect(BACKLOG_2048), Accept(BACKLOG_2048, pool), Handle(), Release(pool)), Cores(2))
    arrivals = np.arange(0.0, duration_s, 1.0)
    found = summarise(simulate(plan, load_at(arrivals, duration_s, page=Kind(steps=(("io", 10.0),))))).bottleneck
    assert found is not None
    assert found.seconds_each == pytest.approx(10.0)
    assert found.limit_rps == pytest.approx(0.4)


def test_a_law_is_only_printed_where_a_reader_who_multiplies_finds_the_utilisation() -> None:
    def law(rate: float, each: float, utilisation: float) -> Law | None:
        holds = {"page": Hold(number=9, seconds=each)}
        return Bottleneck(
            resource="worker",
            kind="pool",
            size=4,
            utilisation=utilisation,
            rate_rps=rate,
            seconds_each=each,
            holds=holds,
        ).law

    assert law(31.8, 0.126, 1.0) == Law(rate="31.8", each="126 ms", size="4", utilisation="100 %")
    assert law(0.29851, 11.7, 0.8732) == Law(rate="0.299", each="11.7 s", size="4", utilisation="87 %")
    assert law(35.449, 0.1044, 0.9252) == Law(rate="35.45", each="104.4 ms", size="4", utilisation="93 %")
    assert law(1234.4, 0.003, 0.9258) == Law(rate="1 234", each="3 ms", size="4", utilisation="93 %")
    assert law(31.8, 0.126, 0.97) is None


def test_classes_that_hold_a_worker_for_very_different_times_are_told_apart() -> None:
    """Two in three take 0.1 s, the third takes 0.29 s or 0.31 s: from three times as long on, it is said by class."""

    def found(long_s: float) -> Bottleneck:
        pool = Pool("worker", 1)
        plan = Plan((Seize(pool), Handle(), Release(pool)), Cores(1))
        short, long = Kind(steps=(("io", 0.1),)), Kind(steps=(("io", long_s),), every=3)
        found = summarise(simulate(plan, load_at(np.arange(0.0, 20.0, 0.15), 20.0, page=short, report=long))).bottleneck
        assert found is not None
        return found

    assert {name: hold.seconds for name, hold in found(0.31).holds.items()} == pytest.approx(
        {"page": 0.1, "report": 0.31}
    )
    assert (found(0.29).mean_is_nobodys, found(0.31).mean_is_nobodys) == (False, True)


def at_once(number: int, others: list[float], seconds: float = 10.0) -> Trace:
    """A crowd at 1 s and others later, each of which holds one of two workers for so long; arrivals last 60 s."""
    pool = Pool("worker", 2)
    plan = Plan((Connect(BACKLOG_2048), Accept(BACKLOG_2048, pool), Handle(), Release(pool)), Cores(2))
    return simulate(plan, load_at([1.0] * number + others, 60.0, page=Kind(steps=(("io", seconds),))))


def test_a_crowd_that_comes_at_once_is_measured_until_the_last_is_through() -> None:
    summary = summarise(at_once(20, []))
    assert summary.window == (1.0, 101.0)
    assert summary.to_the_end
    assert summary.throughput_rps == summary.goodput_rps == pytest.approx(20 / 100)
    assert summary.resources["worker"].utilisation == pytest.approx(1.0)


def test_work_for_nobody_after_the_last_arrival_is_seen() -> None:
    pool = Pool("worker", 1)
    plan = Plan((Connect(BACKLOG_2048), Accept(BACKLOG_2048, pool), Handle(), Release(pool)), Cores(2))
    load = load_at([0.0] * 4, 2.0, patience=25.0, page=Kind(steps=(("io", 10.0),)))
    summary = summarise(simulate(plan, load))
    assert summary.failed == {"client gave up": 2}
    assert [summary.throughput_rps, summary.goodput_rps] == pytest.approx([4 / 40, 2 / 40])


@pytest.mark.parametrize(("last_s", "to_the_end"), [(6.9, True), (7.1, False)])
def test_a_crowd_comes_at_once_if_it_comes_in_a_tenth_of_the_time(last_s: float, to_the_end: bool) -> None:
    """The first twenty come at 1 s, the last one later: a tenth of sixty seconds is over at 7 s."""
    assert summarise(at_once(20, [last_s])).to_the_end == to_the_end


def test_a_load_that_lasts_is_measured_while_it_lasts_however_much_it_is() -> None:
    pool = Pool("worker", 1)
    plan = Plan((Connect(BACKLOG_2048), Accept(BACKLOG_2048, pool), Handle(), Release(pool)), Cores(2))
    load = load_at(np.arange(0.0, 5.0, 0.01), 5.0, page=Kind(steps=(("io", 1.0),)))
    assert summarise(simulate(plan, load)).window == (0.0, 5.0)


@pytest.mark.parametrize(("seconds", "to_the_end"), [(29.0, False), (31.0, True)])
def test_a_crowd_is_measured_to_its_end_if_most_of_its_time_lies_after_the_last_arrival(
    seconds: float, to_the_end: bool
) -> None:
    """Thirty requests take a second each and nobody waits; another one comes then, and takes so long."""
    pool = Pool("worker", 100)
    plan = Plan((Seize(pool), Handle(), Release(pool)), Cores(2))
    short, long = Kind(steps=(("io", 1.0),)), Kind(steps=(("io", seconds),), every=31)
    summary = summarise(simulate(plan, load_at([0.0] * 30 + [1.0], 20.0, page=short, report=long)))
    assert summary.to_the_end == to_the_end
    assert summary.window == ((0.0, 1.0 + seconds) if to_the_end else (0.0, 20.0))


def test_a_warm_up_is_left_out_of_a_crowds_run_too() -> None:
    pool = Pool("worker", 1)
    plan = Plan((Seize(pool), Handle(), Release(pool)), Cores(2))
    load = load_at([1.0, *[1.7] * 9], 5.0, warmup=1.5, page=Kind(steps=(("io", 1.0),)))
    assert summarise(simulate(plan, load)).window == (1.5, 11.0)


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
    assert found.limit_rps * (1.0 + 1e-9) >= summary.throughput_rps
