"""What is done to a server from outside: by the timeline, and by the walkers that look after growing pools."""

from simulator.engine.kernel.cores import begin_quota, catch_up, expect
from simulator.engine.kernel.events import push
from simulator.engine.kernel.instances import kill
from simulator.engine.kernel.numbers import CORES, FACTOR, INFINITY, KILL, RESUME, SLOTS
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import in_use, rearrange
from simulator.engine.uncompiled import cython


def intervene(k: Kernel, pc: cython.int) -> cython.int:
    """What the timeline does to the server."""
    op: cython.int = k.code[pc].op
    if op == KILL:
        kill(k, k.code[pc].a, k.code[pc].x)
    elif op == FACTOR:
        k.io_factor = k.code[pc].x
    elif op == SLOTS:
        k.stations[k.main_station].allowed = k.code[pc].a
        rearrange(k)
    elif op == CORES:
        catch_up(k, 0)
        k.cpus[0].cores, k.cpus[0].quota = k.code[pc].a, k.code[pc].x
        begin_quota(k, 0)
        expect(k, 0)
    return 0


def tick(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """A growing pool is looked at again and again, until the last request has left."""
    k.walkers[w].pc = pc
    push(k, k.now + k.scalers[k.code[pc].a].every, RESUME, w)
    return 0


def check_load(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Look how many slots are in use. A new one has to boot; nobody looks meanwhile."""
    scaler: cython.int = k.code[pc].a
    station: cython.int = k.scalers[scaler].station
    allowed: cython.int = k.stations[station].allowed
    used: cython.int = in_use(k, station, k.stations[station].first)
    if (k.now >= k.duration and k.present == 0) or nobody_moves_any_more(k):
        k.looking -= 1
        return 0
    if used >= k.scalers[scaler].grow_at * allowed and allowed < k.stations[station].size:
        if k.scalers[scaler].boot <= 0:
            return pc + 1
        k.walkers[w].pc = pc
        push(k, k.now + k.scalers[scaler].boot, RESUME, w)
        return 0
    if used <= k.scalers[scaler].shrink_at * allowed and allowed > k.scalers[scaler].least:
        k.stations[station].allowed = allowed - 1
        rearrange(k)
    return pc - 1


def nobody_moves_any_more(k: Kernel) -> cython.bint:
    """Nothing but looks is to come, and none of them frees anybody: who is still here is stuck for ever."""
    scaler: cython.int
    station: cython.int
    copy: cython.int
    pending: cython.int = k.heap_size - 1 if k.heap_hole else k.heap_size
    if k.hop_size > 0 or pending >= k.looking or k.coming < INFINITY or k.ring_due < INFINITY or k.cpu_due < INFINITY:
        return False
    for scaler in range(len(k.scalers)):
        station = k.scalers[scaler].station
        copy = k.stations[station].first
        if (
            k.copies[copy].size > 0
            and k.stations[station].allowed < k.stations[station].size
            and in_use(k, station, copy) >= k.scalers[scaler].grow_at * k.stations[station].allowed
        ):
            return False
    return True


def grow(k: Kernel, pc: cython.int) -> cython.int:
    """One slot more."""
    k.stations[k.scalers[k.code[pc].a].station].allowed += 1
    rearrange(k)
    return pc - 2
