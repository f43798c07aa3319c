"""What somebody does to the server while the requests come: the ``[[timeline]]`` of a scenario, as the engines read it.

What to watch: an intervention names no architecture. It says "process 0" or "the slots", and every plan has its own.
"""

from dataclasses import dataclass
from enum import IntEnum


class Do(IntEnum):
    """What is done. The numbers are written into saved runs: never change one, only add."""

    KILL = 0
    """A process dies, with everything that it holds, and is back when it has booted."""
    SLOW_IO = 1
    """I/O that starts within a stretch of time takes longer."""
    BURST = 2
    """Additional requests; they are rows of the workload, and the engines have nothing to do."""
    SLOTS = 3
    """The pool that serves the requests gets another size."""
    CORES = 4
    """The machine gets another number of cores, or a container another quota."""
    KILL_GROUP = 5
    """A group of processes dies, an upstream or a worker with its children, and all of it is back at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention:
    """One entry. Times in seconds from the start of the run."""

    at: float
    do: Do
    number: int = 0
    """KILL: the process. KILL_GROUP: the group. SLOTS, CORES: the new size. BURST: how many requests were drawn."""
    factor: float = 1.0
    """SLOW_IO: how many times as long."""
    quota: float = 0.0
    """CORES: of how many of them a container has the time; 0: of all."""
    lasting: float = 0.0
    """KILL, KILL_GROUP: until the process, or the group, is back. SLOW_IO, BURST: how long. Otherwise 0."""

    @property
    def until(self) -> float:
        """When it is over."""
        return self.at + self.lasting


@dataclass(frozen=True, slots=True, kw_only=True)
class Death(Intervention):
    """A process that died of what a request did: known after the run."""

    request: int
    """The row of which it died."""


Interventions = tuple[Intervention, ...]
"""In order of time; at equal times in the order of the scenario."""
