"""The cores: whoever runs gets an equal share, and at most one core. There may be several sets of them.

``virtual`` is the work that somebody present all the time would have got so far; one number ages all jobs at once.
"""

from simulator.engine.kernel.entries import Job
from simulator.engine.kernel.numbers import CLOSE, INFINITY, QUOTA_PERIOD_S, SPENT_S
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.storage import JOBS, lengthen
from simulator.engine.kernel.walkers import cell
from simulator.engine.uncompiled import cython


@cython.inline
def rate(k: Kernel, cpu: cython.int) -> cython.double:
    """Seconds of work that each job gets done in one second."""
    if k.cpus[cpu].jobs <= k.cpus[cpu].cores:
        return 1.0
    return cython.cast(cython.double, k.cpus[cpu].cores) / k.cpus[cpu].jobs * k.cpus[cpu].efficiency


@cython.inline
def catch_up(k: Kernel, cpu: cython.int) -> cython.void:
    """Age the jobs until now."""
    if k.cpus[cpu].quota > 0:
        count_quota(k, cpu)
    else:
        k.cpus[cpu].virtual += (k.now - k.cpus[cpu].updated) * rate(k, cpu)
        k.cpus[cpu].updated = k.now


def count_quota(k: Kernel, cpu: cython.int) -> cython.void:
    """The same where there is a quota: it is there anew in every period, and nothing of it can be saved."""
    elapsed: cython.double = k.now - k.cpus[cpu].updated
    period: cython.longlong = cython.cast(cython.longlong, k.now / QUOTA_PERIOD_S + CLOSE)
    k.cpus[cpu].updated = k.now
    if not k.cpus[cpu].throttled:
        k.cpus[cpu].virtual += elapsed * rate(k, cpu)
        k.cpus[cpu].budget -= elapsed * min(k.cpus[cpu].jobs, k.cpus[cpu].cores)
    if period > k.cpus[cpu].period:
        k.cpus[cpu].period, k.cpus[cpu].budget = period, k.cpus[cpu].quota * QUOTA_PERIOD_S
    k.cpus[cpu].throttled = k.cpus[cpu].budget <= SPENT_S


def begin_quota(k: Kernel, cpu: cython.int) -> cython.void:
    """A new one is there at once, and whoever was throttled goes on."""
    k.cpus[cpu].period = cython.cast(cython.longlong, k.now / QUOTA_PERIOD_S + CLOSE)
    k.cpus[cpu].budget, k.cpus[cpu].throttled = k.cpus[cpu].quota * QUOTA_PERIOD_S, 0


def expect_quota(k: Kernel, cpu: cython.int) -> cython.void:
    """The quota may be used up, or there anew, before the next job could finish."""
    turn: cython.double = (k.cpus[cpu].period + 1) * QUOTA_PERIOD_S - k.now
    delay: cython.double
    if not k.cpus[cpu].throttled:
        turn = min(turn, k.cpus[cpu].budget / min(k.cpus[cpu].jobs, k.cpus[cpu].cores))
    turn = max(turn, 0.0)
    delay = max((k.jobs[cpu * k.job_room].mark - k.cpus[cpu].virtual) / rate(k, cpu), 0.0)
    k.cpus[cpu].turns = k.cpus[cpu].throttled or turn < delay - SPENT_S  # who is through at that very moment is through
    if k.cpus[cpu].turns:
        k.cpus[cpu].due = k.now + turn


@cython.inline
def expect(k: Kernel, cpu: cython.int) -> cython.void:
    """Note which job will finish next if nothing changes before."""
    first: cython.int = cpu * k.job_room
    if k.cpus[cpu].jobs == 0:
        k.cpus[cpu].virtual = 0.0
        k.cpus[cpu].due = INFINITY
    else:
        k.cpus[cpu].due = k.now + max((k.jobs[first].mark - k.cpus[cpu].virtual) / rate(k, cpu), 0.0)
        if k.cpus[cpu].quota > 0:
            expect_quota(k, cpu)
        k.cpus[cpu].seq = k.seq
        k.seq += 1
    if k.cpu_count == 1:
        k.cpu_due, k.cpu_seq = k.cpus[cpu].due, k.cpus[cpu].seq
    else:
        look_at_cpus(k)


def look_at_cpus(k: Kernel) -> cython.void:
    """Which set of cores has the job that finishes next."""
    cpu: cython.int
    k.cpu_due = INFINITY
    for cpu in range(k.cpu_count):
        if k.cpus[cpu].due < k.cpu_due or (
            k.cpus[cpu].due == k.cpu_due and k.cpus[cpu].jobs > 0 and k.cpus[cpu].seq < k.cpu_seq
        ):
            k.cpu_due, k.cpu_seq, k.cpu_next = k.cpus[cpu].due, k.cpus[cpu].seq, cpu


@cython.inline
def process_of(k: Kernel, w: cython.int) -> cython.int:
    """Which entry of ``awake`` is that of the walker's process."""
    return (k.process[w] if w < k.rows else w - k.rows) + 1


def wake(k: Kernel, w: cython.int) -> cython.double:
    """A walker will compute; the seconds that this takes more, where its process has slept."""
    process: cython.int = process_of(k, w)
    row: cython.int = w if w < k.rows else k.instances[w - k.rows].serving
    more: cython.double = 0.0
    if k.awake[process].busy == 0:
        more = k.wake_cost * min((k.now - k.awake[process].since) / k.wake_after, 1.0)
        k.woken[cell(k, row, k.place_of[k.walkers[w].pc])] += more
    k.awake[process].busy += 1
    return more


@cython.inline
def rest(k: Kernel, w: cython.int) -> cython.void:
    """A walker computes no longer."""
    process: cython.int = process_of(k, w)
    k.awake[process].busy -= 1
    k.awake[process].since = k.now


def run(k: Kernel, cpu: cython.int, w: cython.int, work: cython.double) -> cython.void:
    """A walker becomes runnable, with so many seconds to do."""
    i: cython.int = k.cpus[cpu].jobs
    first: cython.int
    parent: cython.int
    mark: cython.double
    if i == k.job_room and not lengthen(k, JOBS):
        return
    if k.waking and cpu == 0:
        work += wake(k, w)
    first = cpu * k.job_room
    catch_up(k, cpu)
    mark = k.cpus[cpu].virtual + work
    k.cpus[cpu].jobs = i + 1
    while i > 0:
        parent = (i - 1) >> 1
        if k.jobs[first + parent].mark <= mark:
            break
        k.jobs[first + i] = k.jobs[first + parent]
        i = parent
    k.jobs[first + i] = Job(mark, k.cpus[cpu].next_job, w)
    k.cpus[cpu].next_job += 1
    expect(k, cpu)


@cython.inline
def earlier(k: Kernel, a: cython.longlong, b: cython.longlong) -> cython.bint:
    """Whether one job leaves before another."""
    if k.jobs[a].mark == k.jobs[b].mark:
        return k.jobs[a].number < k.jobs[b].number
    return k.jobs[a].mark < k.jobs[b].mark


def drop_job(k: Kernel, cpu: cython.int, i: cython.longlong) -> cython.void:
    """Remove one entry of the heap of jobs: its last one takes the place, and finds its own."""
    first: cython.longlong = cpu * k.job_room
    last: cython.longlong = k.cpus[cpu].jobs - 1
    child: cython.longlong
    k.cpus[cpu].jobs = last
    if i == last:
        return
    while i > 0 and earlier(k, first + last, first + ((i - 1) >> 1)):
        k.jobs[first + i] = k.jobs[first + ((i - 1) >> 1)]
        i = (i - 1) >> 1
    child = 2 * i + 1
    while child < last:
        if child + 1 < last:
            child += earlier(k, first + child + 1, first + child)
        if earlier(k, first + last, first + child):
            break
        k.jobs[first + i] = k.jobs[first + child]
        i = child
        child = 2 * i + 1
    k.jobs[first + i] = k.jobs[first + last]


def finish_job(k: Kernel) -> cython.int:
    """The job that is due has got all its work done; whose it was. -1: only the quota is used up, or there anew."""
    cpu: cython.int = k.cpu_next
    if k.cpus[cpu].quota > 0 and k.cpus[cpu].turns:
        catch_up(k, cpu)
        expect(k, cpu)
        return -1
    return finish_first(k, cpu)


@cython.inline
def finish_first(k: Kernel, cpu: cython.int) -> cython.int:
    """The first job of some cores has got all its work done."""
    first: cython.int = cpu * k.job_room
    w: cython.int = cython.cast(cython.int, k.jobs[first].walker)
    mark: cython.double = k.jobs[first].mark
    catch_up(k, cpu)
    drop_job(k, cpu, 0)
    k.cpus[cpu].virtual = mark
    expect(k, cpu)
    if k.waking and cpu == 0:
        rest(k, w)
    return w


def stop(k: Kernel, cpu: cython.int, w: cython.int) -> cython.double:
    """Take a walker off the cores before its end: the seconds it still had to do; -1 if it is not there (any more)."""
    first: cython.int = cpu * k.job_room
    i: cython.int
    left: cython.double
    for i in range(k.cpus[cpu].jobs):
        if k.jobs[first + i].walker == w:
            catch_up(k, cpu)
            left = max(k.jobs[first + i].mark - k.cpus[cpu].virtual, 0.0)
            drop_job(k, cpu, i)
            expect(k, cpu)
            if k.waking and cpu == 0:
                rest(k, w)
            return left
    return -1.0
