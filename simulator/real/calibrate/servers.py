"""What the servers need: processor time for a request, by model and for real; memory for a process and a connection.

What to watch: a few requests are always on their way, so a server is never idle and pays as few switches as it can;
what switches cost is a value of its own. The processor time is that of all its processes, as the kernel counts it in
nanoseconds; the client's is not in it.
"""

import dataclasses
import socket
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import fields
from importlib.util import find_spec
from typing import Any

from models.settings import SettingError, check_alone
from simulator.experiments.catalogue import Model, fronts, servers
from simulator.experiments.deployment import Deployment
from simulator.plan import Machine
from simulator.plan.walk import walk
from simulator.real.calibrate.samples import Samples, memory_of, up_to
from simulator.real.measure import scratch_folder
from simulator.real.messages import request_head
from simulator.real.other_programs import members
from simulator.real.processes import MeasureError
from simulator.real.servers import start

# By its model: how often a request pays each of the machine's costs. Read off the plan, with one cost at a time set to
# 1 s and the others to 0: so no architecture is known here by name.

Work = Mapping[str, float]
"""Fields of Machine, and how many times a request pays each."""
COSTS = tuple(field.name for field in fields(Machine) if field.name.endswith("_cost_s"))


def work_of(deployment: Deployment) -> Work:
    """For a request without work of its own. Of a front only what the front itself adds."""
    alone = Deployment(model=deployment.model, config=deployment.config)
    found = {}
    for name in COSTS:
        costs: dict[str, Any] = {cost: float(cost == name) for cost in COSTS}
        machine = Machine(**costs)
        times = _computing(deployment, machine)
        if deployment.fronts:
            times -= _computing(alone, machine)
        if times:
            found[name] = times
    return found


def seconds_of(work: Work, machine: Machine) -> float:
    """What the work costs on a machine."""
    return sum(times * float(getattr(machine, name)) for name, times in work.items())


def _computing(deployment: Deployment, machine: Machine) -> float:
    return sum(place.work_s for place in walk(deployment.plan(machine), 0))


# By measuring the real one.

RESPONSE_BYTES = 10240
IN_FLIGHT = 4
IDLE = 200
"""Connections that are opened and left."""
SETTLE_S = 0.15
ANSWER_LIMIT_S = 10.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class ServerCost:
    """One real server, measured."""

    name: str
    """Its model, and the settings that are not the default."""
    work: Work
    """What a request costs it by its model."""
    in_front: bool
    request_s: Samples
    """Processor time of all its processes for a request."""
    process_bytes: Samples
    """Memory of each process that serves; pages that several share count in parts (PSS)."""
    connection_bytes: float
    """For each idle connection; 0 where those stay in the backlog."""


def measured_servers(samples: int, requests: int) -> Iterator[ServerCost]:
    """Every server there is, one after another; a sample is the mean of so many requests. Raises MeasureError."""
    for deployment, name in _deployments():
        with scratch_folder() as folder, ExitStack() as stack:
            running = start(deployment, folder, stack)
            yield _measured(deployment, name, running.processes[-1].pid, running.port, (samples, requests))


def _deployments() -> Iterator[tuple[Deployment, str]]:
    """Each server with its defaults and with each other choice that it offers, then each front."""
    plain = [Deployment(model=model, config=model.config()) for model in servers() if _is_real(model)]
    for deployment in plain:
        yield deployment, deployment.model.name
        for field in deployment.model.settings:
            for choice in field.metadata.get("choices") or ():
                if choice == field.default:
                    continue
                try:
                    config = deployment.model.config(**{field.name: choice})
                    check_alone(config)
                except SettingError:
                    continue
                yield dataclasses.replace(deployment, config=config), f"{deployment.model.name}, {field.name} {choice}"
    for front in fronts():
        if plain and _is_real(front):
            yield dataclasses.replace(plain[0], fronts=((front, front.config()),)), front.name


def _is_real(model: Model) -> bool:
    """Whether there is one beside it that can be started here."""
    return find_spec(f"models.{model.folder}.server") is not None and not any(model.missing)


def _measured(deployment: Deployment, name: str, group: int, port: int, effort: tuple[int, int]) -> ServerCost:
    samples, requests = effort
    try:
        _ask(port, requests)  # warms up
        used = [_used_while_asked(group, port, requests) for _ in up_to(samples)]
        serving = [pid for pid in members(group) if pid != group]
        memory = [memory_of(pid, "Pss") for pid in serving]
        eager = any(place.acceptor for place in walk(deployment.plan(Machine()), 0))
        held = _held_by_idle(port, serving) if eager else 0.0
    except OSError as error:
        raise MeasureError(f"{name}: {error.strerror or error}") from None
    return ServerCost(
        name=name,
        work=work_of(deployment),
        in_front=bool(deployment.fronts),
        request_s=used,
        process_bytes=memory,
        connection_bytes=held,
    )


def _used_while_asked(group: int, port: int, requests: int) -> float:
    before = _processor_time(group)
    _ask(port, requests)
    return (_processor_time(group) - before) / requests


def _ask(port: int, requests: int) -> None:
    """Send so many requests, a few at a time, and read each answer to its end."""
    head, body = request_head(0, "", 1024, RESPONSE_BYTES)
    waiting: deque[socket.socket] = deque()
    try:
        for number in range(requests + IN_FLIGHT):
            if number >= IN_FLIGHT and waiting:
                with waiting.popleft() as oldest:
                    _read_all(oldest)
            if number < requests:
                connection = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_LIMIT_S)
                waiting.append(connection)
                connection.sendall(head + bytes(body))
    finally:
        for connection in waiting:
            connection.close()


def _read_all(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def _held_by_idle(port: int, serving: list[int]) -> float:
    """Bytes that its processes take for a connection on which half a line has come."""
    before = sum(memory_of(pid, "Anonymous") for pid in serving)
    with ExitStack() as stack:
        for _ in range(IDLE):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=ANSWER_LIMIT_S))
            connection.sendall(b"GET")
        time.sleep(SETTLE_S)
        return max(sum(memory_of(pid, "Anonymous") for pid in serving) - before, 0.0) / IDLE


def _processor_time(group: int) -> float:
    """Seconds of all processes of the group, by their own clocks (clock_getcpuclockid(3): what the number means)."""
    return sum(time.clock_gettime(~pid << 3 | 2) for pid in members(group))
