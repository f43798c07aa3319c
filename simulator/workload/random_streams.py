"""One independent stream of random numbers for each source of chance.

A stream depends on the seed, its source and the name of the class or client that it belongs to, and on nothing else.
So another response size changes only response sizes, and a class added to a scenario leaves the others as they were.
"""

from enum import IntEnum

import numpy as np


class Source(IntEnum):
    """What is left to chance. The numbers are part of what a seed means: never change one, only add."""

    ARRIVAL = 0
    STATE = 1
    BATCH = 2
    CLASS = 3
    CLIENT = 4
    UPLOAD = 5
    RESPONSE = 6
    PHASE = 7
    RTT = 8
    PATIENCE = 9
    THINK = 10
    COIN = 11
    BURST = 12
    FURTHER = 13


def stream(seed: int, source: Source, name: str = "", number: int = 0) -> np.random.Generator:
    """The stream of a source, for one name and number where it has several."""
    key = (int(source), number, int.from_bytes(name.encode()))
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))
