"""Scenario files from a generator, most of them right, with figures from nothing to the largest: each is refused, or
runs on some server and does not contradict itself.

Many more of them: LOOPFORK_HUNT=10000 python -m pytest -m slow tests/workload/test_whole_runs.py
"""

import os
from collections import Counter
from itertools import cycle
from pathlib import Path

import pytest

from simulator.experiments.catalogue import catalogue
from simulator.experiments.deployment import Deployment
from simulator.experiments.options import RunOptions
from simulator.experiments.room import needs
from simulator.experiments.run import check_laws, run_unchecked
from simulator.experiments.setup import Prepared, Setup
from simulator.trace.summary import summarise
from simulator.workload.load import ScenarioError, load
from simulator.workload.scenario import Scenario
from tests.engine import deployments
from tests.workload.scenario_files import scenario_text

MOST_REQUESTS, LONGEST_S = 5_000, 0.2
"""What is expected to be more, or to take longer, is drawn and run by nobody here."""
SERVERS = tuple(deployments.deployments())
PREFORK = catalogue()["prefork"]


def outcome(number: int, server: deployments.Deployment, file: Path) -> str:
    file.write_text(scenario_text(number), encoding="utf-8")
    try:
        scenario = load(str(file))
    except ScenarioError as error:
        assert file.name in str(error)  # noqa: PT017 - it may be refused, and it may not
        return "refused"
    ready = prepared(scenario, server)
    wanted = needs(ready)
    if wanted.requests > MOST_REQUESTS or wanted.seconds > LONGEST_S:
        return "too much"
    (trace,) = run_unchecked(ready)
    check_laws(trace)
    summarise(trace)
    return "ran"


def prepared(scenario: Scenario, server: deployments.Deployment) -> Prepared:
    side = Deployment(model=PREFORK, config=PREFORK.config(), fronts=())
    setup = Setup(sides=(side,), options=RunOptions(model="prefork", load=scenario.name))
    return Prepared(setup=setup, scenario=scenario, plans=(server.plan(scenario.machine),))


def test_what_is_accepted_runs_and_does_not_contradict_itself(tmp_path: Path) -> None:
    found = Counter(outcome(n, server, tmp_path / "n.toml") for n, server in zip(range(150), cycle(SERVERS)))
    assert min(found["ran"], found["refused"]) > 20


@pytest.mark.slow
def test_what_is_accepted_of_many_more_runs_and_does_not_contradict_itself(tmp_path: Path) -> None:
    numbers = range(150, 150 + int(os.environ.get("LOOPFORK_HUNT", "600")))
    found = Counter(outcome(n, server, tmp_path / "n.toml") for n, server in zip(numbers, cycle(SERVERS)))
    assert found["ran"] > 50
