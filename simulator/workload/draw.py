"""Draws the workload of a scenario: every request of the run as one row, before the run starts.

Rows are drawn block by block, so that ten million of them need little more memory than the columns themselves.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.workload.arrival_times import (
    Columns,
    arrival_times,
    default_rounds,
    drawn_bursts,
    interventions,
    joined,
)
from simulator.workload.arrivals import Arrivals, Closed
from simulator.workload.column_draws import Picks, blank, blocks, bounds_of, column_of, fill_rows, filler, groups, pick
from simulator.workload.csv_file import Replay
from simulator.workload.distribution import Constant, Floats
from simulator.workload.random_streams import Source, stream
from simulator.workload.request_table import RequestClass
from simulator.workload.scenario import Client, Scenario
from simulator.workload.table import Work, Workload, alike

NEVER = Constant(np.inf)


def draw(scenario: Scenario, seed: int | None = None, rounds: int | None = None, *, reserve: int = 0) -> Workload:
    """The requests of one run: the same scenario and seed always give the same rows.

    Closed loop: ``rounds`` rows for each client, by default as many as it will hardly need; asking for more rounds
    leaves the first ones as they were. An open loop ignores it, and so does a closed one with a number of requests.
    ``reserve`` is how many further rows each request has; more of them leave all others as they were.
    """
    seed = scenario.seed if seed is None else seed
    arrival, think = _arrivals(scenario, seed, rounds)
    parts = [(seed, _columns(scenario, arrival, _classes(scenario, len(arrival), seed), seed))]
    for burst in drawn_bursts(scenario, seed):
        classes = _weighted(scenario, len(burst.arrival), burst.seed)
        parts.append((burst.seed, _columns(scenario, burst.arrival, classes, burst.seed)))
    further = [[_further(scenario, part, own, level) for own, part in parts] for level in range(1, reserve + 1)]
    return Workload(
        class_names=tuple(c.name for c in scenario.requests),
        client_names=tuple(c.name for c in scenario.clients),
        phase_kinds=_phase_kinds(scenario.requests),
        **joined([[part for _, part in parts], *further]),
        up_rate=np.array([np.inf if c.up is None else c.up for c in scenario.clients]),
        down_rate=np.array([np.inf if c.down is None else c.down for c in scenario.clients]),
        duration=scenario.duration,
        warmup=scenario.warmup,
        seed=seed,
        **_loop(scenario.arrivals),
        think=None if think is None else np.concatenate((think, np.full(reserve * len(think), np.nan))),
        interventions=interventions(scenario, [len(burst["arrival"]) for _, burst in parts[1:]]),
        reserve=reserve,
    )


def _arrivals(scenario: Scenario, seed: int, rounds: int | None) -> tuple[Floats, Floats | None]:
    """When each request comes; or of a closed loop nobody knows when, and how long the client thinks before it."""
    arrivals = scenario.arrivals
    if not isinstance(arrivals, Closed):
        return arrival_times(arrivals, scenario.duration, seed), None
    count = arrivals.requests or arrivals.clients * (default_rounds(scenario) if rounds is None else rounds)
    return np.full(count, np.nan), column_of(count, arrivals.think, stream(seed, Source.THINK))


def _loop(arrivals: Arrivals) -> dict[str, Any]:
    """What is said of the clients of a closed loop."""
    if not isinstance(arrivals, Closed):
        return {}
    return {"clients_in_loop": arrivals.clients, "limit": arrivals.requests or 0, "starts": arrivals.starts()}


def _columns(
    scenario: Scenario, arrival: Floats, request_class: Picks, seed: int, client: Picks | None = None
) -> Columns:
    """What the requests that come at these instants need, by the names of the workload's columns."""
    client = _clients(scenario, request_class, seed) if client is None else client
    upload, response, phases = _by_class(scenario.requests, request_class, seed)
    rtt, patience = _by_client(scenario.clients, client, seed)
    return {
        "arrival": arrival,
        "request_class": request_class,
        "client": client,
        "upload": upload,
        "response": response,
        "phases": phases,
        "rtt": rtt,
        "patience": patience,
        "coin": stream(seed, Source.COIN).random(len(arrival)),
    }


def _further(scenario: Scenario, requests: Columns, seed: int, level: int) -> Columns:
    """The next row for each of these requests, of the same class and client; its luck is its own.

    But what kills a process once does so whenever it is sent.
    """
    own = int(stream(seed, Source.FURTHER, number=level).integers(2**63))
    unknown = np.full(len(requests["arrival"]), np.nan)
    drawn = _columns(scenario, unknown, requests["request_class"], own, requests["client"])
    deadly = (_phase_kinds(scenario.requests) == Work.CRASH)[requests["request_class"]]
    if deadly.any():
        drawn["phases"] = np.where(deadly, requests["phases"], drawn["phases"])
    return drawn | {name: requests[name] for name in ("upload", "response", "rtt")}


def _classes(scenario: Scenario, count: int, seed: int) -> Picks:
    if isinstance(scenario.arrivals, Replay):
        recorded = scenario.arrivals.file
        numbers = {c.name: number for number, c in enumerate(scenario.requests)}
        of_name = np.array([numbers[name] for name in recorded.names], dtype=np.int16)
        return of_name[recorded.name_index[:count]]
    return _weighted(scenario, count, seed)


def _weighted(scenario: Scenario, count: int, seed: int) -> Picks:
    return pick([c.weight for c in scenario.requests], count, stream(seed, Source.CLASS))


def _clients(scenario: Scenario, request_class: Picks, seed: int) -> Picks:
    """One number a row decides, whatever its class: naming the clients of one class leaves the others alone."""
    if len(scenario.clients) == 1:
        return alike(np.int16(0), len(request_class))
    picks = np.zeros(len(request_class), dtype=np.int16)
    random = stream(seed, Source.CLIENT)
    bounds = [bounds_of([c.share * _sends(c, r) for c in scenario.clients]) for r in scenario.requests]
    for block in blocks(len(picks)):
        luck = random.random(block.stop - block.start)
        for number, rows in groups(request_class[block], len(bounds)):
            picks[block][rows] = np.searchsorted(bounds[number], luck[rows], side="right")
    return picks


def _sends(client: Client, request: RequestClass) -> bool:
    return request.clients is None or client.name in request.clients


def _by_class(classes: Sequence[RequestClass], picks: Picks, seed: int) -> tuple[Floats, Floats, Floats]:
    count = len(picks)
    upload, response = blank(count, [c.upload for c in classes]), blank(count, [c.response for c in classes])
    if len(classes) == 1 and all(isinstance(step.time, Constant) for step in classes[0].steps):
        phases = alike([step.time.mean for step in classes[0].steps], count)
    else:
        phases = np.zeros((count, max(len(c.steps) for c in classes)))
    fills = []
    for c in classes:
        drawn = [
            filler(upload, c.upload, stream(seed, Source.UPLOAD, c.name)),
            filler(response, c.response, stream(seed, Source.RESPONSE, c.name)),
        ]
        for number, step in enumerate(c.steps):
            drawn.append(filler(phases[:, number], step.time, stream(seed, Source.PHASE, c.name, number)))
        fills.append(drawn)
    fill_rows(fills, picks)
    return upload, response, phases


def _by_client(clients: Sequence[Client], picks: Picks, seed: int) -> tuple[Floats, Floats]:
    rtt = blank(len(picks), [c.rtt for c in clients])
    patience = blank(len(picks), [c.patience or NEVER for c in clients])
    fills = [
        [
            filler(rtt, c.rtt, stream(seed, Source.RTT, c.name)),
            filler(patience, c.patience or NEVER, stream(seed, Source.PATIENCE, c.name)),
        ]
        for c in clients
    ]
    fill_rows(fills, picks)
    return rtt, patience


def _phase_kinds(classes: Sequence[RequestClass]) -> NDArray[np.int8]:
    kinds = np.full((len(classes), max(len(c.steps) for c in classes)), Work.NONE, dtype=np.int8)
    for row, c in zip(kinds, classes, strict=True):
        row[: len(c.steps)] = [step.work for step in c.steps]
    return kinds
