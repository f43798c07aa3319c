"""What was typed after ``simulate serve``: a port, and what the tabs are to show."""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from simulator.cli.commands import Given
from simulator.cli.parser import parse
from simulator.experiments.catalogue import Model
from simulator.experiments.options import HELP
from simulator.experiments.refusal import RefusalError

WATCH = "--watch"
MOST = 65535
USAGE = """Usage: simulate serve [--port N] [FLAGS]

Show the screen in a browser on this machine, until Ctrl-C.

  --port N  Listen on this port of 127.0.0.1; without it on one that is free.
  FLAGS     What to show: as after simulate, like --model prefork --load slow-clients; or compare, with what follows
            it. Without any, the first screen."""


def run(_: Model | None, given: Given) -> int:
    """Carry it out; ``tokens`` stand after ``serve``. Returns the exit code. Raises RefusalError."""
    tokens = given["tokens"]
    if HELP.intersection(tokens):
        from simulator.results.terminal import write

        write(USAGE + "\n")
        return 0
    port, shown = divided(tokens)
    if shown and not _checked(shown):
        return 0
    if find_spec("textual_serve") is None:
        raise RefusalError("serve needs textual-serve, which is not installed: pip install 'loopfork[web]'")
    from simulator.serve.server import serve

    return serve(command(shown), port)


def _checked(shown: Sequence[str]) -> bool:
    """Carry out what each tab will, up to the screen; false if it was the version that somebody wanted.

    Raises RefusalError: what cannot be shown is said here, and not in a browser.
    """
    typed = parse(shown)
    if typed is not None:
        from simulator.tui.opening import rehearsal

        with rehearsal():
            typed.carry_out()
    return typed is not None


def divided(tokens: Sequence[str]) -> tuple[int, list[str]]:
    """The port (0 if none was typed), and the command line that each tab runs."""
    port, rest, waiting = 0, list[str](), list(tokens)
    while waiting:
        token = waiting.pop(0)
        if token == "--port":
            port = _port(waiting.pop(0) if waiting else "")
        elif token.startswith("--port="):
            port = _port(token.removeprefix("--port="))
        else:
            rest.append(token)
    if rest and WATCH not in rest:
        rest.append(WATCH)
    return port, rest


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= MOST:
        return int(text)
    raise RefusalError(f"--port {text}: expected a whole number up to {MOST}, like --port 8000")


# The process behind one browser tab. It runs ``simulate`` like any other, but does not outlive the server.
# python -P -m simulator.cli.serve PID [FLAGS]
#
# What to watch: a server that is killed cannot take its children along, so the kernel is asked to do it (Linux).

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
    from simulator.cli.main import main as simulate

    return simulate(tokens)


if __name__ == "__main__":
    sys.exit(main())
