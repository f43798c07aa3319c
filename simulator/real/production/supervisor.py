"""A program, and all that it starts, for as long as our stdin is open: ``... supervisor FOLDER PROGRAM ARGUMENTS``.

What to watch: a production server knows nothing of whoever started it, and outlives it. So this process stands between
the two: it leads the process group, and when nobody is left who holds the other end of its stdin, the whole group is
killed, itself included, and so is whoever left the group and has lost its parent. Of the environment the program gets
only what is named here, because gunicorn, uvicorn and uWSGI take options from there, too.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NoReturn

from simulator.real.other_programs import processes

STDIN, STDERR = 0, 2
END_S = 3.0
LOOK_S = 0.005
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
PASSED_ON = frozenset(
    {"PATH", "PYTHONPATH", "PYTHONSAFEPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ", "TMPDIR"}
)
OURS = "LOOPFORK_"


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """What the program is started with: no option of a server is in it."""
    return {name: value for name, value in given.items() if name in PASSED_ON or name.startswith(OURS)}


def main(argv: Sequence[str]) -> NoReturn:
    """Start the program and wait: for its end, or for ours. Whichever it was, nothing is left then."""
    folder, *command = argv
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # whoever loses its parent comes to us, and stays in reach
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: end())
    child = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=STDERR,
        preexec_fn=lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0),  # noqa: PLW1509  (there is one thread)
    )
    ended = os.pidfd_open(child.pid)
    while True:
        ready, _, _ = select.select([STDIN, ended], [], [])
        if ended in ready or not os.read(STDIN, 4096):
            break
    if ended in ready:
        print(f"ended with exit code {child.wait()}", file=sys.stderr, flush=True)  # noqa: T201
    end()


def end() -> NoReturn:
    """Kill everybody in our group and whoever has come to us, bury them, and end."""
    latest = time.monotonic() + END_S
    while (others := members()) and time.monotonic() < latest:  # again, for whoever was forked meanwhile
        for pid in others:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        time.sleep(LOOK_S)
    os.killpg(0, signal.SIGKILL)
    raise AssertionError("killed")


def members() -> list[int]:
    """The processes of our group and our children, but for this one and for those that others have to bury."""
    us, found = os.getpid(), []
    for pid, (state, parent, group, *_) in processes():
        if pid != us and (int(parent) == us or (int(group) == us and state != "Z")):
            found.append(pid)
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
