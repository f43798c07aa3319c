"""Which part of a plan is inside the processes of a server: what dies with one, and what can become larger or smaller.

What to watch: one step of a plan decides which process serves a request. What the request takes from there on belongs
to that process, up to where the server has handed the response over; a proxy in front, and the backlog, survive it.
"""

from dataclasses import dataclass, replace

from simulator.plan.plan import Plan
from simulator.plan.resources import Pool
from simulator.plan.steps import Accept, AcceptEagerly, Connect, Link, Release, Seize, Send, Step
from simulator.plan.walk import Place


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes of a plan, and the places of its walk that are inside of one."""

    count: int
    """0: no step of the plan decides on a process."""
    first: int = 0
    """A request that has its process belongs to it from this place of the walk ..."""
    end: int = 0
    """... until it reaches this one, or a later one."""
    behind_proxy: bool = False
    """Whether a proxy is the client of these processes, and answers for them when they die."""


def processes(plan: Plan, places: tuple[Place, ...]) -> Processes:
    """Where in the walk a request is inside a process."""
    decides = _deciding_step(plan)
    if decides is None:
        return Processes(0)
    at = plan.steps.index(decides)
    own = _own_pools(plan)
    first = next(i for i, place in enumerate(places) if place.step == decides)
    later = range(first, len(places))
    last = max(i for i in later if i == first or places[i].lock is not None or _pool_of(places[i].step) in own)
    if isinstance(decides, AcceptEagerly):  # it holds no slot: the connection is its own until the response is sent
        last = max(last, next((i for i in later if isinstance(places[i].step, Send)), len(places) - 1))
    before = plan.steps[at - 1] if at else None
    proxied = isinstance(before, Connect) and before.link is Link.LOCAL
    return Processes(process_count(plan), first, last + 1, proxied)


def process_count(plan: Plan) -> int:
    """How many processes serve; 0 where no step decides on one."""
    match _deciding_step(plan):
        case AcceptEagerly(lock=lock):
            return lock.processes
        case Accept(pool=pool) | Seize(pool=pool) if pool.slots_per_process is not None:
            return -(-pool.size // pool.slots_per_process)
        case _:
            return 0


def slots_of_each(plan: Plan, pool: Pool) -> int:
    """Slots of the pool that die with one process: slot ``s`` with process ``s // slots``. 0: they survive."""
    if pool.slots_per_process is not None:
        return pool.slots_per_process
    if pool.processes > 1:
        return pool.size
    return pool.size if process_count(plan) == 1 and pool in _own_pools(plan) else 0


def main_pool(plan: Plan) -> Pool | None:
    """The pool whose slots serve the requests (workers, threads); None for a server that has none."""
    return next(iter(_own_pools(plan)), None)


def slots_in_each(plan: Plan, pool: Pool) -> int:
    """What the size of a pool counts: the workers of all processes, or the threads of each one."""
    span = pool.slots_per_process
    return pool.size if span is None or _workers(plan, pool) else span


def resized(plan: Plan, size: int) -> Plan:
    """The plan with so many slots in its main pool: workers in all, or threads in each process."""
    pool = main_pool(plan)
    if pool is None:
        return plan
    if pool.slots_per_process is None or _workers(plan, pool):
        new = replace(pool, size=size)
    else:
        new = replace(pool, size=size * process_count(plan), slots_per_process=size)
    return replace(plan, steps=tuple(_with(step, pool, new) for step in plan.steps))


def _with(step: Step, old: Pool, new: Pool) -> Step:
    match step:
        case Accept(pool=pool) | Seize(pool=pool) | Release(pool=pool) if pool == old:
            return replace(step, pool=new)
        case _:
            return step


def _workers(plan: Plan, pool: Pool) -> bool:
    """Whether a slot is a process of its own, and nothing else exists once in every process."""
    return pool.slots_per_process == 1 and not plan.locks and all(p.processes == 1 for p in plan.pools)


def _deciding_step(plan: Plan) -> Accept | AcceptEagerly | Seize | None:
    for step in plan.steps:
        match step:
            case AcceptEagerly():
                return step
            case Accept(pool=pool) | Seize(pool=pool) if pool.slots_per_process is not None:
                return step
            case _:
                pass
    return None


def _own_pools(plan: Plan) -> tuple[Pool, ...]:
    """The pools that are taken by, or after, the step that decides on the process."""
    decides = _deciding_step(plan)
    if decides is None:
        return ()
    own = (_pool_of(step) for step in plan.steps[plan.steps.index(decides) :] if isinstance(step, Accept | Seize))
    return tuple(pool for pool in own if pool is not None)


def _pool_of(step: Step) -> Pool | None:
    return step.pool if isinstance(step, Accept | Seize | Release) else None
