"""What is said on stderr beside the results; and to a waiting person, on a terminal, that something is going on.

That is one line, after a second, and then gone. It is written by a timer signal and not by a thread: the compiled
kernel keeps the GIL, so a thread would hardly run before the simulation is over; signals are looked at between two
portions of it, and during everything else.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

from simulator.words.language import later, tell
from simulator.words.numbers import count
from simulator.words.printable import printable

QUIET_S = 1.0
"""What takes less is not worth a word."""
REPEAT_S = 0.5


SIMULATING = later("{what}: {so_far} of {whole} s simulated, after {waited} s")
MEASURING = later("{what}: {so_far} of {whole} s measured, after {waited} s")
MAKING = later("{what}: {so_far} of {whole} s made, after {waited} s")
ABOUT = later("{what}: about {whole} s in all, {waited} s by now")
SO_FAR = later("{what}: {waited} s by now")
"""What is said of something that takes ``whole`` seconds, or nobody knows how many."""


@contextmanager
def shown_while(what: str, duration_s: float = 0.0, message: str = SIMULATING) -> Iterator[Callable[[float], None]]:
    """Say what takes so long while the block runs; the block gets a function to tell the simulated seconds to."""
    simulated_s = 0.0

    def progress(so_far_s: float) -> None:
        nonlocal simulated_s
        simulated_s = so_far_s

    if not (sys.stderr.isatty() and hasattr(signal, "setitimer") and _in_main_thread()):
        yield progress
        return
    start = time.monotonic()

    def say(_signal: int, _frame: FrameType | None) -> None:
        waited = time.monotonic() - start
        line = tell(message, what=what, so_far=count(simulated_s), whole=count(duration_s), waited=count(waited))
        _put(f"\r{printable(line)} \x1b[K")

    before = signal.signal(signal.SIGALRM, say)
    signal.setitimer(signal.ITIMER_REAL, QUIET_S, REPEAT_S)
    try:
        yield progress
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
        if time.monotonic() - start >= QUIET_S:
            _put("\r\x1b[K")


def talk(text: str) -> None:
    """Write on stderr what a person is told beside the results; where it is full, the results are no worse for it."""
    _put(printable(text))


def _put(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except BrokenPipeError:
        raise
    except OSError:
        forget(sys.stderr)


def forget(stream: TextIO) -> None:
    """Let what is written there from now on, and what could not be written, go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
