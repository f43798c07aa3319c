"""How time is taken: on one core, by processor time and by the clock, the two sides of a ratio in turn."""

import gc
import os
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds."""

    cpu: float
    elapsed: float


def pin() -> None:
    """Stay on one core, and so do all children; a system that cannot do that is asked for nothing."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def spent(work: Callable[[], object]) -> Spent:
    """What it takes to do the work once, with nothing to clear away from what was before."""
    gc.collect()
    return timed(work)


def timed(work: Callable[[], object]) -> Spent:
    """The same inside of something that is timed itself."""
    elapsed, cpu = time.perf_counter(), time.process_time()
    work()
    cpu, elapsed = time.process_time() - cpu, time.perf_counter() - elapsed
    return Spent(cpu, elapsed)


def in_turn(rounds: int, *works: Callable[[], object]) -> list[list[Spent]]:
    """A B A B ...: what each took, one list for each work. Whatever disturbs the machine disturbs both."""
    taken = [[spent(work) for work in works] for _ in range(rounds)]
    return [list(column) for column in zip(*taken, strict=True)]


def per_second(count: int, taken: list[Spent]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """How many of ``count`` things were done in a second: by processor time, and elapsed."""
    return tuple(count / s.cpu for s in taken), tuple(count / s.elapsed for s in taken)


def times_faster(ours: list[Spent], theirs: list[Spent]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """How many times as long theirs took, round by round: by processor time, and elapsed."""
    pairs = list(zip(ours, theirs, strict=True))
    return tuple(b.cpu / a.cpu for a, b in pairs), tuple(b.elapsed / a.elapsed for a, b in pairs)
