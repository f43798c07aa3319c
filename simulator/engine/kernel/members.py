"""Who is inside of which process: a list for each, so that a kill costs what the process holds, not what there is."""

from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython


def join(k: Kernel, w: cython.int, instance: cython.int) -> cython.void:
    """From now on the request belongs to this process."""
    first: cython.int = k.instances[instance].first
    k.members[w].of, k.members[w].before, k.members[w].after = instance + 1, -1, first
    if first >= 0:
        k.members[first].before = w
    k.instances[instance].first = w


def part(k: Kernel, w: cython.int) -> cython.void:
    """It does not any more, if it did."""
    instance: cython.int = k.members[w].of - 1
    before: cython.int = k.members[w].before
    after: cython.int = k.members[w].after
    if instance < 0:
        return
    k.members[w].of = 0
    if before < 0:
        k.instances[instance].first = after
    else:
        k.members[before].after = after
    if after >= 0:
        k.members[after].before = before
