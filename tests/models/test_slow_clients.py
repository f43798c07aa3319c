"""Signatures: what a client on a bad line costs. A worker that listens to it, a callback that does not, a proxy."""

import numpy as np
import pytest

from simulator.plan import Outcome
from simulator.trace.outcomes import rates
from simulator.workload.table import Workload
from tests.models.serving import MB, latencies, of_class, seconds_at, serve
from tests.trace.by_hand import Kind, load_at

PAGE = Kind(steps=(("cpu", 0.002), ("io", 0.01)))
UPLOAD = Kind(steps=(("cpu", 0.002),), upload=0.6 * MB, up=0.06 * MB)
"""Ten seconds on the client's line, nearly nine of which are more than the receive buffer takes."""
DOWNLOAD = Kind(steps=(("cpu", 0.002),), response=2 * MB, down=0.1 * MB)
"""Twenty seconds on the client's line."""


def four_then_pages(slow: Kind) -> Workload:
    """Four slow clients at once, and from then on ten quick ones a second for five seconds."""
    moments = [*[0.0] * 4, *np.arange(0.5, 5.5, 0.1).tolist()]
    load = load_at(moments, 30.0, slow=slow, page=PAGE)
    load.request_class[:4], load.client[:4] = 0, 0
    load.upload[:4], load.response[:4], load.phases[:4] = slow.upload, slow.response, [[0.002, 0.0]]
    return load


def test_four_slow_uploads_stop_four_workers_until_the_last_byte_is_in() -> None:
    trace = serve("prefork", four_then_pages(UPLOAD), workers=4)
    pages = of_class(trace, "page")
    assert trace.finished[pages].min() > 8.5
    assert latencies(trace, "page").min() > 3.0


def test_a_fifth_worker_is_all_that_the_quick_clients_were_waiting_for() -> None:
    assert latencies(serve("prefork", four_then_pages(UPLOAD), workers=5), "page").max() < 0.05


@pytest.mark.parametrize("name", ["callback", "coroutine"])
def test_slow_uploads_cost_an_event_loop_nothing(name: str) -> None:
    assert latencies(serve(name, four_then_pages(UPLOAD)), "page").max() < 0.05


def test_nginx_heals_prefork_of_slow_uploads() -> None:
    assert latencies(serve("prefork", four_then_pages(UPLOAD), nginx={}, workers=4), "page").max() < 0.05


def test_without_request_buffering_nginx_is_as_if_absent() -> None:
    """Approximately: every request ends within a hundredth of a second of when it would have ended without nginx."""
    load = four_then_pages(UPLOAD)
    bare, behind = (
        serve("prefork", load, workers=4),
        serve("prefork", load, nginx={"request_buffering": False}, workers=4),
    )
    assert np.abs(behind.finished - bare.finished).max() < 0.01
    assert np.abs(serve("prefork", load, nginx={}, workers=4).finished - bare.finished).max() > 3.0


def test_slow_readers_of_big_responses_stop_prefork() -> None:
    """For seventeen seconds: at the end the send buffer has grown to 300 kB."""
    trace = serve("prefork", four_then_pages(DOWNLOAD), workers=4)
    assert trace.finished[of_class(trace, "page")].min() > 16.9


def test_response_buffering_frees_the_workers_from_slow_readers() -> None:
    load = four_then_pages(DOWNLOAD)
    assert latencies(serve("prefork", load, nginx={}, workers=4), "page").max() < 0.05


def test_without_response_buffering_slow_readers_are_back_at_the_workers() -> None:
    trace = serve("prefork", four_then_pages(DOWNLOAD), nginx={"response_buffering": False}, workers=4)
    assert trace.finished[of_class(trace, "page")].min() > 15.7


def test_a_client_reads_at_its_own_rate_however_little_nginx_keeps() -> None:
    load = four_then_pages(DOWNLOAD)
    roomy = serve("prefork", load, nginx={}, workers=8)
    tight = serve("prefork", load, nginx={"memory_buffers": 0, "temp_file": 0}, workers=8)
    assert latencies(tight) == pytest.approx(latencies(roomy))
    assert seconds_at(tight, "send").max() > 10.0 > 0.01 > seconds_at(roomy, "send").max()


def test_a_response_that_fits_the_send_buffer_does_not_hold_the_worker() -> None:
    small = Kind(steps=(("cpu", 0.002),), response=0.1 * MB, down=0.01 * MB)
    trace = serve("prefork", load_at([0.0], 1.0, slow=small), workers=1)
    assert seconds_at(trace, "send")[0] == 0.0
    assert trace.finished[0] > 10.0


def busy_then_upload(size: float) -> Workload:
    """One request that holds the only worker for two seconds, and behind it an upload over a line of 60 kB/s."""
    load = load_at([0.0, 0.0], 1.0, page=Kind(steps=(("io", 2.0),), up=0.06 * MB))
    load.upload[1] = size
    return load


def test_an_upload_that_fits_the_receive_buffer_arrives_while_it_queues() -> None:
    """One second on the line, two in the backlog: the worker finds the whole request there."""
    trace = serve("prefork", busy_then_upload(60_000.0), workers=1)
    assert seconds_at(trace, "accept worker")[1] == pytest.approx(2.0, abs=0.01)
    assert seconds_at(trace, "receive")[1] == 0.0


def test_of_a_bigger_upload_the_worker_waits_only_for_what_the_buffer_did_not_take() -> None:
    trace = serve("prefork", busy_then_upload(65_536.0 + 30_000.0), workers=1)
    assert seconds_at(trace, "receive")[1] == pytest.approx(0.5)


def test_a_client_that_gives_up_does_not_stop_a_worker() -> None:
    """Throughput counts what the worker carried through, goodput what somebody was still there to read."""
    load = load_at(np.arange(0.0, 10.0, 0.5).tolist(), 20.0, patience=1.5, page=Kind(steps=(("cpu", 1.0),)))
    trace = serve("prefork", load, workers=1)
    gave_up = trace.outcome == Outcome.GAVE_UP
    assert gave_up.sum() == 19
    assert seconds_at(trace, "handle.1") == pytest.approx(1.0)
    throughput, goodput = rates(trace)
    assert throughput > 15 * goodput > 0.0


@pytest.mark.parametrize("slow", [UPLOAD, DOWNLOAD], ids=["uploads", "downloads"])
def test_slow_clients_hold_threads_that_meet_them_and_none_behind_a_main_thread_that_buffers(slow: Kind) -> None:
    held = serve("threaded", four_then_pages(slow), threads=4, accept="eager")
    free = serve("threaded", four_then_pages(slow), threads=4, accept="buffered")
    assert latencies(held, "page").min() > 3.0
    assert latencies(free, "page").max() < 0.05


def test_beyond_its_limit_of_connections_a_main_thread_that_buffers_lets_clients_wait() -> None:
    trace = serve("threaded", four_then_pages(UPLOAD), threads=4, accept="buffered", connections=4)
    assert latencies(trace, "page").min() > 3.0
