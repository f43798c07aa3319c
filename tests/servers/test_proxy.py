"""What only the proxy does: waiting in place of the server behind, choosing among several, saying what went wrong."""

import contextlib
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.casts import COROUTINE, DEV_SERVER, NGINX, UNBUFFERED
from tests.servers.client import Answer, answer, ask, connect, request, taken, vanish
from tests.servers.stage import Cast, Running, performed, refused, until

pytestmark = [pytest.mark.real, pytest.mark.slow]
BEHIND_DEV_SERVER = Cast(NGINX.module, behind=DEV_SERVER)
UNBUFFERED_DEV_SERVER = Cast(NGINX.module, UNBUFFERED.flags, behind=DEV_SERVER)
LARGE = 64 * 2**20  # more than the kernel takes for a connection


def test_slow_uploads_do_not_reach_the_server_behind_before_they_are_complete(tmp_path: Path) -> None:
    with performed(BEHIND_DEV_SERVER, tmp_path) as proxy, connect(proxy.port) as slow:
        slow.sendall(request(row=1, upload=10)[:-1])
        until(lambda: taken(proxy.port, slow), "the proxy to read it")
        assert ask(proxy.port, row=2).status == 200  # although the server behind serves one at a time
        slow.sendall(b"x")
        assert answer(slow).status == 200
        assert proxy.behind is not None
        assert proxy.behind.line(2).marks["left"] <= proxy.behind.line(1).marks["receive"]


def test_without_request_buffering_they_hold_the_server_behind(tmp_path: Path) -> None:
    with performed(UNBUFFERED_DEV_SERVER, tmp_path) as proxy, connect(proxy.port) as slow:
        slow.sendall(request(row=1, upload=10)[:-1])
        until(lambda: taken(proxy.port, slow), "the proxy to read it")
        with connect(proxy.port) as other:
            other.sendall(request(row=2))
            until(lambda: taken(proxy.port, other), "the proxy to read it")
            slow.sendall(b"x")
            assert answer(other).status == answer(slow).status == 200
        assert proxy.behind is not None
        assert proxy.behind.line(1).marks["left"] <= proxy.behind.line(2).marks["receive"]


def test_slow_readers_do_not_hold_the_server_behind(tmp_path: Path) -> None:
    with performed(BEHIND_DEV_SERVER, tmp_path) as proxy, connect(proxy.port) as slow:
        slow.sendall(request(row=1, download=LARGE))
        assert proxy.behind is not None
        assert proxy.behind.line(1).outcome == "completed"  # and nothing has been read yet
        assert answer(slow) == Answer(200, LARGE, LARGE)


def test_what_readers_leave_unread_is_in_files_and_not_in_memory(tmp_path: Path) -> None:
    size = 24 * 2**20
    with performed(NGINX, tmp_path) as proxy, contextlib.ExitStack() as stack:
        assert proxy.behind is not None
        readers = [stack.enter_context(connect(proxy.port)) for _ in range(8)]
        for row, reader in enumerate(readers):
            reader.sendall(request(row=row, download=size))
        for row in range(len(readers)):
            assert proxy.behind.line(row).outcome == "completed"
        (pid,) = proxy.children()
        peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        assert peak is not None
        assert int(peak[1]) * 1024 < len(readers) * size / 2
        assert answer(readers[0]) == Answer(200, size, size)
        assert len(unnamed_files(pid)) == len(readers) - 1  # what is read is gone


def unnamed_files(pid: int) -> list[str]:
    """Files that a process has open and that nobody else can open."""
    names = [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
    return [name for name in names if name.endswith(" (deleted)")]


@pytest.mark.parametrize("flags", [("--memory-buffers", "0"), ("--temp-file", "0"), ("--temp-file", "100000")])
def test_wherever_an_answer_waits_it_comes_whole(flags: tuple[str, ...], tmp_path: Path) -> None:
    with performed(NGINX, tmp_path, *flags) as proxy, connect(proxy.port) as slow:
        slow.sendall(request(row=1, download=LARGE))
        until(lambda: taken(proxy.port, slow), "the proxy to read it")
        assert answer(slow) == Answer(200, LARGE, LARGE)


def test_without_response_buffering_they_do(tmp_path: Path) -> None:
    with performed(UNBUFFERED_DEV_SERVER, tmp_path) as proxy, connect(proxy.port) as slow:
        slow.sendall(request(row=1, download=LARGE))
        assert slow.recv(1)
        assert proxy.behind is not None
        assert proxy.behind.lines() == []
        assert answer(slow).status == 0  # its first byte is gone already
        assert proxy.behind.line(1).outcome == "completed"


@pytest.mark.parametrize("balance", ["round-robin", "least-connections"])
def test_requests_are_shared_among_the_servers_behind(tmp_path: Path, balance: str) -> None:
    with performed(COROUTINE, tmp_path / "other") as other:
        flags = ("--upstream", f"127.0.0.1:{other.port}", "--balance", balance)
        with performed(NGINX, tmp_path, *flags) as proxy:
            for row in range(6):
                assert ask(proxy.port, row=row).status == 200
            until(lambda: shares(other, proxy.behind) == [3, 3], "half of the requests at each")


def test_least_connections_avoids_a_server_that_is_busy(tmp_path: Path) -> None:
    with performed(COROUTINE, tmp_path / "other") as other:
        flags = ("--upstream", f"127.0.0.1:{other.port}", "--balance", "least-connections")
        with performed(NGINX, tmp_path, *flags) as proxy, connect(proxy.port) as busy:
            busy.sendall(request(row=0, steps="io=600"))  # the first of the two gets it
            until(lambda: taken(proxy.port, busy), "the proxy to read it")
            for row in range(1, 5):
                assert ask(proxy.port, row=row).status == 200
            until(lambda: shares(other, proxy.behind) == [0, 4], "all the others at the idle one")


def test_a_server_that_refuses_is_passed_over(tmp_path: Path) -> None:
    with closed_port() as port, performed(NGINX, tmp_path, "--upstream", f"127.0.0.1:{port}") as proxy:
        assert [ask(proxy.port).status for _ in range(4)] == [200] * 4


def test_no_server_behind_gives_502(tmp_path: Path) -> None:
    with performed(NGINX, tmp_path) as proxy:
        end_of(proxy.behind)
        assert ask(proxy.port, row=1).status == 502
        assert proxy.line(1).outcome == "upstream_refused"


def test_a_server_behind_that_dies_gives_502(tmp_path: Path) -> None:
    with performed(NGINX, tmp_path) as proxy, connect(proxy.port) as sock:
        assert proxy.behind is not None
        until(proxy.behind.children, "the server behind")
        sock.sendall(request(row=1, steps="io=600"))
        until(lambda: accepted(proxy), "the server behind to accept it")  # what waits outlives who would accept it
        for pid in proxy.behind.children():
            os.kill(pid, signal.SIGKILL)
        assert answer(sock).status == 502
        assert proxy.line(1).outcome == "status_502"


def test_a_server_behind_that_is_silent_gives_504(tmp_path: Path) -> None:
    with performed(NGINX, tmp_path, "--idle-timeout", "0.2") as proxy:
        assert proxy.behind is not None
        os.kill(min(proxy.behind.children()), signal.SIGSTOP)
        try:
            assert ask(proxy.port, row=1).status == 504
        finally:
            os.kill(min(proxy.behind.children()), signal.SIGCONT)
        assert proxy.line(1).outcome == "upstream_timeout"


@pytest.mark.parametrize("cast", [NGINX, UNBUFFERED], ids=str)
def test_a_client_that_leaves_takes_its_request_away_from_the_server_behind(cast: Cast, tmp_path: Path) -> None:
    with performed(cast, tmp_path) as proxy:
        sock = connect(proxy.port)
        sock.sendall(request(row=1, steps="io=600"))
        until(lambda: taken(proxy.port, sock), "the proxy to read it")
        vanish(sock)
        assert proxy.line(1).outcome == "gave_up"
        until(lambda: not through(proxy), "the connection behind to be closed")


def test_more_clients_than_connections_are_dropped(tmp_path: Path) -> None:
    with performed(NGINX, tmp_path, "--connections", "2") as proxy:
        with connect(proxy.port) as one, connect(proxy.port) as two:
            for sock in (one, two):
                sock.sendall(b"POST")
            until(lambda: taken(proxy.port, one) and taken(proxy.port, two), "the proxy to read them")
            assert ask(proxy.port).status == 0
        until(lambda: ask(proxy.port).status == 200, "an answer")


def test_it_needs_a_server_behind() -> None:
    code, complaint = refused(Cast(NGINX.module), ())
    assert (code, complaint.count("\n")) == (2, 1)
    assert "--upstream HOST:PORT" in complaint


def shares(*servers: Running | None) -> list[int]:
    """How many requests each has reported, fewest first."""
    return sorted(len(server.lines()) for server in servers if server is not None)


def accepted(proxy: Running) -> bool:
    """Whether a process of the server behind has accepted a connection: until then its socket is no file."""
    assert proxy.behind is not None
    local = f"0100007F:{proxy.behind.port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[1] == local and row[3] == "01" and row[9] != "0" for row in rows)


def through(proxy: Running) -> bool:
    """Whether the proxy has a connection to the server behind, which still stands on the proxy's side."""
    assert proxy.behind is not None
    remote = f"0100007F:{proxy.behind.port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[2] == remote and row[3] == "01" for row in rows)


def end_of(server: Running | None) -> None:
    """End a server and wait for it."""
    assert server is not None
    assert server.end() == 0


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """A port on which nobody listens, and nobody will meanwhile."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]
