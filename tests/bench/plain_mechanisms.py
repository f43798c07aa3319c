"""Six mechanisms as plain SimPy processes: each what somebody would write who needs this one only.

Every function takes the moments of arrival and the seconds of work, and says when each request, or its job, has ended.
SimPy has no processor sharing, so the database brings its own.
"""

from collections.abc import Generator
from heapq import heappop, heappush
from math import inf
from typing import Any

import simpy

from simulator.workload.table import Workload

Process = Generator[simpy.Event, Any, None]

WORKERS = 4
WAITING = 4
BACKOFF_S = (0.5, 1.0)
THREADS, THREADS_OF_EACH = 8, 2
LIMIT_S, BOOT_S = 0.5, 0.5
UNITS, PREFETCHED = 8, 4
RATE, BURST = 90.0, 20.0
CORES = DATABASE_CORES = 2


class Load:
    """The columns that are needed here, as lists: NumPy is slow one number at a time."""

    def __init__(self, workload: Workload) -> None:
        self.arrival: list[float] = workload.arrival[: workload.requests].tolist()
        self.phases: list[list[float]] = workload.phases[: workload.requests].tolist()
        self.work: list[float] = [phases[0] for phases in self.phases]


class Scene:
    """A clock, the requests as they come, and when each has ended."""

    def __init__(self, load: Load) -> None:
        self.env, self.load, self.work = simpy.Environment(), load, load.work
        self.ended = [inf] * len(load.arrival)

    def request(self, row: int) -> Process:
        raise NotImplementedError

    def arrivals(self) -> Process:
        for row, moment in enumerate(self.load.arrival):
            yield self.env.timeout(moment - self.env.now)
            self.env.process(self.request(row))

    def run(self) -> list[float]:
        self.env.process(self.arrivals())
        self.env.run()
        return self.ended


class LeastConnections(Scene):
    """Two upstreams; each request goes to the one that has fewer in hand, or to the next in turn."""

    def __init__(self, load: Load) -> None:
        super().__init__(load)
        self.workers = [simpy.Resource(self.env, WORKERS) for _ in range(2)]
        self.in_hand, self.turn = [0, 0], 0

    def request(self, row: int) -> Process:
        other = 1 - self.turn
        chosen = other if self.in_hand[other] < self.in_hand[self.turn] else self.turn
        self.turn = 1 - chosen
        self.in_hand[chosen] += 1
        with self.workers[chosen].request() as worker:
            yield worker
            yield self.env.timeout(self.work[row])
        self.in_hand[chosen] -= 1
        self.ended[row] = self.env.now


class Retries(Scene):
    """Some workers and a short queue; whoever finds it full comes again, later each time."""

    def __init__(self, load: Load) -> None:
        super().__init__(load)
        self.workers = simpy.Resource(self.env, WORKERS)

    def request(self, row: int) -> Process:
        workers = self.workers
        for backoff in (*BACKOFF_S, None):
            if workers.count < WORKERS or len(workers.queue) < WAITING:
                with workers.request() as worker:
                    yield worker
                    yield self.env.timeout(self.work[row])
                break
            if backoff is not None:
                yield self.env.timeout(backoff)
        self.ended[row] = self.env.now


class Killing(Scene):
    """Processes of two threads; a request that takes too long has its process killed, and all inside are lost."""

    def __init__(self, load: Load) -> None:
        super().__init__(load)
        self.idle = simpy.Store(self.env)
        self.idle.items = list(range(THREADS))
        self.inside: list[dict[int, simpy.Process]] = [{} for _ in range(THREADS // THREADS_OF_EACH)]

    def request(self, row: int) -> Process:
        env = self.env
        thread = yield self.idle.get()
        process = thread // THREADS_OF_EACH
        assert env.active_process is not None
        self.inside[process][row] = env.active_process
        try:
            work = env.timeout(self.work[row])
            yield work | env.timeout(LIMIT_S)
            if work.processed:
                del self.inside[process][row]
                self.idle.put(thread)
            else:
                self.kill(process)
        except simpy.Interrupt:
            pass
        self.ended[row] = env.now

    def kill(self, process: int) -> None:
        for life in self.inside[process].values():
            if life is not self.env.active_process:
                life.interrupt()
        self.inside[process] = {}
        self.idle.items = [thread for thread in self.idle.items if thread // THREADS_OF_EACH != process]
        self.env.process(self.boot(process))

    def boot(self, process: int) -> Process:
        yield self.env.timeout(BOOT_S)
        for thread in range(process * THREADS_OF_EACH, (process + 1) * THREADS_OF_EACH):
            self.idle.put(thread)


class Prefetch(Scene):
    """Requests send off jobs; each worker takes four at a time, which its only child does one after the other."""

    def __init__(self, load: Load) -> None:
        super().__init__(load)
        self.units = simpy.Store(self.env)
        self.units.items = list(range(UNITS))
        self.children = [simpy.Resource(self.env, 1) for _ in range(UNITS // PREFETCHED)]

    def request(self, row: int) -> Process:
        self.env.process(self.job(row))
        yield self.env.timeout(0)

    def job(self, row: int) -> Process:
        unit = yield self.units.get()
        with self.children[unit // PREFETCHED].request() as child:
            yield child
            yield self.env.timeout(self.work[row])
        self.units.put(unit)
        self.ended[row] = self.env.now


class TokenBucket(Scene):
    """A request takes a token; whoever finds none waits for one, if few do."""

    def __init__(self, load: Load) -> None:
        super().__init__(load)
        self.first = simpy.Resource(self.env, 1)
        self.level, self.at = BURST, 0.0

    def request(self, row: int) -> Process:
        if self.first.count + len(self.first.queue) < WAITING:
            with self.first.request() as turn:
                yield turn
                self.refill()
                if self.level < 1:
                    yield self.env.timeout((1 - self.level) / RATE)
                    self.refill()
                self.level -= 1
            yield self.env.timeout(self.work[row])
        self.ended[row] = self.env.now

    def refill(self) -> None:
        self.level = min(BURST, self.level + (self.env.now - self.at) * RATE)
        self.at = self.env.now


class Shared:
    """Cores that all jobs share alike, each at most one: what one has got since the start, all have."""

    def __init__(self, env: simpy.Environment, cores: int) -> None:
        self.env, self.cores = env, cores
        self.jobs: list[tuple[float, int, simpy.Event]] = []
        self.virtual = self.updated = 0.0
        self.changes = 0

    def rate(self) -> float:
        return 1.0 if len(self.jobs) <= self.cores else self.cores / len(self.jobs)

    def catch_up(self) -> None:
        self.virtual += (self.env.now - self.updated) * self.rate()
        self.updated = self.env.now

    def expect(self) -> None:
        """The timer for the job that is done next, unless something changes before."""
        self.changes += 1
        if not self.jobs:
            self.virtual = 0.0
        else:
            left = max((self.jobs[0][0] - self.virtual) / self.rate(), 0.0)
            self.env.timeout(left, self.changes).callbacks.append(self.finish)

    def run(self, seconds: float) -> simpy.Event:
        self.catch_up()
        done = self.env.event()
        heappush(self.jobs, (self.virtual + seconds, self.changes, done))
        self.expect()
        return done

    def finish(self, timer: simpy.Event) -> None:
        if timer.value == self.changes:
            self.catch_up()
            self.virtual, _, done = heappop(self.jobs)
            done.succeed()
            self.expect()


class Database(Scene):
    """Workers that compute, ask a database with cores of its own, and compute again."""

    def __init__(self, load: Load) -> None:
        super().__init__(load)
        self.workers = simpy.Resource(self.env, WORKERS)
        self.cores, self.database = Shared(self.env, CORES), Shared(self.env, DATABASE_CORES)

    def request(self, row: int) -> Process:
        before, asked, after = self.load.phases[row]
        with self.workers.request() as worker:
            yield worker
            yield self.cores.run(before)
            yield self.database.run(asked)
            yield self.cores.run(after)
        self.ended[row] = self.env.now


def simulate(scene: type[Scene], load: Load) -> list[float]:
    """When each request, or its job, has ended."""
    return scene(load).run()
