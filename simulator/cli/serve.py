"""What was typed after ``simulate serve``: a port, and what the tabs are to show."""

import ctypes
import os
import re
import signal
import sys
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from simulator.cli.command import Given
from simulator.cli.parser import parse
from simulator.experiments.catalogue import Model
from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell

if TYPE_CHECKING:
    from simulator.cli.link import Pairs

WATCH = "--watch"
MOST = 65535


def run(_: Model | None, given: Given) -> int:
    """Carry it out; ``tokens`` stand after ``serve``. Returns the exit code. Raises RefusalError."""
    embed_from, tokens = embedding(given["tokens"])
    port, shown = divided(tokens)
    if shown and not _checked(shown):
        return 0
    if find_spec("textual_serve") is None:
        line = f"{sys.executable} -m pip install 'loopfork[web]'"
        raise RefusalError(tell("serve needs textual-serve, which is not installed. Type {line}", line=line))
    from simulator.serve.server import serve

    return serve(command(shown), port, link=partial(_linked, shown), embed_from=embed_from)


def _linked(shown: Sequence[str], pairs: "Pairs") -> tuple[str, ...]:
    """What runs in a tab that a link was opened in. Raises RefusalError for a link that cannot be shown."""
    from simulator.cli.link import LANG, linked

    words = linked(pairs, shown)
    _checked([word for word in words if not word.startswith(f"--{LANG}=")])
    return command(words)


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


EMBED = "--embed-from"
ORIGIN = re.compile(r"https?://([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:[0-9]{1,5})?", re.ASCII)
FILES = "file:"
"""Pages that are opened from a folder, whoever wrote them."""


def embedding(tokens: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Whose pages may show a tab in a frame, and the other words. Raises RefusalError."""
    origins, rest, waiting = list[str](), list[str](), list(tokens)
    while waiting:
        token = waiting.pop(0)
        if token == EMBED:
            origins.append(_origin(waiting.pop(0) if waiting else ""))
        elif token.startswith(EMBED + "="):
            origins.append(_origin(token.partition("=")[2]))
        else:
            rest.append(token)
    return tuple(origins), rest


def _origin(text: str) -> str:
    if text == FILES or ORIGIN.fullmatch(text):
        return text
    raise RefusalError(
        tell(
            "--embed-from {given}: expected where your slides are, like https://slides.example or "
            "http://localhost:3000, or {files} for pages in a folder",
            given=text,
            files=FILES,
        )
    )


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= MOST:
        return int(text)
    raise RefusalError(
        tell("--port {given}: expected a whole number up to {most}, like --port 8000", given=text, most=MOST)
    )


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
