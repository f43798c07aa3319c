"""Whose costs a server has: named with ``--profile``, by the production server that is measured, or by its model.

What to watch: a machine file, the scenario and ``--set`` all know better than a profile, key by key. Only a profile
that ``simulate calibrate`` has measured here knows better than a machine file, whose costs are those of other servers.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from models.profiles import MINI, PROFILES, Profile
from simulator.experiments.deployment import Deployment
from simulator.experiments.options import RunOptions
from simulator.experiments.refusal import RefusalError
from simulator.plan import Machine
from simulator.plan.machine import KNOWN
from simulator.words.language import tell
from simulator.words.nearest import nearest

if TYPE_CHECKING:  # this imports NumPy and Pydantic
    from simulator.workload.scenario import Scenario


OWN = "own"
"""What is typed for the profile of the server that a model stands for by itself."""
FILE = ".toml"
"""What a name ends with that is a file, unless it has a folder."""


def profile(name: str) -> Profile:
    """The profile of that name, or in that file. Raises RefusalError with the names there are."""
    if name not in PROFILES and (name.endswith(FILE) or os.sep in name):
        return _in_file(Path(name))
    if name not in PROFILES:
        known = ", ".join(PROFILES)
        by_family = {
            each.partition("-")[0]: each for each in reversed(list(PROFILES))
        }  # gunicorn: the first of its kinds
        raise RefusalError(
            tell("--profile {name}: no such profile.{near} There are: {known}", name=name, known=known,
                 near=nearest(by_family.get(name.partition("-")[0], name), PROFILES))
        )  # fmt: skip
    return PROFILES[name]


def _in_file(path: Path) -> Profile:
    from simulator.workload.load import ScenarioError  # imports Pydantic
    from simulator.workload.profile_file import read_profile

    try:
        found = read_profile(path)
    except ScenarioError as mistakes:
        raise RefusalError(str(mistakes)) from None
    named = PROFILES[found.name].costs if found.name in PROFILES else {}
    known = {field: named[field] for field in KNOWN if field in named}
    costs = {**known, **found.values}
    return Profile(name=found.name, title=found.title, costs=costs, source=str(path), measured_here=True)


def profile_of(side: Deployment, options: RunOptions) -> Profile:
    """Of the server itself. Raises RefusalError."""
    named = side.profile or (OWN if options.profile is None else options.profile)
    return profile(side.own_profile if named == OWN else named)


def machine_of(side: Deployment, scenario: "Scenario", options: RunOptions) -> Machine:
    """The machine with the costs of a server, and of what stands in front of it. Raises RefusalError."""
    its = profile_of(side, options)
    costs: dict[str, float] = {}
    if its.name != MINI:
        for model, config in side.fronts:
            costs |= profile(model.profile(config)).costs
    costs |= its.costs  # a file may know what stands in front, too
    return scenario.machine_with(costs, over_file=its.measured_here)
