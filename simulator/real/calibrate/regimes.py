"""One server in the states that a request may find it in: asleep for long, just awake, busy, and with every slot held.

What to watch: costs depend on temperature. A server that is asked ten times a second wakes up for each request and for
each of its timers, and pays for that every time; one that is never idle pays nothing of the kind. So both are measured,
and neither stands for the other. Computing is the processor time of the server's whole process group, as the kernel
counts it.
"""

import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simulator.experiments.deployment import Deployment
from simulator.plan import Machine
from simulator.real.calibrate.samples import Samples
from simulator.real.job import Ending, Result
from simulator.real.measure import drive, job_for, scratch_folder
from simulator.real.messages import request_head
from simulator.real.other_programs import members
from simulator.real.processes import MeasureError
from simulator.real.reports import Report
from simulator.real.servers import start
from simulator.words.language import tell
from simulator.workload.draw import draw
from simulator.workload.load import load

IO_S = 0.02
"""A wait within a request: as long as a query, and long enough to fall asleep."""
LONGEST_S = 20.0
"""No server lingers for longer."""
RARE_PER_S = 12
"""Requests a second for which a server wakes up each time."""
BUSY = 8
"""Clients without a pause: more than a server serves at once."""
SOONEST_S = 1e-4
"""No request takes less, so that there are enough of them for every client that asks again at once."""
WARM_UP_S = 0.4
WINDOWS = 8
"""Samples of processor time in a run, where it is long enough."""
FIRST = "handle.1"
"""The place where a handler begins; the one after it is where the handler has ended."""


@dataclass(frozen=True, kw_only=True)
class Regime:
    """A run in one of the states. Times in seconds."""

    computing: Samples
    """Processor time of all processes of the server for a request, in each part of the run."""
    front: Samples
    """The same for what stands in front of it; none where nothing does."""
    within: Samples
    """For each request: from its handler's begin to its end."""
    throughput: float
    """Requests a second."""


def rare(deployment: Deployment, seconds: float) -> Regime:
    """An open loop at a low rate, each request with one wait: the server is asleep in between."""
    return _run(deployment, seconds, f'kind = "poisson"\nrate = {RARE_PER_S}', f'io = "{IO_S * 1e3:g} ms"')


def one_by_one(deployment: Deployment, seconds: float) -> Regime:
    """One client that asks again at once: the server never sleeps for long, and nobody waits for anybody."""
    return _run(deployment, seconds, _loop(1, seconds), 'cpu = "0 ms"')


def saturated(deployment: Deployment, seconds: float) -> Regime:
    """More clients than the server can serve at once, without work of their own."""
    return _run(deployment, seconds, _loop(BUSY, seconds), 'cpu = "0 ms"')


def held(deployment: Deployment, seconds: float) -> Regime:
    """Two clients for each slot, and every request waits: a slot is held for slots divided by throughput."""
    return _run(deployment, seconds, _loop(2 * slots_of(deployment), seconds), f'io = "{IO_S * 1e3:g} ms"')


def lingers_s(deployment: Deployment) -> float:
    """For how long a server waits for clients that have their response and do not close, while somebody else waits."""
    head, body = request_head(0, "", 1024, 10240)
    with scratch_folder() as folder, ExitStack() as stack:
        running = start(deployment, folder, stack)

        def asked() -> socket.socket:
            client = stack.enter_context(socket.create_connection(("127.0.0.1", running.port), timeout=LONGEST_S))
            client.sendall(head + bytes(body))
            while client.recv(65536):  # to the end of what it sends
                pass
            return client

        kept = [asked() for _ in range(max(slots_of(deployment), 1))]
        begun = time.monotonic()
        asked()
        del kept
        return time.monotonic() - begun


def slots_of(deployment: Deployment) -> int:
    """Workers or threads, of which a request holds one; 0 where it holds none."""
    pool = next(iter(deployment.plans(Machine())[0].pools), None)
    return 0 if pool is None else pool.size * pool.processes


def _loop(clients: int, seconds: float) -> str:
    requests = round((seconds + WARM_UP_S) / SOONEST_S)
    return f'kind = "closed"\nclients = {clients}\nthink = "0 ms"\nramp = "0.1 s"\nrequests = {requests}'


SCENARIO = """
title = "Calibration"
duration = "{duration} s"

[arrivals]
{arrivals}

[[requests]]
name = "page"
upload = "1 KiB"
steps = [{{{step}}}]
response = "10 KiB"
"""


def _run(deployment: Deployment, seconds: float, arrivals: str, step: str) -> Regime:
    with scratch_folder() as folder, ExitStack() as stack:
        file = folder / "calibration.toml"
        file.write_text(SCENARIO.format(duration=seconds + WARM_UP_S, arrivals=arrivals, step=step), encoding="utf-8")
        scenario = load(str(file))
        workload = draw(scenario)
        running = start(deployment, folder, stack)
        meters = [Meter(process.pid) for process in running.processes]
        job = job_for(deployment.plan(scenario.machine), workload, running.port)
        result = drive(job, folder, lambda _: look(meters))
        return _found(result, [each for each in running.told[0].read(len(workload)) if FIRST in each.marks], meters)


def _found(result: Result, reports: list[Report], meters: "list[Meter]") -> Regime:
    answered = (result.ending == Ending.ANSWERED) & (result.arrival > WARM_UP_S)
    if np.count_nonzero(answered) < WINDOWS:
        raise MeasureError(tell("the server answered too few requests to calibrate with"))
    finished = np.sort(result.finished[answered]) + result.start
    computing, *front = [meter.each(finished) for meter in meters]
    return Regime(
        computing=computing,
        front=[seconds for samples in front for seconds in samples],
        within=[_within(report) for report in reports if answered[report.row]],
        throughput=(len(finished) - 1) / float(finished[-1] - finished[0]),
    )


def _within(report: Report) -> float:
    """What a request took in its handler."""
    begun = report.marks[FIRST]
    return next((moment - begun for moment in sorted(report.marks.values()) if moment > begun), 0.0)


def look(meters: "Sequence[Meter]") -> None:
    """All at once."""
    for meter in meters:
        meter.look()


def used_s(group: int) -> float:
    """Processor time of the processes of a group, by their own clocks (clock_getcpuclockid(3))."""
    used = 0.0
    for pid in members(group):
        with suppress(OSError):  # it ended meanwhile
            used += time.clock_gettime(~pid << 3 | 2)
    return used


class Meter:
    """The processor time of a process group, looked at now and then."""

    def __init__(self, group: int) -> None:
        """Looks for the first time."""
        self.group = group
        self.looks: list[tuple[float, float]] = []
        self.look()

    def look(self) -> None:
        """Note what its processes have used by now."""
        self.looks.append((time.monotonic(), used_s(self.group)))

    def each(self, finished: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Samples:
        """Seconds for a request in each part of the run; ``finished``: the moments at which requests ended."""
        inside = [look for look in self.looks if finished[0] <= look[0] <= finished[-1]]
        bounds = inside[:: max(len(inside) // WINDOWS, 1)]
        found = []
        for (since, before), (until, now) in pairwise(bounds):
            count = int(np.searchsorted(finished, until) - np.searchsorted(finished, since))
            if count:
                found.append((now - before) / count)
        return found
