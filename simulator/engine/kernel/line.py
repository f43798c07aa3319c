"""The client's line: bytes on their way."""

from simulator.engine.kernel.endings import settle
from simulator.engine.kernel.events import push
from simulator.engine.kernel.numbers import COMPLETED, DATA_LATE, GO_ON
from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


def arrived_at(k: Kernel, row: cython.int, i: cython.int) -> cython.double:
    """When the last byte of the request is here, if it is read from now on."""
    size: cython.double = k.upload[row]
    rate: cython.double = k.up_rate[k.client[row]]
    start: cython.double = k.arrival[row]
    if k.upload_place > 0:
        start = k.reached[cython.cast(cython.longlong, row) * k.places + k.upload_place]
    if k.flags[row] & DATA_LATE:
        start = k.data_at[row]
    if size > k.buffer[i] and k.now > start + k.buffer[i] / rate:
        return k.now + (size - k.buffer[i]) / rate
    return start + size / rate


def send(k: Kernel, row: cython.int, i: cython.int) -> cython.bint:
    """Blocked until the rest fits the buffer, or the client is gone. The last byte arrives later."""
    size: cython.double = k.response[row]
    rate: cython.double = k.down_rate[k.client[row]]
    start: cython.double = k.reached[cython.cast(cython.longlong, row) * k.places + k.send_place]
    end: cython.double
    if k.on_client[i]:
        settle(k, row, COMPLETED, start + k.rtt[row] / 2 + size / rate)
    end = min(start + max(size - k.buffer[i], 0.0) / rate, k.arrival[row] + k.patience[row])
    if end > k.now:
        push(k, k.now + (end - k.now), row, GO_ON)
        return False
    return True
