"""The line between the program and its terminal: so many bytes pass in a second, and answers take so long.

What to watch: as behind ssh, what has not passed yet waits where the program does not see it. Only a terminal that says
what it has drawn tells the program how slow the line is, and it can say so only when the question has passed the line.
"""

import os
import select
import time
from collections import deque
from collections.abc import Callable
from math import inf

import pyte

from tests.tui.window import QUESTION, answer

PIECE = 512
"""Bytes that pass at once; small beside what passes in a second."""
HOLDS = 1 << 20
"""Bytes that wait on the way before the program notices: the buffers of two kernels, of ssh and of its server."""
LOOK_S = 0.02
"""Between two looks at a line on which nothing happens."""
PATIENCE_S = 60.0
"""Only how long a broken program is waited for."""


class Link:
    """Carries what the program writes to a terminal, and keys and answers back at once."""

    def __init__(self, program: int, bytes_per_s: float, *, screen: pyte.Screen | None = None) -> None:
        """``program`` is the file descriptor of a terminal; without a screen, nothing is drawn."""
        self.passed = bytearray()
        """Everything that has."""
        self.answer_s = 0.0
        """How long answers take; for ever, if it is infinite."""
        self.answered = 0
        """How many the program has got."""
        self.pictures = 0
        """How many were drawn to their end."""
        self._program, self._bytes_per_s = program, bytes_per_s
        self._piece = PIECE if bytes_per_s < inf else HOLDS
        self._stream = None if screen is None else pyte.ByteStream(screen)
        self._waiting = bytearray()
        self._answers: deque[tuple[float, bytes]] = deque()
        """On their way to the program, and when they arrive."""
        self._pressed = self._asked = 0
        """How much had passed with the last key, and with the last question."""
        self._free_s = time.monotonic()

    @property
    def carried(self) -> int:
        """Bytes that have passed."""
        return len(self.passed)

    @property
    def on_its_way(self) -> int:
        """Bytes that were written and have not passed."""
        return len(self._waiting)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is on its way, neither there nor back."""
        return not self._waiting and not self._answers and not select.select([self._program], [], [], 0.0)[0]

    def press(self, keys: bytes) -> None:
        """Type something."""
        self._pressed = len(self.passed)
        os.write(self._program, keys)

    def said(self, what: bytes) -> bool:
        """Whether that has passed since the last key."""
        return self.passed.find(what, self._pressed) >= 0

    def until(self, seen: Callable[[], bool]) -> None:
        """Carry until something is so at the far end."""
        end_s = time.monotonic() + PATIENCE_S
        while not seen():
            assert time.monotonic() < end_s, bytes(self.passed[-500:])
            self._carry()

    def until_drawn(self, seen: Callable[[], bool]) -> None:
        """The same, and the picture in which it is has passed to its end."""
        self.until(seen)
        before = self.pictures
        self.until(lambda: self.pictures > before)

    def until_picture_begins(self) -> None:
        """Carry until everything has passed, and a little of the next picture."""
        self.until(lambda: self.on_its_way == 0)
        self.until(lambda: self.on_its_way > 0)

    def carry_on(self, seconds: float) -> None:
        """For so long."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self._carry()

    def _carry(self) -> None:
        """Take in what there is, and let a piece pass if the line is free."""
        now_s = time.monotonic()
        while self._answers and self._answers[0][0] <= now_s:
            os.write(self._program, self._answers.popleft()[1])
            self.answered += 1
        if not self._waiting:
            self._free_s = max(self._free_s, now_s)  # a line that had nothing to do has saved nothing up
        patience_s = min(max(self._free_s - now_s, 0.0), LOOK_S) if self._waiting else LOOK_S
        wanted = [self._program] if len(self._waiting) < HOLDS else []
        if select.select(wanted, [], [], patience_s)[0]:
            self._waiting += os.read(self._program, 1 << 16)
        if self._waiting and time.monotonic() >= self._free_s:
            piece = bytes(self._waiting[: self._piece])
            del self._waiting[: self._piece]
            self._free_s += len(piece) / self._bytes_per_s
            self._arrive(piece)

    def _arrive(self, piece: bytes) -> None:
        self.passed += piece
        if self._stream is not None:
            self._stream.feed(piece)
        for question in QUESTION.finditer(self.passed, self._asked):
            self.pictures += 1
            self._asked = question.end()
            if self.answer_s < inf:
                self._answers.append((time.monotonic() + self.answer_s, answer(question[1])))
