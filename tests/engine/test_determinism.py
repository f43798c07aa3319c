"""Same seed, same bytes: again, in another process, on the other engine. And another server meets the same requests."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.experiments.run import EngineName, run
from simulator.workload.draw import draw
from simulator.workload.load import load
from simulator.workload.table import PER_ROW, are_alike
from tests.engine.deployments import Deployment, cut_short, deployments
from tests.engine.fingerprint import DEPLOYMENTS, ENGINES, LOADS, of_trace, of_workload, some_runs

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def here() -> dict[str, str]:
    return some_runs()


def in_another_process(hash_seed: str) -> dict[str, str]:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-m", "tests.engine.fingerprint"]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_a_second_run_gives_the_same_bytes(here: dict[str, str]) -> None:
    assert some_runs() == here


@pytest.mark.parametrize("hash_seed", [pytest.param("0", marks=pytest.mark.slow), "12345"])
def test_another_process_gives_the_same_bytes_whatever_its_hash_seed(hash_seed: str, here: dict[str, str]) -> None:
    assert in_another_process(hash_seed) == here


@pytest.mark.parametrize("load_name", LOADS)
@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_both_engines_give_the_same_bytes(name: str, load_name: str, here: dict[str, str]) -> None:
    assert here[f"{name}, {load_name}, kernel"] == here[f"{name}, {load_name}, reference"]


def test_different_runs_have_different_fingerprints(here: dict[str, str]) -> None:
    assert len(set(here.values())) == len(DEPLOYMENTS) * len(LOADS)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rows", [0, 1, 100])
def test_columns_in_which_all_rows_are_alike_are_read_like_any_others(rows: int, engine: EngineName) -> None:
    scenario = cut_short("steady", "10 s")
    workload = draw(scenario).take(np.arange(rows))
    assert are_alike(workload.rtt) or not rows
    columns: dict[str, Any] = {name: np.array(getattr(workload, name)) for name in PER_ROW if name != "think"}
    full = replace(workload, **columns)
    plan = next(deployments()).plan(scenario.machine)
    assert of_trace(run(plan, workload, engine=engine)) == of_trace(run(plan, full, engine=engine))


def test_another_seed_gives_other_requests() -> None:
    scenario = cut_short("slow-clients", "10 s")
    assert of_workload(draw(scenario)) == of_workload(draw(scenario, seed=1))
    assert of_workload(draw(scenario)) != of_workload(draw(scenario, seed=2))


@pytest.mark.parametrize("load_name", ["slow-clients", "steady", "mixed"])
def test_every_server_meets_the_same_requests_in_an_open_loop(load_name: str) -> None:
    drawn = of_workload(draw(cut_short(load_name, "8 s")))
    assert {of_workload(d.run(load_name, "8 s", detail=False).workload) for d in deployments()} == {drawn}


def test_more_cores_and_higher_costs_change_no_request() -> None:
    plain = draw(load("slow-clients"))
    other = draw(load("slow-clients", [("machine.cores", "8"), ("machine.request_cost", "5 ms")]))
    assert of_workload(plain) == of_workload(other)


def test_every_client_of_a_closed_loop_asks_for_the_same_things_in_the_same_order() -> None:
    """How many it asks for depends on the server, and when, but not what."""
    scenario = cut_short("think-time", "60 s")
    clients = draw(scenario).clients_in_loop
    drawn = draw(scenario, rounds=100)
    row_of = {coin: row for row, coin in enumerate(drawn.coin.tolist())}
    for deployment in deployments():
        sent = deployment.run("think-time", "60 s", detail=False).workload
        rows = np.array([row_of[coin] for coin in sent.coin.tolist()])
        assert np.array_equal(sent.phases, drawn.phases[rows])
        assert np.array_equal(sent.response, drawn.response[rows])
        for client in range(clients):
            rounds = np.sort(rows[rows % clients == client]) // clients
            assert rounds.tolist() == list(range(len(rounds)))


@pytest.mark.parametrize("deployment", [d for d in deployments() if str(d) in DEPLOYMENTS], ids=str)
def test_a_run_leaves_the_requests_as_they_were(deployment: Deployment) -> None:
    scenario = cut_short("spike", "25 s")
    trace = deployment.run("spike", "25 s")
    before = of_trace(trace)
    assert of_workload(trace.workload) == of_workload(draw(scenario))
    assert of_trace(deployment.run("spike", "25 s")) == before
