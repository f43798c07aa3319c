"""The lock of a process: a GIL that changes hands every switch interval, or an event loop that never does.

``holder`` is the walker that has it; of a lock with several permits it is the first of a list. Somebody who has waited
a whole interval makes the holder stop and queue again. Of CPython's GIL every waiter has a clock of its own, see
``look_at_clocks``; otherwise there is one for all, see ``switch``, or somebody looks at the holders, see
``look_at_holders``.
"""

from simulator.engine.kernel.cores import stop
from simulator.engine.kernel.events import hop, line_up_first, set_clocks, set_ring
from simulator.engine.kernel.luck import draw
from simulator.engine.kernel.numbers import AT_A_LOOK, GRANTED, HOLDING, INFINITY, LOOKED_AT
from simulator.engine.kernel.queues import dequeue, enqueue, first_goes_last, leave_queue
from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


@cython.inline
def hold(k: Kernel, w: cython.int, copy: cython.int) -> cython.bint:
    """True if the lock was free and is now held; otherwise the walker queues for it."""
    k.workers[w].since = k.now
    if has_lock(k, w, copy):  # kept from the step before
        return True
    if k.copies[copy].holder < 0 or k.copies[copy].held < k.copies[copy].permits:
        give(k, w, copy)
        return True
    wait_for_lock(k, w, copy)
    return False


@cython.inline
def wait_for_lock(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """Join the queue; somebody will have to let go, in one interval."""
    if k.copies[copy].asker >= 0:
        start_clock(k, w, copy)
    else:
        enqueue(k, copy, w)
        if k.copies[copy].switch_seq == 0:
            set_switch(k, copy)


@cython.inline
def start_clock(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """Join the queue of a GIL, behind those whose clocks have run out; nobody asks before a whole interval is over."""
    ring: cython.int = k.copies[copy].ring
    catch_up_with_clocks(k, copy)
    enqueue(k, copy, w)
    k.clocks[w].since = k.now
    if k.rings[ring].size == 0:
        set_clocks(k, ring, k.now + k.rings[ring].lag)


@cython.inline
def catch_up_with_clocks(k: Kernel, copy: cython.int) -> cython.void:
    """Whose clock has run out before now, and who did not ask, waits anew, behind the others."""
    w: cython.int
    lag: cython.double = k.rings[k.copies[copy].ring].lag
    while k.copies[copy].size > 0:
        w = k.copies[copy].head
        if k.clocks[w].since + lag >= k.now:
            return
        k.clocks[w].since += lag
        first_goes_last(k, copy)


@cython.inline
def set_switch(k: Kernel, copy: cython.int) -> cython.void:
    """In one interval, the holder will have to let somebody else compute. No entry has the number 0."""
    ring: cython.int = k.copies[copy].ring
    if ring < 0:
        return
    if not is_looked_at(k, copy):
        k.copies[copy].switch_seq = set_ring(k, ring, copy)
    elif k.rings[ring].size == 0:
        set_clocks(k, ring, next_look(k, ring))


@cython.inline
def is_looked_at(k: Kernel, copy: cython.int) -> cython.bint:
    """Whether somebody looks at the holders of a lock every interval, as Go does."""
    return k.copies[copy].asker == LOOKED_AT


@cython.inline
def looks_until(k: Kernel, ring: cython.int, time: cython.double) -> cython.longlong:
    """How often somebody has looked up to a moment."""
    return cython.cast(cython.longlong, time / k.rings[ring].lag + AT_A_LOOK)


@cython.inline
def next_look(k: Kernel, ring: cython.int) -> cython.double:
    """When somebody looks again."""
    return k.now + ((looks_until(k, ring, k.now) + 1) * k.rings[ring].lag - k.now)  # rounded as if by waiting


@cython.inline
def has_lock(k: Kernel, w: cython.int, copy: cython.int) -> cython.bint:
    """Whether a walker has the lock."""
    return k.copies[copy].holder == w or (k.copies[copy].permits > 1 and k.walkers[w].flags & HOLDING != 0)


@cython.inline
def give(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """From now on a walker has the lock."""
    if is_looked_at(k, copy):
        k.clocks[w].since = k.now
    if k.copies[copy].permits > 1:
        join_holders(k, w, copy)
    else:
        k.copies[copy].holder = w


def join_holders(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """One more has it. Who has a lock stands in no queue, so the same links serve."""
    last: cython.int = k.copies[copy].last_holder
    k.walkers[w].flags |= HOLDING
    k.walkers[w].back, k.walkers[w].link = last, -1
    if last < 0:
        k.copies[copy].holder = w
    else:
        k.walkers[last].link = w
    k.copies[copy].last_holder = w
    k.copies[copy].held += 1


def leave_holders(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """One less has it."""
    before: cython.int = k.walkers[w].back
    after: cython.int = k.walkers[w].link
    k.walkers[w].flags &= ~HOLDING
    if before < 0:
        k.copies[copy].holder = after
    else:
        k.walkers[before].link = after
    if after < 0:
        k.copies[copy].last_holder = before
    else:
        k.walkers[after].back = before
    k.copies[copy].held -= 1


def let_go(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """The next in the queue holds the lock from now on."""
    following: cython.int
    k.copies[copy].switch_seq = 0
    if k.copies[copy].permits > 1:
        leave_holders(k, w, copy)
    else:
        k.copies[copy].holder = -1
    if k.copies[copy].asker >= 0:
        catch_up_with_clocks(k, copy)
        if k.copies[copy].size > 0:
            hand_on(k, dequeue(k, copy), copy)
        return
    if k.copies[copy].size > 0:
        following = dequeue(k, copy)
        give(k, following, copy)
        hop(k, following)
    if k.copies[copy].size > 0:
        set_switch(k, copy)


def hand_on(k: Kernel, w: cython.int, copy: cython.int) -> cython.void:
    """Somebody who has left the queue has the lock: that is a switch, after which nobody asks for a whole interval."""
    k.copies[copy].switched_at = k.now
    k.copies[copy].holder = w
    hop(k, w)


def look_at_clocks(k: Kernel, ring: cython.int) -> cython.void:
    """Perhaps somebody asks for a lock now, which cannot be before a whole interval has passed since a switch."""
    copy: cython.int = k.rings[ring].head
    due: cython.double = k.copies[copy].switched_at + k.rings[ring].lag
    if is_looked_at(k, copy):
        look_at_holders(k, copy, ring)
        due = next_look(k, ring)
    if k.copies[copy].size == 0:
        due, k.rings[ring].size = INFINITY, 0
    elif due <= k.now:
        due = ask(k, copy, k.rings[ring].lag)
    k.rings[ring].due = due
    line_up_first(k, ring)


def look_at_holders(k: Kernel, copy: cython.int, ring: cython.int) -> cython.void:
    """Whoever is seen for the second time since it got the lock, or the fourth, makes room while somebody waits."""
    w: cython.int = k.copies[copy].holder
    following: cython.int
    looks: cython.longlong
    while w >= 0 and k.copies[copy].size > 0:
        following = k.walkers[w].link if k.copies[copy].permits > 1 else -1
        looks = looks_until(k, ring, k.now) - looks_until(k, ring, k.clocks[w].since)
        if looks > 0 and looks % 2 == 0 and interrupt(k, w):
            let_go(k, w, copy)
        w = following


def ask(k: Kernel, copy: cython.int, lag: cython.double) -> cython.double:
    """Whose clock runs out now waits anew; if there was no switch meanwhile, it asks. When the next one may do so."""
    w: cython.int
    unchanged: cython.bint
    catch_up_with_clocks(k, copy)
    w = k.copies[copy].head
    while k.clocks[w].since + lag <= k.now:
        unchanged = k.clocks[w].since >= k.copies[copy].switched_at
        k.clocks[w].since = k.now
        first_goes_last(k, copy)
        if unchanged and interrupt(k, k.copies[copy].holder):
            w = chosen(k, w, copy)
            leave_queue(k, copy, w)
            hand_on(k, w, copy)
            return k.now + lag
        w = k.copies[copy].head
    return k.clocks[w].since + lag


def chosen(k: Kernel, asker: cython.int, copy: cython.int) -> cython.int:
    """Who of those who wait gets the lock: often the one that asked, who stands last."""
    others: cython.int = k.copies[copy].size - 1
    wins: cython.double = k.copies[copy].asker
    drawn: cython.double
    ahead: cython.int
    w: cython.int = asker
    if others > 0:
        drawn = draw(k, asker)
        if drawn >= wins:
            ahead = cython.cast(cython.int, (drawn - wins) / (1.0 - wins) * others)
            w = k.copies[copy].head
            for _ in range(min(ahead, others - 1)):
                w = k.walkers[w].link
    return w


def switch(k: Kernel, copy: cython.int, seq: cython.longlong) -> cython.void:
    """The first in the queue has waited a whole interval: the holder has to stop computing and to queue again."""
    w: cython.int = k.copies[copy].holder
    if seq != k.copies[copy].switch_seq:
        return
    k.copies[copy].switch_seq = 0
    if interrupt(k, w):
        let_go(k, w, copy)
    elif k.copies[copy].size > 0:  # between two pieces of work at this very moment
        set_switch(k, copy)


@cython.inline
def interrupt(k: Kernel, w: cython.int) -> cython.bint:
    """A holder stops computing, and will queue again. False if it does not compute at this very moment."""
    pc: cython.int
    left: cython.double
    if w < 0:
        return False
    pc = k.walkers[w].pc
    if k.code[pc].op != GRANTED:
        return False
    left = stop(k, k.code[pc].a, w)
    if left < 0:
        return False
    k.workers[w].left = left
    k.walkers[w].pc = pc - 2
    hop(k, w)
    return True
