"""The whole program on very long runs: draw, run, measures, diagnosis, JSON; and four servers in one comparison."""

import os
import subprocess
import sys
from collections.abc import Iterator

from tests.bench.figure import Figure
from tests.bench.program import MAIN
from tests.bench.sizes import Sizes

LARGEST = 2.2
"""GB."""
CALM, OVERLOADED = (("--model", "prefork", "--workers", workers) for workers in ("8", "4"))
FOUR = ("compare", "prefork", "threaded", "callback", "coroutine")


def figures(sizes: Sizes) -> Iterator[Figure]:
    """Processor time and memory of the process from its start to its end; once each, they take long enough."""
    programs = (
        ("steady at 200/s", CALM, 200, sizes.growth[-1], 10.0),
        ("steady at 200/s, overloaded", OVERLOADED, 200, sizes.growth[-1], 20.0),
        ("four compared at 100/s", FOUR, 100, sizes.many, 5.4),
    )
    for what, server, rate, requests, at_most in programs:
        load = ("--load", "steady", "--rate", str(rate), "--duration", f"{requests / rate} s", "--set", "warmup=0 s")
        seconds, peak = _whole(*server, *load, "--json", "-")
        title = f"{requests:,} requests, {what}: whole program"
        yield Figure(what=title, values=(seconds,), unit="s", at_most=at_most)
        if peak:
            yield Figure(what=f"{title}, memory", values=(peak / 1e9,), unit="GB", at_most=LARGEST)


def _whole(*arguments: str) -> tuple[float, int]:
    """Seconds of processor time and the most bytes at a time; 0 bytes where the system does not say."""
    before = os.times()
    code = f"{MEASURED}\n{MAIN}"
    told = subprocess.run(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True
    ).stderr
    after = os.times()
    seconds = after.children_user - before.children_user + after.children_system - before.children_system
    return seconds, int(told.split()[-1])


MEASURED = """\
import atexit, sys
from tests.bench.growth import peak
atexit.register(lambda: print(peak(), file=sys.stderr))
"""
