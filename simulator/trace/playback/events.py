"""Notable events of a run: what is worth a line in its log, as a table in order of time."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from simulator.words.language import Said

Floats = NDArray[np.float64]


class EventKind(IntEnum):
    """What happened."""

    SYN_DROPPED = 0
    """The backlog was full; the client repeats its SYN."""
    FAILED = 1
    """A request ended, and not by being completed."""
    BLOCKED = 2
    """A request let go of the event loop, which it had for long while others waited."""
    SLOWEST = 3
    """A request was completed that took longer than any before."""
    CROWDED = 4
    """More requests in the system than ever before or after."""
    INTERVENED = 5
    """Somebody did something to the server."""
    HELD = 6
    """From now on all slots of a pool are held for clients that send or read slowly."""
    LONGER = 7
    """The queue became longer than a round figure."""
    GONE = 8
    """Nobody waits any more, after there was a queue."""
    SPIKE = 9
    """Many times as many requests come as usual."""
    SPIKE_OVER = 10
    BACK = 11
    """A process that was killed has booted."""
    MANY_FAILED = 12
    """So many requests have ended in the same way by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened."""

    time_s: float
    kind: EventKind
    request: int
    """-1 where it was not one request."""
    seconds: float
    """BLOCKED: how long it had the loop; SLOWEST and FAILED: since its arrival; SPIKE: how many times as many come;
    otherwise 0."""
    others: int
    """BLOCKED: how many waited behind it; CROWDED: how many there were; INTERVENED: how many were lost; HELD: how many
    slots; LONGER and SPIKE_OVER: how many waited; MANY_FAILED: how many; otherwise 0."""
    said: Said = field(compare=False)
    """What happened, without the time and the request: ``refused, because the backlog was full (129 of 129)``."""

    @property
    def words(self) -> str:
        """The same in the language of now."""
        return str(self.said)

    @property
    def text(self) -> str:
        """The event as one line of a log, without its time: ``#1041 SYN dropped: the backlog was full (9 of 9)``."""
        return f"#{self.request} {self.words}" if self.request >= 0 else self.words

    @property
    def look_s(self) -> float:
        """The moment at which it can be seen best: for a block just before its end."""
        return self.time_s - min(self.seconds / 100, 0.001) if self.kind is EventKind.BLOCKED else self.time_s


@dataclass(frozen=True, eq=False, slots=True)
class Events:
    """Columns over many events, in order of time."""

    time_s: Floats
    kind: NDArray[np.int8]
    """An ``EventKind``."""
    request: NDArray[np.int32]
    place: NDArray[np.int16]
    """Where in the walk, -1 where that does not matter; INTERVENED and BACK: which entry of ``workload.interventions``;
    HELD: which kind of clients, -1 several."""
    seconds: Floats
    others: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.time_s)

    def upto(self, t_s: float) -> int:
        """How many had happened by a moment."""
        return int(self.time_s.searchsorted(t_s, "right"))

    def within(self, start_s: float, end_s: float) -> slice:
        """Where those are that happened after the one moment and up to the other."""
        return slice(*self.time_s.searchsorted((start_s, end_s), "right").tolist())

    def take(self, which: slice | NDArray[np.intp]) -> "Events":
        """Some of them."""
        return Events(*(getattr(self, name)[which] for name in Events.__slots__))


def joined(parts: list[Events]) -> Events:
    """Several tables as one, in order of time."""
    if not parts:
        return events_of(EventKind.FAILED, np.empty(0), np.empty(0, np.intp), Details())
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in Events.__slots__]
    order = np.argsort(columns[0], kind="stable")
    return Events(*(column[order] for column in columns))


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Details:
    """The further columns of a table of events; single figures hold for all of them."""

    place: int = -1
    seconds: Floats | float = 0.0
    others: NDArray[np.intp] | int = 0


def events_of(kind: EventKind, time_s: Floats, rows: NDArray[np.intp], details: Details) -> Events:
    """A table of events of one kind, in any order."""
    count = len(rows)
    return Events(
        time_s,
        np.full(count, kind, np.int8),
        rows.astype(np.int32),
        np.full(count, details.place, np.int16),
        np.broadcast_to(np.asarray(details.seconds, np.float64), count),
        np.broadcast_to(np.asarray(details.others, np.int32), count),
    )
