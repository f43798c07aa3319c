"""What a request costs in long runs and in long queues. Each run is a process of its own, so that its memory shows."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np

from simulator.experiments.run import run
from simulator.plan import Plan
from simulator.trace.table import Trace
from tests.bench.clock import in_turn, spent
from tests.bench.figure import Figure
from tests.bench.scene import CROWD_RATE, SHIPPED_RATE, prefork, slow_clients
from tests.bench.sizes import Sizes

LARGEST = 2.5e9
WARM = 1.3
"""Times, in memory that was used before: the first touch of a page is the work of the operating system."""
SLOWER = 1.5
"""Times: more than caches can explain."""
SLOWER_LEAVING = 4.0
"""Times: leaving is one more event for each, in a heap as long as the queue."""
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**40), "MALLOC_TRIM_THRESHOLD_": str(2**40)}
"""For glibc: what is freed stays with the process, so that the next run is given memory that was used before."""
FEW = 1_000_000
"""Requests that one measurement should at least be made of."""


def figures(sizes: Sizes) -> Iterator[Figure]:
    """The rows about size, then those about queues."""
    calm = [_child("calm", n, min(sizes.rounds, 1 + FEW // n)) for n in sizes.growth]
    for answer in calm:
        yield _cost(f"{answer['requests']:,} requests: each", answer)
    for answer in calm:
        yield _first(f"{answer['requests']:,} requests: each, in memory that nobody had used", answer)
    yield _ratio("each, the longest run against one of 100 000", calm[-1], calm[1], WARM)
    peak = Figure(what="memory of the longest run", values=(calm[-1]["peak"] / 1e9,), unit="GB", at_most=LARGEST / 1e9)
    yield peak
    short, crowd = (_child("crowd", n, sizes.rounds) for n in (sizes.queue // 5, sizes.queue))
    leaving = _child("leaving", sizes.queue, min(sizes.rounds, 3))
    for answer in (short, crowd):
        yield _cost(f"{answer['queue']:,} waiting: each", answer)
    yield _ratio("each, the long queue against the short", crowd, short)
    yield _cost(f"{leaving['queue']:,} waiting, most leave: each", leaving)
    yield _ratio("each, leaving against staying", leaving, crowd, SLOWER_LEAVING)


def _child(kind: str, requests: int, rounds: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.growth", kind, str(requests), str(rounds)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=os.environ | KEEP_MEMORY)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _cost(what: str, answer: dict[str, Any]) -> Figure:
    n = answer["requests"] / 1e9
    values, elapsed = (tuple(seconds / n for seconds in answer[kind]) for kind in ("cpu", "elapsed"))
    return Figure(what=what, values=values, elapsed=elapsed, unit="ns")


def _first(what: str, answer: dict[str, Any]) -> Figure:
    n = answer["requests"] / 1e9
    return Figure(what=what, values=(answer["first"]["cpu"] / n,), elapsed=(answer["first"]["elapsed"] / n,), unit="ns")


def _ratio(what: str, large: dict[str, Any], small: dict[str, Any], at_most: float = SLOWER) -> Figure:
    each = [median(answer["cpu"]) / answer["requests"] for answer in (large, small)]
    return Figure(what=what, values=(each[0] / each[1],), unit="times", at_most=at_most)


def main(kind: str, requests: int, rounds: int) -> None:
    """``calm``: as shipped. ``crowd``: everybody comes at once. ``leaving``: and most leave while they wait."""
    rate = SHIPPED_RATE if kind == "calm" else CROWD_RATE
    workload, machine = slow_clients(requests, rate=rate, patient=kind != "calm")
    plan = prefork(machine, backlog=2048 if kind == "calm" else requests)
    if kind == "leaving":
        plan = _may_leave(plan)
        spread = 2 * workload.duration + 10 + 60 * workload.coin  # the first leave when the last have come
        workload = replace(workload, patience=spread)
    traces: list[Trace] = []

    def simulate() -> None:
        traces.clear()  # not two of them at a time
        traces.append(run(plan, workload))

    first = spent(simulate)
    taken = in_turn(rounds, simulate)[0]
    answer = {
        "requests": len(workload),
        "first": {"cpu": first.cpu, "elapsed": first.elapsed},
        "cpu": [s.cpu for s in taken],
        "elapsed": [s.elapsed for s in taken],
        "peak": peak(),
        "queue": 0 if kind == "calm" else _longest_queue(traces[0]),
    }
    print(json.dumps(answer))


def peak() -> int:
    """The most memory that this process had, in bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def _may_leave(plan: Plan) -> Plan:
    """The plan with a queue that clients leave when they lose patience."""
    return plan.exchanging(plan.pools[0], replace(plan.pools[0], renege=True))


def _longest_queue(trace: Trace) -> int:
    """How many waited for a worker when most did."""
    place = next(i for i, place in enumerate(trace.places) if place.takes is not None)
    came = trace.reached[:, place]
    served = trace.reached[:, place + 1]
    went = np.where(np.isnan(served), trace.left, served)
    times = np.concatenate([came, went])
    changes = np.repeat([1, -1], len(came))
    return int(changes[np.argsort(times, kind="stable")].cumsum().max())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
