"""A request of the reference engine: when it comes, and what it carries along."""

import simpy
from simpy.events import URGENT

from simulator.engine.simpy_acceptors import Acceptors
from simulator.engine.simpy_resources import Slots
from simulator.plan import Pool


class Arrival(simpy.Event):
    """A moment fixed before the run; at equal times it comes before everything else."""

    def __init__(self, env: simpy.Environment, at_s: float) -> None:
        """Scheduled while the clock is at 0, so that the moment is exact."""
        super().__init__(env)
        self._ok, self._value = True, None
        env.schedule(self, URGENT, at_s)


class Request:
    """What a request carries along."""

    def __init__(self, row: int, now: float, patience_s: float) -> None:
        """Its client starts to connect now, and leaves at the deadline."""
        self.row, self.deadline = row, now + patience_s
        self.process = -1
        self.held: dict[Pool, int] = {}
        self.queued: Slots | None = None
        self.taken_by: Acceptors | None = None
        self.settled = self.aborted = False
