"""SIGTERM ends a command the way Ctrl-C does: what was begun is taken down first, from processes to temporary files.

What to watch: only the first SIGTERM counts. A second one would interrupt the cleaning up that the first has begun.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Terminated(KeyboardInterrupt):
    """SIGTERM came. Whatever lets Ctrl-C pass lets this pass too."""


@contextmanager
def terminated_like_ctrl_c() -> Iterator[None]:
    """Raise Terminated in the block when SIGTERM comes; only the main thread can hear it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _once)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _once(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise Terminated
