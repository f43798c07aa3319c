"""What somebody does to the server at the playhead: entries of the scenario's timeline, added and taken away.

What to watch: nothing happens to a run that is under way. The timeline is part of the scenario, and the whole run is
simulated again with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.experiments.refusal import RefusalError
from simulator.experiments.setup import Prepared, Setup
from simulator.lab.knob import seconds_text
from simulator.plan.processes import main_pool, process_count, slots_in_each
from simulator.words.language import tell
from simulator.words.numbers import duration, three_digits
from simulator.words.phrases import cores_of
from simulator.workload.arrival_times import expected_requests
from simulator.workload.arrivals import Closed
from simulator.workload.table_fields import cores_and_quota
from simulator.workload.timeline_table import Burst, Entry, Kill, Resize, SlowIo

BURST_S = 2.0
BURST_TIMES = 3.0
"""A burst is that many times what comes anyway."""
SLOW_IO_S = 5.0
SLOW_IO_FACTOR = 10.0
LEAST_QUOTA = 0.1
"""Of a core: halving ends here."""
SECONDS = ("at", "for", "boot")
"""Keys of an entry that are written with their unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One entry, for the list on the screen."""

    at_s: float
    words: str


def timeline(prepared: Prepared) -> tuple[TimelineEntry, ...]:
    """The timeline in the order of the scenario."""
    return tuple(TimelineEntry(at_s=entry.at, words=_words(entry)) for entry in prepared.scenario.timeline)


def removed(prepared: Prepared, number: int) -> Setup:
    """The setup without one of its entries, counted from 0."""
    entries = [_table(entry) for entry in prepared.scenario.timeline]
    del entries[number]
    return _with(prepared.setup, entries)


def killed(prepared: Prepared, at_s: float, side: int, process: int) -> Setup:
    """A process dies here. Raises RefusalError for a server without processes."""
    if not process_count(prepared.plans[side]):
        raise RefusalError(
            tell("{model} has no process that could be killed", model=prepared.setup.sides[side].model.name)
        )
    return _added(prepared, at_s, {"do": "kill", "process": process})


def burst(prepared: Prepared, at_s: float) -> Setup:
    """Three times as many requests as otherwise, for two seconds. Raises RefusalError where none can come."""
    scenario = prepared.scenario
    if isinstance(scenario.arrivals, Closed):
        raise RefusalError(
            tell("no burst in a closed loop: each client waits for its answer; more clients are more load")
        )
    if at_s >= scenario.duration:
        raise RefusalError(
            tell("no burst here: requests come up to {time}; go back to add some", time=duration(scenario.duration))
        )
    per_second = expected_requests(scenario) / scenario.duration
    count = max(round(per_second * BURST_S * (BURST_TIMES - 1.0)), 10)
    return _added(prepared, at_s, {"do": "burst", "requests": count, "for": BURST_S})


def slow_io(prepared: Prepared, at_s: float) -> Setup:
    """All I/O takes ten times as long, for five seconds."""
    return _added(prepared, at_s, {"do": "slow-io", "factor": SLOW_IO_FACTOR, "for": SLOW_IO_S})


def resized(prepared: Prepared, at_s: float, side: int, direction: int) -> Setup:
    """Twice as many slots from here on, or half as many; for a server without slots, cores."""
    pool = main_pool(prepared.plans[side])
    key = "cores" if pool is None else "size"
    cores = prepared.scenario.machine.cores_as_typed
    now: float = cores if pool is None else slots_in_each(prepared.plans[side], pool)
    for entry in sorted(prepared.scenario.timeline, key=lambda entry: entry.at):
        if isinstance(entry, Resize) and entry.at <= at_s:
            now = getattr(entry, key) or now
    if direction < 0 and now <= (LEAST_QUOTA if pool is None else 1):
        raise RefusalError(tell("{setting} is {n} already; it cannot be less", setting=key, n=f"{now:g}"))
    wanted = now * 2 if direction > 0 else now // 2 or now / 2
    return _added(prepared, at_s, {"do": "resize", key: wanted})


def _added(prepared: Prepared, at_s: float, entry: Mapping[str, Any]) -> Setup:
    entries = [_table(old) for old in prepared.scenario.timeline]
    return _with(prepared.setup, [*entries, {"at": round(at_s, 3), **entry}])


def _table(entry: Entry) -> dict[str, Any]:
    return entry.model_dump(by_alias=True, exclude_none=True)


def _with(setup: Setup, entries: list[dict[str, Any]]) -> Setup:
    return setup.with_key("timeline", f"[{', '.join(map(_text, entries))}]")


def _text(entry: Mapping[str, Any]) -> str:
    return f"{{{', '.join(_pairs(entry))}}}"


def _pairs(entry: Mapping[str, Any]) -> Iterator[str]:
    for key, value in entry.items():
        if key in SECONDS:
            yield f'{key} = "{seconds_text(value)}"'
        else:
            yield f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}"


def _words(entry: Entry) -> str:
    match entry:
        case Kill(process=process, boot=boot):
            return tell("kill process {process}, back after {time}", process=process, time=duration(boot))
        case SlowIo(factor=factor, lasting=lasting):
            return tell("I/O {factor} times as long for {time}", factor=format(factor, "g"), time=duration(lasting))
        case Burst(requests=None, rate=rate, lasting=lasting):
            return tell(
                "{rate} more requests a second for {time}", rate=three_digits(rate or 0.0), time=duration(lasting)
            )
        case Burst(requests=requests, lasting=lasting):
            return tell("{n} more requests within {time}", n=requests, time=duration(lasting))
        case Resize(cores=None, size=size):
            return tell("resize to {n}", n=size)
        case Resize(cores=cores):
            return tell("resize to {cores}", cores=cores_of(*cores_and_quota(cores or 1)))
