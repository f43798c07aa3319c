"""The driver's arithmetic and words, without a socket: lines, messages, and the verdict on the driver itself."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.real.clients import Crowd
from simulator.real.driver_fitness import fitness
from simulator.real.exchange import LARGEST_BYTES, PACKET_BYTES, Exchange, Line, chunk_bytes, network_rtt_s
from simulator.real.job import Ending, Result
from simulator.real.messages import ResponseError, request_head, response_head, steps_format
from simulator.workload.table import Work
from tests.real.conftest import job
from tests.trace.by_hand import load_at


@given(rate=st.floats(1.0, 1e9), since=st.floats(0.0, 1e6), done=st.integers(0, 10**6), more=st.integers(1, 10**7))
def test_at_its_moment_a_chunk_is_through(rate: float, since: float, done: int, more: int) -> None:
    line = Line(rate)
    line.carry(since, done)
    moment = line.next_moment(done, done + more)
    assert line.through(moment) >= min(done + line.chunk, done + more) - 1e-9 * rate * since - 1


def test_a_late_timer_costs_a_line_nothing() -> None:
    line = Line(1000.0)
    line.carry(10.0, 0)
    assert line.through(10.0) == 0
    assert line.through(12.5) == 2500
    assert line.next_moment(2500, 3000) == pytest.approx(13.0)


def test_a_line_that_had_to_wait_does_not_catch_up() -> None:
    line = Line(1000.0)
    line.carry(10.0, 0)
    line.carry(20.0, 500)
    assert line.through(20.5) == 1000


@pytest.mark.parametrize(
    ("network_rtt", "noticed", "since"),
    [(0.0, 5.003, 5.0), (0.04, 5.043, 5.043), (0.0, 6.1, 6.1)],
    ids=["loopback", "over a network", "after a repeated SYN"],
)
def test_a_line_does_not_wait_for_a_driver_that_looks_late_whether_the_connection_stands(
    network_rtt: float, noticed: float, since: float
) -> None:
    crowd = Crowd(job(load_at([0.0], 0.1), 0))
    crowd.network_rtt = network_rtt
    exchange = Exchange(crowd, 0, (b"", 0), Line(1000.0), None)
    exchange.attempted = 5.0
    assert exchange.began_to_send(noticed) == since


@pytest.mark.parametrize(("rate", "size"), [(1.0, PACKET_BYTES), (1e6, 20_000), (1e9, LARGEST_BYTES)])
def test_chunks_are_packets_or_20_ms_or_64_kib(rate: float, size: int) -> None:
    assert chunk_bytes(rate) == size


@given(st.integers(0, 10**7), st.integers(0, 10**6))
def test_head_and_body_are_the_upload_unless_the_head_alone_is_longer(upload: int, row: int) -> None:
    head, body = request_head(row, "cpu=0.002000", upload, 1)
    assert head.endswith(f"Content-Length: {body}\r\n\r\n".encode())
    assert body == 0 or 0 <= upload - len(head) - body <= 1
    assert body > 0 or len(head) >= upload - 1


def test_steps_are_written_in_order_and_padding_is_left_out() -> None:
    assert steps_format([Work.CPU, Work.IO, Work.NONE]) % (0.002, 0.03) == "cpu=0.002000,io=0.030000"


def test_the_head_of_a_response_is_understood_only_when_it_is_whole() -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-LENGTH: 12\r\n\r\n"
    assert response_head(head[:-1]) is None
    assert response_head(head + b"abc") == (200, len(head), 12)


@pytest.mark.parametrize(
    "data", [b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 x y\r\n\r\n", b"x" * 70_000]
)
def test_what_is_no_head_is_an_error(data: bytes) -> None:
    with pytest.raises(ResponseError):
        response_head(data)


def of_driver(n: int = 100, late_s: float = 0.0, latency_s: float = 0.05, cpu: float = 0.1) -> Result:
    """A run of 3 seconds in which everything was answered."""
    arrival = np.linspace(0.0, 3.0, n)
    empty = np.zeros(n, np.int16)
    return Result(
        start=100.0,
        ran_out=False,
        arrival=arrival,
        attempted=arrival + late_s,
        stood=arrival + late_s,
        sent=arrival + late_s,
        finished=arrival + latency_s,
        ending=np.full(n, Ending.ANSWERED, np.int8),
        status=empty + 200,
        syn_retries=empty,
        cpu_at=np.array([0.0, 1.0, 2.0, 3.0, 3.1]),
        cpu_used=cpu * np.array([0.0, 1.0, 2.0, 3.0, 4.0]),
    )


def test_a_driver_that_was_on_time_and_idle_is_fit() -> None:
    fit = fitness(of_driver(late_s=0.001), np.zeros(100))
    assert fit.reasons == ()
    assert (fit.late_p50, fit.late_p99, fit.late_max) == pytest.approx((0.001, 0.001, 0.001))
    assert fit.cpu_peak == pytest.approx(0.1)  # the rest of 0.1 s is too short to count
    assert fit.cpu_mean == pytest.approx(0.4 / 3.1)


def test_lateness_counts_from_the_moment_at_which_the_connection_was_due() -> None:
    assert fitness(of_driver(late_s=0.03), np.full(100, 0.02)).late_p99 == pytest.approx(0.0, abs=1e-9)


def test_what_the_network_takes_of_a_round_trip_is_not_waited_for_again() -> None:
    run = replace(of_driver(late_s=0.015), network_rtt=0.03)
    assert fitness(run, np.full(100, 0.04)).late_p99 == pytest.approx(0.0, abs=1e-9)
    assert fitness(replace(run, network_rtt=0.05), np.full(100, 0.04)).late_p99 == pytest.approx(0.015)


def test_loopback_as_it_is_counts_as_no_network() -> None:
    assert network_rtt_s() < 0.1  # exactly 0 unless somebody delays it


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (of_driver(late_s=0.02), "more than 20 ms late"),
        (of_driver(cpu=0.9), "90 % of a core"),
        (replace(of_driver(), ending=np.full(100, Ending.DRIVER_FAILED, np.int8)), "no socket or port for 100"),
    ],
)
def test_a_driver_that_was_the_bottleneck_makes_the_run_invalid(result: Result, reason: str) -> None:
    (said,) = fitness(result, np.zeros(100)).reasons
    assert reason in said


def test_slow_requests_allow_a_later_driver() -> None:
    assert fitness(of_driver(late_s=0.02, latency_s=1.0), np.zeros(100)).reasons == ()


def test_a_run_without_requests_is_not_the_drivers_fault() -> None:
    nothing = fitness(of_driver(n=0), np.zeros(0))
    assert nothing.reasons == ()
    assert np.isnan(nothing.late_p99)
