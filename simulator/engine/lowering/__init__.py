"""A plan becomes what the kernel executes: programs of micro-steps, and the stations that they are about.

What to watch: there is one program for each class of requests, so what a class skips is not in its program; one for
the acceptors; and one for the timeline. Resources are known by their number only.
"""

from simulator.engine.lowering.acceptors import add_acceptors
from simulator.engine.lowering.program import Program
from simulator.engine.lowering.requests import ClassProgram
from simulator.engine.lowering.stations import Stations
from simulator.engine.lowering.timeline import add_timeline
from simulator.plan import Plan
from simulator.workload.table import Workload

__all__ = ["Program", "lower"]


def lower(plan: Plan, workload: Workload) -> Program:
    """Number everything."""
    stations = Stations(plan)
    program = Program.blank(plan, workload, stations)
    add_acceptors(program, stations)
    for kinds in workload.phase_kinds.tolist():
        ClassProgram(program, stations, kinds).add()
    add_timeline(program, workload.interventions)
    return program
