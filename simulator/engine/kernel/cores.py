"""Computing: all jobs share the cores, and the one that has the least left to do is known."""

from simulator.engine.kernel.numbers import INFINITY
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.storage import JOBS, lengthen
from simulator.engine.uncompiled import cython


@cython.inline
def rate(k: Kernel) -> cython.double:
    """Seconds of work that each job gets done in one second."""
    if k.jobs <= k.cores:
        return 1.0
    return cython.cast(cython.double, k.cores) / k.jobs * k.efficiency


@cython.inline
def catch_up(k: Kernel) -> cython.void:
    k.virtual += (k.now - k.updated) * rate(k)
    k.updated = k.now


@cython.inline
def expect(k: Kernel) -> cython.void:
    """Note which job will finish next if nothing changes before."""
    if k.jobs == 0:
        k.virtual = 0.0
        k.core_due = INFINITY
        return
    k.core_due = k.now + max((k.job_mark[0] - k.virtual) / rate(k), 0.0)
    k.core_seq = k.seq
    k.seq += 1


def run(k: Kernel, walker: cython.int, work: cython.double) -> cython.void:
    """A walker becomes runnable, with so many seconds to do."""
    i: cython.int = k.jobs
    parent: cython.int
    mark: cython.double
    if i == len(k.job_mark) and not lengthen(k, JOBS):
        return
    catch_up(k)
    mark = k.virtual + work
    k.jobs += 1
    while i > 0:
        parent = (i - 1) >> 1
        if k.job_mark[parent] <= mark:
            break
        move_job(k, parent, i)
        i = parent
    k.job_mark[i], k.job_number[i], k.job_walker[i] = mark, k.next_job, walker
    k.next_job += 1
    expect(k)


@cython.inline
def move_job(k: Kernel, source: cython.int, target: cython.int) -> cython.void:
    k.job_mark[target], k.job_number[target] = k.job_mark[source], k.job_number[source]
    k.job_walker[target] = k.job_walker[source]


@cython.inline
def earlier_job(k: Kernel, a: cython.int, b: cython.int) -> cython.bint:
    if k.job_mark[a] == k.job_mark[b]:
        return k.job_number[a] < k.job_number[b]
    return k.job_mark[a] < k.job_mark[b]


def drop_job(k: Kernel, i: cython.int) -> cython.void:
    """Remove one entry of the heap of jobs: its last one takes the place, and finds its own."""
    k.jobs -= 1
    last: cython.int = k.jobs
    child: cython.int
    if i == last:
        return
    while i > 0 and earlier_job(k, last, (i - 1) >> 1):
        move_job(k, (i - 1) >> 1, i)
        i = (i - 1) >> 1
    child = 2 * i + 1
    while child < last:
        if child + 1 < last and earlier_job(k, child + 1, child):
            child += 1
        if earlier_job(k, last, child):
            break
        move_job(k, child, i)
        i = child
        child = 2 * i + 1
    move_job(k, last, i)


def stop(k: Kernel, walker: cython.int) -> cython.bint:
    """Take a job off the cores before its end. False if it is not there (any more)."""
    i: cython.int
    for i in range(k.jobs):
        if k.job_walker[i] == walker:
            catch_up(k)
            k.left_over[walker] = max(k.job_mark[i] - k.virtual, 0.0)
            drop_job(k, i)
            expect(k)
            return True
    return False
