"""How many requests a scenario will have, and how many rows a closed loop needs to be drawn."""

import math

from simulator.workload.arrivals import Closed
from simulator.workload.scenario import Scenario
from simulator.workload.timeline_table import Burst


def expected_requests(scenario: Scenario) -> float:
    """Mean number of requests; in a closed loop the most that its clients and the cores could get through."""
    arrivals = scenario.arrivals
    if not isinstance(arrivals, Closed):
        bursts = sum(entry.expected for entry in scenario.timeline if isinstance(entry, Burst))
        return arrivals.expected(scenario.duration) + bursts
    weight = sum(c.weight for c in scenario.requests)
    service = sum(c.weight * c.mean_time_s for c in scenario.requests) / weight
    computing = sum(c.weight * c.mean_cpu_s for c in scenario.requests) / weight
    cycle = arrivals.think.mean + service
    by_clients = scenario.duration / cycle if cycle > 0 else math.inf
    by_cores = scenario.duration * scenario.machine.cores / computing if computing > 0 else math.inf
    return arrivals.clients * (1 + min(by_clients, by_cores / arrivals.clients))


def default_rounds(scenario: Scenario) -> int:
    """Rows to draw for each client of a closed loop: what it will send on average, and slack for the lucky ones."""
    assert isinstance(scenario.arrivals, Closed)
    mean = expected_requests(scenario) / scenario.arrivals.clients
    return math.ceil(1.25 * mean + 4 * math.sqrt(mean) + 4)
