"""Start a production server with our application on a port that we choose, and wait until all of it serves.

What to watch: the command is built here, word by word. A port that was free a moment ago may be taken by the time the
server binds it, so whoever answers there has to know the word that we gave our server; if not, another port is tried.
"""

import http.client
import secrets
import socket
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from models.applications.account import FOLDER, HERE, NONCE
from simulator.experiments.production import Production
from simulator.real.processes import START_LIMIT_S, MeasureError, Process, running
from simulator.real.production.installed import named, uwsgi_binary
from simulator.words.language import tell

SUPERVISOR = "simulator.real.production.supervisor"
TRIES = 3
"""Ports, one after another."""
LOOK_S = 0.02
ANSWER_S = 2.0
WARM_UP = 3
"""Requests to each process before the load, so that none of that counts imports."""
TAKEN = "in use"
"""What each of them says on stderr when somebody else has the port."""


class PortTakenError(MeasureError):
    """Somebody else was faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A server that serves."""

    process: Process
    port: int
    accounts: Path
    """The folder in which its application writes down what it sees."""
    nonce: str
    """The word by which it is known again."""


def start_production(production: Production, folder: Path, stack: ExitStack) -> Started:
    """Start it; it ends with the stack. Raises MeasureError."""
    what = tell("the server {server}", server=named(production))
    for attempt in range(1, TRIES + 1):
        accounts, nonce, port = folder / f"accounts-{attempt}", secrets.token_hex(8), free_port()
        accounts.mkdir()
        with ExitStack() as this_one:
            words = command(production, port)
            process = this_one.enter_context(
                running(what, folder, SUPERVISOR, str(folder), *words, variables={FOLDER: str(accounts), NONCE: nonce})
            )
            try:
                _wait_until_all_serve(production, process, port, accounts, nonce)
            except PortTakenError:
                if attempt == TRIES:
                    raise
                continue
            stack.enter_context(this_one.pop_all())
            return Started(process=process, port=port, accounts=accounts, nonce=nonce)
    raise AssertionError("the last attempt returns or raises")


def command(production: Production, port: int) -> list[str]:
    """What is started: the words of the table, and what was understood of the line."""
    roles = {name: str(value) for name, value in production.roles}
    known = {**roles, "port": str(port), "application": production.kind.application, "uwsgi": uwsgi_binary() or "uwsgi"}
    words: list[str] = []
    for word in production.program.starts.split():
        if word == "{python}":
            words += [sys.executable, "-P"]
        elif word == "{arguments}":
            words += production.arguments
        else:
            words.append(word.format_map(known))
    return words


def free_port() -> int:
    """A port of 127.0.0.1 that nobody had a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_all_serve(production: Production, process: Process, port: int, accounts: Path, nonce: str) -> None:
    """Every process has loaded the application, and ours answers. Raises MeasureError."""
    latest = time.monotonic() + START_LIMIT_S
    answered = 0
    while answered < WARM_UP * production.processes:
        refuse_failed(process, 0.0 if answered else LOOK_S, latest)
        if sum(1 for _ in accounts.glob(f"{HERE}*")) >= production.processes:
            answered += knows(port, nonce, process)


def knows(port: int, nonce: str, process: Process) -> bool:
    """Whether somebody answers there; raises PortTakenError where it is not ours."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_S)
    try:
        connection.request("POST", "/", headers={"Connection": "close", "Content-Length": "0"})
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if answer.headers.get("X-Nonce") != nonce:
        raise _taken(process)
    return True


def refuse_failed(process: Process, look_s: float, latest: float) -> None:
    """Raise MeasureError if a server ends within ``look_s`` or it is too late, PortTakenError if it has no port."""
    ended = process.has_ended(look_s)
    if TAKEN in process.said().lower():  # some go on trying for seconds
        raise _taken(process)
    if ended:
        raise process.error(tell("{what} ended instead of starting", what=process.what))
    if time.monotonic() > latest:
        limit = f"{START_LIMIT_S:g} s"
        raise process.error(tell("waited {limit} for {what} to start, in vain", limit=limit, what=process.what))


def _taken(process: Process) -> PortTakenError:
    return PortTakenError(tell("{what}: another program has taken its port; try again", what=process.what))
