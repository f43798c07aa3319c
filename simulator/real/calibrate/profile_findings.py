"""From a server in its states to the costs of a profile, each with its spread.

What to watch: from outside only sums are seen. The processor time of a hot request is shared out to what lies before
its first byte, what lies between that and the handler, and what comes after: as with a client that pauses there. Within
a part the costs keep the proportions that they had so far; what each of them is alone cannot be told from outside.
Nothing here is fitted to a load: what a profile says of other loads is a prediction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from models.profiles import WAKES
from simulator.experiments.deployment import Deployment
from simulator.plan import Machine
from simulator.plan.walk import Way, walk
from simulator.real.calibrate.parts import Parts
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
    parts: Parts | None = None
    """None for what stands in front."""
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
    if found.parts is None:
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
    lines += _by_part(deployment, found.one_by_one, found.parts, base)
    woken = [max(seconds - hot, 0.0) / WAKES for seconds in rare]
    late = [max(seconds - IO_S, 0.0) for seconds in found.rare.within]
    return [
        *lines,
        Measured(what=tell("wake up"), samples=woken, field="wake_cost_s"),
        Measured(what=tell("a wait ends late by"), samples=late, field="io_late_s"),
        *([closing] if found.lingers_s > LINGERING_S else []),
    ]


def _by_part(deployment: Deployment, hot: Regime, parts: Parts, base: Machine) -> list[Measured]:
    names = {
        "accept_cost_s": tell("accept a connection"),
        "hand_over_cost_s": tell("hand over to a thread"),
        "request_cost_s": tell("read and parse"),
        "response_cost_s": tell("build a response, write, close"),
    }
    paid = _paid(deployment, base, [name for name in names if name in COSTS])
    loops = [sum(part.values()) for part in _paid(deployment, base, SHARED)]
    hot_s = median(hot.computing)
    parts_s = [max(share * hot_s - loop, 0.0) for share, loop in zip(parts.shares(), loops, strict=True)]
    costs = _costs(parts_s, paid)
    return [
        Measured(what=what, samples=[costs[name] * seconds / hot_s for seconds in hot.computing], field=name)
        for name, what in names.items()
        if name in costs
    ]


def _costs(parts_s: Sequence[float], paid: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Seconds of each cost, from what each part of a request needs and what is paid in it so far.

    What a part needs in which nothing is paid belongs to the next one: a model may accept when the request is there. A
    cost that is paid in two parts has its share of both together, though no more of either than that needs; what
    remains of each is the others'.
    """
    rest = _moved_on(parts_s, paid)
    costs: dict[str, float] = {}
    for name in dict.fromkeys(name for part in paid for name in part):
        where = [number for number, part in enumerate(paid) if name in part]
        if len(where) > 1:
            whole = sum(paid[number][name] for number in where)
            wanted = sum(rest[number] * paid[number][name] / sum(paid[number].values()) for number in where)
            costs[name] = min(wanted, *(rest[number] * whole / paid[number][name] for number in where))
            for number in where:
                rest[number] -= costs[name] * paid[number][name] / whole
    for need, part in zip(rest, paid, strict=True):
        alone = {name: seconds for name, seconds in part.items() if name not in costs}
        costs |= {name: need * seconds / sum(alone.values()) for name, seconds in alone.items()}
    return costs


def _moved_on(parts_s: Sequence[float], paid: Sequence[Mapping[str, float]]) -> list[float]:
    needs, carried = [], 0.0
    for seconds, part in zip(parts_s, paid, strict=True):
        needs.append(seconds + carried if part else 0.0)
        carried = 0.0 if part else seconds + carried
    return needs


def _paid(deployment: Deployment, base: Machine, fields: Sequence[str]) -> list[dict[str, float]]:
    """Seconds that a request pays of each cost until it is read, from there to its handler, and from there on."""
    parts: list[dict[str, float]] = [{}, {}, {}]
    for field in fields:
        others: dict[str, Any] = dict.fromkeys(COSTS, 0.0)
        plan = deployment.plan(Machine(**others | {field: float(getattr(base, field))}))
        places = walk(plan, 1)
        heard = next(number for number, place in enumerate(places) if place.way is Way.UP)
        begun = next(number for number, place in enumerate(places) if place.name == FIRST)
        for part, some in zip(parts, (places[:heard], places[heard:begun], places[begun:]), strict=True):
            seconds = sum(place.work_s for place in some)
            if seconds:
                part[field] = seconds
    return parts
