"""Luck of a walker's own: a stream of numbers, counted by how many of them it has used.

A number is its coin's bits and the count, mixed by SplitMix64; see ``simulator.engine.reference.luck``.
"""

from simulator.engine.kernel.state import Kernel
from simulator.engine.uncompiled import cython

BITS = 9007199254740992.0
"""Of a coin: 53."""
BEHIND_COLUMNS = 4294967297
"""The numbers before this one are those of whole columns (``Workload.luck``)."""


def draw(k: Kernel, w: cython.int) -> cython.double:
    """The walker's next number in [0, 1)."""
    golden: cython.ulonglong = 0x9E3779B97F4A7C15
    first: cython.ulonglong = 0xBF58476D1CE4E5B9
    second: cython.ulonglong = 0x94D049BB133111EB
    wrap: cython.ulonglong = 0xFFFFFFFFFFFFFFFF
    """What C does by itself."""
    number: cython.ulonglong = BEHIND_COLUMNS
    coin: cython.double = k.coin[w * k.coin_step] if w < k.rows else k.acceptor_coins[w - k.rows]
    mixed: cython.ulonglong = cython.cast(cython.longlong, coin * BITS)
    number += k.clocks[w].draws
    k.clocks[w].draws += 1
    mixed = (mixed + number * golden) & wrap
    mixed = (mixed ^ (mixed >> 30)) * first & wrap
    mixed = (mixed ^ (mixed >> 27)) * second & wrap
    return cython.cast(cython.double, cython.cast(cython.longlong, (mixed ^ (mixed >> 31)) >> 11)) / BITS
