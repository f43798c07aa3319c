"""Prefork with slow clients as plain SimPy processes: what somebody would write who needs this one server only.

It leaves out what does not happen in the scene (clients that lose patience, a full backlog), and SimPy has no processor
sharing, so a core serves one computation after the other. Each request notes when it began each step, as ours do.
"""

from collections.abc import Generator
from dataclasses import dataclass
from math import ceil
from typing import Any

import simpy

from simulator.workload.table import Work, Workload

Process = Generator[simpy.Event, Any, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Seconds and bytes."""

    workers: int
    cores: int
    parse_s: float
    respond_s: float
    receive_buffer: float
    send_buffer: float


class Load:
    """The columns of a workload as lists: NumPy is slow one number at a time."""

    def __init__(self, workload: Workload) -> None:
        self.arrival: list[float] = workload.arrival.tolist()
        self.rtt: list[float] = workload.rtt.tolist()
        self.upload: list[float] = workload.upload.tolist()
        self.response: list[float] = workload.response.tolist()
        self.phases: list[list[float]] = workload.phases.tolist()
        self.kinds: list[list[int]] = workload.phase_kinds[workload.request_class].tolist()
        self.up_rate: list[float] = workload.up_rate[workload.client].tolist()
        self.down_rate: list[float] = workload.down_rate[workload.client].tolist()


class Times:
    """When each request reached each step."""

    def __init__(self, n: int, phases: int) -> None:
        self.connect, self.accept, self.receive = [0.0] * n, [0.0] * n, [0.0] * n
        self.parse, self.handle = [0.0] * n, [[0.0] * n for _ in range(phases)]
        self.respond, self.send = [0.0] * n, [0.0] * n
        self.release, self.finished = [0.0] * n, [0.0] * n


class Prefork:
    """One run."""

    def __init__(self, server: Server, workload: Workload) -> None:
        self.env = simpy.Environment()
        self.server, self.load = server, Load(workload)
        self.times = Times(len(workload), workload.phase_count)
        self.workers = simpy.Resource(self.env, server.workers)
        self.cores = simpy.Resource(self.env, server.cores)

    def arrivals(self) -> Process:
        env = self.env
        for row, moment in enumerate(self.load.arrival):
            yield env.timeout(moment - env.now)
            env.process(self.request(row))

    def compute(self, seconds: float) -> Process:
        with self.cores.request() as core:
            yield core
            yield self.env.timeout(seconds)

    def request(self, row: int) -> Process:
        env, load, times = self.env, self.load, self.times
        times.connect[row] = env.now
        yield env.timeout(1.5 * load.rtt[row])
        times.accept[row] = connected = env.now
        with self.workers.request() as worker:
            yield worker
            times.receive[row] = env.now
            arrived = self.arrived_at(row, connected)
            if arrived > env.now:
                yield env.timeout(arrived - env.now)
            times.parse[row] = env.now
            yield from self.compute(self.server.parse_s)
            for reached, kind, seconds in zip(times.handle, load.kinds[row], load.phases[row], strict=True):
                reached[row] = env.now
                if kind == Work.CPU:
                    yield from self.compute(seconds)
                else:
                    yield env.timeout(seconds)
            times.respond[row] = env.now
            yield from self.compute(self.server.respond_s)
            times.send[row] = env.now
            response, rate = load.response[row], load.down_rate[row]
            times.finished[row] = env.now + load.rtt[row] / 2 + response / rate
            if response > self.server.send_buffer:
                third = self.server.send_buffer / 3  # a blocked writer goes on when so much is free
                yield env.timeout(ceil((response - self.server.send_buffer) / third) * third / rate)
            times.release[row] = env.now

    def arrived_at(self, row: int, connected: float) -> float:
        """When the whole request is here: what fits the buffer came while nobody read."""
        size, rate, buffer = self.load.upload[row], self.load.up_rate[row], self.server.receive_buffer
        if size > buffer and self.env.now > connected + buffer / rate:
            return self.env.now + (size - buffer) / rate
        return connected + size / rate


def simulate(server: Server, workload: Workload) -> Times:
    """Run to the end."""
    run = Prefork(server, workload)
    run.env.process(run.arrivals())
    run.env.run()
    return run.times
