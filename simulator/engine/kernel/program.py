"""Goes through a program, step by step, until the walker has to wait.

Every step says where to go on; 0 means that the walker waits now, or is gone.
"""

from simulator.engine.kernel.acceptors import (
    hand_over,
    hold_to_accept,
    look,
    seize_to_accept,
    take_connection,
    wait_to_be_taken,
)
from simulator.engine.kernel.backlog import admitted, knock, knock_with_repeated_syn, late_syn, shake
from simulator.engine.kernel.blocks import arm, by_luck, disarm, enqueue_job, if_busy, joined
from simulator.engine.kernel.cores import run
from simulator.engine.kernel.events import hop
from simulator.engine.kernel.half_open import repeated_in_time
from simulator.engine.kernel.instances import crash, retire
from simulator.engine.kernel.life import finish, give_up, leave_instance, start, turn_away
from simulator.engine.kernel.limits import allocate, pick, put_back, take_token
from simulator.engine.kernel.lines import linger, receive, receive_late, send, wait_for_io
from simulator.engine.kernel.members import is_inside, join, part
from simulator.engine.kernel.numbers import (
    ADMITTED,
    AGAIN,
    ALLOCATE,
    ARM,
    BLOCK,
    BUSY,
    BY,
    CALLS,
    CHECK,
    COUNT,
    DIE,
    DISARM,
    DONE,
    DOOM,
    END,
    ENQUEUE,
    ENTER,
    ENTERED,
    FREE,
    GRANTED,
    GROW,
    HANDOVER,
    HOLD,
    IO,
    IO_RUN,
    JOINED,
    JUMP,
    KNOCK,
    LATE_SYN,
    LEAVE,
    LET_GO,
    LINGER,
    LOCKRUN,
    LOOK,
    LUCK,
    NO_OUTCOME,
    NOTE,
    NOWHERE,
    PART,
    PICK,
    PUT_BACK,
    RECEIVE,
    RECEIVE_LATE,
    RELEASE,
    REPEATED,
    RETAKEN,
    RETIRE,
    RUN,
    SEIZE,
    SEND,
    SHAKE,
    STAND,
    START,
    STOP,
    STRIKE,
    TAKE,
    TICK,
    TOKEN,
    WAIT,
)
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import copy_of, pop_idle, release, take, wait_in_queue
from simulator.engine.kernel.timeline import check_load, grow, intervene, tick
from simulator.engine.kernel.under_lock import (
    again,
    block,
    done,
    enter_loop,
    go_on_without,
    granted,
    leave_loop,
    lock_and_run,
    loop_granted,
    make_calls,
    retaken,
    stand_granted,
    work_at,
)
from simulator.engine.kernel.walkers import cell
from simulator.engine.uncompiled import cython


def go(k: Kernel, w: cython.int, pc: cython.int) -> cython.void:
    """From this step on."""
    op: cython.int
    while pc > 0:
        if k.code[pc].col >= 0:
            k.reached[cell(k, w, k.code[pc].col)] = k.now
        op = k.code[pc].op
        if op == SEIZE:
            pc = seize(k, w, pc)
        elif op == RELEASE:
            release(k, w, k.code[pc].a)
            pc += 1
        elif op == RUN:
            pc = compute(k, w, pc, 1.0)
        elif op == LOCKRUN:
            pc = lock_and_run(k, w, pc)
        elif op == AGAIN:
            pc = again(k, w, pc)
        elif op == GRANTED:
            pc = granted(k, w, pc)
        elif op == DONE:
            pc = done(k, w, pc)
        elif op == CALLS:
            pc = make_calls(k, w, pc)
        elif op == LET_GO:
            pc = go_on_without(k, w, pc)
        elif op == IO:
            pc = wait_for_io(k, w, pc)
        elif op == RECEIVE:
            pc = receive(k, w, pc)
        elif op == SEND:
            pc = send(k, w, pc)
        elif op == LINGER:
            pc = linger(k, w, pc)
        elif op == SHAKE:
            pc = shake(k, w, pc)
        elif op == KNOCK:
            pc = knock(k, w, pc)
        elif op == END:
            pc = finish(k, w)
        elif op == NOTE:
            pc += 1
        elif op == START:
            start(k, w)
            pc += 1
        elif op == WAIT:
            pc = wait_to_be_taken(k, w, pc)
        elif op == LOOK:
            pc = look(k, w, pc)
        elif op == HOLD:
            pc = hold_to_accept(k, w, pc)
        elif op == TAKE:
            pc = take_connection(k, w, pc)
        elif op == HANDOVER:
            pc = hand_over(k, w, pc)
        elif op == ARM:
            pc = arm(k, w, pc)
        elif op == DISARM:
            pc = disarm(k, w, pc)
        elif op == PICK:
            pc = pick(k, w, pc)
        elif op in (PUT_BACK, FREE):
            put_back(k, w, pc)
            pc += 1
        elif op == IO_RUN:
            pc = compute(k, w, pc, k.io_factor)
        elif op == TOKEN:
            pc = limit(k, w, pc)
        else:
            pc = go_rarely(k, w, pc, op)


def go_rarely(k: Kernel, w: cython.int, pc: cython.int, op: cython.int) -> cython.int:
    """What few walkers do, or seldom."""
    if op == ENTER:
        return enter_loop(k, w, pc)
    elif op == ENTERED:
        return loop_granted(k, w, pc)
    elif op == LEAVE:
        return leave_loop(k, w, pc)
    elif op == PART:
        return part_here(k, w, pc)
    elif op == BY:
        return seize_to_accept(k, w, pc)
    elif op == RETAKEN:
        return retaken(k, w, pc)
    elif op == COUNT:
        return knock_with_repeated_syn(k, w, pc)
    elif op == LATE_SYN:
        return late_syn(k, w, pc)
    elif op == REPEATED:
        return repeated_in_time(k, w, pc)
    elif op == ADMITTED:
        return admitted(k, w, pc)
    elif op == RECEIVE_LATE:
        return receive_late(k, w, pc)
    elif op == LUCK:
        return by_luck(k, w, pc)
    elif op == BUSY:
        return if_busy(k, w, pc)
    elif op == JUMP:
        return k.code[pc].b
    elif op == STOP:
        return turn_away(k, w, pc, k.code[pc].a)
    elif op == ALLOCATE:
        return allocate_or_not(k, w, pc)
    elif op == DOOM:
        return doom(k, w, pc) if is_inside(k, w) else pc + 2
    elif op == BLOCK:
        return block(k, w, pc)
    elif op == STAND:
        return stand_granted(k, w, pc)
    elif op == STRIKE:
        return doom(k, w, pc) if work_at(k, w, pc) > 0 and is_inside(k, w) else pc + 2
    elif op == DIE:
        return crash(k, w, pc)
    elif op == RETIRE:
        return retire(k, w, pc) if is_inside(k, w) else pc + 1
    elif op == ENQUEUE:
        return enqueue_job(k, w, pc)
    elif op == JOINED:
        return joined(k, w, pc)
    elif op == TICK:
        return tick(k, w, pc)
    elif op == CHECK:
        return check_load(k, w, pc)
    elif op == GROW:
        return grow(k, pc)
    return intervene(k, pc)


@cython.inline
def seize(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Take the slot that has been idle longest, or queue for one."""
    station: cython.int = k.code[pc].a
    copy: cython.int = copy_of(k, w, station)
    if k.copies[copy].idle > 0:
        take(k, w, pc, station, pop_idle(k, copy))
        return pc + 1
    if k.copies[copy].size >= k.stations[station].limit:
        return turn_away(k, w, pc, k.stations[station].full)
    wait_in_queue(k, w, pc, copy)
    return 0


@cython.inline
def compute(k: Kernel, w: cython.int, pc: cython.int, factor: cython.double) -> cython.int:
    """So many seconds on a core, times a factor: other cores may be slow at the moment."""
    work: cython.double = work_at(k, w, pc) * factor
    if work <= 0:
        return pc + 1
    k.walkers[w].pc = pc
    run(k, k.code[pc].a, w, work)
    return 0


@cython.inline
def limit(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Take a token, or be refused."""
    then: cython.int = take_token(k, w, pc)
    return turn_away(k, w, pc, k.code[pc].b) if then == pc else then


def allocate_or_not(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Take memory, or be refused, or wait for the process to die."""
    if allocate(k, w, pc):
        return pc + 1 + k.code[pc].d
    if k.code[pc].b != NO_OUTCOME:
        return turn_away(k, w, pc, k.code[pc].b)
    return doom(k, w, pc) if is_inside(k, w) else pc + 2


@cython.inline
def doom(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """Its process dies of it, behind what has been given before."""
    k.walkers[w].pc = pc
    hop(k, w)
    return 0


def part_here(k: Kernel, w: cython.int, pc: cython.int) -> cython.int:
    """From here on the process may die: the request belongs to its group at most."""
    left: cython.int = part(k, w)
    if k.code[pc].a and left >= 0:
        join(k, w, k.processes + k.group[w])
    leave_instance(k, left)
    return pc + 1


@cython.inline
def resume(k: Kernel, w: cython.int) -> cython.void:
    """What a walker waited for has come, or the moment at which it gives up."""
    pc: cython.int = k.walkers[w].pc
    if pc > 0:
        go(k, w, pc + 1)
    elif pc != NOWHERE:
        give_up(k, w, -pc)
