"""Runs of small plans: loads whose requests one can count, and as many further rows as a run needs."""

from dataclasses import replace
from functools import partial
from math import inf
from typing import Any

import numpy as np

from simulator.experiments.run import EngineName, run
from simulator.plan import Plan
from simulator.trace.table import Trace
from simulator.workload.interventions import Intervention
from simulator.workload.table import PER_ROW, Workload
from tests.trace.by_hand import Kind, load_at

ENGINES: tuple[EngineName, ...] = ("reference", "kernel")
"""Those that know all words."""


def io(seconds: float, every: int = 1) -> Kind:
    """Requests that wait for so long."""
    return Kind(steps=(("io", seconds),), every=every)


def at_once(count: int, **kinds: Kind) -> Workload:
    """So many requests at 0 s."""
    return load_at([0.0] * count, 20.0, 0.0, inf, 0.0, **kinds)


def taking(*seconds: float, at: list[float] | None = None, rtt: float = 0.0) -> Workload:
    """Requests that wait for so long each, and come one second after another, or when it is said."""
    load = load_at([float(i) for i in range(len(seconds))] if at is None else at, 20.0, rtt=rtt, page=io(1.0))
    return replace(load, phases=np.array(seconds).reshape(-1, 1))


def of_classes(load: Workload, names: tuple[str, ...], numbers: list[int]) -> Workload:
    """The same requests, of several classes that do the same."""
    kinds = np.repeat(load.phase_kinds[:1], len(names), axis=0)
    return replace(load, class_names=names, request_class=np.array(numbers, np.int16), phase_kinds=kinds)


def with_further(load: Workload, *, rounds: int | None, reserve: int) -> Workload:
    """With so many further rows, like the requests but for their coins."""
    assert rounds is None or rounds * load.clients_in_loop == load.requests  # there are as many as it takes
    levels = range(reserve + 1)
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(load, name)] * (reserve + 1))
        for name in PER_ROW
        if getattr(load, name) is not None
    }
    columns["arrival"] = np.concatenate([load.arrival, *(np.full(len(load), np.nan) for _ in range(reserve))])
    columns["coin"] = np.concatenate([(load.coin + 0.37 * level) % 1.0 for level in levels])
    return replace(load, reserve=reserve, **columns)


def play(engine: EngineName, plan: Plan, load: Workload, *entries: Intervention) -> Trace:
    """A run, with as many further rows as it needs."""
    load = replace(load, interventions=entries)
    return run(plan, load, engine=engine, detail=True, redraw=partial(with_further, load))


def crowd() -> Workload:
    """Requests of three classes at any moments, too many for any of these plans for a while."""
    moments = [i * 0.21 % 8.0 for i in range(60)]
    load = load_at(moments, 9.0, patience=6.0, rtt=0.1, page=io(0.4), paid=io(0.2, 3), poison=io(0.3, 7))
    return load.take(np.argsort(load.arrival, kind="stable"))
