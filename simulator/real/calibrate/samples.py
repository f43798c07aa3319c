"""How samples are taken: each is the mean of a batch, and there are several batches, so that a spread can be given.

What to watch: where computing is asked for, the clock counts this thread's processor time, and others who want the core
make no difference. Where a delay is asked for, it counts the time on the wall. Every probe has a limit, so that a busy
machine costs samples and not minutes.
"""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

Samples = list[float]
"""Seconds, or bytes."""

LIMIT_S = 0.8
"""Of one probe, once it has its fewest samples."""
FEWEST = 3


def up_to(samples: int) -> Iterator[int]:
    """Numbers from 0, until there are enough or the time is up."""
    end = time.monotonic() + LIMIT_S
    for number in range(samples):
        if number >= FEWEST and time.monotonic() > end:
            return
        yield number


def batches(clock: Callable[[], float], samples: int, rounds: int, once: Callable[[], object]) -> Samples:
    """The mean seconds of ``once``, over ``rounds`` calls in each sample. A batch before them warms up."""
    found = []
    for _ in up_to(samples + 1):
        start = clock()
        for _ in range(rounds):
            once()
        found.append((clock() - start) / rounds)
    return found[1:]


def spread(samples: Samples) -> tuple[float, float, float]:
    """Median, p10 and p90: the samples nearest to those ranks."""
    ordered = sorted(samples)
    last = len(ordered) - 1
    return ordered[len(ordered) // 2], ordered[round(0.1 * last)], ordered[round(0.9 * last)]


@contextmanager
def one_core() -> Iterator[None]:
    """Stay on one core, with all that is forked or started in the block."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def forked(run: Callable[[], None]) -> Iterator[int]:
    """A child that runs ``run`` and is gone after the block, whether it is through or not."""
    pid = os.fork()
    if not pid:
        try:
            run()
        finally:
            os._exit(0)
    try:
        yield pid
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)


def in_child(measure: Callable[[], float]) -> float:
    """What ``measure`` finds in a fresh child: memory that was used once is not asked for again."""
    back, there = os.pipe()

    def tell() -> None:
        os.write(there, json.dumps(measure()).encode())

    with forked(tell):
        os.close(there)
        with os.fdopen(back) as answer:
            return float(json.loads(answer.read()))


def memory_of(pid: int | Literal["self"], kind: str) -> float:
    """Bytes of a process: ``Anonymous``, pages that belong to no file; ``Pss``, where shared pages count in parts."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = re.search(rf"^{kind}: +(\d+) kB", rollup, re.MULTILINE)
    return 1024.0 * int(found[1]) if found else 0.0
