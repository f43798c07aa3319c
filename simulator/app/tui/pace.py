"""How fast the terminal takes pictures in, so that keys never wait behind pictures.

What to watch: a slow line shows itself nowhere on this side. The kernel, ssh and everything on the way take in pictures
for seconds before a write blocks. So behind a picture the terminal is asked where its cursor is: when the answer comes,
it has drawn everything before, however far away it is.
"""

import time
from collections import deque
from collections.abc import Callable

QUESTION = "\x1b[6n"
"""Where is the cursor? Nearly every terminal since the VT100 answers; whichever never did is not waited for."""
FAR_S = 0.25
"""An answer within this time may come from far away; what takes longer waits behind pictures."""
LOST_S = 3.0
"""An answer that takes longer will not come."""

MOST_UNHEARD = 200


class Pace:
    """Pictures on their way to the terminal."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Nothing was asked yet."""
        self._now = now
        self._asked_s: deque[float] = deque()
        self._answer_s: float | None = None

    @property
    def answers(self) -> bool:
        """Whether this terminal has ever answered."""
        return self._answer_s is not None

    @property
    def worthwhile(self) -> bool:
        """Whether to ask: a terminal that said nothing to so many questions has nothing to say."""
        return self.answers or len(self._asked_s) < MOST_UNHEARD

    def ask(self) -> None:
        """The question is sent behind a picture."""
        self._asked_s.append(self._now())

    def answer(self) -> None:
        """The terminal has drawn the oldest of the pictures."""
        if self._asked_s:
            self._answer_s = self._now() - self._asked_s.popleft()

    @property
    def waiting(self) -> bool:
        """Whether an answer is still to come."""
        if self.answers and self._asked_s and self._now() - self._asked_s[-1] > LOST_S:
            self._asked_s.clear()
        return self.answers and bool(self._asked_s)

    @property
    def behind(self) -> bool:
        """Whether another picture would only make a queue longer."""
        if self._answer_s is None or not self.waiting:
            return False
        return len(self._asked_s) > (1 if self._answer_s < FAR_S else 0)
