"""Who it was: which class of requests, or which clients, held the slots or had the lock, and to whom they did it.

What to watch: a mean over everybody is often nobody's time. Where those of one name hold a slot many times as long as
all others, and make up most of what is held, they are named and both times are told.
"""

from dataclasses import dataclass

import numpy as np

from simulator.plan.resources import Lock, Pool
from simulator.plan.words import Outcome
from simulator.trace.demands import computes_at, lock_held_at, needs_lock_at, work_at
from simulator.trace.finding import Kind, Party
from simulator.trace.holding import holdings
from simulator.trace.measures import Measures
from simulator.trace.outcomes import FAILED
from simulator.trace.residence import Floats, blocks

MOST = 0.5
"""Of the time; who has less is not named alone."""
TIMES = 3.0
"""So many times as long as others is no chance."""
MUCH_MORE = 1.5
"""A class of some clients is told if it stands out so many times as much as the class, or the clients, alone."""
LONG = 10.0
"""A computation this many times the median, or the others' mean, is called long."""


@dataclass(frozen=True, slots=True)
class Group:
    """Those of one name, beside all others."""

    parties: tuple[Party, ...]
    """A class, the clients of one name, or that class of those clients."""
    share: float
    """Of the time that all of them hold."""
    each_s: float
    """How long one of them holds, on average."""
    others_s: float
    """The same of all others."""


def who_held(measures: Measures, pool: Pool) -> Group | None:
    """The name, of a class or of clients, that held most, if its requests held a slot much longer than others."""
    load = measures.trace.workload
    part, (low, high) = next(part for part in measures.held if part.pool == pool), measures.window
    seconds, number = (np.zeros((len(load.class_names), len(load.client_names))) for _ in range(2))
    for block in blocks(measures.trace):
        held = holdings(measures.trace, part, block)
        seen = (held.start >= low) & (held.start <= high)
        rows, length = held.rows[seen], (held.end - held.start)[seen]
        who = load.request_class[rows].astype(np.intp) * len(load.client_names) + load.client[rows]
        seconds += np.bincount(who, weights=length, minlength=seconds.size).reshape(seconds.shape)
        number += np.bincount(who, minlength=seconds.size).reshape(seconds.shape)
    classes = [Party(Kind.CLASS, name) for name in load.class_names]
    clients = [Party(Kind.CLIENT, name) for name in load.client_names]
    alone = max(
        _apart([(each,) for each in classes], seconds.sum(axis=1), number.sum(axis=1)),
        _apart([(each,) for each in clients], seconds.sum(axis=0), number.sum(axis=0)),
        key=_times,
    )
    both = _apart([(one, other) for one in classes for other in clients], seconds.ravel(), number.ravel())
    return both if _times(both) >= MUCH_MORE * max(_times(alone), 1.0) else alone


def _apart(parties: list[tuple[Party, ...]], seconds: Floats, number: Floats) -> Group | None:
    """Those with most of the seconds, if each of their requests takes many times as long as the others."""
    most = int(seconds.argmax())
    total, rest = float(seconds.sum()), float(number.sum() - number[most])
    if total <= 0.0 or rest <= 0.0 or seconds[most] < MOST * total:
        return None
    each, others = float(seconds[most] / number[most]), (total - float(seconds[most])) / rest
    if each < TIMES * others or others <= 0.0:
        return None
    return Group(parties[most], float(seconds[most]) / total, each, others)


def _times(group: Group | None) -> float:
    """How many times as long as the others they hold."""
    return group.each_s / group.others_s if group is not None else 0.0


# --- under a lock -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class Computing:
    """Who computed under a lock while resources were measured; by class, in the order of the workload."""

    names: tuple[str, ...]
    seconds: Floats
    """Of computing within the window."""
    squares: Floats
    """Sums of the squares of whole computations. Somebody who comes at a random moment meets one with a chance
    proportional to its length and waits for half of it, so each causes waiting proportional to its square."""
    longest: Floats
    number: Floats
    """Of computations."""
    sums: Floats
    """Of their lengths."""
    long_part: float
    """The part of the squares that is in those ten times as long as the median of all."""

    @property
    def who(self) -> int:
        """The class that causes most of the waiting."""
        return int(self.squares.argmax())

    @property
    def name(self) -> str:
        """Its name."""
        return self.names[self.who]

    @property
    def longest_s(self) -> float:
        """Its longest computation."""
        return float(self.longest[self.who])

    @property
    def share(self) -> float:
        """Its part of the computing."""
        return float(self.seconds[self.who] / max(self.seconds.sum(), 1e-300))

    @property
    def others_s(self) -> float:
        """How long others compute, on average; 0 if there are none."""
        rest = float(self.number.sum() - self.number[self.who])
        total = float(self.sums.sum() - self.sums[self.who])
        return total / rest if rest else 0.0

    @property
    def stands_out(self) -> bool:
        """Whether the class computes ten times as long as the others do, and causes most of the waiting."""
        most = self.squares[self.who] >= MOST * self.squares.sum()
        return bool(most and self.others_s and self.longest_s >= LONG * self.others_s)


def computing_under(measures: Measures, lock: Lock | None) -> Computing:
    """Who computed under a lock, or without a given one on the cores of the machine, while resources were measured.

    Also those who came before, and those who never finished.
    """
    load, (low, high) = measures.trace.workload, measures.window
    classes = len(load.class_names)
    seconds, squares, longest, number, sums = (np.zeros(classes) for _ in range(5))
    spread = _Spread()
    for block in blocks(measures.trace):
        ends = _ends(measures, block)
        for i, place in enumerate(measures.places):
            if place.phase is None or (place.cores is not None if lock is None else lock not in place.locks):
                continue
            rows = np.arange(block.start, block.stop)
            needs = (
                computes_at(measures.trace, i, rows) if lock is None else needs_lock_at(measures.trace, i, lock, rows)
            )
            rows = rows[needs]
            start, end = measures.trace.reached[rows, i], ends[i][rows - block.start]
            seen = (end > low) & (start < high) & (end > start)
            rows, start, end = rows[seen], start[seen], end[seen]
            work = (work_at if lock is None else lock_held_at)(measures.trace, i, rows)
            of_class = load.request_class[rows]
            inside = (np.minimum(end, high) - np.maximum(start, low)) / (end - start)
            seconds += np.bincount(of_class, weights=work * inside, minlength=classes)
            squares += np.bincount(of_class, weights=work * work, minlength=classes)
            sums += np.bincount(of_class, weights=work, minlength=classes)
            number += np.bincount(of_class, minlength=classes)
            np.maximum.at(longest, of_class, work)
            spread.add(work)
    part = spread.squares_above(LONG * spread.median) / max(float(squares.sum()), 1e-300)
    return Computing(load.class_names, seconds, squares, longest, number, sums, part)


class _Spread:
    """How long computations are, in narrow classes of length: there may be millions, and they are not kept."""

    PER_OCTAVE, FROM = 256, -64
    """So a class is 0.3 % wide, and its mean is exact where all in it are equally long."""

    def __init__(self) -> None:
        """Of none yet."""
        self._number, self._sums, self._squares = np.zeros((3, 128 * self.PER_OCTAVE))

    def add(self, seconds: Floats) -> None:
        """Some more computations."""
        octaves = np.log2(np.maximum(seconds, 2.0**self.FROM)) - self.FROM
        of, size = (octaves * self.PER_OCTAVE).astype(np.intp), len(self._number)
        self._number += np.bincount(of, minlength=size)
        self._sums += np.bincount(of, weights=seconds, minlength=size)
        self._squares += np.bincount(of, weights=seconds * seconds, minlength=size)

    @property
    def median(self) -> float:
        """Of all; 0 of none."""
        so_far = np.cumsum(self._number)
        if not so_far[-1]:
            return 0.0
        return float(self._means[np.searchsorted(so_far, so_far[-1] // 2, side="right")])

    def squares_above(self, seconds: float) -> float:
        """The sum of the squares of those that are longer."""
        return float(self._squares[self._means > seconds].sum())

    @property
    def _means(self) -> Floats:
        return np.asarray(self._sums / np.maximum(self._number, 1.0))


def _ends(measures: Measures, block: slice) -> list[Floats]:
    """By place: when each of some requests went on from there; the end of the run where it never did."""
    trace = measures.trace
    end = np.where(np.isnan(trace.left[block]), trace.horizon_s, trace.left[block])
    ends = [end] * len(measures.places)
    for i in reversed(range(len(measures.places))):
        ends[i] = end
        reached = trace.reached[block, i]
        end = np.where(np.isnan(reached), end, reached)
    return ends


# --- to whom ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lost:
    """The class of which the largest part failed."""

    name: str
    number: int
    of: int
    gave_up: bool
    """Whether all of them failed because their clients left."""


def who_failed(measures: Measures, but: str = "", outcome: Outcome | None = None) -> Lost | None:
    """The class, other than one, of which the largest part failed, if others fared better; None if there is none."""
    trace, load = measures.trace, measures.trace.workload
    failed = FAILED[trace.outcome] if outcome is None else trace.outcome == outcome
    lost = np.bincount(load.request_class[failed], minlength=len(load.class_names))
    came = np.bincount(load.request_class, minlength=len(load.class_names))
    others = np.array([name != but for name in load.class_names])
    parts = np.where(others, lost / np.maximum(came, 1), 0.0)
    worst = int(parts.argmax())
    if len(came) < 2 or not parts[worst]:
        return None
    here = failed & (load.request_class == worst)
    left = bool((trace.outcome[here] == Outcome.GAVE_UP).all())
    return Lost(load.class_names[worst], int(lost[worst]), int(came[worst]), left)
