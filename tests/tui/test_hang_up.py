"""Nobody closes the program before closing the window."""

import os
import pty
import select
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.slow

START = "import sys; from simulator.cli.main import main; sys.exit(main())"
IGNORE = "import fcntl, signal, termios; signal.signal(1, signal.SIG_IGN); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
"""The terminal is the controlling one, and says goodbye to somebody who does not listen."""
PATIENCE_S = 60.0


def drawn_until(terminal: int, word: bytes) -> None:
    seen, deadline = b"", time.monotonic() + PATIENCE_S
    while word not in seen:
        assert select.select([terminal], [], [], max(deadline - time.monotonic(), 0.0))[0], seen[-500:]
        seen += os.read(terminal, 65536)


@pytest.mark.parametrize("is_told", [False, True], ids=["no controlling terminal", "SIGHUP ignored"])
def test_when_the_terminal_goes_the_program_goes_too(is_told: bool) -> None:
    """As in some containers, where no SIGHUP comes; and as under nohup, where nobody hears it."""
    ours, theirs = pty.openpty()
    flags = ["--model", "prefork", "--load", "steady", "--duration", "10s", "--watch"]
    command = [sys.executable, "-c", (IGNORE if is_told else "") + START, *flags]
    program = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    try:
        os.close(theirs)
        drawn_until(ours, b"WHY")
        os.close(ours)
        assert program.wait(PATIENCE_S) != 0
    finally:
        program.kill()
        program.wait()
