"""Servers whose processes each listen on a socket of their own (``--sharing reuseport``): who gets connections."""

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.servers.casts import COROUTINE, NGINX, PREFORK, THREADED
from tests.servers.client import ask, at_once
from tests.servers.stage import Cast, Running, performed, until

pytestmark = [pytest.mark.real, pytest.mark.slow]
PROCESSES = 3
REQUESTS = 90
"""That the kernel hashes all of so many to one and the same of three sockets does not happen: 3 ** -89."""
OWN = tuple(
    Cast(cast.module, (setting, str(PROCESSES), "--sharing", "reuseport"), processes=PROCESSES)
    for cast, setting in ((PREFORK, "--workers"), (THREADED, "--processes"), (COROUTINE, "--processes"))
)


@pytest.fixture(params=OWN, ids=str)
def own(request: pytest.FixtureRequest) -> Cast:
    chosen = request.param
    assert isinstance(chosen, Cast)
    return chosen


def test_each_process_has_a_listening_socket_that_no_other_has(own: Cast, tmp_path: Path) -> None:
    with performed(own, tmp_path) as server:
        assert ask(server.port).status == 200
        # Who was forked last may still have open what its elder siblings listen on.
        until(lambda: list(listening(server).values()) == [1] * PROCESSES, "a listening socket for each process alone")


def test_without_it_all_processes_have_the_same_socket(tmp_path: Path) -> None:
    with performed(Cast(PREFORK.module, ("--workers", str(PROCESSES)), processes=PROCESSES), tmp_path) as server:
        assert ask(server.port).status == 200
        held = listening(server)
    assert len(held) == 1


def test_connections_reach_several_processes_and_all_are_served(own: Cast, tmp_path: Path) -> None:
    with performed(own, tmp_path) as server:
        everybody_is_served(server)
        assert len(busy(server)) > 1


def test_so_it_is_behind_the_proxy(own: Cast, tmp_path: Path) -> None:
    with performed(Cast(NGINX.module, behind=own), tmp_path) as proxy:
        everybody_is_served(proxy)
        assert proxy.behind is not None
        assert len(busy(proxy.behind)) > 1


def everybody_is_served(server: Running) -> None:
    answers = at_once(REQUESTS, lambda n: ask(server.port, row=n, steps="io=0.002"))
    assert [each.status for each in answers] == [200] * REQUESTS


def busy(server: Running) -> Counter[int]:
    """How many requests each process served."""
    served = [server.line(row) for row in range(REQUESTS)]
    assert {line.outcome for line in served} == {"completed"}
    return Counter(line.process for line in served)


def listening(server: Running) -> Counter[str]:
    """Sockets that listen on its port, and how many of its processes, without the master, have each open."""
    sockets: Counter[str] = Counter()
    table = Path("/proc/net/tcp").read_text().splitlines()[1:]
    its = {f[9] for f in map(str.split, table) if f[3] == "0A" and int(f[1].partition(":")[2], 16) == server.port}
    for process in server.children():
        open_ones = {os.readlink(name) for name in Path(f"/proc/{process}/fd").iterdir()}  # noqa: PTH115 (no path)
        sockets.update(
            found[1] for name in open_ones if (found := re.fullmatch(r"socket:\[(\d+)]", name)) and found[1] in its
        )
    return sockets
