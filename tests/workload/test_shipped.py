"""The scenarios that come with the program: each is valid, explains itself, and leaves the cores room."""

import re

import numpy as np
import pytest

from simulator.words.language import speaking
from simulator.workload.arrival_times import expected_requests
from simulator.workload.arrivals import Spike
from simulator.workload.draw import draw
from simulator.workload.load import load, shipped
from simulator.workload.scenario import Scenario
from simulator.workload.shipped_scenarios import told

NAMES = ("cpu-heavy", "crash", "io-heavy", "mixed", "short-queue", "slow-clients", "spike", "steady", "think-time")


def computing_per_request(scenario: Scenario) -> float:
    """Mean seconds on a core, with the fixed cost of a request."""
    weights = [c.weight for c in scenario.requests]
    own = float(np.average([c.mean_cpu_s for c in scenario.requests], weights=weights))
    machine = scenario.machine
    return own + machine.accept_cost_s + machine.request_cost_s + machine.response_cost_s


def test_the_promised_scenarios_are_shipped() -> None:
    assert set(NAMES) <= set(shipped())


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_tells_what_to_watch_in_three_sentences_at_most(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name
    assert "Watch" in scenario.story
    assert 2 <= scenario.story.count(". ") + 1 <= 3


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_is_told_in_chinese_too(name: str) -> None:
    scenario = load(name)
    with speaking("zh"):
        its = told(name)
    assert its == (scenario.title_zh, scenario.story_zh)
    assert scenario.title_zh
    assert "请看" in scenario.story_zh or "请留意" in scenario.story_zh
    assert 2 <= scenario.story_zh.count("。") <= 4
    assert told(name) == (scenario.title, scenario.story)
    assert set(re.findall(r"\d+", scenario.story)) <= set(re.findall(r"\d+", scenario.story_zh))


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_leaves_the_cores_a_fifth_of_their_time(name: str) -> None:
    scenario = load(name)
    rate = expected_requests(scenario) / scenario.duration
    assert rate * computing_per_request(scenario) / scenario.machine.cores < 0.8


def test_only_the_peak_of_the_spike_is_more_than_the_cores_can_do() -> None:
    scenario = load("spike")
    assert isinstance(scenario.arrivals, Spike)
    per_core = computing_per_request(scenario) / scenario.machine.cores
    assert scenario.arrivals.peak * per_core > 1
    assert scenario.arrivals.rate * per_core < 0.2


def test_in_slow_clients_listening_alone_would_occupy_most_of_four_workers_and_the_cores_idle() -> None:
    scenario = load("slow-clients")
    table = draw(scenario)
    beyond = np.maximum(table.upload - scenario.machine.receive_buffer, 0)
    listening = float(np.sum(beyond / table.up_rate[table.client])) / scenario.duration
    serving = float(np.sum(table.phases)) / scenario.duration
    assert len(table) == pytest.approx(2400, rel=0.05)
    assert 0.6 * 4 < listening < 4
    assert listening + serving > 4
    assert len(table) / scenario.duration * computing_per_request(scenario) / scenario.machine.cores < 0.08


def test_in_mixed_one_request_in_twenty_computes_for_a_fifth_of_a_second() -> None:
    page, report = load("mixed").requests
    assert report.weight / (page.weight + report.weight) == 0.05
    assert report.mean_cpu_s == pytest.approx(0.2, abs=0.002)
