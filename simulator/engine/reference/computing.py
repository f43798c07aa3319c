"""Computing, for the reference engine: on a core, and under the lock of the process where there is one.

What to watch: ``hold`` and ``work`` are the same for a request's thread and for the acceptor of its process. Both queue
for one lock, and a thread whose lock is taken away queues for it again with what is left of its work.
"""

from collections.abc import Callable, Container, Generator, Sequence
from functools import partial
from itertools import count
from typing import Any

import simpy

from simulator.engine.record import Record
from simulator.engine.reference.acceptors import Acceptor, Acceptors
from simulator.engine.reference.locks import ClockedTurn, LookedAtTurn, Turn
from simulator.engine.reference.luck import Streams
from simulator.engine.reference.processors import Job, Processor, Wakefulness
from simulator.engine.reference.request import Life, LostError, Run
from simulator.plan import AcceptEagerly, Cores, Gil, Lock, Plan, Processors
from simulator.plan.resources import gil_of
from simulator.plan.walk import locked


class Computing:
    """The cores and the locks of a server at work."""

    def __init__(self, env: simpy.Environment, plan: Plan, record: Record, luck: Streams) -> None:
        """Nobody computes."""
        self.env, self.record, self.luck = env, record, luck
        self.processors = {cores: Processor(env, cores) for cores in plan.processors}
        self.processor = self.processors[plan.cores]
        self.awake = Wakefulness(env, plan.cores) if plan.cores.wake_cost_s else None
        numbers = count()
        self.turns = {lock: [self._turn(lock, next(numbers)) for _ in range(lock.processes)] for lock in plan.locks}
        self.grants: list[tuple[int, int, int, float, float]] = []
        """Every time that a lock was held: (request, place, lock, start, end)."""
        self.numbers = {lock: number for number, lock in enumerate(plan.locks)}
        self.lock_column = {place_and_lock: i for i, place_and_lock in enumerate(locked(record.places))}

    def _turn(self, lock: Lock, number: int) -> Turn:
        if isinstance(lock, Processors):
            return LookedAtTurn(self.env, lock, self.processor, number)
        if isinstance(lock, Gil) and lock.asker_wins is not None:
            return ClockedTurn(self.env, lock, self.processor, self.draw, number)
        return Turn(self.env, lock, self.processor)

    def draw(self, who: object) -> float:
        """The next number of luck of a request, or of an acceptor."""
        if isinstance(who, Acceptor):
            return self.luck.draw(who.process, acceptor=True)
        assert isinstance(who, int)  # a row
        return self.luck.draw(who, acceptor=False)

    def start(self, acceptors: Acceptors, acceptor: Acceptor) -> None:
        """An acceptor's life begins."""
        acceptor.retiring = False
        acceptor.run = Run(self.env, self.accept_until_lost(acceptors, acceptor))

    def stop(self, acceptor: Acceptor) -> None:
        """It is over."""
        if acceptor.run is not None:
            acceptor.run.lose()
            acceptor.run = None

    def compute(self, cores: Cores, row: int, column: int, work_s: float) -> Life:
        """So many seconds on one of these cores."""
        processor = self.processors[cores]
        if work_s > 0 and processor is self.processor:
            yield from self.run_awake(processor.run, int(self.record.process[row]), row, column, work_s)
        elif work_s > 0:
            yield from self.run(processor.run(work_s))

    def compute_locked(
        self, turns: Sequence[Turn], row: int, column: int, work_s: float, releases: int, kept: Sequence[Lock]
    ) -> Life:
        """So many seconds on a core with the lock of the process; or with its loop, and then the GIL of its threads.

        A thread or callback that goes on computing under the same lock keeps it: only waiting lets go of it. Of a loop
        and the GIL it may keep both, or the loop alone.
        """
        if work_s > 0:
            turn, *inner = turns
            if inner:
                deed = self.holding(turn, row, column, self.compute_locked(inner, row, column, work_s, releases, kept))
            else:
                deed = self.work_and_call(turn, row, column, work_s, releases)
            yield from self.under_lock(turn, row, column, deed, turn.lock in kept)

    def keep_loop(self, loop: Turn, row: int, column: int, deed: Life, goes_on: bool) -> Life:
        """Wait, and nothing else can be done on the loop meanwhile: nobody computes there, and no core is used."""
        yield from self.under_lock(loop, row, column, self.holding(loop, row, column, deed), goes_on)

    def work_and_call(self, turn: Turn, row: int, column: int, work_s: float, releases: int) -> Life:
        """Compute, then make the calls that let go of the lock for a moment."""
        yield from self.work(turn, row, row, column, work_s)
        yield from self.make_calls(turn, row, row, column, releases)

    def holding(self, turn: Turn, row: int, column: int, deed: Life) -> Life:
        """So long is the lock held for something that is not interrupted, be it for nothing at all."""
        since = self.env.now
        try:
            yield from deed
        finally:
            self.note_grant(turn, row, column, since)

    def note_grant(self, turn: Turn, row: int, column: int, since: float) -> None:
        """The lock was held until now."""
        self.grants.append((row, column, self.numbers[turn.lock], since, self.env.now))

    def under_lock(self, turn: Turn, row: int, column: int, deed: Life, goes_on: bool) -> Life:
        """Get the lock, unless it was kept, and do something with it."""
        try:
            if row not in turn.holders:
                yield from self.hold(turn, row, row, column)
            yield from deed
        except LostError:
            goes_on = False
            raise
        finally:
            if row in turn.holders and not goes_on:
                turn.release(row)

    def run_awake(
        self, start: Callable[[float], Job], process: int, row: int, column: int, work_s: float
    ) -> Generator[simpy.Event, Any, float]:
        """The same on the cores of the server, where a process that has slept needs more to begin."""
        if self.awake is None:
            return (yield from self.run(start(work_s)))
        more_s = self.awake.begins(process)
        self.record.woken[row, column] += more_s
        try:
            return (yield from self.run(start(work_s + more_s)))
        finally:
            self.awake.ends(process)

    def run(self, job: Job) -> Generator[simpy.Event, Any, float]:
        """Until the job is done or interrupted; the seconds of work left over. A lost job leaves the cores at once."""
        try:
            left: float = yield job.done
            return left
        except LostError:
            job.processor.stop(job)
            raise

    def hold(self, turn: Turn, who: object, row: int, column: int) -> Life:
        """Wait for the lock, and note how long."""
        asked = self.env.now
        granted = turn.wait(who)
        try:
            if granted is not None:
                yield granted
        finally:
            self.record.lock_wait[row, self.lock_column[column, turn.lock]] += self.env.now - asked

    def work(self, turn: Turn, who: object, row: int, column: int, work_s: float) -> Life:
        """Compute while holding the lock; where it is taken away in between, queue for it again."""
        while True:
            since = self.env.now
            try:
                process = who.process if isinstance(who, Acceptor) else int(self.record.process[row])
                work_s = yield from self.run_awake(partial(turn.run, who), process, row, column, work_s)
            finally:
                self.note_grant(turn, row, column, since)
            if work_s <= 0:
                return
            yield from self.hold(turn, who, row, column)

    def make_calls(self, turn: Turn, who: object, row: int, column: int, releases: int) -> Life:
        """Calls that let go of the lock for a moment: each may lose it, if somebody waits."""
        for _ in range(releases if turn.release_loss and who in turn.holders else 0):
            if turn.queue and self.draw(who) < turn.release_loss:
                turn.release(who)
                yield from self.hold(turn, who, row, column)

    def leave_queues(self, gone: Container[object]) -> None:
        """Some will never compute again: they stop waiting for locks."""
        for turns in self.turns.values():
            for turn in turns:
                turn.leave_queue(gone)

    def accept_until_lost(self, acceptors: Acceptors, acceptor: Acceptor) -> Life:
        """The life of an acceptor, as long as its process lives."""
        step = acceptors.step
        turn, gil = self.turns[step.lock][acceptor.process], gil_of(step.lock)
        inner = turn if gil is None else self.turns[gil][acceptor.process]
        try:
            yield from self.accept_for_ever(acceptors, acceptor, turn, inner)
        except LostError:
            acceptors.forget(acceptor)
            self.let_go(acceptor, inner, turn)
            acceptors.let_go(acceptor)

    def let_go(self, who: object, *turns: Turn) -> None:
        """Of these locks it has none any more."""
        for turn in turns:
            if who in turn.holders:
                turn.release(who)

    def accept_for_ever(self, acceptors: Acceptors, acceptor: Acceptor, turn: Turn, inner: Turn) -> Life:
        """Sleep, wait for the lock, take what is in the backlog, hand it over.

        ``inner``: what computing needs, where that is not the lock itself but the GIL of the threads beside a loop.
        """
        step = acceptors.step
        column = next(i for i, place in enumerate(self.record.places) if place.acceptor and place.step == step)
        while True:
            while not acceptors.has_work_for(acceptor):
                yield acceptors.sleep(acceptor)
            yield from acceptors.seize(acceptor)
            granted = turn.wait(acceptor)
            if granted is not None:
                yield granted
            taken = 0
            while acceptor in turn.holders and taken < step.batch and acceptors.has_work_for(acceptor):
                request = acceptors.take(acceptor)
                row, accepted = request.row, request.seat
                taken += 1
                self.record.process[row] = acceptor.process
                self.record.reached[row, column] = self.env.now
                for visit in range(step.visits):
                    if visit:
                        self.let_go(acceptor, inner, turn)
                        yield from self.hold(turn, acceptor, row, column)
                    deed = self.accept_one(inner, acceptor, row, column, step, last=visit == step.visits - 1)
                    yield from deed if inner is turn else self.holding(turn, row, column, deed)
                assert accepted is not None  # the request waits for it, or has left
                accepted.succeed(True)
            self.let_go(acceptor, inner, turn)
            acceptors.let_go(acceptor)

    def accept_one(
        self, turn: Turn, acceptor: Acceptor, row: int, column: int, step: AcceptEagerly, *, last: bool
    ) -> Life:
        """One visit to the lock for the sake of a connection."""
        if acceptor not in turn.holders:  # of a loop it has that, and needs the GIL
            yield from self.hold(turn, acceptor, row, column)
        yield from self.work(turn, acceptor, row, column, step.work_s / step.visits)
        if last:
            yield from self.make_calls(turn, acceptor, row, column, step.releases)
