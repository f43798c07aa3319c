"""The same plan and the same requests in other words: other numbers and names, other units of time.

What to watch: ``scaled`` finds the times of a plan by their names, which end in ``_s``. A new word of a plan is so
scaled without a line here, and a time that an engine keeps to itself is found out.
"""

from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.plan import Connect, HandshakeTimers, Plan
from simulator.trace.table import Trace
from simulator.workload.table import Workload
from tests.engine.comparison import columns

TIMES = ("arrival", "reached", "left", "finished", "lock_wait", "woken", "grants.start", "grants.end")
EXACT = HandshakeTimers(tick_s=0.0)
"""Timers that hang on no wheel, so that moments can be worked out by heart."""
COARSE = HandshakeTimers(tick_s=0.125)
"""Ticks so far apart that nearly all who knock again do so together."""
QUICK = replace(EXACT, least_timeout_s=0.5, syn_ack_s=0.25, syn_acks=3, fewest_syn_acks=1, cookie_valid_s=9.0)
"""A system that repeats the SYN-ACK after 0.25, 0.75 and 1.75 s, and forgets sooner."""


def with_timers(plan: Plan, timers: HandshakeTimers) -> Plan:
    """The plan on a system with other timers."""
    steps = (replace(step, timers=timers) if isinstance(step, Connect) else step for step in plan.steps)
    return replace(plan, steps=tuple(steps))


# --- other numbers and names ----------------------------------------------------------------------------------------


def relabelled(workload: Workload, random: np.random.Generator) -> Workload:
    """The classes and the clients in another order."""
    classes = random.permutation(len(workload.class_names))
    clients = random.permutation(len(workload.client_names))
    return replace(
        workload,
        class_names=tuple(workload.class_names[i] for i in classes),
        client_names=tuple(workload.client_names[i] for i in clients),
        phase_kinds=workload.phase_kinds[classes],
        request_class=np.argsort(classes).astype(np.int16)[workload.request_class],
        client=np.argsort(clients).astype(np.int16)[workload.client],
        up_rate=workload.up_rate[clients],
        down_rate=workload.down_rate[clients],
    )


def split(workload: Workload, random: np.random.Generator) -> Workload:
    """One class, and one kind of client, become two that are alike; each of their requests is in either by lot."""
    of, at = (int(random.integers(len(names))) for names in (workload.class_names, workload.client_names))
    lot = random.random(len(workload)) < 0.5
    return replace(
        workload,
        class_names=(*workload.class_names, "another class"),
        client_names=(*workload.client_names, "another client"),
        phase_kinds=np.vstack((workload.phase_kinds, workload.phase_kinds[of])),
        request_class=_moved(workload.request_class, of, len(workload.class_names), lot),
        client=_moved(workload.client, at, len(workload.client_names), lot),
        up_rate=np.append(workload.up_rate, workload.up_rate[at]),
        down_rate=np.append(workload.down_rate, workload.down_rate[at]),
    )


def _moved(column: NDArray[np.int16], old: int, new: int, lot: NDArray[np.bool_]) -> NDArray[np.int16]:
    return np.where((column == old) & lot, new, column).astype(np.int16)


def renumbered(workload: Workload, random: np.random.Generator) -> Workload:
    """The clients of a closed loop in another order, each with all of its requests."""
    order = random.permutation(workload.clients_in_loop)
    rows = np.arange(len(workload)).reshape(-1, workload.clients_in_loop)[:, order].reshape(-1)
    return workload.take(rows)


# --- other units of time --------------------------------------------------------------------------------------------


def scaled(plan: Plan, factor: float) -> Plan:
    """Every time that the plan, its steps and its resources name is so many times as long."""
    longer: Plan = _scaled(plan, "", factor)
    return longer


def without_quota(plan: Plan, workload: Workload) -> tuple[Plan, Workload]:
    """The period of a container's quota is the system's, no time of the plan: with a quota nothing scales."""
    entries = tuple(replace(entry, quota=0.0) for entry in workload.interventions)
    return replace(plan, cores=replace(plan.cores, quota=0.0)), replace(workload, interventions=entries)


def _scaled(value: Any, name: str, factor: float) -> Any:
    if isinstance(value, tuple):
        return tuple(_scaled(item, name, factor) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: _scaled(getattr(value, field.name), field.name, factor) for field in fields(value)}
        return replace(value, **parts)
    return value * factor if name.endswith("_s") else value


def scaled_workload(workload: Workload, factor: float) -> Workload:
    """Everything comes, lasts and waits so many times as long; so lines carry fewer bytes in a second."""
    return replace(
        workload,
        arrival=workload.arrival * factor,
        phases=workload.phases * factor,
        rtt=workload.rtt * factor,
        patience=workload.patience * factor,
        think=None if workload.think is None else workload.think * factor,
        starts=None if workload.starts is None else workload.starts * factor,
        up_rate=workload.up_rate / factor,
        down_rate=workload.down_rate / factor,
        duration=workload.duration * factor,
        warmup=workload.warmup * factor,
        interventions=tuple(
            replace(entry, at=entry.at * factor, lasting=entry.lasting * factor) for entry in workload.interventions
        ),
    )


# --- traces beside each other ---------------------------------------------------------------------------------------


def changed(before: Trace | None, after: Trace | None, factor: float = 1.0) -> list[str]:
    """The columns of which any bit differs, once the times of the first are so many times as long."""
    if before is None or after is None:
        return [] if before is after else ["the rows ran out in one of them only"]
    return [
        name
        for (name, old), (_, new) in zip(columns(before), columns(after), strict=True)
        if not np.array_equal(np.multiply(old, factor) if name in TIMES else old, new, equal_nan=name in TIMES)
    ]
