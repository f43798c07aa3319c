"""Signatures of greenlets: whatever is patched waits side by side, whatever computes or is not patched stops all."""

from typing import Any

import numpy as np
import pytest

from simulator.plan import Machine
from simulator.trace.figures import Summary
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.workload.draw import draw
from simulator.workload.load import load
from simulator.workload.table import Workload
from tests.models.serving import latencies, serve
from tests.models.test_computing import FREE
from tests.trace.by_hand import Kind, load_at


def of_three(kind: str, name: str = "greenlet", **settings: Any) -> list[float]:
    """When three requests are through that come at once, each with 0.1 s of this kind of work."""
    work = load_at([0.0, 0.0, 0.0], 1.0, page=Kind(steps=((kind, 0.1),)))
    return sorted(latencies(serve(name, work, FREE, **settings)).tolist())


SIDE_BY_SIDE, IN_TURN = pytest.approx([0.1, 0.1, 0.1], abs=0.001), pytest.approx([0.1, 0.2, 0.3], abs=0.001)


def test_a_synchronous_call_waits_beside_others_and_stops_a_loop_of_coroutines() -> None:
    assert of_three("block") == of_three("io") == SIDE_BY_SIDE
    assert of_three("block", "coroutine") == IN_TURN


def test_a_library_that_is_not_patched_stops_everybody_whatever_it_waits_for() -> None:
    assert of_three("io", libraries="unpatched") == of_three("block", libraries="unpatched") == IN_TURN


@pytest.mark.parametrize("kind", ["cpu", "native"])
def test_computing_stops_everybody_also_where_it_lets_go_of_the_gil(kind: str) -> None:
    assert of_three(kind) == IN_TURN
    assert of_three(kind, processes=3, sharing="even") == SIDE_BY_SIDE


def test_what_waits_with_the_hub_is_blocking_it_and_no_core_is_at_work() -> None:
    work = load_at([0.0, 0.0, 0.0], 1.0, page=Kind(steps=(("io", 0.1),)))
    resources = summarise(serve("greenlet", work, FREE, libraries="unpatched")).resources
    assert resources["cores"].utilisation < 0.001
    assert resources["hub"].split["blocking the event loop"] == pytest.approx(1.0)


# --- the pool ---------------------------------------------------------------------------------------------------------


def in_hand(trace: Trace, process: int) -> int:
    """How many connections a process had at once, at most."""
    accepted = trace.reached[:, [place.name for place in trace.places].index("accept hub")]
    its = trace.process == process
    begun, left = np.sort(accepted[its]), np.sort(trace.left[its])
    return max(int(n + 1 - np.searchsorted(left, at, side="right")) for n, at in enumerate(begun))


def test_a_process_has_as_many_connections_in_hand_as_its_pool_and_the_others_wait_in_the_backlog() -> None:
    work = load_at([0.0] * 9, 1.0, page=Kind(steps=(("io", 0.1),)))
    trace = serve("greenlet", work, FREE, pool=3)
    assert in_hand(trace, 0) == 3
    assert np.sort(latencies(trace)).tolist() == pytest.approx([0.1] * 3 + [0.2] * 3 + [0.3] * 3, abs=0.001)


def test_whom_a_full_process_leaves_in_the_backlog_another_one_takes() -> None:
    work = load_at([0.0] * 6, 1.0, page=Kind(steps=(("io", 0.1),)))
    trace = serve("greenlet", work, FREE, pool=3, processes=2)
    assert [in_hand(trace, process) for process in (0, 1)] == [3, 3]
    assert latencies(trace).max() == pytest.approx(0.1, abs=0.001)


def taken(**settings: Any) -> list[int]:
    """How many of twenty connections that come at once each process takes, where every one takes some computing."""
    work = load_at([0.0] * 20, 1.0, page=Kind(steps=(("cpu", 0.005),)))
    trace = serve("greenlet", work, Machine(cores=2), processes=2, **settings)
    return sorted(np.bincount(trace.process, minlength=2).tolist())


def test_one_accept_a_turn_keeps_a_process_from_taking_twenty_while_its_neighbour_sleeps() -> None:
    """gunicorn's pull request 2266: before, one process took them all and served them one after the other."""
    assert min(taken()) >= 9
    alone = load_at([0.0] * 20, 1.0, page=Kind(steps=(("cpu", 0.005),)))
    trace = serve("greenlet", alone, Machine(cores=2))
    accepted, parsed = (trace.reached[:, [p.name for p in trace.places].index(n)] for n in ("accept hub", "parse"))
    assert accepted.max() < parsed.min() + Machine().accept_cost_s * 20  # one process takes them in one turn


# --- theory -----------------------------------------------------------------------------------------------------------


def by_chance(utilisation: float, service_s: float = 0.01, count: int = 40_000) -> Workload:
    """Poisson arrivals, each with a synchronous call that always takes as long."""
    random = np.random.default_rng(7)
    arrivals = np.cumsum(random.exponential(service_s / utilisation, count))
    return load_at(arrivals.tolist(), float(arrivals[-1]), page=Kind(steps=(("block", service_s),)))


def test_patched_it_is_a_server_without_queue_and_unpatched_a_queue_of_one() -> None:
    """M/G/inf: nobody waits, at three times what one could carry; M/D/1 at half: half a service time more."""
    crowded, half = by_chance(3.0), by_chance(0.5)
    assert latencies(serve("greenlet", crowded, FREE)).mean() == pytest.approx(0.01, rel=0.001)
    unpatched = latencies(serve("greenlet", half, FREE, libraries="unpatched"))
    assert unpatched.mean() == pytest.approx(0.015, rel=0.02)


# --- where it wins, and where it loses --------------------------------------------------------------------------------


def under(scenario: str, name: str, **settings: Any) -> Summary:
    return summarise(serve(name, draw(load(scenario)), Machine(cores=2), **settings))


def test_it_wins_where_synchronous_code_waits() -> None:
    greenlets, coroutines = under("blocking-call", "greenlet"), under("blocking-call", "coroutine")
    assert greenlets.resources["hub"].utilisation < 0.8
    assert greenlets.latency.p95 < coroutines.latency.p95 / 3


def test_it_wins_where_more_requests_wait_than_there_are_workers() -> None:
    greenlets, workers = under("io-heavy", "greenlet"), under("io-heavy", "prefork")
    assert greenlets.resources["hub"].utilisation < 0.8
    assert greenlets.latency.p50 < workers.latency.p50 / 10


def test_it_loses_where_requests_compute_for_long() -> None:
    greenlets, workers = under("mixed", "greenlet"), under("mixed", "prefork")
    assert workers.resources["worker"].utilisation < 0.8
    assert workers.latency.p95 < greenlets.latency.p95 / 1.5


def test_it_loses_where_its_library_waits_without_the_hub() -> None:
    greenlets, workers = under("blocking-call", "greenlet", libraries="unpatched"), under("blocking-call", "prefork")
    assert workers.resources["worker"].utilisation < 0.8
    assert workers.latency.p50 < greenlets.latency.p50 / 10
    assert "keeps the hub meanwhile" in " ".join(greenlets.diagnosis[0].split())
