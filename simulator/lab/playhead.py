"""The playback clock: which moment of the run is shown now.

What to watch: the moment follows from the time that has passed, never from the number of pictures drawn. A slow
terminal shows fewer pictures, and the run still takes as long as its speed says.
"""

import time
from collections.abc import Callable

Now = Callable[[], float]
"""Seconds on any clock that never goes back."""
SPEEDS = (0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
"""Simulated seconds in a second."""


class Playhead:
    """Plays, pauses and seeks between 0 and ``end_s`` seconds of a run."""

    def __init__(self, end_s: float, now: Now = time.monotonic) -> None:
        """Stands at the beginning."""
        self._now = now
        self._end_s = end_s
        self._t_s = 0.0
        self._since: float | None = None
        self._speed = 1.0

    @property
    def t_s(self) -> float:
        """The moment that is shown."""
        if self._since is None:
            return self._t_s
        return min(self._t_s + max(self._now() - self._since, 0.0) * self._speed, self._end_s)

    @property
    def playing(self) -> bool:
        """Whether the moment moves; at the end of the run it does not."""
        return self._since is not None and self.t_s < self._end_s

    @property
    def speed(self) -> float:
        """Simulated seconds in a second."""
        return self._speed

    @property
    def end_s(self) -> float:
        """The end of the run."""
        return self._end_s

    def play(self) -> None:
        """Go on from here; from the end, start over."""
        self._t_s = 0.0 if self.t_s >= self._end_s else self.t_s
        self._since = self._now()

    def pause(self) -> None:
        """Stay here."""
        self._t_s = self.t_s
        self._since = None

    def toggle(self) -> None:
        """Pause if it plays, play if it does not."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def seek(self, t_s: float) -> None:
        """Go to a moment, and play on if it played; what had come to its end stands still."""
        self._go(t_s, self.playing)

    def _go(self, t_s: float, moving: bool) -> None:
        self._t_s = min(max(t_s, 0.0), self._end_s)
        self._since = self._now() if moving else None

    def end_at(self, end_s: float) -> None:
        """The run was computed anew and has another end; the moment stays where it was."""
        at, moving = self.t_s, self.playing
        self._end_s = end_s
        self._go(at, moving)

    def faster(self) -> None:
        """The next higher of the speeds."""
        self._change_speed(min((speed for speed in SPEEDS if speed > self._speed), default=SPEEDS[-1]))

    def slower(self) -> None:
        """The next lower of the speeds."""
        self._change_speed(max((speed for speed in SPEEDS if speed < self._speed), default=SPEEDS[0]))

    def play_at(self, speed: float) -> None:
        """At this speed from now on, if it plays."""
        self._change_speed(speed)

    def _change_speed(self, speed: float) -> None:
        self.seek(self.t_s)
        self._speed = speed
