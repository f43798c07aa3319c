"""Which cause is named at a moment: the one that keeps most waiting, until another one does so for some time.

What to watch: it is a function of the run, the moment and the speed alone. Whoever plays, seeks or steps to a moment
reads the same. A cause counts for what it did in the last three seconds of whoever watches; a shorter interruption
changes nothing, and a cause that is over is forgotten after these. Now and then somebody waits for a moment at every
server: nothing is blamed for it unless it kept one request waiting for a quarter of a second of the watcher's, or more
of them for as long in all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor

from simulator.trace.playback.cache import BoundedCache
from simulator.trace.playback.congestion import Blame, Cause, Congestion

SAMPLE_S = 0.5
"""Of the watcher's time."""
LEAST_SPEED, MOST_SPEED = 0.5, 2.0
"""Slower or faster than that, samples are as long as if it were so."""
REMEMBERED = 6
"""Samples: three seconds."""
OVERTAKES = 1.5
"""Another cause takes over when so many times as much waiting is its."""
SOME, NOBODY = 0.5, 0.25
"""Of two neighbouring samples the sum of how many wait on average: worth a word, and nothing any more."""
TRYING, NONE_TRY = 0.05, 0.02
"""The same of clients who wait to repeat their SYN, on average over all samples: none of them waits for a moment."""
AGAIN, BEFORE = 24, 8
"""From every so-manieth sample on the causes are followed anew, beginning so many samples before it."""
KEPT = 64


@dataclass(frozen=True, slots=True)
class Dropped:
    """A backlog had no room for a SYN, and may have some now: its number."""

    backlog: int


Samples = Sequence[tuple[Blame, float]]
"""Each with the part of it that has passed."""
Named = Cause | Dropped | None
"""None: nobody waits for anybody else."""


class Claims:
    """The causes that are named in one run."""

    def __init__(self, congestion: Congestion) -> None:
        """Nothing is looked at yet."""
        self._congestion = congestion
        self._known: BoundedCache[tuple[int, float], Named] = BoundedCache(KEPT)

    def at(self, t_s: float, speed: float) -> Named:
        """The cause that is named at a moment of a run that is watched at this speed."""
        length_s = SAMPLE_S * min(max(speed, LEAST_SPEED), MOST_SPEED)
        number = floor(t_s / length_s)
        samples = [self._congestion.sample(number - back, length_s) for back in range(REMEMBERED, 0, -1)]
        now = self._congestion.unfinished(number * length_s, t_s, length_s)
        part = t_s / length_s - number
        dropped = self._dropped(max(t_s - REMEMBERED * length_s, 0.0), t_s, length_s)
        return _next(self._after(number - 1, length_s), [(each, 1.0) for each in samples] + [(now, part)], dropped)

    def memory_s(self, speed: float) -> float:
        """How far back a cause counts."""
        return REMEMBERED * SAMPLE_S * min(max(speed, LEAST_SPEED), MOST_SPEED)

    def _after(self, number: int, length_s: float) -> Named:
        """The cause that is named when a sample is over."""
        if number < 0:
            return None
        start = number // AGAIN * AGAIN
        missing = number
        while missing >= start and (missing, length_s) not in self._known:
            missing -= 1
        named = self._known[missing, length_s] if missing >= start else None
        first = missing + 1 if missing >= start else max(start - BEFORE, 0)
        for each in range(first, number + 1):
            named = self._next(named, each, length_s)
            if each >= start:
                self._known[each, length_s] = named
        return named

    def _next(self, named: Named, number: int, length_s: float) -> Named:
        samples = [(self._congestion.sample(number - back, length_s), 1.0) for back in range(REMEMBERED)]
        end_s = (number + 1) * length_s
        return _next(named, samples, self._dropped(max(end_s - REMEMBERED * length_s, 0.0), end_s, length_s))

    def _dropped(self, start_s: float, end_s: float, length_s: float) -> Mapping[Cause | Dropped, float]:
        """Clients who wait to repeat their SYN; where anybody stands in line now, that is the reason for it."""
        if self._congestion.curves.anybody(end_s):
            return {}
        samples = (end_s - start_s) / length_s
        curves = enumerate(self._congestion.curves.retrying)
        waiting = {Dropped(number): curve.mean(start_s, end_s) * samples for number, curve in curves}
        return {dropped: weight for dropped, weight in waiting.items() if weight > 0.0}


def _sums(samples: Samples) -> dict[Cause | Dropped, float]:
    sums: dict[Cause | Dropped, float] = {}
    for sample, part in samples:
        for cause, weight in sample.items():
            sums[cause] = sums.get(cause, 0.0) + weight * part
    return sums


def _next(named: Named, samples: Samples, dropped: Mapping[Cause | Dropped, float]) -> Named:
    """What is named next: the same, unless another one keeps many more waiting by now."""
    waiting = [sum(sample.values()) * part for sample, part in samples]
    most = max(earlier + later for earlier, later in pairwise(waiting))
    trying = sum(dropped.values()) / REMEMBERED
    if most < (SOME if named is None else NOBODY) and trying < (TRYING if named is None else NONE_TRY):
        return None
    weights = {**_sums(samples), **dropped}
    heaviest = max(weights, key=lambda cause: weights[cause])
    if named is None:
        return heaviest
    return heaviest if weights[heaviest] > OVERTAKES * weights.get(named, 0.0) else named
