"""A server that lingers is held until its client closes, and no longer than it was told."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.experiments.catalogue import server
from simulator.experiments.deployment import Deployment
from simulator.plan import Machine, Outcome
from simulator.real.measure import measure
from tests.servers.casts import CALLBACK, DEV_SERVER, EAGER, PREFORK, THREADED
from tests.servers.client import answer, ask, connect, request, vanish
from tests.servers.stage import DEADLINE_S, Cast, Line, performed, refused
from tests.trace.by_hand import Kind, load_at

pytestmark = [pytest.mark.real, pytest.mark.slow]
ONE_WORKER = replace(PREFORK, flags=("--workers", "1"), processes=1, parallel=1)
LONG = ("--linger", f"{DEADLINE_S:g}")
"""Longer than any test waits: only the client can end it."""
CLOSES_AFTER_S = 0.1
GTHREAD = {"accept": "eager"}


def lingered(line: Line) -> float:
    """For how long."""
    return line.marks["release_worker"] - line.marks["linger"]


def test_a_worker_is_held_until_its_client_closes(tmp_path: Path) -> None:
    with performed(ONE_WORKER, tmp_path, *LONG) as running:
        with connect(running.port) as sock, connect(running.port) as next_one:
            sock.sendall(request(row=1, download=1000))
            assert answer(sock).body == 1000  # all of it, and that nothing more comes
            next_one.sendall(request(row=2))
            time.sleep(CLOSES_AFTER_S)
            closed = time.monotonic()
            sock.close()
            assert answer(next_one).status == 200
        first, second = running.line(1), running.line(2)
    assert first.outcome == "completed"
    assert closed <= first.marks["release_worker"] <= second.marks["receive"]
    assert lingered(first) >= CLOSES_AFTER_S


def test_a_client_that_does_not_close_is_waited_for_until_the_limit(tmp_path: Path) -> None:
    with performed(ONE_WORKER, tmp_path, "--linger", "0.2") as running, connect(running.port) as sock:
        sock.sendall(request(row=1))
        assert answer(sock).status == 200
        line = running.line(1)
        assert ask(running.port).status == 200  # though the first one still has not closed
    assert line.outcome == "completed"
    assert lingered(line) >= 0.19  # the kernel counts in ticks


def test_what_a_client_sends_meanwhile_does_not_prolong_it(tmp_path: Path) -> None:
    with performed(ONE_WORKER, tmp_path, *LONG) as running, connect(running.port) as sock:
        sock.sendall(request(row=1) + b"and more than it said" * 1000)
        assert answer(sock).status == 200
        sock.close()
        assert running.line(1).outcome == "completed"


def test_a_client_that_is_gone_is_not_waited_for(tmp_path: Path) -> None:
    with performed(ONE_WORKER, tmp_path, *LONG) as running:
        sock = connect(running.port)
        sock.sendall(request(row=1))
        assert answer(sock).status == 200
        vanish(sock)
        assert ask(running.port).status == 200
        assert running.line(1).outcome == "completed"


def test_without_being_told_a_worker_closes_at_once(tmp_path: Path) -> None:
    with performed(ONE_WORKER, tmp_path) as running, connect(running.port) as sock:
        sock.sendall(request(row=1))
        assert answer(sock).status == 200
        assert "linger" not in running.line(1).marks


def test_an_eager_main_thread_that_lingers_accepts_nobody_else(tmp_path: Path) -> None:
    with performed(EAGER, tmp_path, *LONG) as running:
        with connect(running.port) as sock, connect(running.port) as next_one:
            sock.sendall(request(row=1))
            assert answer(sock).status == 200
            time.sleep(CLOSES_AFTER_S)
            closed = time.monotonic()
            sock.close()
            next_one.sendall(request(row=2))
            assert answer(next_one).status == 200
        marks = running.line(1).marks
    assert marks["linger"] <= closed <= marks["release_main_thread"]


@pytest.mark.parametrize("cast", [DEV_SERVER, CALLBACK, THREADED], ids=str)
def test_servers_that_cannot_linger_refuse_to(cast: Cast) -> None:
    code, complaint = refused(cast, ("--linger", "2"))
    assert (code, complaint.count("\n")) == (2, 1)
    assert "--linger 2.0: this server closes at once; leave it out" in complaint


def test_a_time_that_is_none_is_refused() -> None:
    code, complaint = refused(PREFORK, ("--linger", "-1"))
    assert (code, complaint.count("\n")) == (2, 1)
    assert "--linger -1.0: expected at least 0" in complaint


@pytest.mark.parametrize("linger_s", [0.0, 2.0])
@pytest.mark.parametrize(("name", "flags", "held"), [("prefork", {}, "worker"), ("threaded", GTHREAD, "main thread")])
def test_a_measured_server_lingers_as_its_machine_says(
    name: str, flags: dict[str, str], held: str, linger_s: float
) -> None:
    model = server(name)
    deployment = Deployment(model=model, config=model.config(**flags))
    load = load_at([0.1, 0.2, 0.3], 0.5, rtt=CLOSES_AFTER_S, page=Kind(steps=(("cpu", 0.001),), response=1000.0))
    trace = measure(deployment, Machine(linger_s=linger_s), load)
    assert (trace.outcome == Outcome.COMPLETED).all()
    names = [place.name for place in trace.places]
    seen = "linger" in names and not np.isnan(trace.reached[:, names.index("linger")]).all()
    assert seen == (linger_s > 0)
    if linger_s:
        waited = trace.reached[:, names.index("release " + held)] - trace.reached[:, names.index("linger")]
        assert (waited[:-1] > CLOSES_AFTER_S / 2).all()  # clients close a round trip later; the last ends the run
        assert not np.isnan(waited).any()
