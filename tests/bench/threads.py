"""Two runs in two threads: the kernel lets go of Python's lock, so on two cores they take the time of one.

What to watch: this is the only row about waiting for more than one core. On a machine that is busy with other things
the second thread may find no core, so there is no target.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from simulator.experiments.run import run
from tests.bench.figure import Figure
from tests.bench.scene import prefork, slow_clients
from tests.bench.sizes import Sizes


def figures(sizes: Sizes) -> Iterator[Figure | str]:
    """Measured in a child, which may use all cores."""
    command = [sys.executable, "-m", "tests.bench.threads", str(sizes.program), str(sizes.rounds)]
    answer = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    if answer["cores"] < 2:
        yield "Found one core only, so two runs at a time cannot be compared with one after the other."
        return
    ratios = tuple(one / two for one, two in zip(answer["after"], answer["together"], strict=True))
    yield Figure(what="two runs in two threads against one after the other", values=ratios, unit="times")


def main(requests: int, rounds: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, range(os.cpu_count() or 1))  # the bench itself stays on one
    workload, machine = slow_clients(requests)
    once = partial(run, prefork(machine), workload)
    after: list[float] = []
    together: list[float] = []
    with ThreadPoolExecutor(2) as threads:
        for _ in range(rounds):
            began = time.perf_counter()
            once()
            once()
            after.append(time.perf_counter() - began)
            began = time.perf_counter()
            for each in [threads.submit(once) for _ in range(2)]:
                each.result()
            together.append(time.perf_counter() - began)
    print(json.dumps({"cores": os.cpu_count() or 1, "after": after, "together": together}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
