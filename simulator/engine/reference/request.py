"""A request of the reference engine: when it comes, what it carries along, and how its life can be cut short."""

from collections.abc import Generator
from dataclasses import dataclass, field
from heapq import heappush
from typing import Any, Protocol

import simpy
from simpy.events import NORMAL, URGENT

from simulator.plan import Enqueue, Memory, Outcome, Pool, Upstreams
from simulator.plan.walk import Outline

Life = Generator[simpy.Event, Any, None]


class Arrival(simpy.Event):
    """A moment fixed before the run; at equal times it comes before everything else."""

    def __init__(self, env: simpy.Environment, at_s: float) -> None:
        """Scheduled while the clock is at 0, so that the moment is exact."""
        super().__init__(env)
        self._ok, self._value = True, None
        env.schedule(self, URGENT, at_s)


class Moment(simpy.Event):
    """A moment that several wait for: exactly this one for all, whenever each began to wait."""

    def __init__(self, env: simpy.Environment, at_s: float) -> None:
        """In its turn among what was scheduled before; SimPy adds a delay to the clock, and would round."""
        super().__init__(env)
        self._ok, self._value = True, None
        heappush(env._queue, (at_s, NORMAL, next(env._eid), self))


class LostError(Exception):
    """Thrown into a life that cannot go on: its process has died; or its time is up, and then it ends in some way."""

    def __init__(self, outcome: Outcome | None = None) -> None:
        """Without an outcome, the process has died."""
        super().__init__()
        self.outcome = outcome


class Run:
    """A life under way."""

    def __init__(self, env: simpy.Environment, life: Life) -> None:
        """It begins at this moment."""
        self.life, self.process = life, env.process(life)

    def lose(self, outcome: Outcome | None = None) -> None:
        """Nobody waits any more for what the life waited for; it hears of its loss at once."""
        target = self.process.target
        assert target is not None  # a life that goes on waits for something
        assert target.callbacks is not None  # that has not happened yet
        target.callbacks.clear()
        try:
            self.life.throw(LostError(outcome))
        except StopIteration:
            return
        raise AssertionError("who is lost has nothing to wait for")


class Line(Protocol):
    """Where requests stand in line."""

    def leave_queue(self, request: Any) -> None:
        """It goes away with nothing."""


class Taker(Protocol):
    """Who took its connection, and counts what its process has in hand."""

    def finished_one(self, process: int) -> None:
        """The connection was closed."""


@dataclass(eq=False, slots=True)
class Delivery:
    """A job that was sent off, until it has ended."""

    block: Enqueue
    way: Outline
    """The steps that it goes through ..."""
    walk: int
    """... which are those of this walk of the plan."""
    ended: simpy.Event
    """Tells the sender how."""
    again: bool = False
    """Whether it was lost unacknowledged."""
    attempts: int = field(default=0)


class Request:
    """What a request carries along; a job is one without a client."""

    def __init__(self, row: int, now: float, patience_s: float, rtt_s: float, job: Delivery | None = None) -> None:
        """Its client starts to connect now, and leaves at the deadline."""
        self.row, self.rtt, self.job = row, rtt_s, job
        self.deadline = now + patience_s
        self.process = self.group = self.at = -1
        self.held: dict[Pool, int] = {}
        self.upstream: dict[Upstreams, int] = {}
        self.memory: dict[Memory, tuple[int, float]] = {}
        """In which copy, and how many bytes."""
        self.queued: Line | None = None
        self.seat: simpy.Event | None = None
        """What it waits for in that queue, and a moment longer: until it goes on with what it has been given."""
        self.run: Run | None = None
        self.taken_by: Taker | None = None
        self.settled = self.aborted = False
        self.following: simpy.Event | None = None
        """When its client repeats it, or sends the next one."""
        self.connected_at: float | None = None
        """When its client's connection stood."""
        self.data_at: float | None = None
        """When its first data come, if they were lost at first."""
        self.passed_on_at: float | None = None
        """The same of the connection over which a proxy passes it on."""
        self.answered_at: float | None = None
        """When its response was first handed over, to its client or to a proxy."""

    @property
    def walk(self) -> int:
        """Whose steps it walks through: 0 for requests, then the jobs in the order of the plan."""
        return 0 if self.job is None else self.job.walk

    @property
    def leaving(self) -> bool:
        """Whether it only gives back what it holds, without waiting for anything more."""
        return self.aborted or (self.seat is not None and self.seat.triggered and not self.seat.value)
