"""However a server ends, nothing of it stays behind. The fixture looks after each test as well."""

import os
import signal
from pathlib import Path

import pytest

from tests.servers.casts import CALLBACK, PREFORK, SERVERS
from tests.servers.client import Answer, answer, ask, connect, request, taken
from tests.servers.stage import Cast, Running, performed, until

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_when_stdin_ends_everything_ends(mortal: Running) -> None:
    with connect(mortal.port) as sock:
        sock.sendall(request(steps="io=600"))
        until(lambda: taken(mortal.port, sock), "the request to be read")
        assert mortal.end() == 0
        until(lambda: not mortal.children(), "the end of its processes")


def test_when_the_master_is_killed_everything_ends(mortal: Running) -> None:
    assert ask(mortal.port).status == 200
    os.kill(mortal.process.pid, signal.SIGKILL)
    mortal.process.wait()
    until(lambda: not mortal.children(), "the end of its processes")


def test_sigterm_finishes_the_running_request_and_then_ends(mortal: Running) -> None:
    with connect(mortal.port) as sock, connect(mortal.port):  # the second one never says anything
        sock.sendall(request(row=1, steps="io=0.3", download=100_000))
        until(lambda: taken(mortal.port, sock), "the request to be read")
        os.kill(mortal.process.pid, signal.SIGTERM)
        assert answer(sock) == Answer(200, 100_000, 100_000)
    assert mortal.process.wait(20) == 0
    assert mortal.line(1).outcome == "completed"


def test_sigterm_ends_a_server_that_has_nothing_to_do(mortal: Running) -> None:
    assert ask(mortal.port).status == 200
    os.kill(mortal.process.pid, signal.SIGTERM)
    assert mortal.process.wait(20) == 0


def test_ctrl_c_ends_everything(mortal: Running) -> None:
    assert ask(mortal.port).status == 200
    os.killpg(mortal.group, signal.SIGINT)
    assert mortal.process.wait(20) == 0


@pytest.mark.parametrize("cast", SERVERS, ids=str, indirect=True)
def test_what_does_not_finish_in_the_time_of_grace_is_ended(cast: Cast, tmp_path: Path) -> None:
    with performed(cast, tmp_path, "--grace", "0.2") as server, connect(server.port) as sock:
        sock.sendall(request(steps="io=600"))
        until(lambda: taken(server.port, sock), "the request to be read")
        os.kill(server.process.pid, signal.SIGTERM)
        assert server.process.wait(20) == 0
        assert answer(sock).status == 0


@pytest.mark.parametrize("cast", [PREFORK, CALLBACK], ids=str, indirect=True)
def test_a_process_that_is_told_to_end_is_replaced_too(mortal: Running) -> None:
    assert ask(mortal.port).status == 200
    before = mortal.children()
    os.kill(min(before), signal.SIGTERM)
    until(lambda: len(mortal.children()) == len(before) and mortal.children() != before, "a new process")
    assert ask(mortal.port).status == 200
