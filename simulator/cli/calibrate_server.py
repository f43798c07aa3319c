"""``simulate calibrate --server``: one server is measured in its states, and what was found becomes its profile."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.console import RenderableType
from rich.text import Text

from simulator.experiments.catalogue import called, catalogue, fronts
from simulator.experiments.deployment import Deployment
from simulator.experiments.production_line import deployed, is_production, startable
from simulator.experiments.refusal import RefusalError
from simulator.plan import Machine
from simulator.real.calibrate.parts import parts
from simulator.real.calibrate.profile_findings import Measured, Regimes, findings
from simulator.real.calibrate.regimes import held, lingers_s, one_by_one, rare, saturated, slots_of
from simulator.real.calibrate.samples import spread
from simulator.real.calibrate.switches import asyncio_switch, loop_turn
from simulator.real.servers import server_name
from simulator.words.columns import aligned, columns
from simulator.words.language import tell
from simulator.words.numbers import duration
from simulator.words.prose import Prose
from simulator.workload.profile_file import profile_text

RARE_S, BUSY_S = 30.0, 2.0
QUICK_RARE_S, QUICK_BUSY_S = 5.0, 0.7
ROUNDS, QUICK_ROUNDS = 100, 25
SAMPLES = 10
QUIET, INDENT = "bright_black", 2


def named_server(line: str) -> Deployment:
    """What was typed: a command line, or the name of a model or of what stands in front. Raises RefusalError."""
    if is_production(line):
        return startable(line)
    model = called(line)
    if model is None:
        names = ", ".join(catalogue())
        raise RefusalError(
            tell(
                '--server {line}: expected a command line like "gunicorn -w 4", or one of {names}',
                line=line,
                names=names,
            )
        )
    if model in fronts():
        return replace(deployed("gunicorn"), fronts=((model, model.config()),))
    return Deployment(model=model, config=model.config())


def profile_name(deployment: Deployment) -> str:
    """What the profile of a server is called."""
    if deployment.fronts:
        return deployment.fronts[-1][0].name
    return deployment.model.name if deployment.production is None else deployment.production.kind.profile


def measured_states(deployment: Deployment, *, quick: bool) -> list[Measured]:
    """What was found of the server; takes a minute or so. Raises MeasureError."""
    long_s, short_s = (QUICK_RARE_S, QUICK_BUSY_S) if quick else (RARE_S, BUSY_S)
    slots = 0 if deployment.fronts else slots_of(deployment)
    turns, switches = loop_turn(SAMPLES), asyncio_switch(SAMPLES)
    found = Regimes(
        rare=rare(deployment, long_s),
        one_by_one=one_by_one(deployment, short_s),
        parts=None if deployment.fronts else parts(deployment, QUICK_ROUNDS if quick else ROUNDS),
        saturated=None if quick or deployment.fronts else saturated(deployment, short_s),
        held=held(deployment, short_s) if slots and not quick else None,
        slots=slots,
        lingers_s=0.0 if deployment.fronts else lingers_s(deployment),
    )
    base = replace(
        Machine(), loop_turn_cost_s=sorted(turns)[SAMPLES // 2], task_switch_cost_s=sorted(switches)[SAMPLES // 2]
    )
    lines = findings(deployment, found, base)
    if not slots and not deployment.fronts:
        lines += [
            Measured(what=tell("turn of an event loop"), samples=turns, field="loop_turn_cost_s"),
            Measured(what=tell("switch of coroutines, asyncio"), samples=switches, field="task_switch_cost_s"),
        ]
    return lines


def written(deployment: Deployment, lines: Sequence[Measured]) -> str:
    """The profile file."""
    title = server_name(deployment) or deployment.title
    return profile_text(
        profile_name(deployment), title, {line.field: spread(line.samples) for line in lines if line.field}
    )


def profile_table(deployment: Deployment, lines: Sequence[Measured], ending: str) -> Iterator[RenderableType]:
    """What was found, and a last line."""
    server = server_name(deployment) or deployment.title
    yield Text(tell("What {server} needs for a request beside its own work", server=server), style="bold cyan")
    rows = [[Text(head, style=QUIET) for head in ("", tell("median"), "p10", "p90", "[profile]")]]
    for line in lines:
        figures = [Text(duration(each)) for each in spread(line.samples)]
        rows.append([Text(line.what, style="bold"), *figures, Text((line.field or "").removesuffix("_s"))])
    yield aligned(rows, frozenset({1, 2, 3}), INDENT, columns())
    yield Text()
    yield Prose(ending)
