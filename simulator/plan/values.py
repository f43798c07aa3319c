"""What a plan's numbers and words may be: counts that a computer can count, times that pass, endings that end.

What to watch: what holds of every field of its kind is asked of all of them by their annotations, so a new word of a
plan is checked before anybody thinks of it. What only one resource demands stands below, and what only one step
demands in ``step_values``.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from math import isnan
from typing import Any, Literal, get_args, get_origin

from simulator.plan.blocks import PlanError, Retry, Scale, Whole, every_element
from simulator.plan.resources import Backlog, Bucket, Cores, Gil, Lock, Loop, Memory, Pool, Resource, Upstreams
from simulator.plan.step_values import at_step, check_block
from simulator.plan.words import Outcome

MOST_HELD = 62
"""The kernel keeps what a request holds in the bits of one integer."""
MOST = 2**31 - 1
"""The kernel counts with 32 bits."""
OFTEN_S = 1e-6
"""Who looks at a pool more often than this never gets on."""


def check_values(plan: Whole) -> None:
    """Raise PlanError for a number or a word that nobody could go by."""
    if not isinstance(plan.cores, Cores):
        raise PlanError(
            "cores: expected Cores({cores}), got {cores_found}", cores=plan.cores, cores_found=repr(plan.cores)
        )
    for said in _said_in((plan.steps, plan.cores, plan.retry, plan.scales)):
        name = getattr(said, "name", type(said).__name__)
        for field in fields(said):
            _check_field(f"{name}: {field.name}", field.type, getattr(said, field.name))
    _check_resources(plan)
    for number, top in enumerate(plan.steps, 1):
        for element in every_element((top,)):
            check_block(at_step(number, element), element)
    if plan.retry is not None:
        _check_retry(plan.retry)
    for scale in plan.scales:
        _check_scale(scale)


def _check_resources(plan: Whole) -> None:
    for cores in plan.processors:
        if cores.count < 1 or cores.time_slice_s <= 0:
            raise PlanError("expected at least one core and a time slice above 0, got {cores}", cores=cores)
        if cores.wake_cost_s and cores.wake_after_s <= 0:
            raise PlanError("expected a sleep above 0 s after which waking costs so much, got {cores}", cores=cores)
        if not 0.0 <= cores.quota <= cores.count:
            raise PlanError("expected a quota of at most all cores, got {cores}", cores=cores)
    holdable = [r for r in plan.resources if isinstance(r, Pool | Upstreams | Memory)]
    if len(holdable) > MOST_HELD:
        raise PlanError("{n} pools, upstreams and memories: expected at most {most}", n=len(holdable), most=MOST_HELD)
    for resource in plan.resources:
        _check_resource(resource)


def _said_in(said: object) -> Iterator[Any]:
    """Every dataclass in whatever a plan says."""
    if isinstance(said, tuple):
        for part in said:
            yield from _said_in(part)
    elif is_dataclass(said):
        yield said
        for field in fields(said):
            yield from _said_in(getattr(said, field.name))


def _check_field(where: str, kind: Any, value: object) -> None:
    """What holds of every count, every figure, every word of a choice, every ending."""
    if kind in (int, int | None) and value is not None and not (isinstance(value, int) and 0 <= value <= MOST):
        raise PlanError(
            "{where}: expected a whole number from 0 to {most}, got {value}", where=where, most=MOST, value=value
        )
    if get_origin(kind) is tuple and not isinstance(value, tuple):
        raise PlanError(
            "{where}: expected a tuple, got {value}; a single one is followed by a comma",
            where=where,
            value=repr(value),
        )
    if get_origin(kind) is Literal and value not in get_args(kind):
        raise PlanError(
            "{where}: expected one of {names}, got {value}",
            where=where,
            names=", ".join(map(repr, get_args(kind))),
            value=repr(value),
        )
    for part in value if isinstance(value, tuple) else (value,):
        if isinstance(part, float) and (isnan(part) or part < 0):
            raise PlanError("{where}: expected 0 or more, got {part}", where=where, part=part)
        if part is Outcome.OPEN:
            raise PlanError("{where}: expected a way to end, got {words}", where=where, words=repr(part.words))


def _check_resource(resource: Resource) -> None:
    match resource:
        case Pool():
            _check_pool(resource)
        case Backlog():
            _check_backlog(resource)
        case Gil() | Loop():
            _check_lock(resource)
        case Upstreams(count=count) if count < 1:
            raise PlanError(
                "{name}: expected at least one upstream, got {resource}", name=resource.name, resource=resource
            )
        case Memory():
            if resource.processes < 1 or resource.in_use > resource.size:
                raise PlanError(
                    "{name}: expected no more in use than its size, got {resource}",
                    name=resource.name,
                    resource=resource,
                )
        case Bucket():
            if resource.rate <= 0 or resource.burst < 1:
                raise PlanError(
                    "{name}: expected a rate above 0 and a burst of at least 1, got {resource}",
                    name=resource.name,
                    resource=resource,
                )
        case _:
            pass


def _check_lock(lock: Lock) -> None:
    if isinstance(lock, Gil) and lock.permits < 1:
        raise PlanError("{name}: expected at least one permit, got {resource}", name=lock.name, resource=lock)
    if isinstance(lock, Gil):
        _check_shares(lock)
    elif lock.gil is not None and lock.gil.processes != lock.processes:
        raise PlanError("{name}: expected as many GILs as loops, got {resource}", name=lock.name, resource=lock)
    if lock.processes < 1 or (isinstance(lock, Gil) and lock.switch_interval_s <= 0):
        raise PlanError(
            "{name}: expected a process and a switch interval above 0 s, got {resource}",
            name=lock.name,
            resource=lock,
        )


def _check_shares(gil: Gil) -> None:
    if gil.asker_wins is not None and gil.permits > 1:
        raise PlanError("{name}: with several permits nobody who asks is preferred, got {gil}", name=gil.name, gil=gil)
    if max(gil.asker_wins or 0.0, gil.release_loss) > 1:
        raise PlanError("{name}: expected shares from 0 to 1, got {gil}", name=gil.name, gil=gil)


def _check_backlog(backlog: Backlog) -> None:
    if backlog.processes < 1:
        raise PlanError("{name}: expected at least one process, got {backlog}", name=backlog.name, backlog=backlog)


def _check_pool(pool: Pool) -> None:
    if min(pool.size, pool.processes) < 1:
        raise PlanError(
            "{name}: expected at least one slot in at least one process, got {pool}", name=pool.name, pool=pool
        )
    if pool.slots_per_process is not None and pool.slots_per_process < 1:
        raise PlanError("{name}: slots_per_process must be at least 1, got {pool}", name=pool.name, pool=pool)
    if pool.first and pool.order != "fifo":
        raise PlanError("{name}: classes that go first need the order fifo, got {pool}", name=pool.name, pool=pool)


def _check_retry(retry: Retry) -> None:
    if not retry.outcomes or not retry.backoff_s or retry.jitter > 1:
        raise PlanError(
            "a retry needs outcomes and at least one backoff, and a jitter from 0 to 1, got {retry}", retry=retry
        )
    if Outcome.COMPLETED in retry.outcomes:
        raise PlanError("nobody repeats what was completed, got {retry}", retry=retry)


def _check_scale(scale: Scale) -> None:
    if not 1 <= scale.least <= scale.start <= scale.pool.size:
        raise PlanError(
            "{name}: expected least <= start <= the size of the pool, got {scale}", name=scale.pool.name, scale=scale
        )
    if scale.every_s < OFTEN_S:
        raise PlanError(
            "{name}: expected a look every {seconds} s at most, got {scale}",
            name=scale.pool.name,
            seconds=OFTEN_S,
            scale=scale,
        )
