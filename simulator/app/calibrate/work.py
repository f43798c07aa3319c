"""What a request costs by its model: how often it pays each of the machine's costs.

Read off the plan, with one cost at a time set to 1 s and the others to 0: so no architecture is known here by name.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from simulator.app.simulation import Deployment
from simulator.plan import Machine
from simulator.plan.walk import walk

Work = Mapping[str, float]
"""Fields of Machine, and how many times a request pays each."""
COSTS = tuple(field.name for field in fields(Machine) if field.name.endswith("_cost_s"))


def work_of(deployment: Deployment) -> Work:
    """For a request without work of its own. Of a front only what the front itself adds."""
    alone = Deployment(model=deployment.model, config=deployment.config)
    found = {}
    for name in COSTS:
        costs: dict[str, Any] = {cost: float(cost == name) for cost in COSTS}
        machine = Machine(**costs)
        times = _computing(deployment, machine)
        if deployment.fronts:
            times -= _computing(alone, machine)
        if times:
            found[name] = times
    return found


def seconds_of(work: Work, machine: Machine) -> float:
    """What the work costs on a machine."""
    return sum(times * float(getattr(machine, name)) for name, times in work.items())


def _computing(deployment: Deployment, machine: Machine) -> float:
    return sum(place.work_s for place in walk(deployment.plan(machine), 0))
