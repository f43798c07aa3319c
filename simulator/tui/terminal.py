"""The terminal: how fast it takes pictures in, so that keys never wait behind them, and whether it is still there.

What to watch: a slow line shows itself nowhere on this side. The kernel, ssh and everything on the way take in pictures
for seconds before a write blocks. So behind a picture the terminal is asked where its cursor is: when the answer comes,
it has drawn everything before, however far away it is. The cursor is put somewhere else for each question, so that the
answer says which of them it belongs to: one that comes late must not pass for that to a newer one.
"""

import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial

NUMBERS = 64
"""Columns that the cursor is put into, one after the other; where there are fewer, those."""
FAR_S = 0.25
"""An answer within this time may come from far away; what takes longer waits behind pictures."""
FIRST_S = 1.0
"""Pictures wait so long for the first answer of all. Nearly every terminal since the VT100 gives one."""
LOST_S = 3.0
"""An answer that takes longer will not come, unless others took about as long."""
REMEMBERED = 8
"""Answers by which the line is judged; one alone may have come after a picture in which hardly anything was new."""
PILED_UP = 4
"""So many late answers among those remembered are no accident."""
MOST_UNHEARD = 200


class Pace:
    """Pictures on their way to the terminal."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Nothing was asked yet."""
        self._now = now
        self._asked: deque[tuple[int, float]] = deque(maxlen=NUMBERS)
        """Questions without an answer, oldest first: the column, and when it was asked."""
        self._count = 0
        self._first_s = 0.0
        self._took_s: deque[float] = deque(maxlen=REMEMBERED)
        self.slow = False
        """Whether pictures have piled up before: then fewer cells should change in each. It stays so, or the pictures
        would begin to move again as soon as that has helped."""

    @property
    def answers(self) -> bool:
        """Whether this terminal has ever answered."""
        return bool(self._took_s)

    @property
    def worthwhile(self) -> bool:
        """Whether to ask: a terminal that said nothing to so many questions has nothing to say."""
        return self.answers or self._count < MOST_UNHEARD

    def ask(self, columns: int = NUMBERS) -> str:
        """What to send behind a picture that is so wide."""
        column = self._count % max(min(columns, NUMBERS), 1) + 1
        if self._count == 0:
            self._first_s = self._now()
        self._count += 1
        self._asked.append((column, self._now()))
        return f"\x1b[1;{column}H\x1b[6n"

    def answer(self, column: int) -> None:
        """The terminal has drawn the picture before the question that put the cursor there, and all before that."""
        if any(asked == column for asked, _ in self._asked):
            asked, asked_s = self._asked.popleft()
            while asked != column:
                asked, asked_s = self._asked.popleft()
            self._took_s.append(self._now() - asked_s)
            self.slow = self.slow or sum(took_s >= FAR_S for took_s in self._took_s) >= PILED_UP

    @property
    def waiting(self) -> bool:
        """Whether an answer may still come."""
        return self._open(LOST_S) > 0

    @property
    def behind(self) -> bool:
        """Whether another picture would only make a queue longer: where answers are quick, two may be on their way.

        The first answer says nothing: its question has no picture before it, and passes quickly on a slow line too.
        """
        quick = len(self._took_s) != 1 and max(self._took_s, default=0.0) < FAR_S
        return self._open(FIRST_S) > int(quick)

    def _open(self, first_s: float) -> int:
        """How many answers can be hoped for; where none has come, only for ``first_s`` from the first question on."""
        now_s = self._now()
        if not self.answers:
            return len(self._asked) if now_s - self._first_s < first_s else 0
        patience_s = max(LOST_S, 2.0 * max(self._took_s))
        return sum(now_s - asked_s <= patience_s for _, asked_s in self._asked)


# Notices that the terminal has gone: its window was closed, the SSH connection broke.
# What to watch: a program is told so by SIGHUP only if the terminal is its controlling one, and not in every container.
# Without looking, it would play on for nobody.

GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL


def terminal_is_gone() -> bool:
    """Whether nobody can type any more, and nobody sees what is drawn."""
    stdin = sys.__stdin__
    if stdin is None or stdin.closed:
        return True
    poll = select.poll()
    poll.register(stdin.fileno(), 0)
    return any(happened & GONE for _, happened in poll.poll(0))


GRACE_S = 2.0
"""What a program gets to end by itself when its terminal has gone."""


def leave_with_the_terminal(every_s: float, code: int) -> None:
    """End the program soon after its terminal, whatever it is doing then.

    Under nohup or a supervisor SIGHUP is ignored. Writing to a terminal that has gone ends Textual's thread that
    writes, and whoever hands it the next picture waits for ever; so somebody has to look who writes nothing.
    """

    def look() -> None:
        while not terminal_is_gone():
            time.sleep(every_s)
        time.sleep(GRACE_S)
        os._exit(code)

    threading.Thread(target=look, daemon=True).start()


def pictures_wait(app: object) -> bool:
    """Whether pictures wait in Textual's own queue to be written, for which it has no public word."""
    writer = getattr(getattr(app, "_driver", None), "_writer_thread", None)
    waiting: Callable[[], int] = getattr(getattr(writer, "_queue", None), "qsize", partial(int, 0))
    return waiting() > 0
