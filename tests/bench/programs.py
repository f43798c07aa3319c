"""The kernel on one program of each kind, for comparison between versions (``make bench`` with ``--json``).

What to watch: the same programs and loads for ever. A row that is changed can be compared with nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from models.coroutine.config import Config as CoroutineConfig
from models.coroutine.model import plan as coroutine
from models.nginx.config import Config as NginxConfig
from models.nginx.model import in_front
from models.profiles import PROFILES
from models.threaded.config import Config as ThreadedConfig
from models.threaded.model import plan as threaded
from simulator.experiments.run import run
from simulator.plan import Cores, Handle, Machine, Plan, Pool, Release, Seize
from simulator.workload.draw import draw
from simulator.workload.load import load
from simulator.workload.table import Workload
from tests.bench.clock import in_turn, per_second
from tests.bench.figure import Figure
from tests.bench.scene import exponential, prefork, slow_clients
from tests.bench.sizes import Sizes

Program = tuple[Plan, Workload]


def figures(sizes: Sizes) -> Iterator[Figure]:
    """Requests per second, all programs in turn."""
    programs = {name: program(sizes.program) for name, program in PROGRAMS.items()}
    taken = in_turn(sizes.rounds, *(partial(run, plan, workload) for plan, workload in programs.values()))
    for (name, (_, workload)), spent in zip(programs.items(), taken, strict=True):
        values, elapsed = per_second(len(workload), spent)
        yield Figure(what=f"kernel, {name}", values=values, elapsed=elapsed, unit="/s")


def mm8(requests: int) -> Program:
    """Eight workers with a core each, busy for four fifths of the time."""
    worker = Pool("worker", 8)
    return Plan((Seize(worker), Handle(), Release(worker)), Cores(8)), exponential(requests, rate=6.4, mean_s=1.0)


def with_slow_clients(requests: int) -> Program:
    """The benchmark's own scene."""
    workload, machine = slow_clients(requests)
    return prefork(machine), workload


def behind_nginx(requests: int) -> Program:
    """Prefork, whose workers need not wait for slow clients any more."""
    workload, machine = slow_clients(requests)
    return in_front(prefork(machine), NginxConfig(), machine), workload


def on(scenario: str, rate: float, server: Callable[[Machine], Plan], requests: int) -> Program:
    """A server with the costs of this project's own ones under a shipped load, at some rate."""
    duration = ("duration", f"{requests / rate} s")
    drawn = load(scenario, [duration, ("arrivals.rate", str(rate)), ("warmup", "0 s")])
    return server(drawn.machine), draw(drawn)


def costing(profile: str, server: Callable[[Machine], Plan], machine: Machine) -> Plan:
    """A server with the costs that its model has by default: a process that has slept needs more to begin."""
    costs: dict[str, Any] = dict(PROFILES[profile].costs)
    return server(replace(machine, **costs))


PROGRAMS: dict[str, Callable[[int], Program]] = {
    "M/M/8": mm8,
    "prefork, slow clients": with_slow_clients,
    "threads and GIL": partial(on, "mixed", 40, partial(threaded, ThreadedConfig(threads=16))),
    "eager threads 2 x 4": partial(
        on, "mixed", 40, partial(threaded, ThreadedConfig(accept="eager", processes=2, threads=4))
    ),
    "coroutines": partial(on, "io-heavy", 100, partial(coroutine, CoroutineConfig())),
    "coroutines on two loops": partial(on, "io-heavy", 200, partial(coroutine, CoroutineConfig(processes=2))),
    "nginx and prefork, slow clients": behind_nginx,
    "prefork, slow clients, waking costs": partial(on, "slow-clients", 40, partial(costing, "gunicorn-sync", prefork)),
    "threads and GIL, overloaded": partial(on, "cpu-heavy", 60, partial(threaded, ThreadedConfig(threads=16))),
    "threads and GIL, costs of gthread": partial(
        on, "mixed", 40, partial(costing, "gunicorn-gthread", partial(threaded, ThreadedConfig(threads=16)))
    ),
    "coroutines, costs of uvicorn": partial(
        on, "io-heavy", 100, partial(costing, "uvicorn", partial(coroutine, CoroutineConfig()))
    ),
}
