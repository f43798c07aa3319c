"""The servers of a run, the innermost first, each in front of the one before: ours, or production servers.

What to watch: whoever drives them knows only a port. Who it is that listens there, and where it says what it saw, is
decided here.
"""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from simulator.experiments.catalogue import Model
from simulator.experiments.deployment import Deployment
from simulator.plan import Linger, Machine, Plan
from simulator.plan.walk import Place
from simulator.real.processes import Process, flags_of, port_of, running
from simulator.real.production.accounts import INSIDE, Accounts
from simulator.real.production.installed import named, nginx_version
from simulator.real.production.nginx import start_nginx
from simulator.real.production.start import start_production
from simulator.real.reports import ReportFile, Silence, Told
from simulator.trace.seen_words import SEEN, SERVER
from simulator.trace.table import Trace
from simulator.words.language import tell

PLAIN = Machine()


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Those that are running, and what each says about its requests."""

    processes: tuple[Process, ...] = ()
    told: tuple[Told, ...] = ()
    port: int = 0
    """Where clients connect to: that of the outermost."""

    def behind(self, process: Process, told: Told, port: int) -> "Servers":
        """With one more in front."""
        return replace(self, processes=(*self.processes, process), told=(*self.told, told), port=port)


def start(deployment: Deployment, folder: Path, stack: ExitStack, machine: Machine = PLAIN) -> Servers:
    """Start all servers; they end with the stack. Raises MeasureError.

    Ours linger for as long as they do on this machine. A production server does as it does.
    """
    servers, nonce = Servers(), ""
    if deployment.production is None:
        flags = [*_flags(deployment.config), *_linger_flags(deployment.plans(machine)[0])]
        servers = _with_ours(servers, deployment.model, flags, deployment.server, folder, stack)
    else:
        started = start_production(deployment.production, folder, stack)
        nonce = started.nonce
        servers = servers.behind(started.process, Accounts(started.accounts, deployment.production), started.port)
    for front, config in deployment.fronts:
        if deployment.production is not None and _is_real(front):
            process, port = start_nginx(config, servers.port, nonce, folder, stack)
            servers = servers.behind(process, Silence(), port)
        else:
            speak = _spoken(deployment.config)
            servers = _with_ours(servers, front, [*_flags(config), *speak], "", folder, stack)
    return servers


def _with_ours(
    servers: Servers, model: Model, flags: Sequence[str], which: str, folder: Path, stack: ExitStack
) -> Servers:
    """With the real server of a model."""
    report = folder / f"{len(servers.told)}-{model.folder}.report"
    behind = ["--upstream", f"127.0.0.1:{servers.port}"] if servers.processes else []
    arguments = [*behind, *flags, "--report", str(report)]
    what = tell("the {model} server", model=model.name)
    process = stack.enter_context(running(what, folder, model.real_servers[which], *arguments))
    return servers.behind(process, ReportFile(report), port_of(process))


def _is_real(front: Model) -> bool:
    """Whether the program itself can stand in front of a production server, and not only ours."""
    return front.name == "nginx" and nginx_version() is not None


def _linger_flags(plan: Plan) -> Sequence[str]:
    """What makes a server wait for its clients to close for as long as its plan does."""
    most_s = max((step.most_s for step in plan.steps if isinstance(step, Linger)), default=0.0)
    return ("--linger", repr(most_s)) if most_s > 0 else ()


def _spoken(config: Any) -> Sequence[str]:
    """What makes a proxy of ours speak to the server as that wants to be spoken to."""
    protocol = getattr(config, "protocol", "http")
    return () if protocol == "http" else ("--speak", protocol)


def _flags(config: Any) -> Sequence[str]:
    return flags_of([(field.name, getattr(config, field.name), field.default) for field in fields(config)])


# What a trace of production servers says about them.


def server_name(deployment: Deployment) -> str:
    """What is measured, with versions: ``gunicorn 27.0.1 --workers 4 behind nginx 1.22.1``; nothing for ours."""
    if deployment.production is None:
        return ""
    name = named(deployment.production)
    for front, _ in deployment.fronts:
        version = nginx_version() if _is_real(front) else None
        front_name = f"{front.name} {version}" if version else tell("this project's {front}", front=front.name)
        name = tell("{server} behind {front}", server=name, front=front_name)
    return name


def production_labels(deployment: Deployment, trace: Trace) -> dict[str, str]:
    """Which server was measured, and which places of its walk were seen from where; none for servers of ours."""
    if deployment.production is None:
        return {}
    inside = [place.name for place in trace.places if _is_seen(place)]
    outside = [place.name for place in trace.places[:2]]
    unseen = [place.name for place in trace.places if place.name not in (*inside, *outside)]
    seen = {"inside": inside, "outside": outside, "unseen": unseen}
    return {SERVER: server_name(deployment), SEEN: json.dumps(seen)}


def _is_seen(place: Place) -> bool:
    return place.name.startswith(INSIDE)
