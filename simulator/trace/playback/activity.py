"""What a slot, a loop or a request is seen to be doing: the states of a request as small integers, and a few more.

The integers are ranks: of two activities that took as much of a column, the higher one is shown, so that what is
telling does not vanish among what is common.
"""

from collections.abc import Mapping
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import Need, State, needing


class Activity(IntEnum):
    """Small enough for a uint8; of two equal ones the higher wins a column."""

    IDLE = 0
    """A slot that nobody holds, a lock that is free."""
    CONNECTING = 1
    QUEUED = 2
    BACKLOG = 3
    DELIVERY = 4
    IO = 5
    CLOSING = 6
    DOWNLOAD = 7
    UPLOAD = 8
    COMPUTING = 9
    BLOCKS = 10
    CORE = 11
    THROTTLED = 12
    LOOP = 13
    PROCESSOR = 14
    GIL_OR_CORE = 15
    GIL = 16
    DOWN = 17
    """A slot that is not there: its process died and has not booted yet, or the pool was made smaller."""
    DROPPED = 18
    """The request ended here without an answer."""
    CRASHED = 19
    """The process died here, and the request with it."""

    @property
    def state(self) -> State | None:
        """The state of a request with the same name; None where it is not one."""
        return State.__members__.get(self.name)


OF_STATE: Mapping[State, Activity] = {state: Activity[state.name] for state in State}


Activities = NDArray[np.uint8]
"""An ``Activity`` each."""


def among(*activities: Activity) -> NDArray[np.bool_]:
    """A table to look activities up in: ``among(...)[column]`` says for each entry whether it is one of these."""
    table = np.zeros(len(Activity), np.bool_)
    table[list(activities)] = True
    return table


def in_need_of(*needs: Need) -> NDArray[np.bool_]:
    """The same table for what needs one of these."""
    return among(*(OF_STATE[state] for state in needing(*needs)))


AT_WORK = in_need_of(Need.WORK, Need.CORE)
"""Computes, or would with a core."""
HAS_LOCK = AT_WORK | among(Activity.BLOCKS)
"""Who does one of these where a lock is needed has that lock."""
FOR_LOCK = in_need_of(Need.LOCK)
"""Wants the lock that somebody else has."""
READY = AT_WORK | FOR_LOCK
"""Computes, or could compute at once but for others who have what it needs."""
ELSEWHERE = in_need_of(Need.OTHERS) & ~among(Activity.BLOCKS)
"""Waits for the client, or for another service: nothing on this machine is at work for it."""
LINED_UP = in_need_of(Need.ROOM, Need.ACCEPT, Need.SLOT)
"""Waits for its turn, and has done nothing else at its place."""
