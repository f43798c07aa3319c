"""Into how many cells a line of waiting requests is drawn: servers beside one another have one scale.

What to watch: a line that does not fit turns coarse from its tail on, and where depends on the room. So of servers that
are shown together all are drawn as in the smallest room that is ever too small. Where every line of the run fits, each
mark is one request anyhow, and each server has all of its own room.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.plan.walk import accepted_at
from simulator.stage.cache import kept
from simulator.stage.inventory import inventory
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.lineup import room_of
from simulator.stage.street.places import Street, street_of
from simulator.trace.playback import Playback
from simulator.trace.playback.waiting_lines import turns_at

Floats = NDArray[np.float64]


def cells_for(snapshot: Snapshot, street: Street) -> int:
    """Cells of the queue of a street that marks may take."""
    own, scene = room_of(street.queue), snapshot.scene
    others = [number for number in scene.shown if number != snapshot.number]
    for number in others:
        other = Snapshot(scene=scene, number=number)
        room = room_of(street_of(other, street.width, street.height).queue)
        if 0 < room < own and longest(other.playback) > room:
            own = room
    return own


def longest(playback: Playback) -> int:
    """How many stand in line at most in the whole run."""
    return kept(playback, "longest line", lambda: _longest(playback))


def _longest(playback: Playback) -> int:
    trace, its = playback.trace, inventory(playback)
    came: list[Floats] = [np.empty(0)]
    left: list[Floats] = [np.empty(0)]
    for loop in its.loops:
        for turns in turns_at(trace, loop):
            came.append(turns.asked)
            left.append(turns.granted)
    places = [i for i, place in enumerate(trace.places) if place.takes in its.queued_for and place.takes == place.queue]
    places += [accepted_at(trace.places, backlog) for backlog in its.backlogs[-1:]]
    for place in places:
        went_on = np.full(len(trace), np.nan)
        for later in range(place + 1, len(trace.places)):
            went_on = np.where(np.isnan(went_on), trace.reached[:, later], went_on)
        came.append(trace.reached[:, place])
        left.append(np.where(np.isnan(went_on), trace.horizon_s, went_on))
    return _most(np.concatenate(came), np.concatenate(left))


def _most(came: Floats, left: Floats) -> int:
    """How many are there at once at most."""
    stays = left > came  # false for those who never came
    start, stop = np.sort(came[stays]), np.sort(left[stays])
    there = np.arange(1, len(start) + 1) - stop.searchsorted(start, "right")
    return int(there.max(initial=0))
