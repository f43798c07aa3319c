"""Hundreds of processes, thousands of threads, a hundred thousand in hand: what a request costs then, beside prefork's.

What to watch: nothing may be looked at once for every process or thread. Prefork has the same requests, the same costs
and as many workers as it needs to have as many in hand: what memory costs that is far apart, it costs either of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from models.coroutine.config import Config as CoroutineConfig
from models.coroutine.model import plan as coroutine
from models.goroutine.config import Config as GoroutineConfig
from models.goroutine.model import plan as goroutine
from models.greenlet.config import Config as GreenletConfig
from models.greenlet.model import plan as greenlet
from models.prefork.config import Config as PreforkConfig
from models.prefork.model import plan as prefork
from models.threaded.config import Config as ThreadedConfig
from models.threaded.model import plan as threaded
from simulator.experiments.run import run
from simulator.plan import Machine, Plan
from simulator.workload.table import Work, Workload
from tests.bench.clock import Spent, in_turn
from tests.bench.figure import Figure
from tests.bench.scene import exponential
from tests.bench.sizes import Sizes

TIMES = 3.0
"""Times prefork's cost of a request, at most."""
CPU_S = 0.0002
"""Of computing, before and after the waiting."""
BUSY = 0.3
"""How busy the cores are with that alone."""


@dataclass(frozen=True)
class Many:
    """A server, and how many requests it has in hand on average."""

    server: Callable[[Machine], Plan]
    cores: int
    at_once: int

    def load(self, requests: int) -> Workload:
        """Computing, waiting for a database, computing; four times as many requests as are in hand, or more."""
        rate = BUSY * self.cores / (2.0 * CPU_S)
        phases = (Work.CPU, Work.IO, Work.CPU)
        load = exponential(max(requests, 4 * self.at_once), rate=rate, mean_s=CPU_S, phases=phases)
        load.phases[:, 1] *= self.at_once / rate / CPU_S
        return load

    @property
    def machine(self) -> Machine:
        return replace(Machine(), cores=self.cores)

    @property
    def plan(self) -> Plan:
        return self.server(self.machine)

    @property
    def beside(self) -> Plan:
        """Prefork with half as many workers more than it has requests in hand."""
        made = prefork(PreforkConfig(), self.machine)
        return made.exchanging(made.pools[0], replace(made.pools[0], size=self.at_once * 3 // 2 + 8))


LOOPS = CoroutineConfig(processes=500, sharing="even")
SERVERS: dict[str, Many] = {
    "500 event loops, even": Many(partial(coroutine, LOOPS), 64, 250),
    "500 event loops, warm": Many(partial(coroutine, replace(LOOPS, sharing="warm")), 64, 250),
    "500 event loops, reuseport": Many(partial(coroutine, replace(LOOPS, sharing="reuseport")), 64, 250),
    "500 processes of 20 threads": Many(partial(threaded, ThreadedConfig(processes=500, threads=20)), 64, 8_000),
    "10 000 threads": Many(partial(threaded, ThreadedConfig(threads=10_000)), 1, 8_000),
    "100 000 coroutines": Many(partial(coroutine, CoroutineConfig()), 1, 100_000),
    "100 000 greenlets": Many(partial(greenlet, GreenletConfig(pool=200_000)), 1, 100_000),
    "100 000 goroutines": Many(partial(goroutine, GoroutineConfig()), 1, 100_000),
}


def figures(sizes: Sizes) -> Iterator[Figure]:
    """What a request costs each of them, and how many times as much as prefork."""
    for name, server in SERVERS.items():
        many = replace(server, at_once=min(server.at_once, 10 * sizes.program))
        load = many.load(sizes.program)
        mine, preforks = in_turn(sizes.rounds, partial(run, many.plan, load), partial(run, many.beside, load))
        yield Figure(what=f"{name}: each", values=_each(mine, load), unit="ns")
        times = tuple(one.cpu / other.cpu for one, other in zip(mine, preforks, strict=True))
        yield Figure(what=f"{name}: each, against prefork's", values=times, unit="times", at_most=TIMES)


def _each(taken: list[Spent], load: Workload) -> tuple[float, ...]:
    return tuple(1e9 * spent.cpu / len(load) for spent in taken)
