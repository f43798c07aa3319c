"""How much is measured: everything, or next to nothing to see that the benchmark itself works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    rounds: int
    """Repetitions of every comparison."""
    plain: int
    """Requests where plain SimPy takes part."""
    many: int
    """Requests where only compiled code takes part."""
    program: int
    """Requests of each of several programs."""
    mechanism: int
    """Those of them that plain SimPy serves too."""
    kills: int
    """Kills in the last requests of a run."""
    uncompiled: int
    """Requests where plain Python takes part."""
    growth: tuple[int, ...]
    """Requests of runs whose cost per request must not differ."""
    queue: int
    """Requests that wait at once."""
    knob: int
    """Requests of a run that is made again at every turn of a knob."""
    starts: int
    """Starts of the whole program."""
    watch: float
    """Seconds for which the stage is watched at a time."""
    rates: int
    """Rates of the sweep; each with twenty numbers of workers."""


FULL = Sizes(
    rounds=5,
    plain=100_000,
    many=1_000_000,
    program=100_000,
    mechanism=15_000,
    kills=1_000,
    uncompiled=20_000,
    growth=(10_000, 100_000, 1_000_000, 10_000_000),
    queue=100_000,
    knob=20_000,
    starts=10,
    watch=4.0,
    rates=50,
)
QUICK = Sizes(
    rounds=1,
    plain=300,
    many=1_000,
    program=300,
    mechanism=200,
    kills=10,
    uncompiled=200,
    growth=(100, 200, 300, 400),
    queue=300,
    knob=300,
    starts=1,
    watch=0.5,
    rates=1,
)
