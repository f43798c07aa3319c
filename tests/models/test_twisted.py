"""Signatures of Twisted: a reactor that computes for everybody, and ten threads for calls that block."""

from typing import Any

import numpy as np
import pytest

from simulator.plan import Machine
from simulator.trace.summary import summarise
from simulator.workload.draw import draw
from simulator.workload.load import load
from tests.models.serving import latencies, seconds_at, serve
from tests.models.test_computing import FREE
from tests.trace.by_hand import Kind, load_at

S = 0.1


def through(kind: str, count: int, **settings: Any) -> list[float]:
    """When each of so many requests is through that come at once and have one piece of this kind, of 0.1 s."""
    work = load_at([0.0] * count, 20.0, page=Kind(steps=((kind, S),)))
    return sorted(latencies(serve("twisted", work, FREE, **settings)).tolist())


def test_ten_calls_are_deferred_to_threads_at_once_and_the_eleventh_waits() -> None:
    assert through("block", 11) == pytest.approx([S] * 10 + [2 * S], abs=0.001)


def test_native_code_is_deferred_too_and_its_threads_compute_side_by_side() -> None:
    assert through("native", 4) == pytest.approx([S] * 4, abs=0.001)


def test_computing_stays_on_the_reactor_and_stops_everybody() -> None:
    assert through("cpu", 3) == pytest.approx([S, 2 * S, 3 * S], abs=0.001)


def test_waiting_for_sockets_needs_no_thread() -> None:
    assert through("io", 40, pool=1) == pytest.approx([S] * 40, abs=0.001)


def test_a_synchronous_library_stops_a_loop_of_coroutines_and_not_a_reactor_with_threads() -> None:
    ours, theirs = (serve(name, draw(load("blocking-call")), Machine(cores=2)) for name in ("twisted", "coroutine"))
    resources = summarise(ours).resources
    assert resources["reactor"].utilisation < 0.8
    assert resources["reactor thread"].utilisation < 0.8
    assert np.quantile(latencies(ours, "page"), 0.95) < np.quantile(latencies(theirs, "page"), 0.95) / 5


def test_a_long_computation_stops_a_reactor_like_any_loop() -> None:
    ours, theirs = (serve(name, draw(load("mixed")), Machine(cores=2)) for name in ("twisted", "callback"))
    assert latencies(ours, "page").mean() == pytest.approx(latencies(theirs, "page").mean(), rel=0.1)


def test_with_fewer_threads_than_calls_under_way_short_calls_wait_behind_long_ones() -> None:
    few, enough = (serve("twisted", draw(load("files")), Machine(cores=2), pool=pool) for pool in (2, 10))
    assert seconds_at(few, "seize reactor thread #2").mean() > 1.0  # its second piece is the file
    assert seconds_at(enough, "seize reactor thread #2").mean() < 0.01
    assert summarise(enough).resources["reactor thread"].utilisation < 0.8
