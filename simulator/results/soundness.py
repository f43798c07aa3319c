"""Whether a file that says it is a saved run can be one: asked before its columns are read, and of what they hold.

What to watch: a file may come from anybody, and may be damaged. What is asked here is what the rest of the program
takes for granted of a trace; whoever passes may still say nonsense, but nothing that the program stumbles over.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.experiments.room import SPARE, free_memory
from simulator.plan import Outcome, Plan
from simulator.plan.processes import process_count
from simulator.plan.walk import locked, takings, walk
from simulator.results.run_words import settings_in_words
from simulator.trace.checks import check_measured
from simulator.trace.columns import COLUMNS, Per
from simulator.trace.driver_words import driver_words
from simulator.trace.facts import OTHERS
from simulator.trace.table import Trace
from simulator.words.language import tell
from simulator.words.numbers import count, size
from simulator.workload.table import Work

FLOAT, SHORT, INT = "<f8", "<i2", "<i4"
OF_WORKLOAD = {
    "arrival": FLOAT,
    "request_class": SHORT,
    "client": SHORT,
    "upload": FLOAT,
    "response": FLOAT,
    "phases": FLOAT,
    "rtt": FLOAT,
    "patience": FLOAT,
    "coin": FLOAT,
    "think": FLOAT,
}
OF_GRANTS = {"request": INT, "place": SHORT, "lock": SHORT, "start": FLOAT, "end": FLOAT}
MOST_COPIES = 1_000_000
"""Slots, processes or cores of one kind: far more than any machine has."""
LATEST_S = 1e12
"""No run lasts as long."""
LARGEST = 1e18
"""No request has as many bytes."""
TEXTS = ("settings", "fronts", "driver")
"""Labels that are JSON."""


class UnsoundError(ValueError):
    """The file cannot be a saved run; the message says why."""


def check_columns(about: Mapping[str, Any], rows: int, present: Mapping[str, Any], plan: Plan) -> None:
    """Raise UnsoundError unless the columns are those of a run of this plan, and there is room for them."""
    told = about["columns"]
    wanted = _wanted(plan, _phases(about), told)
    if told != wanted:
        odd = sorted({*map(str, told)} ^ {*wanted}) or [name for name in wanted if told[name] != wanted[name]]
        raise UnsoundError(tell("not the columns of a run of this server: {names}", names=", ".join(odd)[:80]))
    names = {
        each
        for name, (_, *width) in wanted.items()
        for each in ([f"{name}.{i}" for i in range(width[0])] if width else [name])
    }
    if names != set(present):
        raise UnsoundError(
            tell("columns are missing or too many: {names}", names=", ".join(sorted(names ^ set(present)))[:80])
        )
    needed, free = 3 * 8 * rows * len(names), free_memory()
    if free is not None and needed > SPARE * free:
        raise UnsoundError(
            tell(
                "{n} rows take {needed} of memory, and {free} are free",
                n=count(rows),
                needed=size(needed),
                free=size(free),
            )
        )


def _phases(about: Mapping[str, Any]) -> int:
    kinds = about["workload"]["phase_kinds"]
    widths = {len(row) for row in kinds}
    if len(widths) != 1 or len(kinds) != len(about["workload"]["class_names"]):
        raise UnsoundError(tell("the steps of the classes do not fit the classes"))
    if not {kind for row in kinds for kind in row} <= {int(work) for work in Work}:
        raise UnsoundError(tell("steps of a kind that there is not"))
    return widths.pop()


def _wanted(plan: Plan, phases: int, told: Mapping[str, Any]) -> dict[str, list[Any]]:
    """As a file has them; those that most runs have no need of only where it has them."""
    places = walk(plan, phases)
    widths = {
        Per.PLACE: len(places),
        Per.TAKING: len(takings(plan, places)),
        Per.LOCK_PLACE: len(locked(places)),
    }
    found: dict[str, list[Any]] = {}
    for column in COLUMNS:
        if not column.rare or column.name in told:
            width = [] if column.per is Per.REQUEST else [widths[column.per]]
            found[column.name] = [np.dtype(column.dtype).str, *width]
    for name, dtype in OF_WORKLOAD.items():
        if name != "think" or "workload.think" in told:
            found[f"workload.{name}"] = [dtype, phases] if name == "phases" else [dtype]
    if any(name.startswith("grants.") for name in told):
        found |= {f"grants.{name}": [dtype] for name, dtype in OF_GRANTS.items()}
        if "grants.lock" not in told and widths[Per.LOCK_PLACE] == len({place for place, _ in locked(places)}):
            del found["grants.lock"]  # the place says which
    return found


def check_about(about: Mapping[str, Any], plan: Plan) -> None:
    """Raise UnsoundError, or whatever comes of it, for names, numbers or a plan that no run has."""
    load, labels = about["workload"], about["labels"]
    for names in (load["class_names"], load["client_names"]):
        if not names or len(set(names)) != len(names) or not all(isinstance(name, str) for name in names):
            raise UnsoundError(tell("names that are no names, or that occur twice"))
    _check_numbers(load)
    if not all(isinstance(text, str) for item in labels.items() for text in item):
        raise UnsoundError(tell("labels that are no texts"))
    settings = {name: json.loads(labels[name]) for name in TEXTS if name in labels}
    if not all(isinstance(each, dict) for each in (*settings.values(), *settings.get("fronts", {}).values())):
        raise UnsoundError(tell("settings that are none"))
    for model, each in {"": settings.get("settings", {}), **settings.get("fronts", {})}.items():
        settings_in_words(each, model)  # what cannot be said is an error of its own
    float(labels.get(OTHERS, 0.0))
    if "driver" in settings:
        driver_words(settings["driver"])
    copies = [plan.cores.count, *(lock.units for lock in plan.locks)]
    copies += [pool.size * pool.processes for pool in plan.pools]
    if max(copies) > MOST_COPIES:
        raise UnsoundError(tell("a server with more than {n} of something", n=count(MOST_COPIES)))


def _check_numbers(load: Mapping[str, Any]) -> None:
    for rates in (load["up_rate"], load["down_rate"]):
        if len(rates) != len(load["client_names"]) or not all(rate is None or 0.0 < rate <= LARGEST for rate in rates):
            raise UnsoundError(tell("lines that do not fit the clients"))
    whole = (load["seed"], load["clients_in_loop"], load.get("limit", 0))
    if not all(isinstance(number, int) and number >= 0 for number in whole):
        raise UnsoundError(tell("a number of clients, or a seed, that is none"))
    if not 0.0 <= load["warmup"] <= load["duration"] <= LATEST_S:
        raise UnsoundError(tell("a duration or a warm-up that is none"))
    for entry in load.get("interventions", ()):
        numbers = (entry["at"], entry["lasting"], entry["factor"], entry.get("quota", 0.0))
        if not all(0.0 <= float(number) <= LATEST_S for number in numbers) or not 0 <= entry["number"] <= MOST_COPIES:
            raise UnsoundError(tell("a timeline that cannot be"))


def check_values(trace: Trace) -> None:
    """Raise UnsoundError for a value that no run has."""
    for name, array, low, high, unknown in _ranges(trace):
        fits = (array >= low) & (array <= high)
        if unknown:
            fits |= np.isnan(array)
        if not fits.all():
            raise UnsoundError(tell("values of {name} that cannot be", name=name))
    above = trace.parent
    if (above >= np.arange(len(trace))).any():
        raise UnsoundError(tell("values of {name} that cannot be", name="parent"))
    wrong = check_measured(trace)
    if wrong:
        raise UnsoundError(wrong[0])


def _ranges(trace: Trace) -> Iterator[tuple[str, NDArray[Any], float, float, bool]]:
    """Each column with its least and its greatest value, and whether it may be unknown."""
    load, rows, plan = trace.workload, len(trace), trace.plan
    for name in ("arrival", "left", "finished", "reached", "lock_wait", "woken"):
        yield name, getattr(trace, name), 0.0, LATEST_S, name != "arrival"
    yield "outcome", trace.outcome, 0, max(Outcome), False
    processes = [process_count(plan), *(each.processes for each in (*plan.locks, *plan.pools))]
    yield "process", trace.process, -1, max(processes) - 1, False
    for name in ("syn_retries", "data_retries", "attempt"):
        yield name, getattr(trace, name), 0, np.inf, False
    costs = [cost for place in trace.places for cost in (place.work_s, place.mebibyte_s)]
    yield "plan", np.array(costs, float), 0.0, LATEST_S, False
    yield "parent", trace.parent, -1, rows - 1, False
    yield "group", trace.group, -1, MOST_COPIES, False
    for number, taking in enumerate(takings(plan, trace.places)):
        yield "slot", trace.slot[:, number], -1, taking.pool.size * taking.pool.processes - 1, False
    yield "workload.request_class", load.request_class, 0, len(load.class_names) - 1, False
    yield "workload.client", load.client, 0, len(load.client_names) - 1, False
    yield "workload.arrival", load.arrival, 0.0, LATEST_S, True
    for name in ("upload", "response"):
        yield f"workload.{name}", getattr(load, name), 0.0, LARGEST, False
    for name in ("phases", "rtt"):
        yield f"workload.{name}", getattr(load, name), 0.0, LATEST_S, False
    yield "workload.patience", load.patience, 0.0, np.inf, False
    yield "workload.coin", load.coin, 0.0, 1.0, False
    if load.think is not None:
        yield "workload.think", load.think, 0.0, LATEST_S, True
    if trace.grants is not None:
        yield "grants.request", trace.grants.request, 0, rows - 1, False
        yield "grants.place", trace.grants.place, 0, len(trace.places) - 1, False
        yield "grants.lock", trace.grants.lock, 0, len(plan.locks) - 1, False
        for name in ("start", "end"):
            yield f"grants.{name}", getattr(trace.grants, name), 0.0, LATEST_S, False
