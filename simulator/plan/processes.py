"""Which part of a plan is inside the processes of a server: what dies with one, and what can become larger or smaller.

What to watch: one step of a plan decides which process serves a request. What the request takes from there on belongs
to that process, up to where the server has handed the response over; a proxy in front, and the backlog, survive it.
An earlier step may have decided on a group of processes: an upstream, or a worker that has children. Jobs have
processes of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from simulator.plan.blocks import Enqueue
from simulator.plan.plan import Plan, once_a_plan
from simulator.plan.resources import Memory, Pool
from simulator.plan.steps import Link
from simulator.plan.walk import Outline, Place, outline, sent_at, walk


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes that serve requests, or one kind of job; and the places of its walk that are inside of one."""

    count: int
    """0: no step decides on a process."""
    first: int = 0
    """A request that has its process belongs to it from this place of the walk ..."""
    end: int = 0
    """... until it reaches this one, or a later one."""
    behind_proxy: bool = False
    """Whether a proxy is the client of these processes, and answers for them when they die."""
    groups: int = 0
    """Of so many groups, equally large ones, the processes are parts; 0: of none."""
    group_first: int = 0
    group_end: int = 0
    """The same two places for the group."""
    before: int = 0
    """So many processes of the plan are counted before these ..."""
    groups_before: int = 0
    """... and so many groups."""


def processes(plan: Plan, places: tuple[Place, ...]) -> Processes:
    """Where in the walk a request is inside a process."""
    return _processes_on(places, own_walks(plan, _phases(places))[0])


def every_process(plan: Plan, places: tuple[Place, ...]) -> tuple[Processes, ...]:
    """Those that serve requests, then those of each job in the order of the plan; numbered through."""
    found: list[Processes] = []
    for way in own_walks(plan, _phases(places)):
        before, groups_before = (sum(p.count for p in found), sum(p.groups for p in found))
        found.append(replace(_processes_on(places, way), before=before, groups_before=groups_before))
    return tuple(found)


def own_walks(plan: Plan, phase_count: int) -> list[list[int]]:
    """The numbers of the places where requests can come, then those where each job can."""
    ways: list[list[int]] = [[]]
    _spread(outline(plan, phase_count), ways, 0)
    return ways


def _spread(parts: Outline, ways: list[list[int]], own: int) -> None:
    for part in parts:
        if isinstance(part, int):
            ways[own].append(part)
        elif isinstance(part.block, Enqueue):
            ways.append([])
            _spread(part.ways[0], ways, len(ways) - 1)
        else:
            for way in part.ways:
                _spread(way, ways, own)


def _phases(places: Sequence[Place]) -> int:
    return max((place.phase + 1 for place in places if place.phase is not None), default=0)


def _processes_on(places: tuple[Place, ...], way: list[int]) -> Processes:
    deciding = [i for i in way if places[i].decides_among is not None]
    if not deciding:
        return Processes(0)
    first = deciding[-1]
    count, among = 1, [places[i].decides_among or 1 for i in deciding]
    for n in among:
        count *= n
    made = Processes(count, first, _end(places, way, first), _is_behind_proxy(places, way, deciding[0]))
    if len(deciding) == 1:
        return made
    return replace(made, groups=among[0], group_first=deciding[0], group_end=_end(places, way, deciding[0]))


def _is_behind_proxy(places: tuple[Place, ...], way: list[int], first: int) -> bool:
    """Whether the connection to what is decided at this place, or comes behind the choice made there, is a proxy's."""
    behind = [i for i in way if i > first] if places[first].chooses else [first - 1]
    return any(i >= 0 and places[i].knocks_at is not None and places[i].link is Link.LOCAL for i in behind)


def _end(places: tuple[Place, ...], way: list[int], first: int) -> int:
    """The place behind the last one that belongs to what was decided at the first."""
    own = {place.takes for place in _taking(places, way, first)}
    later = [i for i in way if i >= first]
    used = (
        i
        for i in later
        if places[i].lock is not None or places[i].about_process or {places[i].takes, places[i].frees} & own
    )
    last = max(used, default=first)
    if places[first].takes is None:  # it holds no slot: the connection is its own until the response is sent
        sent = next((i for i in later if sent_at(places, i) == i), later[-1])
        last = max(last, sent)
    return last + 1


def _taking(places: Sequence[Place], way: list[int], first: int) -> Iterator[Place]:
    return (places[i] for i in way if i >= first and places[i].takes is not None)


@once_a_plan
def process_count(plan: Plan) -> int:
    """How many processes serve; 0 where no step decides on one."""
    return processes(plan, walk(plan, 0)).count


def slots_of_each(plan: Plan, pool: Pool) -> int:
    """Slots of the pool that die with one process or group: slot ``s`` with number ``s // slots``. 0: they survive."""
    if pool.slots_per_process is not None:
        return pool.slots_per_process
    if pool.processes > 1:
        return pool.size
    return pool.size if process_count(plan) == 1 and pool in _own_pools(plan) else 0


@dataclass(frozen=True, slots=True)
class Owner:
    """The processes, or the groups of them, that the slots of a pool belong to and die with."""

    group: bool
    before: int
    """So many processes, or groups, of the plan are counted before these."""
    size: int
    """Slots of one copy of the pool ..."""
    span: int
    """... and of each owner."""
    decides: bool
    """Whether who takes a slot comes into its process by that."""

    def of(self, slot: int) -> int:
        """The number of the owner of a slot."""
        copy, place = divmod(slot, self.size)
        return self.before + copy * -(-self.size // self.span) + place // self.span


def owner_of(plan: Plan, places: tuple[Place, ...], pool: Pool) -> Owner | None:
    """Whose the slots of a pool are; None for one that survives every process."""
    for way, region in zip(own_walks(plan, _phases(places)), every_process(plan, places), strict=True):
        at = next((i for i in way if places[i].takes == pool), None)
        if at is None or not region.count:
            continue
        span, first = pool.slots_per_process, region.group_first if region.groups else region.first
        if span is not None:
            group = bool(region.groups) and at == region.group_first
        elif at < first or pool.processes not in (region.groups, region.count):
            continue
        else:
            group = pool.processes == region.groups
        before = region.groups_before if group else region.before
        return Owner(group, before, pool.size, pool.size if span is None else span, decides=span is not None)
    return None


def main_pool(plan: Plan) -> Pool | None:
    """The pool whose slots serve the requests (workers, threads); None for a server that has none.

    Of several it is the first that does a request's own work, and not one that only sees it come or go.
    """
    own = list(_own_pools(plan))
    working = _held_at_work(walk(plan, 1)) if len(own) > 1 else own
    return next((pool for pool in own if pool in working), own[0] if own else None)


def _held_at_work(places: Sequence[Place]) -> set[Pool]:
    held, found = set[Pool](), set[Pool]()
    for place in places:
        if place.takes is not None:
            held.add(place.takes)
        if isinstance(place.frees, Pool):
            held.discard(place.frees)
        if place.phase is not None:
            found |= held
    return found


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
        new = replace(pool, size=size * -(-pool.size // pool.slots_per_process), slots_per_process=size)
    return plan.exchanging(pool, new)


def _workers(plan: Plan, pool: Pool) -> bool:
    """Whether a slot is a process of its own, and nothing else exists once in every process."""
    others = (each for each in plan.resources if isinstance(each, Pool | Memory))
    return pool.slots_per_process == 1 and not plan.locks and all(each.processes == 1 for each in others)


@once_a_plan
def _own_pools(plan: Plan) -> tuple[Pool, ...]:
    """The pools that are taken by, or after, the step that decides on the process."""
    places = walk(plan, 1)  # with work, for which slots may be taken
    made = processes(plan, places)
    taking = _taking(places, own_walks(plan, 1)[0], made.first) if made.count else iter(())
    return tuple(place.takes for place in taking if place.takes is not None)
