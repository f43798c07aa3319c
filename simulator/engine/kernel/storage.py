"""Columns, and how those that nobody can know the length of become longer.

What to watch: whoever adds to such a column looks first whether it is full, and stores nothing if ``lengthen`` says no.
"""

from typing import Any

import numpy as np

from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython

COMPILED = cython.compiled

HEAP, HOPS, JOBS, FULL_LOG, GRANTS = range(5)


def doubles(values: Any) -> Any:
    """A column the kernel may write: a NumPy array when compiled, a list (faster for plain Python) when not."""
    return np.array(values, np.float64) if COMPILED else [float(v) for v in values]


def ints(values: Any) -> Any:
    """The same, of small whole numbers."""
    return np.array(values, np.int32) if COMPILED else [int(v) for v in values]


def longs(size: int) -> Any:
    """The same, of so many zeros that may become large whole numbers."""
    return np.zeros(size, np.int64) if COMPILED else [0] * size


def flat(array: Any) -> Any:
    """A NumPy array as the kernel sees it: flat; in plain Python as a list, which the caller copies back."""
    return array.reshape(-1) if COMPILED else array.reshape(-1).tolist()


def longer(column: Any) -> Any:
    """Twice as long. A ring that was full reads on past its old end."""
    if not COMPILED:
        return column + column
    old = np.asarray(column)
    new = np.empty(2 * len(old), old.dtype)  # np.concatenate would take the gaps out of structs
    new[: len(old)] = new[len(old) :] = old
    return new


@cython.with_gil
def lengthen(k: Kernel, group: cython.int) -> cython.bint:
    """Make one group of columns longer. False if that failed: the run ends, and whoever let it run gets the error."""
    if k.failed:
        return False
    k.failed = True  # so it is, unless the last line was reached
    try:
        lengthen_group(k, group)
        k.failed = False
    except BaseException as error:
        k.error = error
    return not k.failed


def lengthen_group(k: Kernel, group: int) -> None:
    """Make one group of columns longer, or raise MemoryError."""
    if group == HEAP:
        k.heap_time, k.heap_seq, k.heap_what = longer(k.heap_time), longer(k.heap_seq), longer(k.heap_what)
    elif group == HOPS:
        k.hop_seq, k.hop_walker, k.hop_kind = longer(k.hop_seq), longer(k.hop_walker), longer(k.hop_kind)
        k.hop_mask = len(k.hop_seq) - 1
    elif group == JOBS:
        k.job_mark, k.job_number = longer(k.job_mark), longer(k.job_number)
        k.job_walker = longer(k.job_walker)
    elif group == FULL_LOG:
        k.log_from, k.log_to, k.log_queue = longer(k.log_from), longer(k.log_to), longer(k.log_queue)
        k.log_mask = len(k.log_queue) - 1
    else:
        k.grant_row, k.grant_place = longer(k.grant_row), longer(k.grant_place)
        k.grant_from, k.grant_to = longer(k.grant_from), longer(k.grant_to)
