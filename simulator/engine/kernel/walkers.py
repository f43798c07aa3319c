"""What is known of one walker: where it waits, what it holds, where among all moments its own are noted."""

from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


@cython.inline
def waits_at(k: Kernel, w: cython.int) -> cython.int:
    """The step at which a walker waits, also if it will have given up when it wakes."""
    return k.walkers[w].pc if k.walkers[w].pc > 0 else -k.walkers[w].pc


@cython.inline
def holds(k: Kernel, w: cython.int, station: cython.int) -> cython.bint:
    """Whether it holds something of a station."""
    return k.walkers[w].held >> station & 1


@cython.inline
def note_held(k: Kernel, w: cython.int, station: cython.int) -> cython.void:
    """From now on it does."""
    k.walkers[w].held |= cython.cast(cython.longlong, 1) << station


@cython.inline
def note_freed(k: Kernel, w: cython.int, station: cython.int) -> cython.void:
    """It does not any more."""
    k.walkers[w].held &= ~(cython.cast(cython.longlong, 1) << station)


@cython.inline
def cell(k: Kernel, w: cython.int, place: cython.int) -> cython.longlong:
    """Where in ``reached`` stands when it came to a place."""
    return cython.cast(cython.longlong, w) * k.places + place
