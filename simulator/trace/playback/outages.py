"""What was not there: slots and loops of killed processes, slots of a pool made smaller, cores taken away."""

from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.plan.processes import process_count
from simulator.trace.availability import Away, cores, processes_down, slots_away
from simulator.trace.levels import Level
from simulator.trace.playback.sites import Sites
from simulator.trace.table import Trace

NOTHING = Away(np.empty(0, np.int32), np.empty(0), np.empty(0))


class Outages:
    """The outages of one run; looked for only where somebody intervened."""

    def __init__(self, trace: Trace, sites: Sites) -> None:
        """Nothing is looked for yet."""
        self._trace, self._sites = trace, sites
        self.pool = cache(self._pool)
        """By the number of a pool in the plan: when which of its slots were away."""
        self.lock = cache(self._lock)
        """By the number of a lock in the plan: when the process of which copy was down."""

    def slots_down(self, pool: int, t_s: float) -> NDArray[np.int32]:
        """The slots of a pool that are away at a moment."""
        away = self.pool(pool)
        return away.slot[(away.start <= t_s) & ((away.end > t_s) | (away.end >= self._over_s))]  # also at the very end

    def copies_down(self, lock: int, t_s: float) -> NDArray[np.int32]:
        """The copies of a lock whose process is down at a moment."""
        away = self.lock(lock)
        return away.slot[(away.start <= t_s) & (away.end > t_s)]

    def cores_at(self, t_s: float) -> int:
        """How many cores there are at a moment."""
        return int(self.cores.values(np.array([t_s]))[0])

    @cached_property
    def _over_s(self) -> float:
        """Where outages are cut off: what is away then does not come back."""
        return self._trace.horizon_s

    @cached_property
    def cores(self) -> Level:
        """How many cores there are at each moment."""
        return cores(self._trace)

    def _pool(self, number: int) -> Away:
        pool = self._sites.held[number].pool
        return slots_away(self._trace, pool) if self._trace.workload.interventions else NOTHING

    def _lock(self, number: int) -> Away:
        if not self._trace.workload.interventions:
            return NOTHING
        count = self._sites.locks[number].processes
        if count != process_count(self._trace.plan):
            return NOTHING
        rows = [(copy, *stretch) for copy, down in processes_down(self._trace).items() for stretch in down]
        copies, starts, ends = zip(*rows, strict=True) if rows else ((), (), ())
        return Away(np.array(copies, np.int32), np.array(starts, np.float64), np.array(ends, np.float64))
