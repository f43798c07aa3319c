"""How the life of a request ends: for its client, and for the server.

A client has its answer, or none, at one moment (``settle``); the server is through with the request at another
(``finish``). Who ends early gives back on the way out what it still holds (``leave``).
"""

from simulator.engine.kernel.acceptors import finished_one, lose_acceptor
from simulator.engine.kernel.events import hop, push
from simulator.engine.kernel.further import begin_later, note_following, repeat
from simulator.engine.kernel.limits import put_back
from simulator.engine.kernel.members import part
from simulator.engine.kernel.numbers import (
    BOOT,
    COMPLETED,
    END,
    FREE,
    GAVE_UP,
    HALF_OPEN,
    INFINITY,
    JOB,
    LEAVING,
    NOWHERE,
    OF_ROUNDS,
    PATIENCE,
    PUT_BACK,
    QUEUED,
    REDELIVERED,
    RELEASE,
    SETTLED,
)
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import copy_of, rearrange, release, stop_waiting
from simulator.engine.kernel.walkers import cell, holds
from simulator.engine.uncompiled import cython


def start(k: Kernel, w: cython.int) -> cython.void:
    """The client starts to connect, or a job begins."""
    k.arrival[w] = k.now
    k.present += 1
    if k.timed and k.patience[w * k.patience_step] < INFINITY:
        push(k, k.now + k.patience[w * k.patience_step], PATIENCE, w)


@cython.inline
def settle(k: Kernel, w: cython.int, outcome: cython.int, finished: cython.double) -> cython.void:
    """The client has its answer, or none."""
    deadline: cython.double = k.arrival[w] + k.patience[w * k.patience_step]
    if k.walkers[w].flags & SETTLED:
        return
    k.walkers[w].flags |= SETTLED
    if outcome == GAVE_UP or finished > deadline:
        outcome, finished = GAVE_UP, deadline
    k.outcome[w], k.finished[w] = outcome, finished
    if k.followed:
        follow(k, w, outcome, finished)


def follow(k: Kernel, w: cython.int, outcome: cython.int, finished: cython.double) -> cython.void:
    """What the client does next: it tries once more, or thinks and sends its next request, unless the time is over."""
    following: cython.int
    if k.walkers[w].flags & JOB:
        return
    if k.retry_outcomes >> outcome & 1 and k.attempt[w] < k.retry_count:
        repeat(k, w, finished)
    elif k.loop_clients > 0:
        following = w % k.requests + k.loop_clients
        if k.limited:
            think_again(k, w, finished)
        elif following >= k.requests:
            k.shortage = OF_ROUNDS
        elif finished + k.think[following] < k.duration:
            begin_later(k, following, finished + k.think[following])
            note_following(k, w, following)


def think_again(k: Kernel, w: cython.int, finished: cython.double) -> cython.void:
    """A client thinks, then takes the next request, if there is one left then: see ``loop.begin``."""
    request: cython.int = w % k.requests
    at: cython.double = finished + k.think[(request + k.loop_clients) % k.requests]
    if at < k.duration:
        begin_later(k, request, at)
        note_following(k, w, request)


@cython.inline
def first_sent(k: Kernel, w: cython.int) -> cython.int:
    """Where the response was first handed over; -1 if it was not yet."""
    i: cython.int
    for i in range(len(k.sends)):
        if k.reached[cell(k, w, k.sends[i])] >= 0:  # not nan
            return k.sends[i]
    return -1


@cython.inline
def connected_at(k: Kernel, w: cython.int) -> cython.int:
    """The place reached when the client's connection stood; -1 if it does not."""
    i: cython.int
    for i in range(len(k.connects)):
        if k.reached[cell(k, w, k.connects[i])] >= 0:  # not nan
            return k.connects[i]
    return -1


def turn_away(k: Kernel, w: cython.int, pc: cython.int, outcome: cython.int) -> cython.int:
    """The server answers with an error, which takes half a round trip; then the request is gone."""
    settle(k, w, outcome, k.now + k.rtt[w * k.rtt_step] / 2)
    return leave(k, w, pc)


def give_up(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """The client leaves while the server needs it; then the request is gone."""
    forget(k, w, pc)
    settle(k, w, GAVE_UP, k.now)
    return leave(k, w, pc)


@cython.inline
def forget(k: Kernel, w: cython.int, pc: cython.int) -> cython.void:
    """The server has one handshake less to remember, if this was one."""
    copy: cython.int
    if k.walkers[w].flags & HALF_OPEN:
        k.walkers[w].flags &= ~HALF_OPEN
        copy = copy_of(k, w, k.code[pc].a)
        k.copies[copy].half_open -= 1
        k.copies[copy].young -= k.handshakes[w].timeouts == 0


def leave(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Nothing more is done for this request: what it still holds is given back, in the order of its program."""
    op: cython.int = k.code[pc].op
    while op != END:
        pc += 1
        op = k.code[pc].op
        if op in (RELEASE, PUT_BACK, FREE) and holds(k, w, k.code[pc].a):
            k.reached[cell(k, w, k.code[pc].col)] = k.now
            if op == RELEASE:
                release(k, w, k.code[pc].a)
            else:
                put_back(k, w, pc)
    return finish(k, w)


@cython.inline
def finish(k: Kernel, w: cython.int) -> cython.int:
    """The server is through with the request."""
    k.walkers[w].pc = NOWHERE
    k.left[w] = k.now
    k.present -= 1
    if not k.walkers[w].flags & SETTLED:
        settle(k, w, COMPLETED, k.now)
    if k.walkers[w].held & k.in_hand:
        k.walkers[w].held &= ~k.in_hand
        finished_one(k, k.process[w])
    if k.walkers[w].held:
        put_back_upstreams(k, w)
    if k.mortal:
        leave_instance(k, part(k, w))
    if k.joining:
        answer(k, w)
    return 0


def put_back_upstreams(k: Kernel, w: cython.int) -> cython.void:
    """No step gives them back: the request is in hand there until it ends."""
    station: cython.int
    for station in range(k.station_count):
        if holds(k, w, station) and k.stations[station].column < 0:
            k.copies[copy_of(k, w, station)].load -= 1
    k.walkers[w].held = 0


def answer(k: Kernel, w: cython.int) -> cython.void:
    """Whoever waits for this job hears how it ended."""
    sender: cython.int = k.joined_by[w] - 1
    if sender >= 0 and not k.walkers[w].flags & REDELIVERED:
        k.answer[sender] = k.outcome[w]
        hop(k, sender)


def leave_instance(k: Kernel, instance: cython.int) -> cython.void:
    """The last one inside of a retiring process has left it: it is down, until it has booted."""
    if (
        instance < 0
        or instance >= k.processes
        or not k.instances[instance].retiring
        or k.instances[instance].first >= 0
    ):
        return
    k.instances[instance].retiring, k.instances[instance].served = 0, 0
    k.instances[instance].down = 1
    rearrange(k)
    if instance < k.acceptors:
        lose_acceptor(k, instance)
    k.instances[instance].seq = push(k, k.now + k.instances[instance].boot, BOOT, instance)


def lose_patience(k: Kernel, w: cython.int) -> cython.void:
    """The client leaves; most servers do not notice."""
    pc: cython.int = k.walkers[w].pc
    if pc == NOWHERE or (k.walkers[w].flags & SETTLED and k.outcome[w] != GAVE_UP):
        return
    settle(k, w, GAVE_UP, k.now)
    if k.walkers[w].flags & QUEUED and k.stations[k.code[pc].a].renege:
        stop_waiting(k, w, k.code[pc].a)
        k.walkers[w].flags |= LEAVING
        k.walkers[w].pc = -pc
        hop(k, w)
    free_for_nobody(k, w)


def free_for_nobody(k: Kernel, w: cython.int) -> cython.void:
    """What is freed when a client leaves, though the steps go on."""
    station: cython.int
    if k.frees:
        for station in range(k.station_count):
            if k.stations[station].frees:
                release(k, w, station)
