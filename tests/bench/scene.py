"""What every engine is given here: prefork under the shipped slow clients, longer than shipped.

Six workers instead of four: four are not quite enough for ever, so the queue would grow as long as requests come.
"""

from dataclasses import replace

import numpy as np

from models.prefork.config import Config
from models.prefork.model import plan
from simulator.plan import Machine, Plan
from simulator.workload.draw import draw
from simulator.workload.load import load
from simulator.workload.table import Work, Workload, alike

WORKERS = 6
SHIPPED_RATE = 40
CROWD_RATE = 20_000


def slow_clients(requests: int, *, rate: float = SHIPPED_RATE, patient: bool = False) -> tuple[Workload, Machine]:
    """About as many requests as asked for. ``patient``: nobody ever leaves."""
    duration = ("duration", f"{requests / rate} s")
    scenario = load("slow-clients", [duration, ("arrivals.rate", str(rate)), ("warmup", "0 s")])
    workload = draw(scenario)
    if patient:
        workload = replace(workload, patience=np.full(len(workload), np.inf))
    return workload, replace(scenario.machine, send_buffer_most=0.0)  # the other programs know no buffer that grows


def prefork(machine: Machine, *, workers: int = WORKERS, backlog: int = 2048) -> Plan:
    """The server."""
    return plan(Config(workers=workers, backlog=backlog), machine)


def exponential(requests: int, *, rate: float, mean_s: float, phases: tuple[Work, ...] = (Work.CPU,)) -> Workload:
    """Poisson arrivals on lines that take no time; every phase lasts an exponential time with this mean."""
    random = np.random.default_rng(1)
    arrival = random.exponential(1 / rate, requests).cumsum()
    return Workload(
        class_names=("page",),
        client_names=("client",),
        phase_kinds=np.array([phases], np.int8),
        arrival=arrival,
        request_class=alike(np.int16(0), requests),
        client=alike(np.int16(0), requests),
        upload=alike(0.0, requests),
        response=alike(0.0, requests),
        phases=random.exponential(mean_s, (requests, len(phases))),
        rtt=alike(0.0, requests),
        patience=alike(np.inf, requests),
        up_rate=np.full(1, np.inf),
        down_rate=np.full(1, np.inf),
        coin=random.random(requests),
        duration=float(arrival[-1]),
    )
