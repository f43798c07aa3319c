"""A plan with room for everything that the timeline adds: slots and cores are counted once, at their largest.

What to watch: a trace numbers its slots. So a run that starts with 4 workers and goes on with 8 is a run with 8, four
of which are away at first; the intervention that says so comes at 0 s.
"""

from dataclasses import replace

from simulator.plan import Plan
from simulator.plan.processes import main_pool, resized, slots_in_each
from simulator.workload.interventions import Do, Intervention
from simulator.workload.table import Workload


def enlarged(plan: Plan, workload: Workload) -> tuple[Plan, Workload]:
    """Both as they are if nothing grows. Applied to its own result, it changes nothing."""
    first: list[Intervention] = []
    cores = _largest(workload, Do.CORES)
    if cores > plan.cores.count:
        first.append(Intervention(at=0.0, do=Do.CORES, number=plan.cores.count, quota=plan.cores.quota))
        plan = replace(plan, cores=replace(plan.cores, count=cores))
    pool, size = main_pool(plan), _largest(workload, Do.SLOTS)
    scales = any(scale.pool == pool for scale in plan.scales)  # then nobody else resizes it
    if pool is not None and not scales and size > slots_in_each(plan, pool):
        first.append(Intervention(at=0.0, do=Do.SLOTS, number=slots_in_each(plan, pool)))
        plan = resized(plan, size)
    return plan, replace(workload, interventions=(*first, *workload.interventions)) if first else workload


def _largest(workload: Workload, do: Do) -> int:
    return max((entry.number for entry in workload.interventions if entry.do is do), default=0)
