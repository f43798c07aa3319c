"""Hundreds of processes, thousands of threads, a hundred thousand in hand: what a request costs then, beside prefork's.

What to watch: nothing may be looked at once for every process or thread. Prefork has eight workers and the same costs.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from models.coroutine.config import Config as CoroutineConfig
from models.coroutine.model import plan as coroutine
from models.greenlet.config import Config as GreenletConfig
from models.greenlet.model import plan as greenlet
from models.prefork.config import Config as PreforkConfig
from models.prefork.model import plan as prefork
from models.threaded.config import Config as ThreadedConfig
from models.threaded.model import plan as threaded
from simulator.experiments.run import run
from simulator.plan import Machine, Plan
from simulator.workload.table import Work, Workload
from tests.bench.clock import in_turn
from tests.bench.figure import Figure
from tests.bench.scene import exponential
from tests.bench.sizes import Sizes

TIMES = 3.0
"""Times prefork's cost of a request, at most."""
CPU_S = 0.0002
"""Of computing, before and after the waiting."""
HALF = 0.5
"""How busy the cores are."""


def figures(sizes: Sizes) -> Iterator[Figure]:
    """What each costs, all in turn."""
    programs = {name: program(sizes.program) for name, program in PROGRAMS.items()}
    taken = in_turn(sizes.rounds, *(partial(run, plan, workload) for plan, workload in programs.values()))
    each = {
        name: [spent.cpu / len(workload) for spent in spents]
        for (name, (_, workload)), spents in zip(programs.items(), taken, strict=True)
    }
    least = each.pop(PREFORK)
    yield Figure(what=f"{PREFORK}: each", values=tuple(1e9 * seconds for seconds in least), unit="ns")
    for name, seconds in each.items():
        yield Figure(what=f"{name}: each", values=tuple(1e9 * second for second in seconds), unit="ns")
        times = tuple(mine / prefork for mine, prefork in zip(seconds, least, strict=True))
        yield Figure(what=f"{name}: each, against prefork's", values=times, unit="times", at_most=TIMES)


def asking(requests: int, *, cores: int, at_once: float) -> Workload:
    """Computing, waiting for a database, computing; ``at_once`` are in hand on average."""
    rate = HALF * cores / (2.0 * CPU_S)
    load = exponential(requests, rate=rate, mean_s=CPU_S, phases=(Work.CPU, Work.IO, Work.CPU))
    load.phases[:, 1] *= at_once / rate / CPU_S
    return load


def on(
    server: Callable[[Machine], Plan], requests: int, *, cores: int = 8, at_once: float = 4.0
) -> tuple[Plan, Workload]:
    """A server on so many cores. There are always four times as many requests as are in hand at once."""
    machine = replace(Machine(), cores=cores)
    return server(machine), asking(max(requests, int(4 * at_once)), cores=cores, at_once=at_once)


PREFORK = "prefork, 8 workers"
LOOPS, REUSEPORT = CoroutineConfig(processes=500, sharing="even"), CoroutineConfig(processes=500, sharing="reuseport")
PROGRAMS: dict[str, Callable[[int], tuple[Plan, Workload]]] = {
    PREFORK: partial(on, partial(prefork, PreforkConfig(workers=8))),
    "prefork, 500 workers": partial(on, partial(prefork, PreforkConfig(workers=500)), cores=64, at_once=250.0),
    "500 event loops, even": partial(on, partial(coroutine, LOOPS), cores=64, at_once=10_000.0),
    "500 event loops, warm": partial(
        on, partial(coroutine, replace(LOOPS, sharing="warm")), cores=64, at_once=10_000.0
    ),
    "500 event loops, reuseport": partial(on, partial(coroutine, REUSEPORT), cores=64, at_once=10_000.0),
    "10 000 threads": partial(on, partial(threaded, ThreadedConfig(threads=10_000)), cores=1, at_once=8_000.0),
    "10 000 threads, eager": partial(
        on, partial(threaded, ThreadedConfig(threads=10_000, accept="eager")), cores=1, at_once=8_000.0
    ),
    "500 processes of 20 threads": partial(
        on, partial(threaded, ThreadedConfig(processes=500, threads=20)), cores=64, at_once=8_000.0
    ),
    "100 000 coroutines": partial(on, partial(coroutine, CoroutineConfig()), cores=1, at_once=100_000.0),
    "100 000 greenlets": partial(on, partial(greenlet, GreenletConfig(pool=200_000)), cores=1, at_once=100_000.0),
}
