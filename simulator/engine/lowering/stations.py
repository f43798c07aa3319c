"""The stations of a plan: pools, locks, eager backlogs, upstreams, memory, buckets, each with its copies."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, inf
from typing import Any

from simulator.engine.kernel.numbers import GROUP, LOOKED_AT, NO_LIMIT, NOTHING, PROCESS
from simulator.plan import Backlog, Bucket, Gil, Lock, Loop, Memory, Plan, Pool, Processors, Resource, Upstreams
from simulator.plan.processes import Processes, main_pool, owner_of, slots_in_each
from simulator.plan.walk import Place, takings


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """The fields of ``layout.Station``."""

    first: int
    copies: int
    size: int = 0
    slots: int = 0
    column: int = -1
    columns: int = 1
    limit: int = NO_LIMIT
    full: int = 0
    lifo: bool = False
    renege: bool = False
    frees: bool = False
    decides: int = NOTHING
    span: int = 0
    per_copy: int = 0
    dies_with: int = 0
    width: int = 1
    allowed: int = NO_LIMIT
    ranks: int = 0
    rank_from: int = 0
    tails_from: int = 0
    turn: int = 0
    rate: float = 0.0
    most: float = 0.0

    def row(self) -> tuple[float, ...]:
        """The fields in their order."""
        return tuple(getattr(self, name) for name in self.__slots__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What differs between the copies of ``layout.Copy`` at the start."""

    station: int
    idle: int = 0
    fills: int = -1
    ring: int = -1
    permits: int = 1
    asker: float = -1.0
    level: float = 0.0

    def row(self) -> tuple[float, ...]:
        """All fields in their order."""
        full_since = -inf if self.fills == 0 else inf
        queue = (-1, -1, 0, self.fills, self.idle, 0)
        lock = (-1, -1, 1 if self.permits == 1 else 0, self.permits)
        return *queue, *lock, 0, 0, self.station, self.ring, 0, 0, 0.0, self.asker, full_since, self.level, 0.0


class Stations:
    """Everything limited, by number."""

    def __init__(self, plan: Plan, places: tuple[Place, ...], inside: tuple[Processes, ...], classes: Iterable[str]):
        """Number what the plan names, first what requests hold: the kernel keeps that in the bits of one integer.

        ``inside``: the processes of the main walk, then those of each job.
        """
        self.plan, self.classes = plan, tuple(classes)
        self.all: list[Station] = []
        self.copies: list[Copy] = []
        self.rings: list[float] = []
        """The switch intervals of locks whose waiters have one clock together."""
        self.clocks: list[tuple[int, float]] = []
        """The copies of locks whose waiters have a clock each, or whose holders are looked at; and their intervals."""
        self.rank_of: list[int] = []
        self.slots = self.tails = 0
        """Of all pools; of all queues in which some go first."""
        self._numbers: dict[Resource, int] = {}
        self._total = sum(each.count for each in inside)
        self._places = places
        self.column_at = {taking.taken_at: column for column, taking in enumerate(takings(plan, places))}
        """Of ``Trace.slot``, by the place where it is filled."""
        self._group_choices = {places[part.group_first].chooses for part in inside if part.groups}
        accepted = {place.takes: place.queue for place in places if isinstance(place.queue, Backlog)}
        for pool in plan.pools:
            self._add_pool(pool, accepted.get(pool))
        for backlog in (p.queue for p in places if isinstance(p.queue, Backlog) and p.takes is None):
            self._add(backlog, backlog.processes, Copy(station=len(self.all), fills=backlog.limit + 1))
        for resource in sorted(plan.resources, key=lambda each: not isinstance(each, Upstreams | Memory)):
            self._add_without_slots(resource)

    def number(self, resource: Resource) -> int:
        """The number of a station."""
        return self._numbers[resource]

    @property
    def clocked(self) -> bool:
        """Whether anybody has a clock, or makes calls."""
        return bool(self.clocks) or any(isinstance(lock, Gil) and lock.release_loss for lock in self._numbers)

    def queue_of(self, backlog: Backlog) -> int:
        """The first copy in whose queue connections wait to be accepted."""
        return self.all[self._numbers[backlog]].first

    def _add_pool(self, pool: Pool, backlog: object) -> None:
        number = len(self.all)
        width, allowed = self._open_slots(pool)
        columns = [column for place, column in self.column_at.items() if self._places[place].takes == pool]
        station = Station(
            first=len(self.copies),
            copies=pool.processes,
            size=pool.size,
            slots=self.slots,
            column=min(columns, default=0),
            columns=len(columns),
            limit=NO_LIMIT if pool.queue_limit is None else pool.queue_limit,
            full=pool.when_full,
            lifo=pool.order == "lifo",
            renege=pool.renege,
            frees=pool.frees_when_client_leaves,
            width=width,
            allowed=allowed,
            ranks=len(pool.first) + 1 if pool.first else 0,
            rank_from=len(self.rank_of),
            tails_from=self.tails,
            **self._owned(pool),
        )
        if pool.first:
            ranks = {name: rank for rank, name in enumerate(pool.first)}
            self.rank_of += [ranks.get(name, len(pool.first)) for name in self.classes]
            self.tails += station.ranks * pool.processes
        self._numbers[pool] = number
        self.all.append(station)
        self.slots += pool.size * pool.processes
        fills = backlog.limit + 1 if isinstance(backlog, Backlog) else -1
        if isinstance(backlog, Backlog):
            self._numbers[backlog] = number
        self.copies += [Copy(station=number, idle=pool.size, fills=fills)] * pool.processes

    def _open_slots(self, pool: Pool) -> tuple[int, int]:
        """Of so many slots, the first so many are open at the start."""
        scaled = next((scale for scale in self.plan.scales if scale.pool == pool), None)
        if scaled is not None:
            return pool.size, scaled.start
        width = slots_in_each(self.plan, pool)
        return width, width if pool == main_pool(self.plan) else NO_LIMIT

    def _owned(self, pool: Pool) -> dict[str, int]:
        """The fields that say whose the slots are."""
        owner = owner_of(self.plan, self._places, pool)
        if owner is None:
            return {}
        decided = GROUP if owner.group else PROCESS
        return {
            "decides": decided if owner.decides else NOTHING,
            "span": owner.span,
            "per_copy": ceil(pool.size / owner.span),
            "dies_with": owner.before + self._total if owner.group else owner.before,
        }

    def _add(self, resource: Resource, count: int, copy: Copy, **said: Any) -> None:
        """A station without slots."""
        self._numbers[resource] = len(self.all)
        self.all.append(Station(first=len(self.copies), copies=count, **said))
        self.copies += [copy] * count

    def _add_without_slots(self, resource: Resource) -> None:
        number = len(self.all)
        match resource:
            case Gil() | Loop():
                permits, asker = _permits(resource), _asker(resource)
                copy = Copy(station=number, ring=self._ring_of(resource), permits=permits, asker=asker)
                self._add(resource, resource.processes, copy)
            case Upstreams(count=count):
                decides = GROUP if resource in self._group_choices else PROCESS
                self._add(resource, count, Copy(station=number), decides=decides)
            case Memory(size=size, in_use=in_use):
                self._add(resource, resource.processes, Copy(station=number, level=in_use), most=size)
            case Bucket(rate=rate, burst=burst):
                limit = NO_LIMIT if resource.queue_limit is None else resource.queue_limit
                self._add(resource, 1, Copy(station=number, level=burst), rate=rate, most=burst, limit=limit)
            case _:
                pass

    def _ring_of(self, lock: Lock) -> int:
        """Of its switch interval. Where waiters have clocks of their own, each copy has a ring, behind all others."""
        if not isinstance(lock, Gil):
            return -1
        if lock.asker_wins is not None or isinstance(lock, Processors):
            self.clocks += [(len(self.copies) + process, lock.switch_interval_s) for process in range(lock.processes)]
            return -1
        if lock.switch_interval_s not in self.rings:
            self.rings.append(lock.switch_interval_s)
        return self.rings.index(lock.switch_interval_s)


def _permits(lock: Lock) -> int:
    return lock.permits if isinstance(lock, Gil) else 1


def _asker(lock: Lock) -> float:
    if isinstance(lock, Processors):
        return LOOKED_AT
    return lock.asker_wins if isinstance(lock, Gil) and lock.asker_wins is not None else -1.0
