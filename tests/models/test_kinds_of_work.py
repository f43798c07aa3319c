"""Signatures: what native code, a call that blocks and a deadly request do to those who are served beside them."""

from typing import Any

import numpy as np
import pytest

from simulator.plan import Cores, Handle, Loop, Outcome, Plan
from simulator.plan import Kind as PlanKind
from simulator.trace.summary import summarise
from simulator.workload.draw import draw
from simulator.workload.load import load
from tests.models.serving import latencies, serve
from tests.models.test_computing import FREE
from tests.plan.playing import play
from tests.trace.by_hand import Kind, load_at

LOOPS = pytest.mark.parametrize("name", ["callback", "coroutine"])
SLEEPS = Kind(steps=(("block", 0.1),))


def of_two(kind: str) -> list[float]:
    """When each of two requests that come at once is through, in two threads of one process with cores to spare."""
    work = load_at([0.0, 0.0], 1.0, page=Kind(steps=((kind, 0.1), ("cpu", 0.001))))
    return sorted(latencies(serve("threaded", work, FREE, processes=1, threads=2)).tolist())


def test_two_threads_compute_in_native_code_at_once_and_in_python_one_after_the_other() -> None:
    assert of_two("native") == pytest.approx([0.101, 0.102])
    assert of_two("cpu")[1] == pytest.approx(0.202)


def test_after_native_code_a_thread_needs_the_gil_again() -> None:
    computes = load_at([0.0, 0.05], 1.0, page=Kind(steps=(("native", 0.1), ("cpu", 0.1))))
    trace = serve("threaded", computes, FREE, processes=1, threads=2)
    assert trace.finished.max() == pytest.approx(0.3, abs=0.001)  # 0.1 beside nobody, then 0.2 of Python for both


@LOOPS
def test_on_a_loop_native_code_stops_everybody(name: str) -> None:
    work = load_at([0.0, 0.0], 1.0, page=Kind(steps=(("native", 0.1),)))
    assert sorted(latencies(serve(name, work, FREE)).tolist()) == pytest.approx([0.1, 0.2], abs=0.001)


@LOOPS
def test_a_call_that_blocks_stops_a_loop_and_needs_no_core(name: str) -> None:
    work = load_at([0.0, 0.0, 0.0], 1.0, page=SLEEPS)
    trace = serve(name, work, FREE)
    assert sorted(trace.finished.tolist()) == pytest.approx([0.1, 0.2, 0.3], abs=0.001)
    resources = summarise(trace).resources
    assert resources["cores"].utilisation < 0.001
    assert resources["event loop"].split["blocking the event loop"] == pytest.approx(1.0)


@pytest.mark.parametrize(("name", "settings"), [("threaded", {"threads": 3}), ("prefork", {"workers": 3})])
def test_in_threads_and_workers_a_call_that_blocks_is_waiting_like_any_other(
    name: str, settings: dict[str, Any]
) -> None:
    trace = serve(name, load_at([0.0, 0.0, 0.0], 1.0, page=SLEEPS), FREE, **settings)
    assert latencies(trace).tolist() == pytest.approx([0.1, 0.1, 0.1], abs=0.001)
    assert summarise(trace).where_time_goes["waiting for I/O"] == pytest.approx(0.1, abs=0.001)


def test_a_loop_that_waits_for_io_serves_the_others_meanwhile() -> None:
    work = load_at([0.0, 0.0, 0.0], 1.0, page=Kind(steps=(("io", 0.1),)))
    assert latencies(serve("coroutine", work, FREE)).max() == pytest.approx(0.1, abs=0.001)


def kept(keeps: tuple[PlanKind, ...], *kinds: str) -> list[float]:
    """When three requests on one loop are through, that come at once and each wait 0.1 s of these kinds."""
    load = load_at([0.0, 0.0, 0.0], 1.0, page=Kind(steps=tuple((kind, 0.1) for kind in kinds)))
    return sorted(play("kernel", Plan((Handle(Loop("hub"), keeps=keeps),), Cores(1)), load).finished.tolist())


def test_where_nothing_that_waits_keeps_the_loop_a_synchronous_call_is_waiting_like_any_other() -> None:
    assert kept((), "block") == pytest.approx([0.1, 0.1, 0.1])
    assert kept((), "io", "block") == pytest.approx([0.2, 0.2, 0.2])


def test_where_a_library_knows_nothing_of_the_loop_everything_that_it_waits_for_keeps_it() -> None:
    assert kept(("io", "block"), "io") == pytest.approx([0.1, 0.2, 0.3])
    assert kept(("io", "block"), "io", "block") == pytest.approx([0.2, 0.4, 0.6])  # the loop is kept in between


def test_computing_keeps_a_loop_whatever_waits_beside_it() -> None:
    assert kept((), "native") == kept(("io", "block"), "native") == pytest.approx([0.1, 0.2, 0.3])


def deadly() -> Kind:
    return Kind(steps=(("io", 0.02), ("crash", 0.5)), every=4)


@pytest.mark.parametrize(
    ("name", "settings", "lost"),
    [
        ("prefork", {"workers": 4}, 1),
        ("threaded", {"processes": 1, "threads": 4}, 4),
        ("coroutine", {"processes": 1}, 4),
    ],
)
def test_a_deadly_request_takes_along_what_its_process_has_in_hand(
    name: str, settings: dict[str, Any], lost: int
) -> None:
    work = load_at([0.0] * 4, 1.0, page=Kind(steps=(("io", 0.1),)), poison=deadly())
    trace = serve(name, work, FREE, **settings)
    assert np.count_nonzero(trace.outcome == Outcome.CRASHED) == lost
    (death,) = trace.interventions
    assert (death.at, death.until) == pytest.approx((0.02, 0.52), abs=0.001)


def test_the_same_requests_are_deadly_for_every_server_and_when_they_are_sent_again() -> None:
    drawn = draw(load("poison"), reserve=1)
    deadly_column = 1
    once, again = drawn.phases[: drawn.requests, deadly_column], drawn.phases[drawn.requests :, deadly_column]
    picture = drawn.request_class[: drawn.requests] == 1
    assert 0 < np.count_nonzero(once[picture]) < 0.1 * np.count_nonzero(picture)
    assert np.array_equal(once[picture], again[picture])
