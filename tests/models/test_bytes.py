"""Signatures: what bytes cost a server on their way in and out, and what waiting for the client to close does."""

import numpy as np
import pytest

from models.profiles import PROFILES
from simulator.engine.transfer_times import GROWTH, read_meanwhile
from simulator.plan import Machine, Send
from simulator.trace.table import Trace
from simulator.workload.table import Workload
from tests.models.serving import MB, seconds_at, serve
from tests.trace.by_hand import Kind, load_at

QUERY = Kind(steps=(("io", 0.02),))
LINGERS = Machine(linger_s=2.0)
"""As gunicorn 26 and later do."""


def far_away(rate: float = 60.0, seconds: float = 20.0) -> Workload:
    """More than one worker can serve, from clients with a round trip of 100 ms."""
    load = load_at(np.arange(0.0, seconds, 1 / rate).tolist(), seconds, query=QUERY)
    load.rtt[:] = 0.1
    return load


def served_a_second(trace: Trace) -> float:
    """From the first answer to the last."""
    left = np.sort(trace.left)
    return (len(left) - 1) / float(left[-1] - left[0])


def test_a_worker_that_lingers_serves_eight_far_clients_a_second_and_forty_six_behind_nginx() -> None:
    """20 ms of work and a round trip of 100 ms: the worker waits five times as long as it works."""
    alone = serve("prefork", far_away(), machine=LINGERS, workers=1)
    assert served_a_second(alone) == pytest.approx(8.3, abs=0.2)
    assert seconds_at(alone, "linger") == pytest.approx(0.1)
    behind = serve("prefork", far_away(), machine=LINGERS, nginx={}, workers=1)
    assert served_a_second(behind) == pytest.approx(49, abs=3)
    assert seconds_at(behind, "linger").max() == 0.0
    quick = serve("prefork", far_away(), machine=Machine(), workers=1)
    assert served_a_second(quick) == pytest.approx(served_a_second(behind), rel=0.05)


def test_a_slow_reader_is_waited_for_two_seconds_and_no_longer() -> None:
    small = Kind(steps=QUERY.steps, response=0.1 * MB, down=0.01 * MB)
    trace = serve("prefork", load_at([0.0], 20.0, slow=small), machine=LINGERS, workers=1)
    assert seconds_at(trace, "send")[0] == 0.0  # the kernel has all of it
    assert seconds_at(trace, "linger")[0] == pytest.approx(2.0)
    assert trace.finished[0] > 10.0


def test_a_client_that_gives_up_is_not_waited_for() -> None:
    small = Kind(steps=QUERY.steps, response=0.1 * MB, down=0.01 * MB)
    trace = serve("prefork", load_at([0.0], 20.0, patience=1.0, slow=small), machine=LINGERS, workers=1)
    assert trace.left[0] == pytest.approx(1.0)


def test_without_response_buffering_nginx_closes_when_its_own_socket_has_the_rest() -> None:
    large = Kind(steps=QUERY.steps, response=1.0 * MB, down=0.5 * MB)
    off = {"response_buffering": False}
    trace = serve("prefork", load_at([0.0], 20.0, slow=large), machine=LINGERS, nginx=off, workers=1)
    assert 0.1 < seconds_at(trace, "linger")[0] < 0.5  # what the server's own socket holds, on the client's line
    assert trace.left[0] < trace.finished[0]


# --- the send buffer --------------------------------------------------------------------------------------------------


def read_when_taken(size: float, step: Send) -> float:
    """Bytes that the client has when the kernel takes the last one."""
    return float(read_meanwhile(np.array([size]), step)[0])


def tried_byte_by_byte(size: int, buffer: int, most: int) -> int:
    """The same, by letting a writer and a reader go on one byte after the other."""
    taken, acknowledged = buffer, 0
    while taken < size:
        acknowledged += 1
        room = min(max(most, buffer), buffer + GROWTH * acknowledged)
        if taken - acknowledged <= 2 / 3 * room + 1e-9:
            taken = acknowledged + int(room)
    return acknowledged


@pytest.mark.parametrize(
    ("size", "buffer", "most"), [(900, 1000, 0), (5000, 1000, 0), (9000, 900, 1300), (40000, 600, 9000)]
)
def test_a_writer_goes_on_when_a_third_of_a_buffer_is_free_that_grows(size: int, buffer: int, most: int) -> None:
    step = Send(buffer_bytes=float(buffer), most_bytes=float(most))
    assert read_when_taken(size, step) == pytest.approx(tried_byte_by_byte(size, buffer, most), rel=0.01, abs=40)


def test_between_two_thirds_of_the_buffer_and_all_of_it_is_unread_at_the_end() -> None:
    step = Send(buffer_bytes=1000.0)
    unread = [size - read_when_taken(size, step) for size in range(1001, 9000, 37)]
    assert min(unread) > 1000 * 2 / 3 - 1
    assert max(unread) <= 1000
    assert max(unread) - min(unread) > 300


def test_a_buffer_that_grows_sets_a_worker_free_sooner_and_no_small_response_at_all() -> None:
    def held(size: float, machine: Machine) -> float:
        reader = Kind(steps=QUERY.steps, response=size, down=0.1 * MB)
        return float(
            seconds_at(serve("prefork", load_at([0.0], 90.0, slow=reader), machine=machine, workers=1), "send")[0]
        )

    assert held(4 * MB, Machine()) < 0.95 * held(4 * MB, Machine(send_buffer_most=0.0))
    assert held(100_000.0, Machine()) == held(100_000.0, Machine(send_buffer_most=0.0)) == 0.0


# --- nginx's temporary file -------------------------------------------------------------------------------------------


def held_behind_nginx(size: float) -> float:
    """Seconds at the server's send, with a file of 100 MB and a client that reads 10 MB a second."""
    reader = Kind(steps=QUERY.steps, response=size, down=10 * MB)
    trace = serve("prefork", load_at([0.0], 30.0, slow=reader), nginx={"temp_file": int(100 * MB)}, workers=1)
    return float(seconds_at(trace, "send")[0])


def test_a_response_that_fits_the_temporary_file_holds_the_server_for_no_time() -> None:
    assert held_behind_nginx(100 * MB) == 0.0


def test_one_that_does_not_fit_holds_it_until_the_file_has_been_sent_and_the_rest_after_it() -> None:
    """140 MB at 10 MB/s take 14 s; a ring of 100 MB would have let the server go after 4 s."""
    assert 13.0 < held_behind_nginx(140 * MB) < 14.0
    assert held_behind_nginx(101 * MB) > 9.0


# --- bytes that cost computing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["prefork", "threaded", "callback", "coroutine", "dev-server"])
def test_each_mebibyte_of_a_body_costs_computing_where_it_is_parsed(name: str) -> None:
    upload = Kind(steps=QUERY.steps, upload=3 * 2.0**20)
    load = load_at([0.0], 5.0, upload=upload)
    free, dear = (serve(name, load, machine=Machine(mebibyte_cost_s=cost)) for cost in (0.0, 0.0016))
    assert seconds_at(dear, "parse")[0] - seconds_at(free, "parse")[0] == pytest.approx(3 * 0.0016)


# --- profiles ---------------------------------------------------------------------------------------------------------


def test_of_the_profiles_that_of_gunicorn_sync_lingers() -> None:
    assert PROFILES["gunicorn-sync"].costs["linger_s"] == 2.0
    assert not PROFILES["wsgiref"].costs.get("linger_s")
