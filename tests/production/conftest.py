"""Production servers, started one after another: those that are installed, and in continuous integration all.

Only order, signatures and outcomes are asserted: that something has happened before something else, or has not happened
while it could not. A busy machine makes everything later, and changes none of that.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from simulator.experiments.catalogue import fronts
from simulator.experiments.deployment import configured
from simulator.experiments.production_line import deployed, production
from simulator.experiments.refusal import RefusalError
from simulator.real.production.accounts import Accounts
from simulator.real.production.installed import nginx_version, refuse_missing
from simulator.real.reports import Report
from simulator.real.servers import Servers, start

MANDATORY = "LOOPFORK_SERVERS" in os.environ
"""Where ``.ci/run`` has installed all of them."""
PATIENTLY_S = 30.0
"""A limit for what happens at once unless something is broken."""
A_WHILE_S = 0.7
"""In which nothing may happen that cannot happen."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.production)
            item.add_marker(pytest.mark.slow)


def installed(line: str, *, nginx: bool = False) -> None:
    """Skip the test of a server that is not installed; in continuous integration it fails."""
    try:
        refuse_missing(production(line))
    except RefusalError as error:
        missing(str(error))
    if nginx and nginx_version() is None:
        missing("nginx is not installed")


def missing(why: str) -> None:
    """Skip a test for that; in continuous integration it fails."""
    if MANDATORY:
        pytest.fail(why)
    pytest.skip(why)


@dataclass(frozen=True)
class Client:
    """One connection; whatever it waits for comes within seconds, or never."""

    socket: socket.socket

    def send(self, data: bytes) -> "Client":
        self.socket.sendall(data)
        return self

    def ask(self, row: int, steps: str = "", body: int = 0) -> "Client":
        return self.send(head(row, steps, body) + b"x" * body)

    def answered(self, limit_s: float = PATIENTLY_S) -> bool:
        """Whether a status 200 comes in time; False too where the connection breaks."""
        self.socket.settimeout(limit_s)
        try:
            return self.socket.recv(4096).startswith((b"HTTP/1.1 200", b"HTTP/1.0 200"))
        except OSError:
            return False


def head(row: int, steps: str = "", body: int = 0) -> bytes:
    return (
        f"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Request: {row}\r\nX-Steps: {steps}\r\n"
        f"X-Response: 10\r\nContent-Length: {body}\r\n\r\n"
    ).encode()


@dataclass(frozen=True)
class Served:
    """A server that runs."""

    servers: Servers
    clients: ExitStack

    def client(self) -> Client:
        return Client(self.clients.enter_context(socket.create_connection(("127.0.0.1", self.servers.port))))

    def clients_that(self, do: Callable[[Client], object], count: int) -> list[Client]:
        """Several, and the server has had the time to take them."""
        found = [self.client() for _ in range(count)]
        for each in found:
            do(each)
        time.sleep(A_WHILE_S)
        return found

    def accounts(self, count: int) -> dict[int, Report]:
        """What the application saw of each row, once it has seen so many to their end."""
        told, latest = self.servers.told[0], time.monotonic() + PATIENTLY_S
        assert isinstance(told, Accounts)
        while told.count() < count:
            assert time.monotonic() < latest, "the application has not seen them all"
            time.sleep(0.01)
        return {report.row: report for report in told.read(10**6)}


@contextmanager
def serving(line: str, folder: Path, *, nginx: bool = False) -> Iterator[Served]:
    installed(line, nginx=nginx)
    deployment = deployed(line)
    if nginx:
        (front,) = (each for each in fronts() if each.name == "nginx")
        deployment = replace(deployment, fronts=((front, configured(front, {})),))
    with ExitStack() as stack, ExitStack() as clients:
        yield Served(start(deployment, folder, stack), clients)
