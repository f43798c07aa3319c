"""The process behind one browser tab. It runs ``simulate`` like any other, but does not outlive the server.

    python -P -m simulator.app.serve.child PID [FLAGS]

What to watch: a server that is killed cannot take its children along, so the kernel is asked to do it (Linux).
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
"""From the kernel's linux/prctl.h: the signal that this process gets when its parent ends."""


def command(tokens: Sequence[str]) -> tuple[str, ...]:
    """What this process's children are started with to run ``simulate`` with these arguments."""
    return (sys.executable, "-P", "-m", __spec__.name, str(os.getpid()), *tokens)


def main() -> int:
    """End with the parent; otherwise as ``simulate`` does."""
    parent, *tokens = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(parent):  # it has ended already
            return 1
    from simulator.app.main import main as simulate

    return simulate(tokens)


if __name__ == "__main__":
    sys.exit(main())
