"""Clients and workers that misbehave. Every server survives; how many others suffer is its architecture's doing."""

import contextlib
import os
import resource
import selectors
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.casts import ALL, CALLBACK, COROUTINE, EAGER, NGINX, PREFORK, SERVERS, THREADED
from tests.servers.client import Answer, answer, ask, at_once, connect, request, say, taken, vanish
from tests.servers.stage import Cast, Running, performed, until

pytestmark = [pytest.mark.real, pytest.mark.slow]
HALF = request(upload=100)[:40]
BAD = {
    "garbage": (bytes(range(256)) * 8, 400),
    "a TLS greeting": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "text": (b"hello\n", 400),
    "no version": (b"GET /\r\n\r\n", 400),
    "HTTP/2": (b"GET / HTTP/2.0\r\n\r\n", 505),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "a folded header": (b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
    "a space before the colon": (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    "no length": (b"POST / HTTP/1.1\r\nHost: a\r\n\r\n", 411),
    "a negative length": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
    "two lengths": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
    "a huge length": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 413),
    "chunks": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
    "an unknown method": (b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    "a huge head": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", 431),
    "an endless head": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 20_000, 431),
    "steps that are none": (request(steps="fly=1"), 400),
    "steps without end": (request(steps="io=99999"), 400),
    "a number that is none": (request(more="Connection: close\r\nX-Request: one"), 400),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_proper_request_is_told_so(server: Running, what: str) -> None:
    data, status = BAD[what]
    assert say(server.port, data).status == status
    assert ask(server.port).status == 200


def test_a_body_over_the_limit_is_refused_before_it_is_there(server: Running) -> None:
    sent, status = 0, 0
    with connect(server.port) as sock, selectors.DefaultSelector() as selector:
        sock.sendall(request(upload=0).replace(b"Content-Length: 0", b"Content-Length: 104857600"))
        sock.setblocking(False)
        selector.register(sock, selectors.EVENT_READ | selectors.EVENT_WRITE)
        while sent < 104_857_600 and not status:
            for _, events in selector.select(20):
                if events & selectors.EVENT_READ:
                    status = int(sock.recv(1000).split()[1])
                else:
                    sent += sock.send(bytes(65536))
    assert status == 413
    assert max(peak_memory(pid) for pid in server.children()) < 100 * 2**20
    assert ask(server.port).status == 200


def test_who_falls_silent_is_dropped_in_time_and_others_are_served(cast: Cast, tmp_path: Path) -> None:
    with performed(cast, tmp_path, "--idle-timeout", "0.3") as server:
        for data, status in ((b"", 0), (HALF, 408), (request(upload=100)[:-1], 408)):
            with crowd(server.port, min(cast.parallel, 20) + 1) as silent:
                for sock in silent:
                    sock.sendall(data)
                assert ask(server.port).status == 200
                assert {answer(sock).status for sock in silent} == {status}


@pytest.mark.parametrize("data", [b"", HALF, request(upload=100)[:-1]], ids=["nothing", "half a head", "half a body"])
@pytest.mark.parametrize("cast", [c for c in ALL if c.shields], ids=str, indirect=True)
def test_where_the_architecture_promises_it_the_silent_harm_nobody(server: Running, data: bytes) -> None:
    with crowd(server.port, 20) as silent:
        for sock in silent:
            sock.sendall(data)
        assert ask(server.port).status == 200


@pytest.mark.parametrize("cast", [PREFORK, THREADED, EAGER], ids=str, indirect=True)
def test_as_many_silent_clients_as_slots_stop_everybody_else_until_they_leave(cast: Cast, server: Running) -> None:
    with crowd(server.port, cast.parallel) as silent:
        for sock in silent:
            sock.sendall(HALF)
        until(lambda: all(taken(server.port, sock) for sock in silent), "all slots to be taken")
        late = connect(server.port)
        late.sendall(request())
        late.settimeout(0.1)
        with pytest.raises(TimeoutError):
            late.recv(1)
    late.settimeout(20)
    assert answer(late).status == 200
    late.close()


@pytest.mark.parametrize("data", [HALF, request(upload=100_000)[:-1]], ids=["head", "body"])
def test_a_client_may_vanish_while_it_is_read_from(server: Running, data: bytes) -> None:
    for _ in range(5):
        sock = connect(server.port)
        sock.sendall(data)
        vanish(sock)
    assert ask(server.port).status == 200


def test_a_client_that_ends_in_the_middle_of_its_body_is_reported_and_gone(server: Running) -> None:
    with connect(server.port) as sock:
        sock.sendall(request(upload=1000)[:-1])
        sock.shutdown(socket.SHUT_WR)
        assert answer(sock).status == 0
    assert ask(server.port).status == 200


def test_a_client_may_vanish_while_it_is_written_to(server: Running, row: int) -> None:
    sock = connect(server.port)
    sock.sendall(request(row=row, download=200_000_000))
    assert sock.recv(100_000)
    vanish(sock)
    assert server.line(row).outcome == "gave_up"
    assert ask(server.port).status == 200


def test_a_client_may_vanish_while_its_request_is_worked_on(server: Running, row: int) -> None:
    sock = connect(server.port)
    sock.sendall(request(row=row, steps="io=0.05", download=10_000_000))
    until(lambda: taken(server.port, sock), "the request to be read")
    vanish(sock)
    assert server.line(row).outcome == "gave_up"
    assert ask(server.port).status == 200


def test_a_thousand_connections_are_opened_and_left(server: Running) -> None:
    with crowd(server.port, 1000) as sockets:
        for sock in sockets[::2]:
            vanish(sock)
    until(lambda: ask(server.port).status == 200, "an answer")  # a proxy drops who comes before the others have left


@pytest.mark.parametrize("cast", [c for c in SERVERS if c.shields], ids=str, indirect=True)
def test_a_thousand_connections_that_stay_cost_the_others_nothing(server: Running) -> None:
    with crowd(server.port, 1000):
        assert ask(server.port).status == 200


@pytest.mark.parametrize("cast", [EAGER, CALLBACK, COROUTINE], ids=str, indirect=True)
def test_a_server_without_descriptors_goes_on_when_there_are_some_again(mortal: Running) -> None:
    assert ask(mortal.port).status == 200
    for pid in mortal.children():
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (24, 24))
    with crowd(mortal.port, 60):
        pass
    assert ask(mortal.port).status == 200


@pytest.mark.parametrize("cast", [*SERVERS, NGINX], ids=str, indirect=True)
def test_a_killed_worker_loses_its_own_requests_only_and_is_replaced(cast: Cast, mortal: Running) -> None:
    assert ask(mortal.port).status == 200
    before = mortal.children()

    def killing(n: int) -> Answer:
        if n:
            return ask(mortal.port, row=n, steps="io=0.01")
        os.kill(min(before), signal.SIGKILL)
        return ask(mortal.port, row=0)

    lost = sum(each.status != 200 for each in at_once(min(60, 6 * cast.parallel), killing))
    if cast is PREFORK:
        assert lost <= 1
    until(lambda: min(before) not in mortal.children() and len(mortal.children()) == len(before), "a new process")
    assert ask(mortal.port).status == 200


@contextlib.contextmanager
def crowd(port: int, count: int) -> Iterator[list[socket.socket]]:
    """Connections that are closed in the end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sockets: list[socket.socket] = []
    try:
        for _ in range(count):
            sockets.append(socket.socket())
            sockets[-1].setblocking(False)
            sockets[-1].connect_ex(("127.0.0.1", port))  # where the backlog is full, it is left trying
            sockets[-1].settimeout(20)
        yield sockets
    finally:
        for sock in sockets:
            sock.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def peak_memory(pid: int) -> int:
    """Bytes that a process has had resident at most."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
