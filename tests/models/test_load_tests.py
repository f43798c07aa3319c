"""What load testing tools do, as scenarios: a number of requests from a few clients, users that come one by one."""

from pathlib import Path

import numpy as np
import pytest

from simulator.plan import Outcome
from simulator.workload.draw import draw
from simulator.workload.load import load
from tests.models.serving import serve

TEN_REQUESTS = """\
title = "ab -c 5 -n 10"
[arrivals]
kind = "closed"
clients = 5
requests = 10
[[requests]]
name = "slow"
steps = [{io = "10 s"}]
[[clients]]
name = "ab"
patience = "15 s"
"""
USERS = """\
title = "locust -u 20 -r 2"
duration = "30 s"
[arrivals]
kind = "closed"
clients = 20
ramp = "10 s"
think = "100 s"
[[requests]]
name = "page"
steps = [{io = "10 ms"}]
"""


def test_threads_go_on_with_requests_that_were_given_up(tmp_path: Path) -> None:
    """As reported in benoitc/gunicorn #1976: three of ten fail after 15 s, and are worked on all the same."""
    (tmp_path / "ab.toml").write_text(TEN_REQUESTS, encoding="utf-8")
    requests = draw(load(str(tmp_path / "ab.toml")))
    trace = serve("threaded", requests, nginx={}, processes=2, threads=2, accept="eager")
    gone = trace.outcome == Outcome.GAVE_UP
    assert (len(trace), int(gone.sum())) == (10, 3)
    assert (trace.workload.duration, trace.horizon_s) == (3600.0, trace.left.max())
    assert (trace.finished - trace.arrival)[gone] == pytest.approx([15.0] * 3)
    assert (trace.left > trace.finished)[gone].all()


def test_users_that_are_spawned_ask_when_they_come(tmp_path: Path) -> None:
    (tmp_path / "locust.toml").write_text(USERS, encoding="utf-8")
    trace = serve("coroutine", draw(load(str(tmp_path / "locust.toml"))))
    assert trace.arrival.tolist() == (np.arange(20) / 2).tolist()
