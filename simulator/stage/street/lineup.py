"""Who stands in line for the workers or for the event loop, in which order, and in which cell each of them stands.

What to watch: one mark is one request, from the head at the right column by column to the tail; beyond the room there
is, marks turn coarser from the tail on. Whoever waits keeps its row until it is served: with every service the line
turns by one place, so that only the marks of one row move up.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.walk import accepted_at, taken_at
from simulator.plan.words import Loss, Outcome, lost_by
from simulator.stage.cache import kept, of_moment
from simulator.stage.canvas.sheet import Area
from simulator.stage.inventory import inventory
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.crowd import WORTHS, Marks
from simulator.trace.holding import held_parts, holdings
from simulator.trace.playback import Playback
from simulator.trace.playback.moment import Present
from simulator.trace.playback.waiting_lines import turns_at

Rows = NDArray[np.int32]
Floats = NDArray[np.float64]
Cells = NDArray[np.intp]
NEARLY = 20
"""A queue that lacks one part in so many of its limit counts as full while others knock."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Who waits, the head first."""

    rows: Rows
    came_s: Floats
    """When each came to where it waits."""
    inside: int
    """The first so many are in the hands of the server already: they wait for its loop, or for one of its slots."""
    served: int
    """How many have left the line by its head so far."""

    def __len__(self) -> int:
        return len(self.rows)


def waiting(snapshot: Snapshot) -> Line:
    """Who stands in line: first those inside of the server, then those whom it has not accepted yet."""
    return of_moment(snapshot.playback, "line", snapshot.t_s, lambda: _waiting(snapshot))


def _waiting(snapshot: Snapshot) -> Line:
    inside, now = _inside(snapshot), snapshot.now
    outside = now.backlogs[-1].waiting if now.backlogs else None
    parts = [*inside, *([outside] if outside is not None else [])]
    rows = np.concatenate([part.request for part in parts]) if parts else np.empty(0, np.int32)
    came = [part.since_s for part in inside] + ([outside.came_s] if outside is not None else [])
    count = sum(map(len, inside))
    return Line(rows, np.concatenate(came) if came else np.empty(0), count, _served(snapshot, inside))


def _inside(snapshot: Snapshot) -> list[Present]:
    """In order of asking, for all copies of a loop together."""
    now, its = snapshot.now, snapshot.inventory
    ready = [part for loop in its.loops for part in now.lock(loop.name).waiting]
    queues = [now.pool(pool.name).queue for pool in reversed(its.queued_for)]
    if not ready:
        return queues
    ready += queues  # of helpers of the loop
    if len(ready) == 1:
        return [ready[0].take(np.argsort(ready[0].since_s, kind="stable"))]
    since = np.concatenate([part.since_s for part in ready])
    return [_joined(ready).take(np.argsort(since, kind="stable"))]


def _joined(parts: list[Present]) -> Present:
    return Present(
        np.concatenate([part.request for part in parts]),
        np.concatenate([part.place for part in parts]),
        np.concatenate([part.activity for part in parts]),
        np.concatenate([part.since_s for part in parts]),
        np.concatenate([part.came_s for part in parts]),
        np.concatenate([part.process for part in parts]),
    )


def _served(snapshot: Snapshot, inside: list[Present]) -> int:
    """Turns of the loops so far; or how many came to where the head stands, and are there no more."""
    playback, t_s = snapshot.playback, snapshot.t_s
    if snapshot.inventory.loops:
        return int(kept(playback, "turns", lambda: _turns(playback)).searchsorted(t_s, "right"))
    places = playback.trace.places
    if snapshot.inventory.queued_for:
        place, there = taken_at(places, snapshot.inventory.queued_for[-1]), len(inside[0])
    elif snapshot.inventory.backlogs:
        place = accepted_at(places, snapshot.inventory.backlogs[-1])
        there = len(snapshot.now.backlogs[-1].waiting)
    else:
        return 0
    came = kept(playback, ("came to", place), lambda: np.sort(playback.trace.reached[:, place]))
    return int(came.searchsorted(t_s, "right")) - there


def _turns(playback: Playback) -> Floats:
    """When loops, or their helpers, were given to somebody."""
    trace, its = playback.trace, inventory(playback)
    parts = held_parts(trace, trace.places) if its.queued_for else ()
    given = [turns.granted for lock in trace.plan.locks for turns in turns_at(trace, lock)]
    return np.sort(
        np.concatenate(given + [holdings(trace, part).start for part in parts if part.pool in its.queued_for])
    )


# Where each of them stands.


def room_of(area: Area) -> int:
    """Cells of an area."""
    return max(area.height, 0) * max(area.width, 0)


def marks_at(positions: Cells, marks: Marks) -> Cells:
    """Which mark stands for each position."""
    fine, coarse = WORTHS[marks.level], WORTHS[min(marks.level + 1, len(WORTHS) - 1)]
    ahead = marks.fine * fine
    numbers = np.where(positions < ahead, positions // fine, marks.fine + (positions - ahead) // coarse)
    return np.minimum(numbers, max(marks.length - 1, 0))


def cells_of_marks(area: Area, marks: Cells, served: Cells | int) -> tuple[Cells, Cells]:
    """Rows and columns on the street of marks, counted from the head."""
    height = max(area.height, 1)
    return area.row + (marks + served) % height, area.col + area.width - 1 - marks // height


@dataclass(frozen=True, slots=True)
class Limit:
    """Of a line that turns people away when it is full."""

    places: int
    reached: bool
    turned_away: tuple[Outcome, ...]
    """How requests end that find no place."""


def limit_of(snapshot: Snapshot) -> Limit | None:
    """The limit of the line as it is now; None where it has none.

    It stays full in the short whiles between a service and the next one who comes: else the word would flicker.
    """
    for pool in reversed(snapshot.inventory.queued_for):
        if pool.queue_limit:
            places = pool.queue_limit * pool.processes
            return Limit(places, len(snapshot.now.pool(pool.name).queue) >= places, (pool.when_full,))
    if not snapshot.now.backlogs:
        return None
    now = snapshot.now.backlogs[-1]
    nearly = len(now.waiting) >= now.room - max(now.room // NEARLY, 1)
    return Limit(now.room, now.full or (nearly and len(now.retrying) > 0), tuple(lost_by(Loss.NOT_CONNECTED)))


def is_full(snapshot: Snapshot) -> bool:
    """Whether whoever comes now is turned away."""
    limit = limit_of(snapshot)
    return limit is not None and limit.reached
