"""When each request reached each step: one line a request, written when it leaves.

    row process slot outcome receive=12.0000000 parse=12.0001000 ... left=12.0500000

What to watch: a line is one write to a file opened for appending, so lines of many processes never mix, and what was
reported is there even if the process is killed a moment later. Times are seconds of the monotonic clock, which all
processes of a machine share.
"""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from models.wire.work import before_a_crash

HTTP: Mapping[str, str] = {}
UWSGI = {"parse": "parse_uwsgi"}
"""What a place is called in the model where it is something else there."""
LOST = "lost"
"""The outcome of whatever a process has in hand that dies of a request."""


class Report:
    """Where the lines go; without a path, nowhere."""

    def __init__(self, path: Path | None) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._fd = None if path is None else os.open(path, flags, 0o644)
        self.in_hand = set[Visit]()
        """Of this process."""
        before_a_crash(self._lose)

    def _lose(self, _boot_s: float) -> None:
        """This process dies of a request, now, and takes all others along."""
        for visit in list(self.in_hand):
            visit.leave(LOST)

    def write(self, line: str) -> None:
        """Append a line."""
        if self._fd is None:
            return
        try:
            os.write(self._fd, line.encode("ascii"))
        except OSError as error:  # a full disk must not look like a fault of the client
            print(f"report: {error}", file=sys.stderr)  # noqa: T201


class Visit:
    """One request's way through the server."""

    __slots__ = ("_marks", "_names", "_report", "heard", "process", "row", "slot")

    def __init__(self, report: Report, process: int, slot: int = -1, names: Mapping[str, str] = HTTP) -> None:
        self._report, self._names, self._marks = report, names, list[tuple[str, float]]()
        self.process = process
        self.slot = slot
        """Worker or thread that serves it, counted through all processes; -1 where nothing is held."""
        self.row = -1
        """Row in the workload, -1 until the request has said it."""
        self.heard = False
        """Whether its client has sent anything."""
        report.in_hand.add(self)

    def reach(self, place: str, at: float | None = None) -> None:
        """It is at this step now; or was, at a moment that somebody else saw."""
        self._marks.append((self._names.get(place, place), time.monotonic() if at is None else at))

    def again(self) -> None:
        """The next request on the same connection."""
        self._marks, self.row, self.heard = [], -1, False
        self._report.in_hand.add(self)

    def leave(self, outcome: str) -> None:
        """The server is through with it. A connection on which nothing came was no request, and is not reported."""
        self.reach("left")
        self._report.in_hand.discard(self)
        if self.heard:
            marks = " ".join(f"{place}={when:.7f}" for place, when in self._marks)
            self._report.write(f"{self.row} {self.process} {self.slot} {outcome} {marks}\n")
