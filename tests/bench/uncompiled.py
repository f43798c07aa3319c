"""The kernel as plain Python against the reference engine. A program of its own: which kernel runs is chosen once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from simulator.engine.loading import VARIABLE
from simulator.experiments.run import run
from tests.bench.clock import Spent, in_turn, per_second, times_faster
from tests.bench.figure import Figure
from tests.bench.scene import prefork, slow_clients
from tests.bench.sizes import Sizes


def figures(sizes: Sizes) -> Iterator[Figure]:
    """Measured in a child."""
    command = [sys.executable, "-m", "tests.bench.uncompiled", str(sizes.uncompiled), str(sizes.rounds)]
    done = subprocess.run(command, env={**os.environ, VARIABLE: "python"}, stdout=subprocess.PIPE, check=True)
    answer = json.loads(done.stdout)
    n = answer["requests"]
    kernel, reference = ([Spent(*pair) for pair in answer[engine]] for engine in ("kernel", "reference"))
    values, elapsed = per_second(n, reference)
    yield Figure(what=f"reference engine, {n:,} requests", values=values, elapsed=elapsed, unit="/s")
    values, elapsed = per_second(n, kernel)
    yield Figure(what="kernel uncompiled, the same requests", values=values, elapsed=elapsed, unit="/s")
    values, elapsed = times_faster(kernel, reference)
    yield Figure(what="kernel uncompiled against reference", values=values, elapsed=elapsed, unit="times", at_least=1)


def main(requests: int, rounds: int) -> None:
    workload, machine = slow_clients(requests)
    plan = prefork(machine)
    kernel, reference = in_turn(
        rounds,
        lambda: run(plan, workload, engine="kernel"),
        lambda: run(plan, workload, engine="reference"),
    )
    pairs = {
        name: [(s.cpu, s.elapsed) for s in taken] for name, taken in (("kernel", kernel), ("reference", reference))
    }
    print(json.dumps({"requests": len(workload), **pairs}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
