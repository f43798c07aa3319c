"""A request of the reference engine: when it comes, what it carries along, and how its life can be cut short."""

from collections.abc import Generator
from typing import Any

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


class LostError(Exception):
    """Thrown into a life whose process has died."""


class Run:
    """A life under way."""

    def __init__(self, env: simpy.Environment, life: Generator[simpy.Event, Any, None]) -> None:
        """It begins at this moment."""
        self.life, self.process = life, env.process(life)

    def lose(self) -> None:
        """Its process has died. Nobody waits any more for what the life waited for; it hears of its loss at once."""
        target = self.process.target
        assert target is not None  # a life that goes on waits for something
        assert target.callbacks is not None  # that has not happened yet
        target.callbacks.clear()
        try:
            self.life.throw(LostError())
        except StopIteration:
            return
        raise AssertionError("who is lost has nothing to wait for")


class Request:
    """What a request carries along."""

    def __init__(self, row: int, now: float, patience_s: float) -> None:
        """Its client starts to connect now, and leaves at the deadline."""
        self.row, self.deadline = row, now + patience_s
        self.process = self.at = -1
        self.held: dict[Pool, int] = {}
        self.queued: Slots | None = None
        self.seat: simpy.Event | None = None
        """What it waits for in that queue, and a moment longer: until it goes on with what it has been given."""
        self.run: Run | None = None
        self.taken_by: Acceptors | None = None
        self.settled = self.aborted = False
        self.data_at: float | None = None
        """When its data come, where the connection was there before them."""

    @property
    def leaving(self) -> bool:
        """Whether it only gives back what it holds, without waiting for anything more."""
        return self.aborted or (self.seat is not None and self.seat.triggered and not self.seat.value)
