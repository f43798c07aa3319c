"""Nobody closes the program before closing the window."""

import os
import pty
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.slow

START = "import sys; from simulator.cli.main import main; sys.exit(main())"
PATIENCE_S = 60.0


def drawn_until(terminal: int, word: bytes) -> None:
    seen, deadline = b"", time.monotonic() + PATIENCE_S
    while word not in seen:
        assert time.monotonic() < deadline, seen[-500:]
        seen += os.read(terminal, 65536)


def test_when_the_terminal_goes_the_program_goes_too() -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", START, "--model", "prefork", "--load", "steady", "--duration", "10s", "--watch"]
    # A session of its own without a controlling terminal: no SIGHUP will come.
    program = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    try:
        os.close(theirs)
        drawn_until(ours, b"PREFORK")
        os.close(ours)
        assert program.wait(PATIENCE_S) != 0
    finally:
        program.kill()
        program.wait()
