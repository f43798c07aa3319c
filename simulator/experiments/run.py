"""From a deployment to a trace: the one way that every command and the screen take, and the bare run beneath it."""

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol

import simulator
from simulator.engine.record import Shortage
from simulator.experiments.deployment import Deployment
from simulator.experiments.options import RunOptions
from simulator.experiments.profiles import profile_of
from simulator.experiments.progress import talk
from simulator.experiments.refusal import InvariantError, RefusalError
from simulator.experiments.room import refuse_without_room
from simulator.experiments.setup import Prepared
from simulator.plan import Plan
from simulator.trace.table import Trace
from simulator.words.language import tell, translated
from simulator.words.numbers import count
from simulator.workload.table import MOST_ROWS, Workload

if TYPE_CHECKING:  # this imports Pydantic, which a bare run does not need
    from simulator.workload.scenario import Scenario

LINE = "line"
"""The label that says how a server is started, where that was typed."""
EngineName = Literal["kernel", "reference"]
Progress = Callable[[float], None]


def run_checked(
    ready: Prepared, *, workload: Workload | None = None, detail: bool = False, progress: Progress | None = None
) -> tuple[Trace, ...]:
    """Run every side under the same requests, check the laws, and write on each trace what was run.

    ``workload``: those requests, where somebody has drawn them already. ``detail`` also records every time that a lock
    was held: without it a picture of the stage would have to guess. ``progress`` is called now and then
    with the simulated seconds so far, of all sides together no more than the load lasts.

    Raises RefusalError for what the user can put right, InvariantError for what only we can.
    """
    traces = run_unchecked(ready, workload=workload, detail=detail, progress=progress)
    for trace in traces:
        check_laws(trace)
    return traces


def run_unchecked(
    ready: Prepared, *, workload: Workload | None = None, detail: bool = False, progress: Progress | None = None
) -> tuple[Trace, ...]:
    """The same without the laws, for a screen, which has them checked while the picture is there already.

    Whoever calls this calls ``check_laws`` afterwards. Raises RefusalError.
    """
    from simulator.workload.draw import draw

    options, scenario = ready.setup.options, ready.scenario
    if options.engine == "kernel":
        say_if_slow()
    refuse_without_room(ready)
    traces: list[Trace] = []
    with refused_without_room():
        requests = draw(scenario) if workload is None else workload
        for number, (side, plan) in enumerate(zip(ready.setup.sides, ready.plans, strict=True)):
            trace = run(
                plan,
                requests,
                engine=options.engine,
                detail=detail,
                redraw=partial(draw, scenario),
                progress=_part_of(progress, number, len(ready.plans), scenario.duration),
            )
            traces.append(replace(trace, labels=labels_of(side, scenario, options)))
    return tuple(traces)


@contextmanager
def refused_without_room() -> Iterator[None]:
    """Raise RefusalError where the machine has no room for what is drawn, run or checked in the block."""
    try:
        yield
    except MemoryError:
        raise RefusalError(
            tell("the run does not fit into memory: fewer requests per second (--rate), or a shorter run (--duration)")
        ) from None


def _part_of(progress: Progress | None, number: int, count: int, duration_s: float) -> Progress | None:
    """What one run of several tells of all of them: seconds of the load, as if every run were a part of it."""
    if progress is None:
        return None
    return lambda so_far_s: progress((number * duration_s + min(so_far_s, duration_s)) / count)


def check_laws(trace: Trace) -> None:
    """Raise InvariantError for a trace that contradicts itself, RefusalError where there is no room to find out."""
    from simulator.trace import checks

    with refused_without_room():
        broken = checks.check(trace)
    if broken:
        raise InvariantError(
            tell("this run contradicts itself, do not trust it: {reasons}", reasons=translated("; ").join(broken))
        )


def say_if_slow() -> None:
    """Say on stderr that the kernel is not compiled, if so: once, however much is run.

    Raises RefusalError where a kernel was asked for that cannot be used.
    """
    from simulator.engine.loading import KernelError, kernel_notice

    try:
        notice = kernel_notice()
    except KernelError as error:
        raise RefusalError(str(error)) from None
    if notice:
        _say_once(notice)


@functools.cache
def _say_once(notice: str) -> None:
    talk(f"simulate: {notice}\n")


def labels_of(deployment: Deployment, scenario: "Scenario", options: RunOptions) -> dict[str, str]:
    """What was run, in words: everything that a reader of the trace alone could not know."""
    fronts = {model.name: asdict(config) for model, config in deployment.fronts}
    line = deployment.production.line if deployment.production else ""
    named = {"machine": options.machine, "server": deployment.server, LINE: line}
    named["profile"] = profile_of(deployment, options).name
    if not (options.profile or deployment.profile or deployment.production):
        named["profile_of"] = deployment.model.name  # its own: nobody has said anything else
    return {
        **{name: value for name, value in named.items() if value},
        "model": deployment.model.name,
        "load": scenario.name,
        **scenario.told,
        "engine": options.engine,
        "settings": json.dumps(asdict(deployment.config)),
        "fronts": json.dumps(fronts),
        "version": simulator.__version__,
    }


# The bare run: a plan under a workload, again with more rows where there were too few.

MOST_FURTHER = 1024
"""Further rows of one request. A job that kills whoever takes it, and comes again each time, has no end."""


class Draw(Protocol):
    """Draws the same requests again, with another number of rows."""

    def __call__(self, *, rounds: int | None, reserve: int) -> Workload:
        """In a closed loop so many rounds; and so many further rows for each request. The first ones stay the same."""


def run(
    plan: Plan,
    workload: Workload,
    *,
    engine: EngineName = "kernel",
    detail: bool = False,
    redraw: Draw | None = None,
    progress: Progress | None = None,
) -> Trace:
    """Simulate the workload on the plan until the last request has ended.

    ``detail`` also records every time that a lock was held (``Trace.grants``). How many requests a closed loop sends,
    how many are repeated and how many jobs are sent off is not known before; where the workload has too few rows,
    ``redraw`` is asked for twice as many. ``progress`` is called now and then with the simulated seconds so far.

    Raises ValueError for a workload that has too few rows, and no ``redraw``; RefusalError where no number is enough.
    """
    while True:
        trace = _run_once(plan, workload, engine, detail, progress)
        if isinstance(trace, Trace):
            return trace
        workload = with_more_rows(workload, trace, redraw)


def with_more_rows(workload: Workload, shortage: Shortage, redraw: Draw | None) -> Workload:
    """The same requests with twice as many rows of what there were too few. Raises ValueError or RefusalError."""
    rounds, reserve = None, workload.reserve
    if workload.clients_in_loop and not workload.limit:
        rounds = workload.requests // workload.clients_in_loop
    if shortage is Shortage.FURTHER and reserve >= MOST_FURTHER:
        message = tell(
            "one request was repeated, or sent off jobs, more than {most} times: it may have no end; expected fewer"
            " repetitions, or jobs that do not come again for ever",
            most=count(MOST_FURTHER),
        )
        raise RefusalError(message)
    if shortage is Shortage.ROUNDS and 2 * len(workload) > MOST_ROWS:
        message = tell(
            "the clients of the closed loop send more than {most} requests: expected fewer clients, more time to think,"
            " or a number of requests (requests = 1000)",
            most=count(MOST_ROWS),
        )
        raise RefusalError(message)
    if redraw is None:
        few = f"{rounds} rounds of requests" if shortage is Shortage.ROUNDS else f"{reserve} further rows a request"
        raise ValueError(f"{few} are too few for {workload.duration} s: pass redraw=partial(draw, scenario)")
    if shortage is Shortage.FURTHER:
        return redraw(rounds=rounds, reserve=max(2 * reserve, 1))
    assert rounds is not None  # only a closed loop has them
    return redraw(rounds=2 * rounds, reserve=reserve)


def _run_once(
    plan: Plan, workload: Workload, engine: EngineName, detail: bool, progress: Progress | None
) -> Trace | Shortage:
    """The trace, or of which rows there were too few."""
    # Imported here: each engine is only loaded by those who use it.
    from simulator.engine.enlarging import enlarged

    if engine == "reference":
        from simulator.engine.reference.server import simulate
    else:
        from simulator.engine.kernel_run import simulate
    plan, workload = enlarged(plan, workload)
    trace = simulate(plan, workload, detail=detail, progress=progress)
    if isinstance(trace, Trace):
        trace.labels["engine"] = engine
    return trace
