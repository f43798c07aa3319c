"""The kernel against the same requests served by other programs: plain SimPy processes, and a loop written in C."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.experiments.run import run
from simulator.plan import Machine, Plan
from simulator.trace.table import Trace
from simulator.workload.table import Workload
from tests.bench import c_loop, plain_simpy
from tests.bench.clock import in_turn, per_second, times_faster
from tests.bench.figure import Figure
from tests.bench.scene import WORKERS, prefork, slow_clients
from tests.bench.sizes import Sizes

SAME_S = 1e-6


def figures(sizes: Sizes) -> Iterator[Figure | str]:
    """The rows of both comparisons, or a sentence where one is not possible."""
    workload, machine = slow_clients(sizes.plain)
    yield from _same_work(workload, machine)
    yield from _against_simpy(workload, machine, sizes.rounds)
    many, machine = slow_clients(sizes.many)
    with tempfile.TemporaryDirectory() as folder:
        loop = c_loop.compiled(Path(folder))
        if loop is None:
            yield "Found no C compiler (cc, gcc, clang), so there is no loop in C to compare with."
        yield from _speed(many, machine, sizes.rounds, loop)


def _server(machine: Machine) -> plain_simpy.Server:
    return plain_simpy.Server(
        workers=WORKERS,
        cores=machine.cores,
        parse_s=machine.accept_cost_s + machine.request_cost_s,
        respond_s=machine.response_cost_s,
        receive_buffer=machine.receive_buffer,
        send_buffer=machine.send_buffer,
    )


def _latency(finished: object, workload: Workload) -> NDArray[np.float64]:
    return np.asarray(finished, np.float64) - workload.arrival


def _same_work(workload: Workload, machine: Machine) -> Iterator[Figure]:
    """With a core for every worker nobody shares, and both must say the same of every request."""
    roomy = replace(machine, cores=WORKERS)
    apart = []
    for m in (roomy, machine):
        ours = _latency(run(prefork(m), workload).finished, workload)
        theirs = _latency(plain_simpy.simulate(_server(m), workload).finished, workload)
        apart.append((float(np.abs(ours - theirs).max()), abs(float(theirs.mean() / ours.mean()) - 1)))
    yield Figure(
        what=f"plain SimPy, {WORKERS} cores: largest difference", values=(apart[0][0],), unit="s", at_most=SAME_S
    )
    yield Figure(
        what=f"plain SimPy, {machine.cores} cores: mean latency apart", values=(100 * apart[1][1],), unit="%", at_most=2
    )


def _against_simpy(workload: Workload, machine: Machine, rounds: int) -> Iterator[Figure]:
    plan, server, n = prefork(machine), _server(machine), len(workload)
    ours, theirs = in_turn(rounds, lambda: run(plan, workload), lambda: plain_simpy.simulate(server, workload))
    values, elapsed = per_second(n, theirs)
    yield Figure(what=f"plain SimPy, {n:,} requests", values=values, elapsed=elapsed, unit="/s")
    values, elapsed = per_second(n, ours)
    yield Figure(what="kernel, the same requests", values=values, elapsed=elapsed, unit="/s")
    values, elapsed = times_faster(ours, theirs)
    yield Figure(what="kernel against plain SimPy", values=values, elapsed=elapsed, unit="times", at_least=100)


def _speed(workload: Workload, machine: Machine, rounds: int, loop: c_loop.Simulate | None) -> Iterator[Figure]:
    plan, server, n = prefork(machine), _server(machine), len(workload)
    traces: list[Trace] = []

    def kernel() -> None:
        traces[:] = [run(plan, workload)]

    works = [kernel] if loop is None else [kernel, lambda: loop(server, _efficiency(plan), workload)]
    ours, *theirs = in_turn(rounds, *works)
    values, elapsed = per_second(n, ours)
    yield Figure(what=f"kernel, {n:,} requests", values=values, elapsed=elapsed, unit="/s", at_least=1.5e6)
    values, elapsed = per_second(_moments(traces[0]), ours)
    yield Figure(what="kernel, moments noted", values=values, elapsed=elapsed, unit="/s")
    if loop is None:
        return
    times = loop(server, _efficiency(plan), workload)
    apart = float(np.nanmax(np.abs(traces[0].reached - times.reached)))
    yield Figure(what="loop in C: largest difference", values=(apart,), unit="s", at_most=SAME_S)
    values, elapsed = per_second(n, theirs[0])
    yield Figure(what="loop in C, the same requests", values=values, elapsed=elapsed, unit="/s")
    values, elapsed = times_faster(theirs[0], ours)
    yield Figure(what="kernel's time against the loop in C", values=values, elapsed=elapsed, unit="times", at_most=1.4)


def _moments(trace: Trace) -> int:
    """How often a request reached a place."""
    return int(np.count_nonzero(~np.isnan(trace.reached)))


def _efficiency(plan: Plan) -> float:
    """What is left of a core where threads take turns on it."""
    return plan.cores.time_slice_s / (plan.cores.time_slice_s + plan.cores.switch_cost_s)
