"""From a server in its states to the costs of a profile, each with its spread.

What to watch: from outside only sums are seen. The processor time of a request is shared out to what lies before the
handler and what lies after it, in proportion to the times of a server that nobody has to wait for. Within either part
the costs keep the proportions that they had so far; what each of them is alone cannot be told from outside. Nothing
here is fitted to a load: what a profile says of other loads is a prediction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from models.profiles import WAKES
from simulator.experiments.deployment import Deployment
from simulator.plan import Machine
from simulator.plan.walk import walk
from simulator.real.calibrate.regimes import FIRST, IO_S, Regime
from simulator.real.calibrate.samples import Samples
from simulator.real.calibrate.servers import COSTS
from simulator.words.language import tell

SHARED = ("loop_turn_cost_s", "task_switch_cost_s")
"""Paid on both sides of the handler, and measured without a server."""
LINGERING_S = 0.1
"""Below that the next request was only served."""


@dataclass(frozen=True, kw_only=True)
class Regimes:
    """All that was measured of a server."""

    rare: Regime
    one_by_one: Regime
    saturated: Regime | None = None
    held: Regime | None = None
    """None where a request holds no slot; neither says anything that a profile needs."""
    slots: int = 0
    lingers_s: float = 0.0
    """How long the server waited for others to close who had their response."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One line: what was measured, and which cost of the profile it is, if any."""

    what: str
    """In the language of now."""
    samples: Samples
    """Seconds."""
    field: str | None = None
    """Of Machine."""


def findings(deployment: Deployment, found: Regimes, base: Machine) -> list[Measured]:
    """What the server needs; ``base`` is a machine with the costs that are known so far."""
    if deployment.fronts:
        return [Measured(what=tell("pass on, as a proxy"), samples=found.one_by_one.front, field="proxy_cost_s")]
    closing = Measured(what=tell("wait for a client to close"), samples=[found.lingers_s], field="linger_s")
    hot, rare = median(found.one_by_one.computing), found.rare.computing
    lines = [
        Measured(what=tell("computing, one after the other"), samples=found.one_by_one.computing),
        Measured(what=tell("computing, asleep in between"), samples=rare),
    ]
    if found.saturated is not None:
        lines.append(Measured(what=tell("computing, saturated"), samples=found.saturated.computing))
    if found.held is not None:
        beyond = [found.slots / found.held.throughput - IO_S]
        lines.append(Measured(what=tell("a slot is held beyond its work"), samples=beyond))
    lines += _before_and_after(deployment, found.one_by_one, base)
    woken = [max(seconds - hot, 0.0) / WAKES for seconds in rare]
    late = [max(seconds - IO_S, 0.0) for seconds in found.rare.within]
    return [
        *lines,
        Measured(what=tell("wake up"), samples=woken, field="wake_cost_s"),
        Measured(what=tell("a wait ends late by"), samples=late, field="io_late_s"),
        *([closing] if found.lingers_s > LINGERING_S else []),
    ]


def _before_and_after(deployment: Deployment, regime: Regime, base: Machine) -> list[Measured]:
    names = {
        "accept_cost_s": tell("accept a connection"),
        "hand_over_cost_s": tell("hand over to a thread"),
        "request_cost_s": tell("read and parse"),
        "response_cost_s": tell("build a response, write, close"),
    }
    before, after = _paid(deployment, base, [name for name in names if name in COSTS])
    shared = sum(sum(side.values()) for side in _paid(deployment, base, SHARED))
    share = median(regime.before) / (median(regime.before) + median(regime.after))
    by_side = [
        (paid, part / sum(paid.values()))
        for paid, part in ((before, share), (after, 1.0 - share))
        if any(paid.values())
    ]
    lines = []
    for field in dict.fromkeys([*before, *after]):
        paid_s = [(paid.get(field, 0.0), scale) for paid, scale in by_side]  # some are paid on both sides
        scale = sum(seconds * scale for seconds, scale in paid_s) / sum(seconds for seconds, _ in paid_s)
        samples = [max(seconds - shared, 0.0) * scale * float(getattr(base, field)) for seconds in regime.computing]
        lines.append(Measured(what=names[field], samples=samples, field=field))
    return lines


def _paid(deployment: Deployment, base: Machine, fields: Sequence[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds that a request pays of each cost before its handler, and from there on; read off the plan."""
    before, after = dict[str, float](), dict[str, float]()
    for field in fields:
        others: dict[str, Any] = dict.fromkeys(COSTS, 0.0)
        plan = deployment.plan(Machine(**others | {field: float(getattr(base, field))}))
        places = walk(plan, 1)
        first = next(number for number, place in enumerate(places) if place.name == FIRST)
        for side, part in ((before, places[:first]), (after, places[first:])):
            seconds = sum(place.work_s for place in part)
            if seconds:
                side[field] = seconds
    return before, after
