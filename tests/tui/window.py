"""A window of our own: a pseudo-terminal with the program in it, which has it as its controlling terminal."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

PROGRAM = (
    "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "from simulator.cli.main import main; sys.exit(main())"
)
QUESTION = re.compile(rb"\x1b\[(\d+;\d+)H\x1b\[6n")
"""The cursor is put somewhere, and asked for: behind every picture."""


@dataclass(frozen=True)
class Window:
    """Both sides of it."""

    terminal: int
    """The side of whoever looks: what the program writes is read here, and keys are written."""
    shell: int
    """The side of the program, open also when that has ended: what it left behind can be seen."""
    program: "subprocess.Popen[bytes]"


@contextmanager
def window(size: tuple[int, int], *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Window]:
    """Run ``simulate`` in a window of so many columns and rows; both are gone afterwards."""
    terminal, shell = pty.openpty()
    width, height = size
    fcntl.ioctl(shell, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **(env or {})}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-c", PROGRAM, *arguments]
    program = subprocess.Popen(
        command, stdin=shell, stdout=shell, stderr=shell, env=environment, start_new_session=True
    )
    try:
        yield Window(terminal, shell, program)
    finally:
        program.kill()
        program.wait()
        os.close(shell)
        os.close(terminal)


def answer(question: bytes) -> bytes:
    """What terminals say to it."""
    return b"\x1b[%bR" % question
