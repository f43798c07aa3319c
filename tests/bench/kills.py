"""What it costs to kill a process: what is inside of it, and not how many requests the run has.

The same last seconds of a short run and of a long one are timed, with kills in them and without. All that is killed
comes again soon, and no request comes twice.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from statistics import median

from simulator.engine.loading import kernel
from simulator.engine.lowering import lower
from simulator.engine.record import Record
from simulator.plan import Cores, Handle, Plan, Pool, Release, Seize
from simulator.workload.interventions import Do, Intervention
from simulator.workload.table import Work, Workload
from tests.bench.clock import Spent, spent
from tests.bench.figure import Figure
from tests.bench.scene import exponential
from tests.bench.sizes import Sizes

PROCESSES, THREADS = 4, 16
RATE = 500.0
REQUESTS = 20
"""For every kill: the kills are in the last so many times as many requests."""
SLOWER = 2.0
"""Times: the columns of a long run are no longer in the caches. A look at every request would be 50 times."""
THREAD = Pool("thread", PROCESSES * THREADS, slots_per_process=THREADS)
SERVER = Plan((Seize(THREAD), Handle(), Release(THREAD)), Cores(PROCESSES))


def figures(sizes: Sizes) -> Iterator[Figure]:
    """A kill in a short run and in a long one; and the last seconds with all kills, which must not differ."""
    kills, last = sizes.kills, sizes.kills * REQUESTS
    each: list[float] = []
    for requests in (last, max(sizes.many, last)):
        load = exponential(requests, rate=RATE, mean_s=0.1, phases=(Work.IO,))
        taken = [[_end(_killing(load, n, last), last) for n in (kills, 1)] for _ in range(sizes.rounds)]
        extra = [
            tuple(max(getattr(a, by) - getattr(b, by), 0.0) / kills for a, b in taken) for by in ("cpu", "elapsed")
        ]
        title = f"a kill, in a run of {requests:,} requests"
        yield Figure(
            what=title, values=tuple(1e6 * s for s in extra[0]), elapsed=tuple(1e6 * s for s in extra[1]), unit="us"
        )
        each.append(median(all_killed.cpu for all_killed, _ in taken))
    title = f"the last {last:,} requests with {kills:,} kills, in the long run against the short"
    yield Figure(what=title, values=(each[1] / each[0],), unit="times", at_most=SLOWER)


def _killing(load: Workload, kills: int, last: int) -> Workload:
    """The processes are killed in turn, from the arrival of the first of the last requests to that of the very last."""
    start, end = load.arrival[-last], load.arrival[-1]
    every = (end - start) / kills
    killed = (
        Intervention(at=start + every * i, do=Do.KILL, number=i % PROCESSES, lasting=every / 2) for i in range(kills)
    )
    return replace(load, interventions=tuple(killed))


def _end(load: Workload, last: int) -> Spent:
    """How long the last requests take. Before them, events happen in small portions, or it would begin too late."""
    module, record = kernel(), Record.blank(SERVER, load)
    run = module.set_up(lower(SERVER, load), load, record, False)
    start = load.arrival[-last]
    while module.time(run) < start:
        module.advance(run, 100)
    taken = spent(partial(module.advance, run, 10 * len(load)))
    assert not module.advance(run, 1)  # that were all
    return taken
