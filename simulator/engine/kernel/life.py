"""How the life of a request ends: for its client, and for the server.

A client has its answer, or none, at one moment (``settle``); the server is through with the request at another
(``finish``). Who ends early gives back on the way out what it still holds (``leave``).
"""

from simulator.engine.kernel.acceptors import finished_one
from simulator.engine.kernel.events import hop, push
from simulator.engine.kernel.members import part
from simulator.engine.kernel.numbers import (
    BEGIN,
    COMPLETED,
    END,
    GAVE_UP,
    HALF_OPEN,
    INFINITY,
    LEAVING,
    NOWHERE,
    PATIENCE,
    QUEUED,
    RELEASE,
    SETTLED,
)
from simulator.engine.kernel.queues import leave_queue
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import copy_of, release
from simulator.engine.uncompiled import cython


def start(k: Kernel, w: cython.int) -> cython.void:
    """The client starts to connect."""
    k.arrival[w] = k.now
    if k.timed and k.patience[w] < INFINITY:
        push(k, k.now + k.patience[w], cython.cast(cython.longlong, w) << 2 | PATIENCE)


@cython.inline
def settle(k: Kernel, w: cython.int, outcome: cython.int, finished: cython.double) -> cython.void:
    """The client has its answer, or none."""
    deadline: cython.double = k.arrival[w] + k.patience[w]
    if k.walkers[w].flags & SETTLED:
        return
    k.walkers[w].flags |= SETTLED
    if outcome == GAVE_UP or finished > deadline:
        outcome, finished = GAVE_UP, deadline
    k.outcome[w], k.finished[w] = outcome, finished
    if k.loop_clients > 0:
        send_later(k, w + k.loop_clients, finished)


def send_later(k: Kernel, w: cython.int, since: cython.double) -> cython.void:
    """A client of a closed loop thinks, then sends its next request, unless the time is over."""
    at: cython.double
    seq: cython.longlong
    if w >= k.rows:
        k.rows_ran_out = True
        return
    at = since + k.think[w]
    if at < k.duration:
        seq = push(k, k.now + max(at - k.now, 0.0), cython.cast(cython.longlong, w) << 2 | BEGIN)
        if k.mortal:
            k.start_seq[w] = seq


def turn_away(k: Kernel, w: cython.int, pc: cython.int, outcome: cython.int) -> cython.int:
    """The server answers with an error, which takes half a round trip; then the request is gone."""
    settle(k, w, outcome, k.now + k.rtt[w] / 2)
    return leave(k, w, pc)


def give_up(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The client leaves while the server needs it; then the request is gone."""
    forget(k, w, pc)
    settle(k, w, GAVE_UP, k.now)
    return leave(k, w, pc)


@cython.inline
def forget(k: Kernel, w: cython.int, pc: cython.int) -> cython.void:
    """The server has one handshake less to remember, if this was one."""
    if k.walkers[w].flags & HALF_OPEN:
        k.walkers[w].flags &= ~HALF_OPEN
        k.copies[k.code[pc].a].half_open -= 1


def leave(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Nothing more is done for this request: what it still holds is given back, in the order of its program."""
    pc += 1
    while k.code[pc].op != END:
        if k.code[pc].op == RELEASE and k.walkers[w].held >> k.code[pc].a & 1:
            k.reached[cython.cast(cython.longlong, w) * k.places + k.code[pc].col] = k.now
            release(k, w, k.code[pc].a)
        pc += 1
    return finish(k, w)


@cython.inline
def finish(k: Kernel, w: cython.int) -> cython.int:
    """The server is through with the request."""
    k.walkers[w].pc = NOWHERE
    k.left[w] = k.now
    if not k.walkers[w].flags & SETTLED:
        settle(k, w, COMPLETED, k.now)
    if k.mortal:
        part(k, w)
    if k.walkers[w].held & k.in_hand:
        finished_one(k, k.process[w])
    return 0


def lose_patience(k: Kernel, w: cython.int) -> cython.void:
    """The client leaves; most servers do not notice."""
    pc: cython.int = k.walkers[w].pc
    station: cython.int
    if pc == NOWHERE or (k.walkers[w].flags & SETTLED and k.outcome[w] != GAVE_UP):
        return
    settle(k, w, GAVE_UP, k.now)
    if k.walkers[w].flags & QUEUED and k.stations[k.code[pc].a].renege:
        k.walkers[w].flags = (k.walkers[w].flags & ~QUEUED) | LEAVING
        leave_queue(k, copy_of(k, w, k.code[pc].a), w)
        k.walkers[w].pc = -pc
        hop(k, w)
    if k.frees:
        for station in range(k.station_count):
            if k.stations[station].frees:
                release(k, w, station)
