"""``make bench``: how fast, how large, and compared with what, in one run on one core.

Comparisons alternate (A B A B ...) and the verdict goes by the median of processor time, so that a busy machine moves
the figures little; ``elapsed`` is the same by the clock on the wall. A missed target is printed, it is not a failure.
"""

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from simulator.engine.loading import KernelError, kernel
from tests.bench import (
    engines,
    growth,
    huge,
    kills,
    many,
    mechanisms,
    program,
    programs,
    screen,
    stage,
    sweep,
    threads,
    uncompiled,
    watching,
)
from tests.bench.clock import pin
from tests.bench.figure import Figure, table
from tests.bench.sizes import FULL, QUICK, Sizes

Part = Callable[[Sizes], Iterator[Figure | str]]
PARTS: tuple[tuple[str, Part], ...] = (
    ("the kernel, plain SimPy and a loop in C", engines.figures),
    ("the kernel on plain programs", programs.figures),
    ("the kernel and plain SimPy, mechanism by mechanism", mechanisms.figures),
    ("many processes, threads and requests in hand", many.figures),
    ("kills", kills.figures),
    ("two runs at a time", threads.figures),
    ("the kernel uncompiled", uncompiled.figures),
    ("long runs and long queues", growth.figures),
    ("very long runs", huge.figures),
    ("a sweep", sweep.figures),
    ("the stage", stage.figures),
    ("the whole program", program.figures),
    ("the screen", screen.figures),
    ("the screen while it is watched", watching.figures),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/bench/run.py", description="Measure the simulator.")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that the benchmark itself works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    options = parser.parse_args()
    try:
        compiled = bool(kernel().COMPILED)
    except KernelError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    pin()
    which = "compiled" if compiled else "uncompiled"
    about = {"kernel": which, "python": platform.python_version(), "processor": _processor()}
    print(", ".join(f"{name}: {what}" for name, what in about.items()))
    figures, remarks = _measured(QUICK if options.quick else FULL)
    print(table(figures))
    print("\n".join(remarks), end="\n" if remarks else "")
    if options.json:
        document = {**about, "quick": options.quick, "figures": [figure.document() for figure in figures]}
        options.json.write_text(json.dumps(document, indent=1) + "\n")
    return 0


def _measured(sizes: Sizes) -> tuple[list[Figure], list[str]]:
    """All rows, and what there is to say where one is missing."""
    figures: list[Figure] = []
    remarks: list[str] = []
    for title, part in PARTS:
        sys.stderr.write(f"measuring {title} ...\n")
        for found in part(sizes):
            if isinstance(found, Figure):
                figures.append(found)
            else:
                remarks.append(found)
    return figures, remarks


def _processor() -> str:
    """The processor's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


if __name__ == "__main__":
    sys.exit(main())
