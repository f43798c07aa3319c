"""A pool that grows and shrinks: a walker looks at it again and again, until the last request has left."""

from simulator.engine.kernel.events import push
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import in_use, rearrange
from simulator.engine.uncompiled import cython


def tick(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Until the next look."""
    k.walkers[w].pc = pc
    push(k, k.now + k.scalers[k.code[pc].a].every, cython.cast(cython.longlong, w) << 3)
    return 0


def check_load(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Look how many slots are in use. A new one has to boot; nobody looks meanwhile."""
    scaler: cython.int = k.code[pc].a
    station: cython.int = k.scalers[scaler].station
    allowed: cython.int = k.stations[station].allowed
    used: cython.int = in_use(k, station, k.stations[station].first)
    if k.now >= k.duration and k.present == 0:
        return 0
    if used >= k.scalers[scaler].grow_at * allowed and allowed < k.stations[station].size:
        if k.scalers[scaler].boot <= 0:
            return pc + 1
        k.walkers[w].pc = pc
        push(k, k.now + k.scalers[scaler].boot, cython.cast(cython.longlong, w) << 3)
        return 0
    if used <= k.scalers[scaler].shrink_at * allowed and allowed > k.scalers[scaler].least:
        k.stations[station].allowed = allowed - 1
        rearrange(k)
    return pc - 1


def grow(k: Kernel, pc: cython.int) -> cython.int:
    """One slot more."""
    k.stations[k.scalers[k.code[pc].a].station].allowed += 1
    rearrange(k)
    return pc - 2
