"""What a request's bytes take, known before a run and row by row: computing, and the time until a response is read.

What to watch: ``read_meanwhile``. A writer that finds the send buffer full sleeps until a third of it is free, and the
buffer grows with what the client has acknowledged. So how much of a response the client has when the kernel takes the
last byte depends on its size and the buffers alone, and how long that takes on the client's rate besides.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.plan import Compute, Linger, Link, Send
from simulator.plan.steps import MEBIBYTE
from simulator.workload.table import Workload

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Slowed:
    """A phase of computing that takes so many times as long."""

    phase: int
    factor: float


Timed = Compute | Send | Linger | Slowed

GROWTH = 0.1
"""Bytes that a send buffer grows by for each byte that the client acknowledges: it holds two congestion windows
(``tcp_sndbuf_expand``), and a window grows by a segment for every twenty of them once slow start is over."""
WRITABLE = 2 / 3
"""A sleeping writer is woken when no more of the buffer than this is in use (``sk_stream_is_writeable``)."""
MOST_FILLS = 10_000
"""A buffer that has not stopped growing after so many refills does not any more."""


@dataclass(frozen=True, slots=True)
class Refills:
    """What a writer of an endless response does: how much the client has at each refill, and how much is taken then."""

    read: Floats
    taken: Floats
    room: float
    """Of the buffer when it has stopped growing."""


def refills(buffer: float, most: float, up_to: float) -> Refills:
    """From the first fill until the buffer has stopped growing, or the kernel has taken so much."""
    most = max(most, buffer)
    read, taken, room = [0.0], [buffer], buffer
    while room < most and 0 < taken[-1] < up_to and len(read) < MOST_FILLS:
        growing = (taken[-1] - WRITABLE * buffer) / (1 + WRITABLE * GROWTH)
        read.append(max(growing, taken[-1] - WRITABLE * most))
        room = min(most, buffer + GROWTH * read[-1])
        taken.append(read[-1] + room)
    return Refills(np.array(read), np.array(taken), room)


def read_meanwhile(size: Floats, step: Send | Linger) -> Floats:
    """Bytes that the client has read when the last byte of a response is taken; 0 where all is taken at once."""
    read, blocked = np.zeros(len(size)), np.flatnonzero(_blocks(size, step))
    if len(blocked):  # seldom many: only these are looked at
        read[blocked] = _read_while_blocked(size[blocked] - step.beside_bytes, step)
    return read


def _blocks(size: Any, step: Send | Linger) -> Any:
    """Whether a response is not taken at once, or which of several are not."""
    return size - step.beside_bytes > step.buffer_bytes + step.file_bytes


def _read_while_blocked(rest: Floats, step: Send | Linger) -> Floats:
    """The same of what does not fit beside the buffer, and not into it."""
    if step.buffer_bytes <= 0:  # nothing is kept: each byte goes when the one before has gone
        return np.maximum(rest, 0.0)
    known = refills(step.buffer_bytes, step.most_bytes, float(rest.max()))
    number = np.minimum(np.searchsorted(known.taken, rest), len(known.taken) - 1)
    a_third = (1 - WRITABLE) * known.room
    further = np.ceil(np.maximum(rest - known.taken[-1], 0.0) / a_third)  # refills of a buffer that grows no more
    read: Floats = known.read[number] + further * a_third
    return read


def seconds_of(step: Timed, load: Workload) -> Floats:
    """[n], or [1] where all rows are alike: seconds of computing, or since the response was first handed over."""
    match step:
        case Compute(mebibyte_s=mebibyte_s):
            return _alike(load.upload) * mebibyte_s / MEBIBYTE
        case Slowed(phase=phase, factor=factor):
            return np.ascontiguousarray(_alike(load.phases)[:, phase] * factor)
        case Send():
            return _read_s(step, load)
        case Linger(link=link):
            return _read_s(step, load) + (_alike(load.rtt) if link is Link.CLIENT else 0.0)


def _read_s(step: Send | Linger, load: Workload) -> Floats:
    """How long the client reads. Where the largest response is taken at once, all are: nobody need look at each."""
    sizes = _alike(load.response)
    if not _blocks(sizes.max(initial=0.0), step):
        return np.zeros(1)
    return read_meanwhile(sizes, step) / _rates(load)


def _rates(load: Workload) -> Floats:
    rates: Floats = load.down_rate[_alike(load.client)]
    return rates


def _alike(column: NDArray[Any]) -> NDArray[Any]:
    """One row of a column in which all are the same one."""
    return column[:1] if len(column) and column.strides[0] == 0 else column
