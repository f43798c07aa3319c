"""The whole program as somebody types it: a run, and its help."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench.clock import Spent
from tests.bench.figure import Figure
from tests.bench.sizes import Sizes

MAIN = "import sys; from simulator.cli.main import main; sys.exit(main())"
RUN = ("--model", "prefork", "--load", "slow-clients")


def figures(sizes: Sizes) -> Iterator[Figure]:
    """Seconds from the start of the process to its end, with everything compiled to bytecode before."""
    programs = (
        (f"simulate {' '.join(RUN)}", ("-c", MAIN, *RUN), 0.6),
        ("simulate --help", ("-c", MAIN, "--help"), 0.35),
        ("Python doing nothing, to compare", ("-c", ""), None),
    )
    for what, arguments, at_most in programs:
        start(arguments)  # writes the bytecode, and brings the files into memory
        taken = [start(arguments) for _ in range(sizes.starts)]
        yield Figure(
            what=what,
            values=tuple(s.cpu for s in taken),
            elapsed=tuple(s.elapsed for s in taken),
            unit="s",
            at_most=at_most,
        )


def start(arguments: tuple[str, ...]) -> Spent:
    """One process, from its start to its end."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, began = os.times(), time.perf_counter()
    subprocess.run([sys.executable, *arguments], env=env, stdout=subprocess.DEVNULL, check=True)
    elapsed, after = time.perf_counter() - began, os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Spent(cpu, elapsed)
