"""Interventions, for the reference engine: a process dies, slots and cores come and go, I/O is slow.

What to watch: each entry of the timeline is one moment; what happens to whom then is said elsewhere, for a death in
``simulator.engine.reference.lifetimes``.
"""

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from simulator.engine.reference.request import Arrival
from simulator.plan.processes import main_pool, slots_in_each
from simulator.workload.interventions import Do, Intervention

if TYPE_CHECKING:
    from simulator.engine.reference.server import Server


class Intervening:
    """What is done to a server."""

    def __init__(self, server: "Server") -> None:
        """Everything is scheduled. At equal times it comes before the arrivals, in order."""
        self.server, self.env = server, server.env
        self.slow = [entry for entry in server.load.interventions if entry.do is Do.SLOW_IO]
        self.main_pool = main_pool(server.plan)
        for pool, copies in server.stock.slots.items():
            for slots in copies:
                slots.width = slots.allowed = slots_in_each(server.plan, pool)
        for entry in server.load.interventions:
            self._schedule(entry)

    def _schedule(self, entry: Intervention) -> None:
        event = Arrival(self.env, entry.at)
        assert event.callbacks is not None  # the event is fresh
        event.callbacks.append(lambda _: self.intervene(entry))

    def intervene(self, entry: Intervention) -> None:
        """It is time."""
        match entry.do:
            case Do.KILL:
                self.server.lifetimes.kill(entry.number, entry.lasting)
            case Do.KILL_GROUP:
                self.server.lifetimes.kill_group(entry.number, entry.lasting)
            case Do.SLOTS:
                self.resize(entry.number)
            case Do.CORES:
                processor = self.server.computing.processor
                processor.resize(replace(processor.cores, count=entry.number, quota=entry.quota))
            case Do.SLOW_IO | Do.BURST:
                pass  # whoever starts I/O asks for the factor; a burst is rows

    def resize(self, size: int) -> None:
        """The main pool has so many slots in each copy, unless it sees to that by itself."""
        pool = self.main_pool
        if pool is not None and all(scale.pool != pool for scale in self.server.plan.scales):
            for slots in self.server.stock.slots[pool]:
                slots.allowed = size
            self.server.lifetimes.rearrange()

    def io_factor(self) -> float:
        """How many times as long I/O takes that starts now."""
        return prod((entry.factor for entry in self.slow if entry.at <= self.env.now < entry.until), start=1.0)
