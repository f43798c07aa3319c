"""What a request asks of the server: which work, in which order, and how large a response.

What to watch: computing burns CPU time of this very thread in pure Python, so that it holds the GIL as an
application does; with less of a core or of the GIL it takes longer on the clock, and costs the same. Native code burns
as much outside of the GIL, in one call.
"""

import hashlib
import os
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from models.wire.message import Request
from models.wire.syntax import Refused

_STEPS_LIMIT = 64
_SECONDS_LIMIT = 3600.0
_RESPONSE_LIMIT = 1 << 30
_PHASE = re.compile(r"(cpu|io|native|block|crash)=([0-9]{1,6}(?:\.[0-9]{1,12})?)", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)
_ROUNDS = 100
"""Rounds of an empty loop between two looks at the clock: about 2 us, so that a phase ends that punctually."""
_PROBE = 500
"""Iterations of PBKDF2 that tell how fast this machine hashes at the moment: about a quarter of a millisecond."""
_IN_ONE_CALL = 0.98
"""Part of a native phase that one call does; what is left of it to the microsecond is burnt."""

Kind = Literal["cpu", "io", "native", "block", "crash"]


@dataclass(frozen=True, slots=True)
class Phase:
    """One piece of work: ``seconds`` of computing or of waiting; of a crash, above 0 where it happens."""

    kind: Kind
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
    """Compute, sleep or die, and block whoever calls.

    Code that can wait in another way, on an event loop, sees to ``io`` itself and leaves all the others to this one:
    they hold the loop, the thread and, but for ``native``, ``io`` and ``block``, the GIL.
    """
    match phase.kind:
        case "cpu":
            burn(phase.seconds)
        case "native":
            hash_away(phase.seconds)
        case "io" | "block":
            time.sleep(phase.seconds)
        case "crash":
            if phase.seconds > 0:
                for say in _LAST_WORDS:
                    say(phase.seconds)
                os.kill(os.getpid(), signal.SIGKILL)


_LAST_WORDS: list[Callable[[float], None]] = []


def before_a_crash(say: Callable[[float], None]) -> None:
    """``say(boot_s)`` is called when this process is about to die of a request: nobody else knows what it had in hand,
    or how long it is to take until it is back.
    """
    _LAST_WORDS.append(say)


def burn(seconds: float) -> None:
    """Use so many seconds of this thread's CPU time, and give the GIL up only when asked to."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        for _ in range(_ROUNDS):
            pass


_rates: list[float] = []
"""Iterations of PBKDF2 in a second of CPU time, as last seen by this process; empty before its first hash."""


def hash_away(seconds: float) -> None:
    """Use so many seconds of this thread's CPU time without the GIL, as hashing a password does: it is given up once,
    for one long call, and needed again when that is over.
    """
    end = time.thread_time() + seconds
    if not _rates:
        _hash(_PROBE)
    left = end - time.thread_time()
    if left > 0:
        _hash(max(int(left * _IN_ONE_CALL * _rates[0]), 1))
    burn(end - time.thread_time())


def _hash(iterations: int) -> None:
    since = time.thread_time()
    hashlib.pbkdf2_hmac("sha256", b"password", b"salt", iterations)
    _rates[:] = [iterations / max(time.thread_time() - since, 1e-6)]


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
    kind: Kind = match[1]  # type: ignore[assignment]  # the expression matches no other word
    return Phase(kind, float(match[2]))


def _number(request: Request, name: str, otherwise: int, limit: int) -> int:
    text = request.fields.get(name)
    if text is None:
        return otherwise
    if not _NUMBER.fullmatch(text) or int(text) > limit:
        raise Refused(400, f"{name}: {text[:40]!r}")
    return int(text)
