"""The stations of a plan: pools, then locks, then the eager backlog, each with its copies."""

from dataclasses import dataclass
from math import inf

from simulator.engine.kernel.numbers import NO_LIMIT
from simulator.plan import Backlog, Gil, Lock, Plan, Pool
from simulator.plan.processes import main_pool, slots_in_each, slots_of_each
from simulator.plan.walk import walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """The fields of ``layout.Station``."""

    first: int
    copies: int
    size: int = 0
    slots: int = 0
    column: int = -1
    limit: int = NO_LIMIT
    full: int = 0
    lifo: bool = False
    renege: bool = False
    frees: bool = False
    span: int = 0
    mortal: int = 0
    width: int = 1
    allowed: int = NO_LIMIT

    def row(self) -> tuple[int, ...]:
        """The fields in their order."""
        return tuple(int(getattr(self, name)) for name in self.__slots__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What differs between the copies of ``layout.Copy`` at the start."""

    station: int
    idle: int = 0
    fills: int = -1
    ring: int = -1

    def row(self) -> tuple[float, ...]:
        """All fields in their order."""
        full_since = -inf if self.fills == 0 else inf
        return -1, -1, 0, self.fills, self.idle, 0, -1, 0, self.station, self.ring, 0, full_since


class Stations:
    """Everything limited, by number."""

    def __init__(self, plan: Plan) -> None:
        """Number what the plan names."""
        self.plan = plan
        self.all: list[Station] = []
        self.copies: list[Copy] = []
        self.rings: list[float] = []
        """The lag of each ring: a switch interval."""
        self.slots = 0
        """Of all pools."""
        self._numbers: dict[Pool | Lock | Backlog, int] = {}
        places = walk(plan, 0)
        accepted = {place.takes: place.queue for place in places if isinstance(place.queue, Backlog)}
        for pool in plan.pools:
            self._add_pool(pool, accepted.get(pool))
        for lock in plan.locks:
            self._add(lock, lock.processes, ring=self._ring_of(lock))
        for place in places:
            if isinstance(place.queue, Backlog) and place.takes is None:
                self._add(place.queue, 1, backlog=place.queue)

    def number(self, resource: Pool | Lock | Backlog) -> int:
        """The number of a station."""
        return self._numbers[resource]

    def queue_of(self, backlog: Backlog) -> int:
        """The copy in whose queue connections wait to be accepted."""
        return self.all[self._numbers[backlog]].first

    def _add_pool(self, pool: Pool, backlog: "Backlog | Pool | None") -> None:
        width = slots_in_each(self.plan, pool)
        station = Station(
            first=len(self.copies),
            copies=pool.processes,
            size=pool.size,
            slots=self.slots,
            column=len(self.all),
            limit=NO_LIMIT if pool.queue_limit is None else pool.queue_limit,
            full=pool.when_full,
            lifo=pool.order == "lifo",
            renege=pool.renege,
            frees=pool.frees_when_client_leaves,
            span=pool.slots_per_process or 0,
            mortal=slots_of_each(self.plan, pool),
            width=width,
            allowed=width if pool == main_pool(self.plan) else NO_LIMIT,
        )
        self._numbers[pool] = number = len(self.all)
        self.all.append(station)
        self.slots += pool.size * pool.processes
        fills = backlog.limit + 1 if isinstance(backlog, Backlog) else -1
        if isinstance(backlog, Backlog):
            self._numbers[backlog] = number
        self.copies += [Copy(station=number, idle=pool.size, fills=fills)] * pool.processes

    def _add(self, resource: Lock | Backlog, count: int, *, ring: int = -1, backlog: Backlog | None = None) -> None:
        """A station without slots."""
        self._numbers[resource] = number = len(self.all)
        self.all.append(Station(first=len(self.copies), copies=count))
        fills = -1 if backlog is None else backlog.limit + 1
        self.copies += [Copy(station=number, fills=fills, ring=ring)] * count

    def _ring_of(self, lock: Lock) -> int:
        if not isinstance(lock, Gil):
            return -1
        if lock.switch_interval_s not in self.rings:
            self.rings.append(lock.switch_interval_s)
        return self.rings.index(lock.switch_interval_s)
