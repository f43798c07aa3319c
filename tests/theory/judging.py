"""How a formula judges an engine: independent replications, a confidence interval, and a bound on its width.

A claim holds if the formula's value lies within the 99.9 % confidence interval (Student's t) of 20 replications. The
interval must also be narrow, by default 3 % of the value to either side, so that a claim cannot hold by being vague.
Seeds are fixed: a claim that holds once holds always. One interval in a thousand misses by nature; if a new claim does,
run it with other seeds before suspecting an engine, and never widen it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Any

import numpy as np
import pytest

from simulator.experiments.run import EngineName, run
from simulator.plan import Plan
from simulator.trace.table import Trace
from simulator.workload.table import Workload
from tests.theory.measured import Measure, Run
from tests.theory.systems import Load

REPLICATIONS = 20
STUDENT = 3.8834
"""The 0.9995 quantile of Student's t with 19 degrees of freedom."""
CERTAIN = 1e-5
"""What theory leaves to chance so rarely need not happen in a run at all; the interval is then a point beside it."""
SAME_S = 1e-9
"""Both engines give times that differ by less."""
REHEARSAL = 100
"""Requests with which the reference engine repeats what is shown on the kernel."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a formula says about a measure."""

    what: str
    measure: Measure
    theory: float
    within: float = 0.03
    """How wide the interval may be to either side, as a share of the theory's value."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long the replications are, and on which engine."""

    engine: EngineName
    requests: int
    """In each replication."""
    wider: float = 1.0
    """By how much intervals may be wider than the claims say."""
    discard: float = 0.1
    """Share of each replication that is warm-up."""

    def __str__(self) -> str:
        """As it stands in the name of a test."""
        return f"{self.engine}: {REPLICATIONS} x {self.requests}"


def kernel(requests: int, discard: float = 0.1) -> Length:
    """So many requests in each replication."""
    return Length("kernel", requests, discard=discard)


def reference(requests: int = 1500, wider: float = 6.0) -> Length:
    """The reference engine needs about 200 times as long for a request, so its runs are shorter and say less.

    A run of a 36th of the length has an interval 6 times as wide.
    """
    return Length("reference", requests, wider)


def slow(*values: object) -> Any:  # what pytest.param returns has a public name only since pytest 9
    """A row of a table that takes more than two seconds."""
    return pytest.param(*values, marks=pytest.mark.slow)


@dataclass(frozen=True, slots=True)
class Interval:
    """A 99.9 % confidence interval: mean, and half of its width."""

    mean: float
    half: float


def estimate(length: Length, plan: Plan, load: Load, *measures: Measure) -> list[Interval]:
    """An interval for each measure, from independent replications."""
    values = np.array([_replication(length, plan, load, measures, seed) for seed in range(1, REPLICATIONS + 1)])
    halves = STUDENT * values.std(axis=0, ddof=1) / sqrt(REPLICATIONS)
    if length.engine == "kernel":
        _rehearse(plan, load)
    return [Interval(float(mean), float(half)) for mean, half in zip(values.mean(axis=0), halves, strict=True)]


def judge(length: Length, plan: Plan, load: Load, *claims: Claim) -> None:
    """Fail with a table of all claims if one of them does not hold, or if the engines differ."""
    intervals = estimate(length, plan, load, *(claim.measure for claim in claims))
    verdicts = [_verdict(claim, found, length.wider) for claim, found in zip(claims, intervals, strict=True)]
    assert all(holds for holds, _ in verdicts), "\n" + "\n".join(text for _, text in verdicts)


def _replication(length: Length, plan: Plan, load: Load, measures: Sequence[Measure], seed: int) -> list[float]:
    workload = load.draw(length.requests, seed)
    trace = _trace(plan, load, workload, length.engine)
    window = Run(trace, workload.duration * length.discard, workload.duration)
    return [measure(window) for measure in measures]


def _trace(plan: Plan, load: Load, workload: Workload, engine: EngineName) -> Trace:
    requests = round(workload.duration * load.rate)
    return run(plan, workload, engine=engine, redraw=partial(load.draw, requests, workload.seed))


def _verdict(claim: Claim, found: Interval, wider: float) -> tuple[bool, str]:
    allowed = claim.within * wider * abs(claim.theory)
    holds = abs(found.mean - claim.theory) <= max(found.half, CERTAIN * abs(claim.theory)) and found.half <= allowed
    measured = f"{found.mean:.6f} +- {found.half:.6f} (allowed {allowed:.6f})"
    return holds, f"{'holds' if holds else 'FAILS'}: {claim.what}: theory {claim.theory:.6f}, measured {measured}"


def _rehearse(plan: Plan, load: Load) -> None:
    """What the kernel shows at length holds for the reference engine too: it gives the same times."""
    workload = load.draw(REHEARSAL, 1)
    fast, plain = (_trace(plan, load, workload, engine) for engine in ("kernel", "reference"))
    assert np.array_equal(fast.outcome, plain.outcome)
    assert np.allclose(fast.left, plain.left, rtol=0, atol=SAME_S, equal_nan=True)
    assert np.allclose(fast.reached, plain.reached, rtol=0, atol=SAME_S, equal_nan=True)
