"""Deployments that try one idea, one after the other: a ladder of sizes, or a choice.

What to watch: nothing is run here. Who climbs asks for the next size, and stops where it helps.
"""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.experiments.deployment import Deployment
from simulator.words.language import Said

FIRST_SIZE = 4
"""Of something of which there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Another deployment for the same requests."""

    change: Said
    """What is different: ``12 workers``, ``coroutine``, ``with nginx in front``."""
    side: Deployment
    cores: float
    """Of a container with a quota, the part of them that it allows."""
    flags: tuple[str, ...]
    """What is typed for the change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Something of which there can be more, or less, and how many there are now."""

    now: int
    sized: Callable[[int], Candidate | None]
    """The deployment with so many; None where there cannot be."""
    up: bool = True
    enough: int = 0
    """Less than so many of it need not be tried."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Deployments of which the next is only worth a run where the one before does not help."""

    candidates: tuple[Candidate, ...]


Family = Ladder | Choice
"""Deployments that try one idea."""


def first_of(family: Family) -> Candidate | None:
    """The one that is tried first."""
    match family:
        case Ladder():
            return family.sized(next_size(family, family.now))
        case Choice(candidates=candidates):
            return next(iter(candidates), None)


def next_size(ladder: Ladder, size: int) -> int:
    """Twice as many, or enough; downwards a round number that is at most half."""
    if ladder.up:
        return max(2 * size or FIRST_SIZE, _rounded_up(ladder.enough) if size == ladder.now else 0)
    return 1 << max(size // 2, 1).bit_length() - 1 if size > 1 else 0


def _rounded_up(size: int) -> int:
    """To a power of two."""
    return 1 << (size - 1).bit_length() if size > 0 else 0
