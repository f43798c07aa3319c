"""What a request asks of the server: which work, in which order, and how large a response.

What to watch: computing burns CPU time of this very thread in pure Python, so that it holds the GIL as an
application does; with less of a core or of the GIL it takes longer on the clock, and costs the same.
"""

import re
import time
from dataclasses import dataclass
from typing import Literal

from models.wire.message import Request
from models.wire.syntax import Refused

_STEPS_LIMIT = 64
_SECONDS_LIMIT = 3600.0
_RESPONSE_LIMIT = 1 << 30
_PHASE = re.compile(r"(cpu|io)=([0-9]{1,6}(?:\.[0-9]{1,12})?)", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)
_ROUNDS = 100
"""Rounds of an empty loop between two looks at the clock: about 2 us, so that a phase ends that punctually."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One piece of work: ``seconds`` of computing or of waiting."""

    kind: Literal["cpu", "io"]
    seconds: float


@dataclass(frozen=True, slots=True)
class Job:
    """A request as the application understands it."""

    row: int
    """Its row in the workload, -1 where the client does not say."""
    phases: tuple[Phase, ...]
    response_bytes: int


def parse(request: Request) -> Job:
    """Read X-Request, X-Steps and X-Response; raises Refused where one of them makes no sense."""
    return Job(row(request), _phases(request), _number(request, "x-response", 0, _RESPONSE_LIMIT))


def row(request: Request) -> int:
    """Its row in the workload, -1 where the client does not say."""
    return _number(request, "x-request", -1, 10**12)


def do(phase: Phase) -> None:
    """Compute or sleep, and block whoever calls."""
    if phase.kind == "cpu":
        burn(phase.seconds)
    else:
        time.sleep(phase.seconds)


def burn(seconds: float) -> None:
    """Use so many seconds of this thread's CPU time, and give the GIL up only when asked to."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        for _ in range(_ROUNDS):
            pass


def _phases(request: Request) -> tuple[Phase, ...]:
    text = request.fields.get("x-steps", "")
    parts = text.split(",") if text else []
    if len(parts) > _STEPS_LIMIT:
        raise Refused(400, "X-Steps: too many")
    return tuple(_phase(part) for part in parts)


def _phase(text: str) -> Phase:
    match = _PHASE.fullmatch(text)
    if match is None or float(match[2]) > _SECONDS_LIMIT:
        raise Refused(400, f"X-Steps: {text[:40]!r}")
    return Phase("cpu" if match[1] == "cpu" else "io", float(match[2]))


def _number(request: Request, name: str, otherwise: int, limit: int) -> int:
    text = request.fields.get(name)
    if text is None:
        return otherwise
    if not _NUMBER.fullmatch(text) or int(text) > limit:
        raise Refused(400, f"{name}: {text[:40]!r}")
    return int(text)
