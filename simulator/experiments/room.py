"""What a run will take, before it is begun: memory and time, roughly, and whether this machine has as much.

What to watch: the estimates are of rows times the places that they pass, measured once with runs of a million requests;
they are meant to be right within a factor of two. A run that cannot end on this machine is refused; one that takes
minutes says so.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.experiments.profiles import machine_of
from simulator.experiments.progress import talk
from simulator.experiments.refusal import RefusalError
from simulator.experiments.setup import Prepared
from simulator.plan import Gil, Machine, Plan
from simulator.plan.walk import takings, walk
from simulator.words.language import tell, tell_many
from simulator.words.numbers import count, long_duration, size

if TYPE_CHECKING:  # this imports Pydantic
    from simulator.workload.scenario import Scenario

BYTES_A_ROW, BYTES_A_PLACE, BYTES_A_LOCKED_PLACE, BYTES_A_TAKING = 130, 8, 24, 4
BYTES_A_WOKEN_PLACE = 8
"""The load, the trace and its summary: 230 bytes for a request on prefork, 370 on threads; where waking costs, one more
column of what it cost at each place."""
SECONDS_A_PLACE = {"compiled": 0.2e-6, "python": 6e-6, "reference": 9e-6}
SECONDS_A_SWITCH = {"compiled": 0.05e-6, "python": 4e-6, "reference": 15e-6}
"""Each time that a thread has to let go of the GIL because another one has waited for a switch interval."""
SAID_FROM_S = 60.0
LONGEST_S = 86_400.0
"""Nobody waits for more than a day."""
SPARE = 0.9
"""Part of what is free that a run may take: the rest of the machine goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What the runs of all sides take together."""

    requests: float
    memory: float
    """Bytes."""
    seconds: float


def needs(ready: Prepared, pace: str = "compiled") -> Needs:
    """An estimate. ``pace``: which of the engines runs."""
    from simulator.workload.arrival_times import drawn_rows

    rows, memory, seconds = drawn_rows(ready.scenario), 0.0, 0.0
    setup = ready.setup
    phases = max(len(each.steps) for each in ready.scenario.requests)
    for side, plan in zip(setup.sides, ready.plans, strict=True):
        computing = rows * _computing_s(ready.scenario, machine_of(side, ready.scenario, setup.options))
        places = walk(plan, phases)
        locked = sum(place.lock is not None for place in places)
        a_row = BYTES_A_ROW + BYTES_A_PLACE * (len(places) + phases) + BYTES_A_LOCKED_PLACE * locked
        if plan.cores.wake_cost_s:
            a_row += BYTES_A_WOKEN_PLACE * len(places)
        memory += rows * (a_row + BYTES_A_TAKING * len(takings(plan, places)))
        seconds += (
            rows * len(places) * SECONDS_A_PLACE[pace] + _switches(plan, ready, computing) * SECONDS_A_SWITCH[pace]
        )
    return Needs(requests=rows, memory=memory, seconds=seconds)


def _switches(plan: Plan, ready: Prepared, computing: float) -> float:
    """How often threads take the GIL from one another, if others always want it."""
    intervals = [lock.switch_interval_s for lock in plan.locks if isinstance(lock, Gil)]
    wanted = min(computing / ready.scenario.duration, 1.0)  # of short requests, one after the other, nobody does
    return wanted * computing / min(intervals) if intervals else 0.0


def _computing_s(scenario: "Scenario", machine: Machine) -> float:
    """Mean seconds of computing of a request, with the largest of its fixed costs."""
    weight = sum(each.weight for each in scenario.requests)
    own = sum(each.weight * each.mean_cpu_s for each in scenario.requests) / weight
    return own + machine.request_cost_s + machine.response_cost_s


def refuse_without_room(ready: Prepared) -> None:
    """Raise RefusalError for runs that do not fit into the memory that is free, or would take days."""
    wanted = needs(ready, pace_of(ready))
    free = free_memory()
    if free is not None and wanted.memory > SPARE * free:
        message = tell(
            "about {requests} requests take {needed} of memory, and {free} are free: fewer requests per second"
            " (--rate), or a shorter run (--duration)",
            requests=count(wanted.requests),
            needed=size(wanted.memory),
            free=size(free),
        )
        raise RefusalError(message)
    if wanted.seconds > LONGEST_S:
        days = wanted.seconds / 86_400.0
        message = tell_many(
            "this run would take a day: fewer requests per second (--rate), a shorter run (--duration), less computing,"
            " or a longer gil_switch_interval",
            "this run would take {days} days: fewer requests per second (--rate), a shorter run (--duration), less"
            " computing, or a longer gil_switch_interval",
            round(days),
            days=count(days),
        )
        raise RefusalError(message)


def say_before(ready: Prepared) -> None:
    """Say on stderr what is odd about the load, and how long the runs will take, where that is more than a minute."""
    for note in ready.scenario.notes:
        talk(f"simulate: {note}\n")
    wanted = needs(ready, pace_of(ready))
    if SAID_FROM_S < wanted.seconds <= LONGEST_S:
        told = tell(
            "about {requests} requests: this takes some {long} and {needed} of memory; Ctrl-C ends it",
            requests=count(wanted.requests),
            long=long_duration(60.0 * round(wanted.seconds / 60.0)),
            needed=size(wanted.memory),
        )
        talk(f"simulate: {told}\n")


def pace_of(ready: Prepared) -> str:
    """Which engine runs, and whether it is compiled. An unusable one is refused elsewhere."""
    from simulator.engine.loading import KernelError, kernel

    if ready.setup.options.engine == "reference":
        return "reference"
    with suppress(KernelError):
        return "compiled" if kernel().COMPILED else "python"
    return "compiled"


# How much memory is free: of the machine, and of the container that this process is in.

MEMINFO, CGROUP = Path("/proc/meminfo"), Path("/sys/fs/cgroup")


def free_memory() -> int | None:
    """Bytes; None where nobody says."""
    known = [each for each in (_of_machine(), *_of_container()) if each is not None]
    return min(known, default=None)


def _of_machine() -> int | None:
    with suppress(OSError, ValueError, StopIteration):
        lines = MEMINFO.read_text(encoding="ascii").splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    with suppress(OSError, ValueError, AttributeError):  # elsewhere: all that it has
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _of_container() -> Iterable[int]:
    with suppress(OSError, ValueError):
        most = int((CGROUP / "memory.max").read_text(encoding="ascii"))
        yield max(most - int((CGROUP / "memory.current").read_text(encoding="ascii")), 0)
