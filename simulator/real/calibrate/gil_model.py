"""The model's own waiter: one thread that computes hardly anything beside threads that compute all the time.

What to watch: ``asker_wins`` turns a measured mean around. Whoever comes in the middle of an interval waits half of it,
then for the switch at which the thread that asked is not the one that gets the GIL, but the waiter is.
"""

from statistics import fmean

import numpy as np

from simulator.experiments.run import run
from simulator.plan import Cores, Gil, Handle, Machine, Plan
from simulator.real.calibrate.samples import Samples
from simulator.workload.table import Work, Workload, alike

APART_S = 2.0
"""Between two waits, far more than any of them."""
MOST = 0.95
"""Above that, the waiter would hardly ever get it."""


def simulated_waits(machine: Machine, hogs: int, samples: int, seed: int = 1) -> Samples:
    """Seconds until a thread has the GIL back, while ``hogs`` others compute: what the model says."""
    random = np.random.default_rng(seed)
    rows = hogs + samples
    arrival = np.concatenate([np.zeros(hogs), 1.0 + APART_S * (np.arange(samples) + random.random(samples))])
    work = np.full((rows, 1), 1e-6)
    work[:hogs] = 2.0 * APART_S * rows
    gil = Gil("GIL", 1, machine.gil_switch_interval_s, asker_wins=machine.gil_asker_wins)
    load = Workload(
        class_names=("page",),
        client_names=("client",),
        phase_kinds=np.array([[Work.CPU]], np.int8),
        arrival=arrival,
        request_class=alike(np.int16(0), rows),
        client=alike(np.int16(0), rows),
        upload=alike(0.0, rows),
        response=alike(0.0, rows),
        phases=work,
        rtt=alike(0.0, rows),
        patience=alike(np.inf, rows),
        up_rate=np.array([np.inf]),
        down_rate=np.array([np.inf]),
        coin=random.random(rows),
        duration=float(arrival[-1]) + 1.0,
        seed=seed,
    )
    trace = run(Plan((Handle(gil),), Cores(hogs + 1)), load)
    return [float(wait) for wait in trace.lock_wait[hogs:, 0]]


def asker_wins(interval_s: float, beside: dict[int, Samples]) -> Samples:
    """How often the thread that asked gets the GIL, from the mean wait beside each number of computing threads."""
    found = []
    for hogs, waited in beside.items():
        if hogs > 1 and waited:
            chance = min(interval_s / (fmean(waited) + interval_s / 2), 1.0)
            found.append(min(max(1.0 - chance * (hogs - 1), 0.0), MOST))
    return found
