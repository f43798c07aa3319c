"""A server with known delays, and the driver's clients sent to it."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulator.real.clients import Crowd
from simulator.real.job import Job, Result
from simulator.real.processes import port_of, running
from simulator.workload.table import Workload

PATIENTLY_S = 20.0
"""A limit for what happens at once unless something is broken."""


@dataclass(frozen=True)
class Known:
    """The server: where it listens, and what it has seen."""

    port: int
    log: Path

    def seen(self, count: int) -> dict[int, dict[str, Any]]:
        """What it saw of each row, once it has seen so many to their end. Its clock is the driver's."""
        latest = time.monotonic() + PATIENTLY_S
        while time.monotonic() < latest:
            lines = self.log.read_text().splitlines() if self.log.exists() else []
            if len(lines) >= count:
                return {seen["row"]: seen for seen in map(json.loads, lines)}
            time.sleep(0.005)
        raise AssertionError(f"the server has not seen {count} requests")


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Known]:
    log = tmp_path / "seen"
    with running("the known server", tmp_path, "tests.real.known_server", str(log)) as server:
        yield Known(port_of(server), log)


Drive = Callable[..., Result]


@pytest.fixture
def drive(known: Known) -> Drive:
    """Send a workload to the known server, from this process."""

    def call(load: Workload, *, connect_timeout_s: float = 100.0, grace_s: float = PATIENTLY_S) -> Result:
        return Crowd(job(load, known.port, connect_timeout_s=connect_timeout_s, grace_s=grace_s)).run()

    return call


def job(load: Workload, port: int, *, connect_timeout_s: float = 100.0, grace_s: float = PATIENTLY_S) -> Job:
    return Job(workload=load, port=port, connect_timeout_s=connect_timeout_s, grace_s=grace_s)
