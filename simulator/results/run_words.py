"""What was run, in words: the settings of a server, and what was done to it meanwhile."""

from collections.abc import Mapping
from typing import Any

from simulator.experiments.amounts import amount_text
from simulator.experiments.catalogue import catalogue
from simulator.plan import Plan
from simulator.plan.processes import main_pool, process_count, slots_in_each
from simulator.plan.walk import walk
from simulator.words.language import tell, translated
from simulator.words.numbers import count, duration, short_duration
from simulator.words.phrases import cores_of, counted
from simulator.workload.interventions import Do, Intervention


def settings_in_words(settings: Mapping[str, Any], model: str = "") -> list[str]:
    """``workers 4``, ``backlog 2048``, ``temp file 1 GiB``; a switch is named, with ``no`` where it is off."""
    known = catalogue()[model].settings if model in catalogue() else ()  # a saved run may be of a model that is gone
    units = {field.name: field.metadata.get("unit") for field in known}
    untold = {field.name: field.default for field in known if field.metadata.get("quiet")}
    parts = []
    for name, value in settings.items():
        if name in untold and untold[name] == value:
            continue
        words = name.replace("_", " ")
        switch = words if value else f"no {words}"
        parts.append(switch if isinstance(value, bool) else f"{words} {amount_text(value, units.get(name))}")
    return parts


def way_in_words(plan: Plan) -> tuple[list[str], float]:
    """The way of a request, hop by hop, each with what it computes for it, and how much that is in all.

    Not its own work, nor what goes by the size of its body.
    """
    hops, whole_s = [tell("client")], 0.0
    for place in walk(plan, 1):
        if place.phase is not None:
            if hops[-1] != tell("its own work"):
                hops.append(tell("its own work"))
        elif place.work_s > 0:
            name = place.name.partition(".")[0]  # "hand over.1" is for its first phase
            hops.append(f"{name} {short_duration(place.work_s)}")
            whole_s += place.work_s
        elif (station := place.knocks_at or place.takes) is not None:
            hops.append(translated(station.name))
    return [*hops, tell("client")], whole_s


def timeline_words(entry: Intervention, plan: Plan) -> str:
    """``at 20 s process 0 dies, back after 2 s``."""
    at, lasting = duration(entry.at) if entry.at else "0 s", duration(entry.lasting)
    match entry.do:
        case Do.KILL:
            return tell("at {at} process {number} dies, back after {time}", at=at, number=entry.number, time=lasting)
        case Do.KILL_GROUP:
            return tell(
                "at {at} group {number} of processes dies, back after {time}", at=at, number=entry.number, time=lasting
            )
        case Do.SLOW_IO:
            factor = f"{entry.factor:g}"
            return tell("at {at} I/O takes {factor} times as long, for {time}", at=at, factor=factor, time=lasting)
        case Do.BURST:
            return tell("at {at} {n} requests more within {time}", at=at, n=count(entry.number), time=lasting)
        case Do.SLOTS:
            return _slots(at, entry.number, plan)
        case Do.CORES:
            return tell("at {at} {things}", at=at, things=cores_of(entry.number, entry.quota))


def _slots(at: str, number: int, plan: Plan) -> str:
    pool = main_pool(plan)
    if pool is None:
        return tell("at {at} {n} workers, which this server does not have", at=at, n=count(number))
    things = counted(number, pool.name)
    if process_count(plan) > 1 and slots_in_each(plan, pool) < pool.size * pool.processes:
        return tell("at {at} {things} in each process", at=at, things=things)
    return tell("at {at} {things}", at=at, things=things)
