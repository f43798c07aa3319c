"""The screen as somebody opens it: the command under a terminal of its own, from the start to the first picture."""

import os
import select
import signal
import sys
import time
from collections.abc import Iterator

from tests.bench.clock import Spent
from tests.bench.figure import Figure
from tests.bench.program import MAIN, RUN
from tests.bench.sizes import Sizes

SIZE = (160, 45)
"""Columns and rows."""
TARGET_S = 0.8
PATIENCE_S = 60.0
LAST = "▾".encode()
"""A moment of the run, above the time bar: nowhere else, and nothing is written below but that bar and keys."""
ARGUMENTS = (*RUN, "--watch")


def figures(sizes: Sizes) -> Iterator[Figure | str]:
    """Seconds from the start of the process to its first picture, with everything compiled to bytecode before."""
    if not hasattr(os, "forkpty"):
        yield "Found no pseudo-terminals, so the screen was not opened."
        return
    taken = [_first_picture() for _ in range(1 + sizes.starts)][1:]  # the first start writes the bytecode
    if None in taken:
        yield f"simulate {' '.join(ARGUMENTS)} drew no picture within {PATIENCE_S:g} s."
        return
    known = [each for each in taken if each is not None]
    yield Figure(
        what=f"first picture of simulate {' '.join(ARGUMENTS)}",
        values=tuple(s.cpu for s in known),
        elapsed=tuple(s.elapsed for s in known),
        unit="s",
        at_most=TARGET_S,
    )


def _first_picture() -> Spent | None:
    """One process, ended as soon as it has drawn; None if it never did."""
    began = time.perf_counter()
    child, terminal = os.forkpty()
    if child == 0:
        _become_the_program()
    try:
        seen = _read_until(terminal, LAST, began + PATIENCE_S)
        elapsed = time.perf_counter() - began
    finally:
        os.kill(child, signal.SIGKILL)
        _, _, used = os.wait4(child, 0)
        os.close(terminal)
    return Spent(used.ru_utime + used.ru_stime, elapsed) if seen else None


def _become_the_program() -> None:
    import fcntl
    import struct
    import termios

    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env |= {"TERM": "xterm-256color", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
    os.execve(sys.executable, [sys.executable, "-c", MAIN, *ARGUMENTS], env)


def _read_until(terminal: int, wanted: bytes, deadline: float) -> bool:
    """Whether the program wrote this before a moment; a terminal that closes ends the wait."""
    written = b""
    while (left := deadline - time.perf_counter()) > 0.0:
        if not select.select([terminal], [], [], left)[0]:
            return False
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # closed by the program
            return False
        if not piece:
            return False
        written += piece
        if wanted in written:
            return True
    return False
