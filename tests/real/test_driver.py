"""The driver's clients against a server that writes down what it saw, on the same clock.

No limit here depends on how quick the machine is: a late timer can only make a client slower, so what is checked is
what no client may be too early for, and who has to be before whom.
"""

import socket
import threading
import time
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest

from simulator.real.clients import Crowd
from simulator.real.job import Ending, read_result, write_job
from simulator.real.measure import DRIVER
from simulator.real.measure import drive as drive_in_a_process
from simulator.real.processes import running
from simulator.workload.table import Workload
from tests.real.conftest import Drive, Known, job
from tests.trace.by_hand import Kind, load_at

pytestmark = pytest.mark.real
WAIT = (("io", 0.05),)


def test_a_latency_lies_between_what_the_server_did_before_and_after(drive: Drive, known: Known) -> None:
    load = load_at([0.0, 0.01, 0.02, 0.05], 0.1, rtt=0.04, page=Kind(steps=WAIT, response=5000))
    result = drive(load)
    assert result.ending.tolist() == [Ending.ANSWERED] * 4
    assert (result.attempted >= load.arrival + 1.5 * load.rtt).all()
    for row, seen in known.seen(4).items():
        last_byte = result.finished[row] - load.rtt[row] / 2 + result.start
        assert seen["answered"] <= last_byte <= seen["gone"]
        assert seen["total"] == load.upload[row] or load.upload[row] < 200  # the head alone is longer


def test_a_client_that_is_far_away_is_heard_to_close_a_round_trip_after_the_last_byte(
    drive: Drive, known: Known
) -> None:
    load = load_at([0.0, 0.01, 1.0], 1.1, rtt=0.2, page=Kind(steps=WAIT, response=5000))
    result = drive(load)
    for row, seen in known.seen(3).items():
        last_byte = result.finished[row] - load.rtt[row] / 2 + result.start
        assert row == 2 or seen["gone"] >= last_byte + load.rtt[row]  # after the last of all the driver ends


def test_a_request_is_as_many_bytes_as_the_workload_says(drive: Drive, known: Known) -> None:
    sizes = (1000, 1149, 1150, 1151, 10_300, 200_000)
    load = load_at([0.0] * len(sizes), 0.1, page=Kind())
    drive(replace(load, upload=np.array(sizes, float)))
    for row, seen in known.seen(len(sizes)).items():
        assert 0 <= sizes[row] - seen["total"] <= 1  # one byte may be lost to a shorter Content-Length


def test_a_slow_upload_is_never_ahead_of_its_line(drive: Drive, known: Known) -> None:
    rate = 100_000.0
    result = drive(load_at([0.0, 0.03], 0.1, photo=Kind(steps=(), upload=30_000, up=rate)))
    for row, seen in known.seen(2).items():
        began = result.start + result.attempted[row]
        assert len(seen["chunks"]) > 3
        assert [n for moment, n in seen["chunks"] if n > rate * (moment - began) + 1] == []


def test_a_slow_upload_waits_while_the_server_does_not_read(drive: Drive, known: Known) -> None:
    late = (("cpu", 3.0), ("io", 0.4))  # longer than the upload would take
    drive(load_at([0.0], 0.1, photo=Kind(steps=late, upload=400_000, up=1e6)))
    (seen,) = known.seen(1).values()
    held_by_kernel = 200_000
    assert seen["chunks"][-1][0] - seen["first_read"] >= (400_000 - held_by_kernel) / 1e6


def test_a_slow_download_is_never_ahead_of_its_line_and_holds_the_sender(drive: Drive, known: Known) -> None:
    rate, size = 1e6, 600_000
    load = load_at([0.0], 0.1, file=Kind(steps=(), response=size, down=rate))
    result = drive(load)
    (seen,) = known.seen(1).values()
    assert result.ending.tolist() == [Ending.ANSWERED]
    assert result.finished[0] + result.start - seen["answered"] >= size / rate
    held_by_kernel = 300_000
    assert seen["sent"] - seen["answered"] >= (size - held_by_kernel) / rate


def test_a_client_without_patience_closes_and_ends_at_that_moment(drive: Drive, known: Known) -> None:
    load = load_at([0.0, 0.01], 0.05, patience=0.1, page=Kind(steps=(("io", 60.0),)))
    result = drive(load)
    assert result.ending.tolist() == [Ending.GAVE_UP] * 2
    assert result.finished - load.arrival == pytest.approx(load.patience)
    for row, seen in known.seen(2).items():
        assert seen["answered"] is None
        assert seen["gone"] >= result.start + result.finished[row]


def test_a_client_that_loses_patience_before_it_is_connected_sends_nothing(drive: Drive) -> None:
    result = drive(load_at([0.0], 0.05, patience=0.01, rtt=0.1))
    assert result.ending.tolist() == [Ending.GAVE_UP]
    assert np.isnan(result.attempted).all()


def looped(load: Workload, clients: int, think_s: float) -> Workload:
    n = len(load)
    return replace(load, clients_in_loop=clients, think=np.full(n, think_s), arrival=np.full(n, np.nan))


def test_a_closed_loop_thinks_after_each_answer(drive: Drive, known: Known) -> None:
    load = looped(load_at([0.0] * 60, 0.4, rtt=0.01, page=Kind(steps=WAIT)), clients=2, think_s=0.03)
    result = drive(load)
    sent = np.flatnonzero(~np.isnan(result.arrival))
    assert not result.ran_out
    assert len(sent) > 2
    assert (result.ending[sent] == Ending.ANSWERED).all()
    later = sent[sent >= 2]
    assert result.arrival[later] == pytest.approx(result.finished[later - 2] + 0.03)
    seen = known.seen(len(sent))
    assert all(seen[row]["accepted"] >= seen[row - 2]["answered"] for row in later.tolist())


def test_a_closed_loop_says_when_it_has_no_rows_left(drive: Drive) -> None:
    assert drive(looped(load_at([0.0] * 2, 5.0), clients=1, think_s=0.0)).ran_out


def test_the_clients_of_a_closed_loop_share_its_number_of_requests(drive: Drive) -> None:
    load = looped(load_at([0.0] * 5, 5.0, page=Kind(steps=WAIT)), clients=2, think_s=0.0)
    result = drive(replace(load, limit=5, starts=np.array([0.0, 0.02])))
    assert not result.ran_out
    assert (result.ending == Ending.ANSWERED).all()
    assert result.arrival[:2] == pytest.approx([0.0, 0.02])
    free = np.sort(result.finished)
    assert result.arrival[2:] == pytest.approx(free[:3])  # whoever has an answer sends the next one


def test_what_the_server_does_wrong_is_told_apart(drive: Drive) -> None:
    hangs_up, busy, half = (Kind(steps=(("cpu", word),), every=n) for n, word in enumerate((1.0, 2.0, 4.0), 1))
    result = drive(load_at([0.0, 0.01, 0.02], 0.05, hangs_up=hangs_up, busy=busy, half=half))
    assert result.ending.tolist() == [Ending.BROKEN, Ending.ANSWERED, Ending.BROKEN]
    assert result.status.tolist() == [0, 503, 200]


def test_a_port_where_nobody_listens_refuses() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    load = load_at([0.0, 0.01], 0.05, fast=Kind(), slow=Kind(up=1e5, every=2))
    result = Crowd(job(load, port)).run()
    assert result.ending.tolist() == [Ending.REFUSED] * 2
    assert np.isnan(result.stood).all()


def full_listener() -> tuple[socket.socket, list[socket.socket]]:
    """A listener whose backlog is full: Linux drops every further SYN."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    return listener, [socket.create_connection(listener.getsockname())]


def test_connecting_is_given_up_after_the_time_that_the_plan_gives_it() -> None:
    listener, others = full_listener()
    with listener, others[0]:
        load = load_at([0.0], 0.05)
        result = Crowd(job(load, listener.getsockname()[1], connect_timeout_s=0.2)).run()
    assert result.ending.tolist() == [Ending.CONNECT_TIMEOUT]
    assert result.finished == pytest.approx(result.attempted + 0.2)


def test_a_repeated_syn_is_counted() -> None:
    listener, others = full_listener()

    def serve() -> None:
        time.sleep(0.3)  # the first SYN is lost by then, the second comes after a second
        with others[0], listener.accept()[0], listener.accept()[0] as client:
            client.recv(4096)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=serve)
    with listener:
        thread.start()
        result = Crowd(job(load_at([0.0], 0.05), listener.getsockname()[1])).run()
        thread.join()
    assert result.ending.tolist() == [Ending.ANSWERED]
    assert result.syn_retries[0] >= 1
    assert result.stood[0] - result.attempted[0] > 0.5


def test_what_is_open_at_the_end_of_the_time_stays_open(drive: Drive) -> None:
    load = load_at([0.0, 0.01], 0.05, never=Kind(steps=(("io", 60.0),)), page=Kind(steps=(), every=2))
    result = drive(load, grace_s=0.2)
    assert result.ending.tolist() == [Ending.OPEN, Ending.ANSWERED]
    assert np.isnan(result.finished).tolist() == [True, False]


def test_the_process_does_what_the_clients_in_this_process_do(known: Known, tmp_path: Path) -> None:
    load = load_at([0.0, 0.01, 0.02], 0.05, rtt=0.01, page=Kind(steps=WAIT, up=1e6, down=1e6))
    result = drive_in_a_process(job(load, known.port), tmp_path)
    assert result.ending.tolist() == [Ending.ANSWERED] * 3
    assert ((result.finished - result.arrival) >= 2 * load.rtt + 0.05).all()
    assert set(known.seen(3)) == {0, 1, 2}
    assert np.diff(result.cpu_used).min() >= 0.0
    assert vars(read_result(tmp_path / "result.npz")).keys() == vars(result).keys()


def test_the_process_ends_with_whoever_started_it(known: Known, tmp_path: Path) -> None:
    load = load_at([0.0], 3600.0, patience=inf, page=Kind(steps=(("io", 3600.0),)))
    write_job(tmp_path / "job.npz", job(load, known.port))
    with running("the driver", tmp_path, DRIVER, str(tmp_path / "job.npz"), str(tmp_path / "result.npz")) as driver:
        pass
    assert driver.exit_code == 1  # by itself: it was not killed
    assert not (tmp_path / "result.npz").exists()
