"""Eager accepting, for the reference engine: one acceptor in every process, awake while there is a backlog.

What to watch: an acceptor needs the same lock as everybody else in its process. Whoever gets its lock first takes the
oldest connection, and the request then belongs to that process, however busy it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import simpy

from simulator.engine.reference.backlog import AcceptQueue
from simulator.engine.reference.processors import Wait
from simulator.engine.reference.request import Life, Line, Request, Run
from simulator.plan import AcceptEagerly, Pool

if TYPE_CHECKING:
    from simulator.engine.reference.slots import Slots


@dataclass(eq=False, slots=True)
class Acceptor:
    """The accepting thread or callback of one process."""

    process: int
    in_hand: int = 0
    """Connections that this process has taken and not finished."""
    run: Run | None = None
    """None while the process is down."""
    retiring: bool = False
    """Whether it takes nothing more."""
    queued: Line | None = None
    seat: Wait | None = None
    """Where its thread waits for its turn, if it has other work too, and what tells it ..."""
    slot: int | None = None
    """... that it holds one."""


class Acceptors:
    """The backlog of an eager server, and the acceptors of all its processes."""

    def __init__(self, env: simpy.Environment, step: AcceptEagerly, slots: "Mapping[Pool, list[Slots]]") -> None:
        """No connection waits."""
        self.env, self.step = env, step
        self.threads = slots[step.by] if step.by is not None else []
        self.backlogs = [AcceptQueue[Request](env, step.backlog) for _ in range(step.backlog.processes)]
        """One for all, or one for each."""
        self.all = [Acceptor(process) for process in range(step.lock.processes)]
        self.sleeping: list[tuple[Acceptor, Wait]] = []

    def has_work_for(self, acceptor: Acceptor) -> bool:
        """Whether a connection waits and the process may take one more."""
        may = self.step.limit is None or acceptor.in_hand < self.step.limit
        return bool(self.backlog_of(acceptor.process)) and may and not acceptor.retiring

    def backlog_of(self, process: int) -> AcceptQueue[Request]:
        """Where the connections of a process wait."""
        return self.backlogs[process if len(self.backlogs) > 1 else 0]

    def put(self, request: Request, coin: float) -> Wait:
        """A connection joins the backlog and wakes all who may take it."""
        request.queued, request.seat = self, self.env.event()
        self.backlog_of(request.process).append(request)
        able = [sleeper for sleeper in self.sleeping if self.has_work_for(sleeper[0])]
        if self.step.order == "warm":
            able.reverse()
        first = int(coin * len(able)) if self.step.order == "even" else 0
        for sleeper in able[first:] + able[:first]:
            self._wake(sleeper)
        return request.seat

    def take(self, acceptor: Acceptor) -> Request:
        """The oldest connection belongs to the process from now on."""
        request = self.backlog_of(acceptor.process).popleft()
        request.queued, request.taken_by, request.process = None, self, acceptor.process
        acceptor.in_hand += 1
        return request

    def leave_queue(self, request: Request) -> None:
        """A connection goes away that nobody has taken."""
        self.backlog_of(request.process).remove(request)
        request.queued = None

    def seize(self, acceptor: Acceptor) -> Life:
        """An acceptor whose thread has other work too takes its turn with that."""
        if self.threads:
            slots = self.threads[acceptor.process]
            if slots.free:
                acceptor.slot = slots.free.popleft()
            else:
                yield slots.wait(acceptor)
                acceptor.seat = None

    def let_go(self, acceptor: Acceptor) -> None:
        """Its thread may do something else now."""
        if acceptor.queued is not None:
            acceptor.queued.leave_queue(acceptor)
        elif acceptor.slot is not None:
            slot, acceptor.slot = acceptor.slot, None
            self.threads[acceptor.process].give_back(slot)

    def sleep(self, acceptor: Acceptor) -> Wait:
        """Wait in the selector for something to accept."""
        woken = self.env.event()
        self.sleeping.append((acceptor, woken))
        return woken

    def forget(self, acceptor: Acceptor) -> None:
        """Its process has died: nobody wakes it any more."""
        self.sleeping = [sleeper for sleeper in self.sleeping if sleeper[0] is not acceptor]

    def finished_one(self, process: int) -> None:
        """A connection was closed; its process may take another one."""
        acceptor = self.all[process]
        acceptor.in_hand -= 1
        for sleeper in self.sleeping:
            if sleeper[0] is acceptor and self.has_work_for(acceptor):
                self._wake(sleeper)
                return

    def _wake(self, sleeper: tuple[Acceptor, Wait]) -> None:
        self.sleeping.remove(sleeper)
        sleeper[1].succeed()
