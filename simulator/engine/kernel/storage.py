"""Arrays as the kernel sees them: memory views when compiled, lists (faster for plain Python) when not.

What to watch: whoever adds to an array whose length nobody can know looks first whether it is full, and stores nothing
if ``lengthen`` says no.
"""

from dataclasses import fields, replace
from typing import Any

import numpy as np

from simulator.engine.kernel.entries import LAYOUTS
from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython

COMPILED = cython.compiled

HEAP, HOPS, RINGS, JOBS, STRETCHES, LOST, GRANTS = range(7)


def doubles(values: Any) -> Any:
    """A column of numbers that the kernel may write."""
    return np.array(values, np.float64) if COMPILED else [float(v) for v in values]


def ints(values: Any) -> Any:
    """A column of integers that the kernel may write."""
    return np.array(values, np.int32) if COMPILED else [int(v) for v in values]


def flat(array: Any) -> Any:
    """A NumPy array as the kernel sees it; in plain Python a list, which the caller copies back."""
    return array.reshape(-1) if COMPILED else array.reshape(-1).tolist()


def class_of(kind: str) -> Any:
    """The class of a struct; where the kernel is compiled there is none."""
    from simulator.engine.kernel import state

    return getattr(state, kind)


def one_or_all(column: Any, own: bool = False) -> tuple[Any, int]:
    """A column of the workload, and how far its rows are apart: where all are alike only one is there.

    ``own``: the kernel writes to it, and has every row for itself.
    """
    if own or not len(column):  # an empty column that was spread out from one value is read-only
        column = np.array(column)
    if len(column) and column.strides[0] == 0:
        return flat(np.array(column[:1])), 0
    return flat(column), column.size // max(len(column), 1)


def with_known(phases: Any, known: Any) -> Any:
    """The phases, and behind them further columns of seconds; where all rows are alike there is still only one."""
    if not known:
        return phases
    rows = len(phases)
    alike = rows > 0 and phases.strides[0] == 0 and all(len(column) == 1 for column in known)
    joined = np.empty((1 if alike else rows, phases.shape[1] + len(known)), np.float64)
    joined[:, : phases.shape[1]] = phases[: len(joined)]
    for number, column in enumerate(known, phases.shape[1]):
        joined[:, number] = column
    return np.broadcast_to(joined, (rows, joined.shape[1])) if alike else joined


def table(kind: str, rows: Any) -> Any:
    """An array of structs with these rows."""
    if COMPILED:
        return np.array([tuple(row) for row in rows], dtype_of(kind))
    return [class_of(kind)(*row) for row in rows]


def blank(kind: str, size: int) -> Any:
    """An array of structs in which everything is 0; memory that is never touched costs nothing."""
    if COMPILED:
        return np.zeros(size, dtype_of(kind))
    zeros = [0] * len(fields(class_of(kind)))
    return [class_of(kind)(*zeros) for _ in range(size)]


def dtype_of(kind: str) -> Any:
    """The NumPy type of a struct, aligned as C does it."""
    return np.dtype(LAYOUTS[kind], align=True)


def structured(kind: str, column: Any, count: int) -> dict[str, Any]:
    """The first so many structs, as one array for each field."""
    if COMPILED:
        array = np.asarray(column)[:count]
        return {name: array[name] for name in array.dtype.names or ()}
    return {f.name: np.array([getattr(entry, f.name) for entry in column[:count]]) for f in fields(class_of(kind))}


def longer(column: Any, parts: int = 1) -> Any:
    """Twice as long, each of so many equal parts for itself. Uncompiled, every new row is an object of its own."""
    room = len(column) // parts
    if not COMPILED:
        pieces = [column[room * part : room * (part + 1)] for part in range(parts)]
        return [entry for piece in pieces for entry in (*piece, *map(copied, piece))]
    old = np.asarray(column).reshape(parts, room)
    new = np.empty((parts, 2, room), old.dtype)  # np.concatenate would take the gaps out of structs
    new[:, 0] = new[:, 1] = old
    return new.reshape(-1)


def copied(entry: Any) -> Any:
    """Another object with the same fields; a number is its own copy."""
    return entry if isinstance(entry, int) else replace(entry)


@cython.with_gil
def lengthen(k: Kernel, group: cython.int) -> cython.bint:
    """Make one array longer. False if that failed: the run ends, and whoever let it run gets the error."""
    if k.failed:
        return False
    k.failed = True  # so it is, unless the last line was reached
    try:
        lengthen_one(k, group)
        k.failed = False
    except BaseException as error:
        k.error = error
    return not k.failed


def lengthen_one(k: Kernel, group: int) -> None:
    """Make one array longer, or raise MemoryError. Doubled, a ring reads on past its old end."""
    if group == HEAP:
        k.heap = longer(k.heap)
    elif group == HOPS:
        k.hops = longer(k.hops)
        k.hop_mask = len(k.hops) - 1
    elif group == RINGS:
        k.ring_events, k.ring_room = longer(k.ring_events, k.ring_count), 2 * k.ring_room
    elif group == JOBS:
        k.jobs, k.job_room = longer(k.jobs, k.cpu_count), 2 * k.job_room
    elif group == STRETCHES:
        k.stretches = longer(k.stretches)
        k.stretch_mask = len(k.stretches) - 1
    elif group == LOST:
        k.lost = longer(k.lost)
    else:
        k.grants = longer(k.grants)
