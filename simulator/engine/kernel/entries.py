"""Entries of what will happen and of what is noted: many of a kind, that come and go, unlike nouns of ``layout``."""

from simulator.engine.uncompiled import cython

LAYOUTS: dict[str, list[tuple[str, str]]] = {}
"""The fields of each struct as NumPy names them; the build adds them."""


class Job(cython.struct):
    """Somebody on the cores, who leaves when ``virtual`` reaches the mark."""

    mark: cython.double
    number: cython.longlong
    walker: cython.longlong


class Event(cython.struct):
    """Something that will happen; ``what`` is a walker, a copy or an instance, and in three bits what it means."""

    time: cython.double
    seq: cython.longlong
    what: cython.longlong


class Hop(cython.struct):
    """A walker that goes on at this very moment."""

    seq: cython.longlong
    walker: cython.longlong


class Ring(cython.struct):
    """Events that all come the same time after they were set: first in, first out."""

    lag: cython.double
    due: cython.double
    seq: cython.longlong
    """When the first one comes, and its number."""
    head: cython.int
    """Of clocks: the copy of the lock."""
    size: cython.int
    guard: cython.int
    """The time limit whose events these are; or they take locks away (``SWITCHES``), wake walkers (``WAKES``), or it is
    time to look at the clocks of a lock (``CLOCKS``)."""


class Stretch(cython.struct):
    """A time during which a backlog was full."""

    start: cython.double
    end: cython.double
    copy: cython.longlong


class Grant(cython.struct):
    """A time during which a request held a lock."""

    start: cython.double
    end: cython.double
    row: cython.int
    place: cython.short
    station: cython.short
