"""Which part of a plan is inside the processes of a server: what dies with one, and what can become larger or smaller.

What to watch: one step of a plan decides which process serves a request. What the request takes from there on belongs
to that process, up to where the server has handed the response over; a proxy in front, and the backlog, survive it.
"""

from dataclasses import dataclass, replace

from simulator.plan.plan import Plan
from simulator.plan.resources import Pool
from simulator.plan.steps import Link
from simulator.plan.walk import Place, sent_at, walk


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
    first, among = _decided(places)
    if not among:
        return Processes(0)
    own, later = _own_pools(plan), range(first, len(places))
    used = (i for i in later if places[i].lock is not None or {places[i].takes, places[i].frees} & {*own})
    last = max(used, default=first)
    if places[first].takes is None:  # it holds no slot: the connection is its own until the response is sent
        sent = sent_at(places, first)
        last = max(last, len(places) - 1 if sent is None else sent)
    before = places[first - 1] if first else None
    proxied = before is not None and before.knocks_at is not None and before.link is Link.LOCAL
    return Processes(among, first, last + 1, proxied)


def process_count(plan: Plan) -> int:
    """How many processes serve; 0 where no step decides on one."""
    return _decided(walk(plan, 0))[1]


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
    return plan.exchanging(pool, new)


def _workers(plan: Plan, pool: Pool) -> bool:
    """Whether a slot is a process of its own, and nothing else exists once in every process."""
    return pool.slots_per_process == 1 and not plan.locks and all(p.processes == 1 for p in plan.pools)


def _decided(places: tuple[Place, ...]) -> tuple[int, int]:
    """At which place the process is decided, and among how many; 0 of them if nowhere."""
    return next(((i, p.decides_among) for i, p in enumerate(places) if p.decides_among is not None), (0, 0))


def _own_pools(plan: Plan) -> tuple[Pool, ...]:
    """The pools that are taken by, or after, the step that decides on the process."""
    places = walk(plan, 0)
    first, among = _decided(places)
    return tuple(place.takes for place in places[first:] if place.takes is not None) if among else ()
