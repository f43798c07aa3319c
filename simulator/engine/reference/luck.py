"""Luck of a request's or an acceptor's own, for the reference engine: numbers, counted by how many are used.

A number is its coin's bits and the count, mixed by SplitMix64, so both engines have the same ones, and a row keeps its
luck when others are added or taken out.
"""

from collections import Counter

from simulator.workload.table import GOLDEN, Workload

BITS = 2**53
BEHIND_COLUMNS = 2**32 + 1
"""The numbers before this one are those of whole columns (``Workload.luck``)."""
WRAP = 2**64 - 1


class Streams:
    """The luck of all rows, and of all acceptors by the numbers of their processes."""

    def __init__(self, load: Workload) -> None:
        """Nothing is used up."""
        self.load = load
        self.used: Counter[tuple[bool, int]] = Counter()

    def draw(self, number: int, *, acceptor: bool) -> float:
        """The next number in [0, 1)."""
        coin = self.load.acceptor_coin(number) if acceptor else float(self.load.coin[number])
        used = self.used[acceptor, number]
        self.used[acceptor, number] += 1
        mixed = int(coin * BITS) + (BEHIND_COLUMNS + used) * GOLDEN & WRAP
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & WRAP
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & WRAP
        return ((mixed ^ mixed >> 31) >> 11) / BITS
