"""Judges a parsed scenario file: each value by itself, then those that must fit each other.

What must fit is looked up in the file as written, so one wrong value does not hide another mistake.
"""

import math
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from typing import Any

from pydantic import ValidationError

from simulator.words.language import tell
from simulator.words.nearest import did_you_mean
from simulator.words.numbers import count
from simulator.workload.arrival_times import expected_requests
from simulator.workload.quantity import DURATION, parse
from simulator.workload.scenario import ANYBODY, Scenario
from simulator.workload.scenario_errors import Mistake, from_pydantic
from simulator.workload.table import MOST_ROWS
from simulator.workload.table_fields import listed

LONGEST_COUNTED = "1 h"
"""How long a closed loop with a number of requests goes on where the file says nothing of a duration."""


def check(raw: dict[str, Any], folder: Traversable | None = None) -> Scenario | list[Mistake]:
    """The scenario, or everything that is wrong with it; CSV files are read from the folder."""
    raw = _bounded(raw)
    names = {item["name"] for _, item in _named(raw, "requests")}
    context = None if folder is None else {"folder": folder, "classes": names}
    mistakes = [*_twins(raw), *_strangers(raw), *_nobody(raw), *_too_late(raw), *_bursts(raw)]
    try:
        scenario = Scenario.model_validate(raw, context=context)
    except ValidationError as error:
        return [*from_pydantic(error), *mistakes]
    return mistakes or list(_absurd(scenario)) or scenario


def _bounded(raw: dict[str, Any]) -> dict[str, Any]:
    """A number of requests is as good as a duration: the run ends with the last of them, or after an hour."""
    arrivals = raw.get("arrivals")
    counted = isinstance(arrivals, dict) and arrivals.get("kind") == "closed" and "requests" in arrivals
    return {"duration": LONGEST_COUNTED, **raw} if counted else raw


def _named(raw: dict[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
    items = raw.get(key)
    if key == "clients" and items is None:
        items = [ANYBODY]
    if not isinstance(items, list):
        return []
    return [(n, item) for n, item in enumerate(items) if isinstance(item, dict) and isinstance(item.get("name"), str)]


def _twins(raw: dict[str, Any]) -> Iterator[Mistake]:
    for key in ("requests", "clients"):
        first: dict[str, int] = {}
        for number, item in _named(raw, key):
            name = item["name"]
            if name in first:
                other = f"{key}[{first[name]}]"
                message = tell("{other} has this name too; expected another one", other=other)
                yield Mistake((key, number, "name"), message, name)
            first.setdefault(name, number)


def _strangers(raw: dict[str, Any]) -> Iterator[Mistake]:
    known = [item["name"] for _, item in _named(raw, "clients")]
    for number, item in _named(raw, "requests"):
        wanted = item.get("clients")
        for position, name in enumerate(wanted if isinstance(wanted, list) else ()):
            if isinstance(name, str) and name not in known:
                near = did_you_mean(name, known)
                message = tell("no client has this name{near}", near=near)
                if known:
                    names = listed(tuple(known))
                    message = tell("no client has this name{near}; expected {names}", near=near, names=names)
                yield Mistake(("requests", number, "clients", position), message, name)


def _nobody(raw: dict[str, Any]) -> Iterator[Mistake]:
    requests, clients = _named(raw, "requests"), _named(raw, "clients")
    if requests and all(item.get("weight") == 0 for _, item in requests):
        yield Mistake(("requests",), tell("every weight is 0; expected at least one above 0"))
    shares = {item["name"]: item.get("share", 1) for _, item in clients}
    if shares and all(share == 0 for share in shares.values()):
        yield Mistake(("clients",), tell("every share is 0; expected at least one above 0"))
        return
    for number, item in requests:
        wanted = item.get("clients")
        if isinstance(wanted, list) and wanted and all(isinstance(w, str) and shares.get(w) == 0 for w in wanted):
            yield Mistake(("requests", number, "clients"), tell("all of these clients have share 0"), wanted)


def _too_late(raw: dict[str, Any]) -> Iterator[Mistake]:
    duration, arrivals = raw.get("duration"), raw.get("arrivals")
    length = _seconds(duration)
    if length is None:
        return
    warmup = _seconds(raw.get("warmup"))
    if warmup is not None and warmup >= length:
        yield Mistake(
            ("warmup",),
            tell(
                'expected less than the duration, "{duration}"; to measure all of it: warmup = "0 s" in the file, or'
                " --set warmup='0 s'",
                duration=duration,
            ),
            raw["warmup"],
        )
    if isinstance(arrivals, dict) and arrivals.get("kind") == "spike":
        at = _seconds(arrivals.get("at"))
        if at is not None and at >= length:
            yield Mistake(("arrivals", "at"), _within(duration), arrivals["at"])
    if isinstance(arrivals, dict) and arrivals.get("kind") == "closed":
        ramp = _seconds(arrivals.get("ramp"))
        if ramp is not None and ramp > length:
            expected = tell(
                'expected at most the duration, "{duration}", or some clients never start', duration=duration
            )
            yield Mistake(("arrivals", "ramp"), expected, arrivals["ramp"])


def _bursts(raw: dict[str, Any]) -> Iterator[Mistake]:
    """Additional requests come while requests come, and only where somebody decides when they come."""
    arrivals, entries, length = raw.get("arrivals"), raw.get("timeline"), _seconds(raw.get("duration"))
    closed = isinstance(arrivals, dict) and arrivals.get("kind") == "closed"
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        if not isinstance(entry, dict) or entry.get("do") != "burst":
            continue
        if closed:
            message = tell(
                "in a closed loop each client waits for its answer; expected other arrivals, or more clients"
            )
            yield Mistake(("timeline", number, "do"), message, "burst")
        at = _seconds(entry.get("at"))
        if at is not None and length is not None and at >= length:
            yield Mistake(("timeline", number, "at"), _within(raw["duration"]), entry["at"])


def _within(duration: object) -> str:
    return tell('expected a time within the duration, "{duration}"', duration=duration)


def _seconds(value: object) -> float | None:
    try:
        return parse(value, DURATION)
    except ValueError:
        return None


def _absurd(scenario: Scenario) -> Iterator[Mistake]:
    expected = expected_requests(scenario)
    if expected == math.inf:
        message = tell(
            "thinking and all steps take no time, so the requests would never end; expected some time above 0, or a"
            " number of requests"
        )
        yield Mistake(("arrivals", "think"), message)
    elif expected > MOST_ROWS:
        message = tell(
            "about {requests} requests; expected at most {most} (a shorter duration, fewer arrivals)",
            requests=count(expected),
            most=count(MOST_ROWS),
        )
        yield Mistake(("arrivals",), message)
    elif scenario.arrivals.kind == "trace" and expected == 0:
        yield Mistake(("arrivals", "file"), tell("no row comes before the end of the duration"))
    if scenario.arrivals.kind == "mmpp" and scenario.duration / sum(scenario.arrivals.stay) > MOST_ROWS:
        yield Mistake(("arrivals", "stay"), tell("the states change too often; expected longer stays"))
    yield from _endless(scenario)


def _endless(scenario: Scenario) -> Iterator[Mistake]:
    """Transfers that take longer than any duration may: numbers that large cannot tell milliseconds apart."""
    for number, request in enumerate(scenario.requests):
        for client in scenario.clients:
            if request.clients is not None and client.name not in request.clients:
                continue
            for key, amount, rate in (
                ("upload", request.upload, client.up),
                ("response", request.response, client.down),
            ):
                if rate is not None and amount.mean > rate * DURATION.limit:
                    message = tell(
                        'takes the client "{client}" more than thirty years; expected a smaller size, or a faster line',
                        client=client.name,
                    )
                    yield Mistake(("requests", number, key), message)
