"""Who is inside of which process: a list for each, so that a kill costs what the process holds, not what there is.

A request is a member of its process, or of the group alone where no process of it is decided, or not any more.
"""

from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


def join(k: Kernel, w: cython.int, instance: cython.int) -> cython.void:
    """From now on the request belongs to this process, or group."""
    first: cython.int
    if k.members[w].of > 0:
        part(k, w)
    first = k.instances[instance].first
    k.members[w].of, k.members[w].before, k.members[w].after = instance + 1, -1, first
    if first >= 0:
        k.members[first].before = w
    k.instances[instance].first = w


@cython.inline
def is_inside(k: Kernel, w: cython.int) -> cython.bint:
    """Whether it is inside of a process now, and not of a group alone."""
    return 0 < k.members[w].of <= k.processes


def part(k: Kernel, w: cython.int) -> cython.int:
    """It does not any more; the process that it has left, or -1."""
    instance: cython.int = k.members[w].of - 1
    before: cython.int = k.members[w].before
    after: cython.int = k.members[w].after
    if instance < 0:
        return -1
    k.members[w].of = 0
    if before < 0:
        k.instances[instance].first = after
    else:
        k.members[before].after = after
    if after >= 0:
        k.members[after].before = before
    return instance
