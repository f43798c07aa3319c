"""What was done to the server: for a person in a few words, for a program as plain data."""

from collections.abc import Iterator
from typing import Any

from simulator.app.amounts import duration
from simulator.plan import Plan
from simulator.plan.processes import main_pool, process_count, slots_in_each
from simulator.trace.phrases import count, plural
from simulator.trace.table import Trace
from simulator.workload.interventions import Do, Intervention


def timeline_of(trace: Trace) -> Iterator[Intervention]:
    """What the scenario says is done; without the sizes that a run with more slots or cores starts with."""
    for entry in trace.workload.interventions:
        if entry.at > 0.0 or entry.do not in (Do.SLOTS, Do.CORES):
            yield entry


def timeline_words(entry: Intervention, plan: Plan) -> str:
    """``at 20 s process 0 dies, back after 2 s``."""
    return f"at {duration(entry.at) if entry.at else '0 s'} {_words(entry, plan)}"


def _words(entry: Intervention, plan: Plan) -> str:
    match entry.do:
        case Do.KILL:
            return f"process {entry.number} dies, back after {duration(entry.lasting)}"
        case Do.KILL_GROUP:
            return f"group {entry.number} of processes dies, back after {duration(entry.lasting)}"
        case Do.SLOW_IO:
            return f"I/O takes {entry.factor:g} times as long, for {duration(entry.lasting)}"
        case Do.BURST:
            return f"{count(entry.number)} requests more within {duration(entry.lasting)}"
        case Do.SLOTS:
            return _slots(entry.number, plan)
        case Do.CORES:
            return f"{count(entry.number)} {plural('core', entry.number)}"


def _slots(number: int, plan: Plan) -> str:
    pool = main_pool(plan)
    if pool is None:
        return f"{count(number)} workers, which this server does not have"
    several = process_count(plan) > 1 and slots_in_each(plan, pool) < pool.size * pool.processes
    return f"{count(number)} {plural(pool.name, number)}" + (" in each process" if several else "")


def timeline_data(entry: Intervention) -> dict[str, Any]:
    """An entry by the keys of a scenario, with the unit in the name where it has one."""
    at: dict[str, Any] = {"at_s": entry.at}
    match entry.do:
        case Do.KILL:
            return at | {"do": "kill", "process": entry.number, "boot_s": entry.lasting}
        case Do.KILL_GROUP:
            return at | {"do": "kill", "group": entry.number, "boot_s": entry.lasting}
        case Do.SLOW_IO:
            return at | {"do": "slow-io", "factor": entry.factor, "for_s": entry.lasting}
        case Do.BURST:
            return at | {"do": "burst", "requests": entry.number, "for_s": entry.lasting}
        case Do.SLOTS:
            return at | {"do": "resize", "size": entry.number}
        case Do.CORES:
            return at | {"do": "resize", "cores": entry.number}
