"""A terminal at the end of a slow line: a pseudo-terminal of which so many bytes are read in a second, and no more."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pyte

PIECE = 1024
"""Bytes that arrive at once; small beside what arrives in a second."""
PROGRAM = "import sys; from simulator.app.main import main; sys.exit(main())"
PATIENCE_S = 60.0


class _Screen(pyte.Screen):
    """Answers questions, as terminals do."""

    answer: Callable[[str], None]

    def write_process_input(self, data: str) -> None:
        self.answer(data)


class SlowLink:
    """Reads from the program at ``bytes_per_s``, and shows what has arrived so far."""

    def __init__(self, line: int, size: tuple[int, int], bytes_per_s: float) -> None:
        self._line, self._pause_s = line, PIECE / bytes_per_s
        self._screen = _Screen(*size)
        self._screen.answer = self.press  # takes no time either
        self._stream = pyte.ByteStream(self._screen)
        self._arrived = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self.bytes = 0
        self._reader.start()

    def _read(self) -> None:
        due_s = time.monotonic()
        with suppress(OSError):  # the program has closed its side
            while data := os.read(self._line, PIECE):
                due_s = max(due_s, time.monotonic()) + self._pause_s * len(data) / PIECE
                time.sleep(max(due_s - time.monotonic(), 0.0))  # this is the line; nothing is waited for
                with self._arrived:
                    self.bytes += len(data)
                    self._stream.feed(data)
                    self._arrived.notify_all()

    def press(self, keys: str) -> None:
        """Keys take no time."""
        os.write(self._line, keys.encode())

    def until(self, *words: str) -> None:
        """Wait until all of them are in the picture."""
        end_s = time.monotonic() + PATIENCE_S
        with self._arrived:
            while not all(any(word in row for row in self._screen.display) for word in words):
                assert self._arrived.wait(end_s - time.monotonic()), "\n".join(self._screen.display)

    def seconds_until(self, *words: str) -> float:
        """From now until all of them are in the picture."""
        begin_s = time.monotonic()
        self.until(*words)
        return time.monotonic() - begin_s


@contextmanager
def slow_link(size: tuple[int, int], bytes_per_s: float, *arguments: str) -> Iterator[SlowLink]:
    """Run ``simulate`` at the end of such a line."""
    ours, theirs = pty.openpty()
    width, height = size
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    environment.pop("NO_COLOR", None)
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        yield SlowLink(ours, size, bytes_per_s)
    finally:
        program.kill()
        program.wait()
        os.close(ours)
