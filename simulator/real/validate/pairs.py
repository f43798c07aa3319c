"""One pair: a server under a load, once simulated and several times measured, on exactly the same requests.

Of each run its figures are kept, and its latencies as a curve.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulator.experiments.deployment import Deployment
from simulator.experiments.deployment_words import setting_flags
from simulator.experiments.options import RUN, RunOptions
from simulator.experiments.progress import MEASURING, shown_while
from simulator.experiments.run import refused_without_room, run_checked
from simulator.experiments.setup import Prepared, Setup, prepared
from simulator.plan import Connect, Step
from simulator.real.exchange import network_rtt_s
from simulator.real.measure import measure
from simulator.real.processes import MeasureError
from simulator.real.servers import server_name
from simulator.real.validate.figures import Figures, figures
from simulator.real.validate.verdict import Row, Verdict, rows
from simulator.trace.driver_words import LABEL, driver_reasons
from simulator.trace.facts import BUSY, OTHERS
from simulator.trace.outcomes import latencies, offered_rate, percentiles
from simulator.trace.table import Trace
from simulator.words.language import tell
from simulator.workload.draw import draw
from simulator.workload.table import Workload

if TYPE_CHECKING:
    from simulator.workload.scenario import Scenario


ATTEMPTS = 2
"""For each repeat: what the driver calls invalid is tried once more."""


# A curve: for each of many shares of the requests, the seconds that they took at most. Shares crowd together near
# one, because a mean hides what happens there and a p99 is all about it.

Curve = tuple[float, ...]
BEYOND = tuple(float(part) for part in np.geomspace(1.0, 1e-3, 121))
"""The part of the requests that took longer, for each point of a curve: all of them, down to one in a thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """A pair's curves; each has a point for every one of ``BEYOND``, and is empty where nothing was completed."""

    predicted: Curve = ()
    measured: tuple[Curve, ...] = ()
    """Of the valid repeats."""


def curve(trace: Trace) -> Curve:
    """Seconds from the intended arrival to the last byte, of the completed requests in the window."""
    seconds = latencies(trace)
    return tuple(percentiles(seconds, [100.0 * (1.0 - part) for part in BEYOND])) if len(seconds) else ()


# The pair itself.


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What is compared."""

    deployment: Deployment
    options: RunOptions
    """The load and what is changed in it."""

    @property
    def server(self) -> str:
        """The server with those of its settings that are not the default: ``nginx + prefork --workers 8``."""
        deployment = self.deployment
        if deployment.production is not None:
            return server_name(deployment)
        settings = [word for model, config in deployment.programs for word in setting_flags(model, config)]
        server = ["--server", deployment.server] if deployment.server else []
        return " ".join([deployment.title, *settings, *server])

    @property
    def load(self) -> str:
        """The load with what is changed in it: ``io-heavy --rate 62``."""
        options = self.options
        named = ((RUN.flag(field), getattr(options, field)) for field in ("seed", "rate", "duration", "cores"))
        changed = [f"{flag} {value}" for flag, value in named if value is not None]
        machine = [f"--machine {options.machine}"] if options.machine else []
        profile = [f"--profile {options.profile}"] if options.profile else []
        return " ".join([options.load or "", *changed, *(f"--set {each}" for each in options.set), *machine, *profile])


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """How the load driver did in one repeat."""

    valid: bool
    reasons: tuple[str, ...]
    """Why the run says nothing about the server."""
    attempts: int
    cpu_peak: float | None
    """Largest share of a core in a second."""
    late_p99: float | None
    """Seconds."""
    others: float = 0.0
    """The part of the cores that other programs had meanwhile."""
    priority: str = ""
    """With which the driver ran, where it is known."""

    @property
    def busy(self) -> bool:
        """Whether they had so much that what was measured says as much about them as about the server."""
        return self.others >= BUSY


NO_CURVES = Curves()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out for a pair."""

    pair: Pair
    requests: int
    duration: float
    """Seconds of the load."""
    rows: tuple[Row, ...] = ()
    """None where nothing valid was measured."""
    predicted: Figures
    measured: tuple[Figures, ...] = ()
    """Of the repeats that count: valid ones, and of those the ones that other programs left alone, if any were."""
    drivers: tuple[Driven, ...] = ()
    """Of all repeats."""
    curves: Curves = NO_CURVES
    """The latencies behind the figures."""
    busy: bool = False
    """Whether other programs had much of the cores in every valid repeat: then nothing is judged."""
    failure: str | None = None
    """Why measuring was broken off, if it was."""

    @property
    def passed(self) -> bool:
        """Whether something was measured and judged, and no bar was missed."""
        judged = bool(self.rows) and not self.busy and self.failure is None
        return judged and all(row.verdict is not Verdict.OUTSIDE for row in self.rows)


Measuring = Callable[[Pair, "Scenario", Workload, str], Trace]
"""The last one says what a waiting person is told."""


def measured(pair: Pair, scenario: "Scenario", workload: Workload, what: str) -> Trace:
    """One measured run. Raises MeasureError."""
    with shown_while(what, scenario.duration, MEASURING) as progress:
        return measure(
            pair.deployment,
            scenario.machine,
            workload,
            redraw=partial(draw, scenario),
            progress=progress,
        )


def as_measured(ready: Prepared) -> Prepared:
    """What is simulated meets the network that is measured on.

    On a loopback device a handshake takes no time, though the driver's clients wait for their lines before.
    """
    if network_rtt_s() > 0:
        return ready

    def near(step: Step) -> Step:
        return replace(step, at_once=True) if isinstance(step, Connect) else step

    return replace(ready, plans=tuple(replace(plan, steps=plan.steps_after(near)) for plan in ready.plans))


def compare(pair: Pair, repeat: int, measuring: Measuring = measured) -> Result:
    """Simulate the pair and measure it ``repeat`` times. Raises RefusalError, InvariantError."""
    ready = as_measured(prepared(Setup(sides=(pair.deployment,), options=pair.options)))
    scenario = ready.scenario
    with refused_without_room():
        workload = draw(scenario)
    (trace,) = run_checked(ready, workload=workload)
    result = Result(pair=pair, requests=len(trace), duration=scenario.duration, predicted=figures(trace))
    repeats, drivers = list[_Repeat](), list[Driven]()
    try:
        for number in range(1, repeat + 1):
            what = tell(
                "{server} under {load}, repeat {number} of {repeat}",
                server=pair.server,
                load=pair.load,
                number=number,
                repeat=repeat,
            )
            measured_trace, driver = _valid_if_possible(partial(measuring, pair, scenario, workload, what))
            drivers.append(driver)
            if driver.valid:
                repeats.append(_Repeat(figures(measured_trace), curve(measured_trace), driver.busy))
    except MeasureError as error:
        result = replace(result, failure=str(error))
    busy = bool(repeats) and all(each.busy for each in repeats)
    counting = [each for each in repeats if busy or not each.busy]
    real, in_loop = [each.figures for each in counting], bool(workload.clients_in_loop)
    return replace(
        result,
        rows=rows(result.predicted, real, offered_rate(trace), closed=in_loop, is_judged=not busy),
        measured=tuple(real),
        drivers=tuple(drivers),
        curves=Curves(predicted=curve(trace), measured=tuple(each.curve for each in counting)),
        busy=busy,
    )


class _Repeat(NamedTuple):
    """What is kept of a valid one."""

    figures: Figures
    curve: Curve
    busy: bool


def _valid_if_possible(again: Callable[[], Trace]) -> tuple[Trace, Driven]:
    attempt = 1
    while True:
        trace = again()
        about: dict[str, Any] = json.loads(trace.labels[LABEL])
        if about["valid"] or attempt == ATTEMPTS:
            return trace, Driven(
                valid=about["valid"],
                reasons=tuple(driver_reasons(about)),
                attempts=attempt,
                cpu_peak=about["cpu_peak"],
                late_p99=about["late_p99"],
                others=float(trace.labels.get(OTHERS, 0.0)),
                priority=about.get("priority", ""),
            )
        attempt += 1
