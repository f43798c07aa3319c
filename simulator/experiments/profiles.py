"""Whose costs a server has: named with ``--profile``, by the production server that is measured, or by its model.

What to watch: a machine file, the scenario and ``--set`` all know better than a profile, key by key.
"""

from typing import TYPE_CHECKING

from models.profiles import MINI, PROFILES, Profile
from simulator.experiments.deployment import Deployment
from simulator.experiments.options import RunOptions
from simulator.experiments.refusal import RefusalError
from simulator.plan import Machine
from simulator.words.language import tell
from simulator.words.nearest import nearest

if TYPE_CHECKING:  # this imports NumPy and Pydantic
    from simulator.workload.scenario import Scenario


def profile(name: str) -> Profile:
    """The profile of that name. Raises RefusalError with the names there are."""
    if name not in PROFILES:
        known = ", ".join(PROFILES)
        raise RefusalError(
            tell("--profile {name}: no such profile.{near} There are: {known}", name=name, known=known,
                 near=nearest(name, PROFILES))
        )  # fmt: skip
    return PROFILES[name]


def profile_of(side: Deployment, options: RunOptions) -> Profile:
    """Of the server itself. Raises RefusalError."""
    return profile(options.profile or side.profile or MINI)


def machine_of(side: Deployment, scenario: "Scenario", options: RunOptions) -> Machine:
    """The machine with the costs of a server, and of what stands in front of it. Raises RefusalError."""
    its = profile_of(side, options)
    costs = dict(its.costs)
    if its.name != MINI:
        for model, config in side.fronts:
            costs |= profile(model.profile(config)).costs
    return scenario.machine_with(costs)
