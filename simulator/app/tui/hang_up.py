"""Notices that the terminal has gone: its window was closed, the SSH connection broke.

What to watch: a program is told so by SIGHUP only if the terminal is its controlling one, and not in every container.
Without looking, it would play on for nobody.
"""

import select
import sys

LOOK_EVERY_S = 2.0
GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL


def terminal_is_gone() -> bool:
    """Whether nobody can type any more, and nobody sees what is drawn."""
    stdin = sys.__stdin__
    if stdin is None or stdin.closed:
        return True
    looking = select.poll()
    looking.register(stdin.fileno(), 0)
    return any(happened & GONE for _, happened in looking.poll(0))
