"""What is watched: servers under one load, as data. Turning a knob makes another setup; nothing is ever changed.

What to watch: a setup holds exactly what a command line can say, so that every picture on the screen can be typed.
What one setup has in common with the one before is not worked out again: plans, and loads that cannot have changed.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from simulator.experiments.catalogue import fronts
from simulator.experiments.deployment import Deployment, configured
from simulator.experiments.options import RunOptions
from simulator.experiments.profiles import machine_of
from simulator.experiments.scenario import FLAGS, scenario_of
from simulator.plan import Machine, Plan
from simulator.workload.shipped_scenarios import shipped

if TYPE_CHECKING:  # this imports NumPy and Pydantic
    from simulator.workload.scenario import Scenario

MOST_SIDES = 4
KEPT = 32
"""Loads and plans that are remembered: those of the last few setups, for the next one and for the way back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """One to four servers that meet the same requests."""

    sides: tuple[Deployment, ...]
    options: RunOptions
    """The load, and what is said about it; ``model`` means nothing here."""

    def with_key(self, key: str, value: str) -> "Setup":
        """With a key of the scenario overridden, like ``machine.cores`` by ``4``."""
        if key in FLAGS:
            given: Any = value
            if key in ("seed", "machine.cores"):
                given = int(value) if value.isdecimal() else float(value)
            return replace(self, options=replace(self.options, **{FLAGS[key]: given}))
        others = tuple(pair for pair in self.options.set if pair.partition("=")[0].strip() != key)
        return replace(self, options=replace(self.options, set=(*others, f"{key}={value}")))

    def with_side(self, number: int, side: Deployment) -> "Setup":
        """With one of the servers replaced."""
        return replace(self, sides=(*self.sides[:number], side, *self.sides[number + 1 :]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """A setup that is known to be right: all that is left is ``run_checked``. One is equal only to itself."""

    setup: Setup
    scenario: "Scenario"
    plans: tuple[Plan, ...]

    @property
    def requests(self) -> float:
        """How many will be simulated, roughly, through all sides."""
        from simulator.workload.arrival_times import expected_requests

        return expected_requests(self.scenario) * len(self.plans)


def prepared(setup: Setup) -> Prepared:
    """Read the scenario and build the plans. Raises RefusalError for what the user can put right."""
    scenario = _scenario(setup.options)
    machines = [machine_of(side, scenario, setup.options) for side in setup.sides]
    plans = tuple(_plan(side, machine) for side, machine in zip(setup.sides, machines, strict=True))
    return Prepared(setup=setup, scenario=scenario, plans=plans)


def _scenario(options: RunOptions) -> "Scenario":
    """A file of the user's, and every file that is named there or in an override, counts as it is now.

    A shipped load is always the same.
    """
    shipped_alone = options.load in shipped() and options.machine is None
    names_a_file = any("file" in override for override in options.set)  # a key; other words with it only take longer
    return _of_shipped(options) if shipped_alone and not names_a_file else scenario_of(options)


@lru_cache(KEPT)
def _of_shipped(options: RunOptions) -> "Scenario":
    return scenario_of(options)


@lru_cache(KEPT)
def _plan(side: Deployment, machine: Machine) -> Plan:
    return side.plan(machine)


def with_front(side: Deployment, name: str) -> Deployment:
    """The same server with that front, or without it if it had one."""
    if any(front.name == name for front, _ in side.fronts):
        return replace(side, fronts=tuple(each for each in side.fronts if each[0].name != name))
    front = next(each for each in fronts() if each.name == name)
    return replace(side, fronts=(*side.fronts, (front, configured(front, {}))))
