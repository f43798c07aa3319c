"""A plan becomes what the kernel executes: programs of micro-steps, and the stations that they are about.

What to watch: there is one program for each class of requests, so what a class skips is not in its program, and one for
each of its jobs; one for the acceptors; one for each pool that grows and shrinks; and one for the timeline. Resources
are known by their number only.
"""

from simulator.engine.lowering.program import Program
from simulator.engine.lowering.requests import add_class
from simulator.engine.lowering.walkers import add_acceptors, add_scalers, add_timeline
from simulator.plan import Plan
from simulator.workload.table import Workload

__all__ = ["Program", "lower"]


def lower(plan: Plan, workload: Workload) -> Program:
    """Number everything. A block that stands twice in a plan is two blocks here: each is found by being itself."""
    program = Program.blank(plan.with_steps_apart, workload)
    add_acceptors(program)
    for name, kinds in zip(workload.class_names, workload.phase_kinds.tolist(), strict=True):
        add_class(program, name, kinds)
    add_scalers(program)
    add_timeline(program, workload.interventions)
    return program
