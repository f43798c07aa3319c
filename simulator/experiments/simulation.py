"""From the flags to a trace: read the scenario, build the plan, run it, and write on the trace what was run."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import simulator
from models.settings import SettingError
from simulator.experiments.catalogue import Model
from simulator.experiments.options import RunOptions
from simulator.experiments.refusal import RefusalError
from simulator.plan import Machine, Plan, PlanError

if TYPE_CHECKING:  # these import NumPy and Pydantic
    from simulator.trace.table import Trace
    from simulator.workload.scenario import Scenario


CHECKED_BELOW = 200_000
"""Requests. The invariants of shorter runs are checked every time; that costs less than a tenth of a second."""


class InvariantError(Exception):
    """A run contradicts itself: a mistake in the program, never the user's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A server with its settings, and what stands in front of it."""

    model: Model
    config: Any
    fronts: tuple[tuple[Model, Any], ...] = ()
    server: str = ""
    """Which of the model's real servers is measured; makes no difference to the model."""

    def plan(self, machine: Machine) -> Plan:
        """The plan of the whole; the front that is named first stands next to the server."""
        plan = self.model.plan(self.config, machine)
        for front, config in self.fronts:
            plan = front.in_front(plan, config, machine)
        return plan


def configured(model: Model, settings: Mapping[str, Any]) -> Any:
    """The model's settings with some given. Raises RefusalError where the model cannot use one."""
    try:
        return model.config(**settings)
    except SettingError as error:
        raise RefusalError(f"{model.name}: {error}") from None


def simulate(deployment: Deployment, options: RunOptions, *, detail: bool = False) -> "Trace":
    """Run it. Raises RefusalError for what the user can put right, InvariantError for what only we can.

    ``detail`` records what a picture of the stage needs, and a summary does not: who had a lock, and when.
    """
    scenario = scenario_of(options)
    try:
        plan = deployment.plan(scenario.machine)
    except PlanError as error:
        raise RefusalError(f"{deployment.model.name}: {error}") from None
    if options.engine == "kernel":
        _say_if_slow()
    trace = _run(plan, scenario, options, detail=detail)
    if len(trace) < CHECKED_BELOW:
        _check(trace)
    return replace(trace, labels=labels_of(deployment, scenario, options))


def overrides(options: RunOptions) -> list[tuple[str, str]]:
    """What the flags change in the scenario, as dotted keys and values; what is typed later counts."""
    pairs = []
    for text in options.set:
        key, equals, value = text.partition("=")
        if not (key.strip() and equals):
            raise RefusalError(f'--set {text}: expected KEY=VALUE, like --set requests.page.response="2 MiB"')
        pairs.append((key.strip(), value.strip()))
    named = (("arrivals.rate", options.rate), ("duration", options.duration), ("seed", options.seed))
    return pairs + [(key, str(value)) for key, value in named if value is not None]


def scenario_of(options: RunOptions) -> "Scenario":
    """The scenario that the flags name, with their overrides. Raises RefusalError."""
    from simulator.workload.load import ScenarioError, load

    try:
        return load(options.load or "", overrides(options), machine_table(options.machine))
    except ScenarioError as error:
        raise RefusalError(str(error)) from None


def _run(plan: Plan, scenario: "Scenario", options: RunOptions, *, detail: bool) -> "Trace":
    from simulator.experiments.progress import shown_while
    from simulator.experiments.run import run
    from simulator.workload.draw import draw

    with shown_while(f"{options.model} under {options.load}", scenario.duration) as progress:
        try:
            return run(
                plan,
                draw(scenario),
                engine=options.engine,
                detail=detail,
                redraw=partial(draw, scenario),
                progress=progress,
            )
        except MemoryError:
            raise RefusalError(
                "the run does not fit into memory: shorten it (--duration) or lower its --rate"
            ) from None


def _say_if_slow() -> None:
    from simulator.engine.loading import KernelError, kernel_notice

    try:
        notice = kernel_notice()
    except KernelError as error:
        raise RefusalError(str(error)) from None
    if notice:
        sys.stderr.write(f"simulate: {notice}\n")


def _check(trace: "Trace") -> None:
    from simulator.trace.checks import check

    broken = check(trace)
    if broken:
        raise InvariantError("; ".join(broken))


def labels_of(deployment: Deployment, scenario: "Scenario", options: RunOptions) -> dict[str, str]:
    """What was run, in words: everything that a reader of the trace alone could not know."""
    fronts = {model.name: asdict(config) for model, config in deployment.fronts}
    named = {"machine": options.machine, "server": deployment.server}
    return {
        **{name: value for name, value in named.items() if value},
        "model": deployment.model.name,
        "load": scenario.name,
        "title": scenario.title,
        "story": scenario.story,
        "engine": options.engine,
        "settings": json.dumps(asdict(deployment.config)),
        "fronts": json.dumps(fronts),
        "version": simulator.__version__,
    }


# Which machine file a run uses: the one that ``simulate calibrate`` saved, or any other.

CALIBRATED = "calibrated"
"""What is typed instead of a path for the file that calibrating saved."""


def calibrated_path() -> Path:
    """Where the calibrated machine is kept, for this user."""
    from platformdirs import user_config_path

    return user_config_path("loopfork", appauthor=False) / "machine.toml"


def machine_table(named: str | None) -> dict[str, Any] | None:
    """The table of the machine file; None where none is named. Raises RefusalError or ScenarioError."""
    if named is None:
        return None
    from simulator.workload.machine_file import read_machine

    path = calibrated_path() if named == CALIBRATED else Path(named)
    if named == CALIBRATED and not path.exists():
        raise RefusalError(f"--machine {named}: there is no {path} yet. Type first: simulate calibrate")
    return read_machine(path)
