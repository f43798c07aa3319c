"""SIGTERM and SIGHUP end a command the way Ctrl-C does: what was begun is taken down first, from processes to files.

What to watch: only the first of them counts. A second one would interrupt the cleaning up that the first has begun. And
not every library lets pass what a signal raises inside of it: Pydantic takes it for a wrong value and would blame the
file, NumPy answers with an error of its own. So Python also writes down which signals came (its "wakeup descriptor"),
and an error says something only where none did.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGHUP)
STOPPING = (signal.SIGINT, *ENDING)
Came = Callable[[], KeyboardInterrupt | None]
"""What to raise for the signal that has come to stop the command, if one has."""


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP came. Whatever lets Ctrl-C pass lets this pass too."""

    def __init__(self, number: int = signal.SIGTERM) -> None:
        super().__init__()
        self.code = 128 + number
        """The exit code."""


@contextmanager
def terminated_like_ctrl_c() -> Iterator[Came]:
    """Raise Terminated in the block when SIGTERM or SIGHUP comes; only the main thread can hear it.

    A signal that is ignored, as SIGHUP under nohup, stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    heard = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, _once) for number in heard}
    try:
        with _written_down() as came:
            yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _once(number: int, _: FrameType | None) -> None:
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
    raise Terminated(number)


@contextmanager
def _written_down() -> Iterator[Came]:
    ours, theirs = os.pipe()
    for end in (ours, theirs):
        os.set_blocking(end, False)
    before = signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
    try:
        yield lambda: _first_in(ours)
    finally:
        signal.set_wakeup_fd(before)
        os.close(ours)
        os.close(theirs)


def _first_in(pipe: int) -> KeyboardInterrupt | None:
    """Each byte is the number of a signal."""
    with suppress(BlockingIOError):
        for number in os.read(pipe, 1 << 16):
            if number in STOPPING:
                return KeyboardInterrupt() if number == signal.SIGINT else Terminated(number)
    return None


def interruption(error: BaseException | None) -> KeyboardInterrupt | None:
    """The Ctrl-C or SIGTERM that another error was made of, or raised after."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error
