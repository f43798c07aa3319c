"""Columns of random values, drawn block by block: of one kind for all rows, or of several kinds in one column.

What to watch: each kind has a stream of its own, and takes from it only for its own rows. So a kind that changes leaves
the others as they were; and a column in which all rows are the same constant is never filled.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.workload.distribution import Constant, Distribution, Floats
from simulator.workload.table import alike, are_alike

BLOCK = 1 << 16
"""Numbers drawn at a time: few enough to stay in the processor's cache."""
Picks = NDArray[np.int16]
"""[n] which kind each row is."""
Rows = NDArray[np.intp] | slice


def blocks(count: int) -> Iterator[slice]:
    """So many rows, some at a time."""
    return (slice(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK))


def blank(count: int, distributions: Sequence[Distribution]) -> Floats:
    """A column for draws of these; where all of them are the same constant, it is full already and takes no room."""
    first = distributions[0]
    if isinstance(first, Constant) and all(other == first for other in distributions):
        return alike(float(first.value), count)
    return np.empty(count)


def column_of(count: int, distribution: Distribution, random: np.random.Generator) -> Floats:
    """A column of draws of one kind."""
    column = blank(count, [distribution])
    if are_alike(column):
        return column
    for block in blocks(count):
        column[block] = distribution.draw(random, block.stop - block.start)
    return column


def pick(weights: Sequence[float], count: int, random: np.random.Generator) -> Picks:
    """Indices, each as often as its weight says."""
    if len(weights) == 1:
        return alike(np.int16(0), count)
    picks, bounds = np.zeros(count, dtype=np.int16), bounds_of(weights)
    for block in blocks(count):
        picks[block] = np.searchsorted(bounds, random.random(block.stop - block.start), side="right")
    return picks


def bounds_of(weights: Sequence[float]) -> Floats:
    """Upper ends of the parts of [0, 1); what is beyond the last positive weight cannot be picked."""
    sums = np.cumsum(weights)
    bounds: Floats = sums / sums[-1]
    return np.where(bounds >= 1.0, np.inf, bounds)[: len(weights)]


def groups(picks: Picks, kinds: int) -> Iterator[tuple[int, Rows]]:
    """Each kind that occurs, and its rows."""
    if kinds == 1:
        yield 0, slice(None)
        return
    for kind in range(kinds):
        rows = np.flatnonzero(picks == kind)
        if len(rows):
            yield kind, rows


Filler = Callable[[slice, Rows, int], None]


def filler(column: Floats, distribution: Distribution, random: np.random.Generator) -> Filler:
    """Draws the next values of a column: for some rows of a block, and how many they are."""
    if are_alike(column):
        return lambda *_: None

    def fill(block: slice, rows: Rows, count: int) -> None:
        value = distribution.value if isinstance(distribution, Constant) else distribution.draw(random, count)
        column[block][rows] = value

    return fill


def fill_rows(fills: Sequence[Sequence[Filler]], picks: Picks) -> None:
    """Fill each row with the draws of its kind."""
    for block in blocks(len(picks)):
        for kind, rows in groups(picks[block], len(fills)):
            count = block.stop - block.start if isinstance(rows, slice) else len(rows)
            for fill in fills[kind]:
                fill(block, rows, count)
