"""The history of a lab: which setup is watched, which one is being computed, and the way back.

What to watch: a change is refused at once where it cannot be right, and taken back where it fails later. Results of a
change that was overtaken by a newer one are dropped, so that what is shown always belongs to one setup.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.experiments.setup import Prepared, Setup, prepared
from simulator.trace.playback import Playback

if TYPE_CHECKING:
    from simulator.trace.table import Trace

MOST_STEPS_BACK = 500
AT_ONCE_S = 0.15
"""What probably takes no longer is computed at once; anything else beside the screen."""
FIRST_GUESS_S = 4e-6
"""Seconds a request, before any was measured: the compiled kernel, and what is worked out from its trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What is on the screen."""

    prepared: Prepared | None
    """None for a run that was measured, or read from a file: nothing can be turned."""
    playbacks: tuple[Playback, ...]

    @classmethod
    def of(cls, traces: "tuple[Trace, ...]", prepared: Prepared | None = None) -> "Result":
        """To be played back from its beginning."""
        return cls(prepared=prepared, playbacks=tuple(map(Playback, traces)))

    @property
    def requests(self) -> int:
        """Of all servers together."""
        return sum(len(playback.trace) for playback in self.playbacks)


class History:
    """The setups of a lab, from the first to the newest."""

    def __init__(self, shown: Result) -> None:
        """Begin with what is shown first."""
        self.shown = shown
        self.before: Result | None = None
        """What was shown before the last change."""
        self._wanted = shown.prepared
        self._back: list[Prepared] = []
        self._forth: list[Prepared] = []
        self._each_s = FIRST_GUESS_S

    @property
    def wanted(self) -> Prepared | None:
        """The newest setup, computed or not: what the next change begins with."""
        return self._wanted

    @property
    def steps_back(self) -> int:
        """How many changes can be undone."""
        return len(self._back)

    @property
    def steps_forth(self) -> int:
        """How many can be done again."""
        return len(self._forth)

    def before_change(self, number: int) -> Playback | None:
        """What one of the servers did before the last change; None where that changed nothing for it.

        Nor is there any while servers come and go: the one that has this number now was another one before.
        """
        before, after = self.before, self.shown
        if before is None or len(before.playbacks) != len(after.playbacks):
            return None
        if before.prepared is not None and after.prepared is not None:
            old, new = before.prepared.setup, after.prepared.setup
            if (old.sides[number], old.options) == (new.sides[number], new.options):
                return None
        return before.playbacks[number]

    def change(self, setup: Setup) -> Prepared | None:
        """Want this setup from now on; None if it is the present one. Raises RefusalError, and then nothing changed."""
        if self._wanted is None or setup == self._wanted.setup:
            return None
        wanted = prepared(setup)
        self._back = [*self._back, self._wanted][-MOST_STEPS_BACK:]
        self._forth.clear()
        self._wanted = wanted
        return wanted

    def undo(self) -> Prepared | None:
        """Want the setup before the last change; None if there is none."""
        return self._step(self._back, self._forth)

    def redo(self) -> Prepared | None:
        """Want the setup that was undone; None if there is none."""
        return self._step(self._forth, self._back)

    def _step(self, source: list[Prepared], target: list[Prepared]) -> Prepared | None:
        if not source or self._wanted is None:
            return None
        target.append(self._wanted)
        self._wanted = source.pop()
        return self._wanted

    def finish(self, done: Prepared, traces: "tuple[Trace, ...]") -> bool:
        """Show the runs of a setup; False if something else is wanted by now, and they were dropped."""
        if done is not self._wanted:
            return False
        self.before = self.shown
        self.shown = Result.of(traces, done)
        return True

    def fail(self, failed: Prepared) -> None:
        """A setup could not be run: want the one that is shown again."""
        if failed is self._wanted:
            self._wanted = self.shown.prepared
            if self._back and self._back[-1] is self.shown.prepared:
                self._back.pop()

    def at_once(self, wanted: Prepared) -> bool:
        """Whether this setup is computed before anybody would notice."""
        return wanted.requests * self._each_s <= AT_ONCE_S

    def took(self, wanted: Prepared, seconds: float) -> None:
        """Learn from a run how long they take here."""
        if wanted.requests >= 1.0:
            self._each_s = max(seconds / wanted.requests, 1e-7) if wanted.requests > 1000.0 else self._each_s
