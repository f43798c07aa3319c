"""Every server that there is, on its own and behind every front, and every shipped load."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from simulator.experiments.catalogue import Model, fronts, servers
from simulator.experiments.run import EngineName, run
from simulator.plan import Machine, Plan
from simulator.trace.table import Trace
from simulator.workload.draw import draw
from simulator.workload.load import load
from simulator.workload.scenario import Scenario

ALSO: dict[str, tuple[dict[str, Any], ...]] = {"threaded": ({"accept": "eager", "processes": 2, "threads": 2},)}
"""Settings that deserve a run beside the defaults."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A server with its settings, and what stands in front of it."""

    server: Model
    settings: dict[str, Any] = field(default_factory=dict)
    front: Model | None = None

    def __str__(self) -> str:
        front = "" if self.front is None else f"{self.front.name} "
        return f"{front}{' '.join(map(str, (self.server.name, *self.settings.values())))}"

    def plan(self, machine: Machine) -> Plan:
        plan = self.server.plan(self.server.config(**self.settings), machine)
        return plan if self.front is None else self.front.in_front(plan, self.front.config(), machine)

    def run(self, load_name: str, duration: str = "25 s", engine: EngineName = "kernel", detail: bool = True) -> Trace:
        """A run under a shipped load, cut short."""
        scenario = cut_short(load_name, duration)
        workload = draw(scenario)
        return run(
            self.plan(scenario.machine),
            workload,
            engine=engine,
            detail=detail,
            redraw=partial(draw, scenario),
        )


def cut_short(load_name: str, duration: str) -> Scenario:
    """A shipped load with another duration, and no warm-up, which might be longer."""
    return load(load_name, [("duration", duration), ("warmup", "0 s")])


def deployments() -> Iterator[Deployment]:
    """All of them."""
    for server in servers():
        for settings in ({}, *ALSO.get(server.name, ())):
            for front in (None, *fronts()):
                yield Deployment(server=server, settings=settings, front=front)
