"""What an application can see of a request: its own phases, on which process and thread, and when its response is over.

What to watch: looking must not change what is looked at. A system call gives up the GIL, and where other threads
compute a thread that gave it up has to win it back. So lines go into a file that is mapped into memory: no call, and
what was written is there even if the process is killed a moment later.
"""

import mmap
import os
import threading
import time
from collections import defaultdict
from pathlib import Path

from models.wire.message import Request
from models.wire.report import LOST
from models.wire.work import Job, before_a_crash, parse

FOLDER, NONCE = "LOOPFORK_REPORT", "LOOPFORK_NONCE"
"""Environment variables: where the files go, and the word by which whoever started the server knows it again."""
HERE = "here-"
"""A file of this name, with the process's number, says that a process has loaded the application."""
ROOM = 1 << 20
"""Bytes of one file; untouched ones take no room."""
FIELDS = ("x-request", "x-steps", "x-response")
CONTENT_TYPE = "application/octet-stream"
PIECE = bytes(64 * 1024)
"""Of a response; larger ones have many."""


class Lines:
    """Where a thread's lines go."""

    def __init__(self) -> None:
        self._file: mmap.mmap | None = None
        self._process, self._written, self._number = 0, 0, 0

    def add(self, thread: int, line: bytes) -> None:
        """Write a line down."""
        if self._file is None or self._process != os.getpid() or self._written + len(line) > ROOM:
            self._begin(thread)
        assert self._file is not None  # begun just now
        self._file[self._written : self._written + len(line)] = line
        self._written += len(line)

    def _begin(self, thread: int) -> None:
        self._process, self._written, self._number = os.getpid(), 0, self._number + 1
        name = Path(os.environ[FOLDER]) / f"{self._process}-{thread}-{self._number}"
        with name.open("w+b") as file:
            file.truncate(ROOM)
            self._file = mmap.mmap(file.fileno(), ROOM)


LINES = defaultdict[int, Lines](Lines)
"""By the number that the system gave to a thread: to gevent, what is local to a thread is local to each greenlet."""


IN_HAND = set["Account"]()
"""Of this process: what has begun and is not over."""


class Account:
    """One request as the application sees it."""

    __slots__ = ("_marks", "_thread", "job")

    def __init__(self, fields: dict[str, str]) -> None:
        """The handler starts now, with the whole request at hand. Raises Refused for work that makes no sense."""
        self.job: Job = parse(Request("POST", "/", 0, False, fields))
        self._marks = list[tuple[str, float]]()
        self._thread = threading.get_native_id()
        IN_HAND.add(self)

    def phase(self, number: int) -> None:
        """A phase begins; counted from 1."""
        self.reach(f"handle.{number}")

    def reach(self, place: str, at: float | None = None) -> None:
        """It is at this place now; or was, at a moment that somebody else saw."""
        self._marks.append((place, time.monotonic() if at is None else at))

    def respond(self) -> None:
        """The work is done."""
        self._marks.append(("respond", time.monotonic()))

    def close(self) -> None:
        """The server has taken all of the response, or nobody wants it any more."""
        self._end("completed", "closed")

    def lose(self) -> None:
        """The process dies of a request, of this one or of another."""
        self._end(LOST, "left")

    def _end(self, outcome: str, last: str) -> None:
        IN_HAND.discard(self)
        if self.job.row < 0:
            return
        marks = " ".join(f"{place}={when:.7f}" for place, when in [*self._marks, (last, time.monotonic())])
        LINES[self._thread].add(
            self._thread, f"{self.job.row} {os.getpid()} {self._thread} {outcome} {marks}\n".encode()
        )

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Of the response; one to a request that is not of the load tells whose server this is."""
        length = [("Content-Type", CONTENT_TYPE), ("Content-Length", str(self.job.response_bytes))]
        return length if self.job.row >= 0 else [*length, ("X-Nonce", os.environ[NONCE])]

    @property
    def pieces(self) -> list[bytes]:
        """Of the response's body: references to one piece, so that a large one takes no memory."""
        whole, rest = divmod(self.job.response_bytes, len(PIECE))
        return [PIECE] * whole + ([PIECE[:rest]] if rest else [])


def lose_all(_boot_s: float) -> None:
    """What this process has in hand is lost with it. How long the next one boots is the server's affair."""
    for account in list(IN_HAND):
        account.lose()


def here() -> None:
    """This process has loaded the application."""
    before_a_crash(lose_all)
    (Path(os.environ[FOLDER]) / f"{HERE}{os.getpid()}").touch()
