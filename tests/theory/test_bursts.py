"""Arrivals that come together: in batches, or from a source that is now lively, now calm."""

import pytest

from simulator.workload.arrivals import GeometricBatch
from tests.theory.formulas_bursts import batches, fixed_batch, geometric_batch, switching_rate
from tests.theory.judging import Claim, Length, judge, kernel, reference, slow
from tests.theory.measured import number, sojourn
from tests.theory.systems import io, poisson, servers, switching


@pytest.mark.parametrize(
    ("length", "size", "count", "used", "within"),
    [
        (kernel(40_000), 5, 1, 0.5, 0.06),
        slow(kernel(300_000), 5, 1, 0.8, 0.06),
        slow(kernel(500_000), 10, 1, 0.8, 0.06),
        slow(kernel(200_000), 2, 1, 0.8, 0.05),
        slow(kernel(200_000), 5, 4, 0.8, 0.06),
        slow(kernel(300_000), 10, 4, 0.8, 0.06),
        slow(kernel(200_000), 5, 9, 0.8, 0.05),
        slow(reference(), 5, 1, 0.5, 0.05),
    ],
    ids=str,
)
def test_batches_of_a_fixed_size(length: Length, size: int, count: int, used: float, within: float) -> None:
    """M^[b]/M/c: a page with b parts is b requests at once."""
    theory = batches(count * used, fixed_batch(size), count)
    judge(
        length,
        servers(count),
        poisson(count * used, io(), batch=size),
        Claim("number", number, theory.number, within),
        Claim("sojourn", sojourn, theory.sojourn, within),
    )


@pytest.mark.parametrize(
    ("length", "used", "within"), [(kernel(50_000), 0.5, 0.1), slow(kernel(400_000), 0.8, 0.08)], ids=str
)
def test_batches_of_a_random_size(length: Length, used: float, within: float) -> None:
    """M^[X]/M/1, five requests at once on average, geometrically distributed."""
    theory = batches(used, geometric_batch(5))
    load = poisson(used, io(), batch=GeometricBatch(geometric=5))
    claims = (Claim("number", number, theory.number, within), Claim("sojourn", sojourn, theory.sojourn, within))
    judge(length, servers(1), load, *claims)


@pytest.mark.parametrize(
    ("length", "turns", "within"),
    [
        (kernel(50_000), 1.0, 0.08),
        slow(kernel(200_000), 1.0, 0.05),
        slow(kernel(300_000), 0.1, 0.08),
        slow(kernel(1_000_000), 0.01, 0.12),
        slow(reference(), 1.0, 0.05),
    ],
    ids=str,
)
def test_a_rate_that_switches(length: Length, turns: float, within: float) -> None:
    """MMPP(2)/M/1: 1.4 or 0.2 requests per second. The slower the switching, the longer the overload lasts."""
    theory = switching_rate((1.4, 0.2), turns)
    load = switching((1.4, 0.2), turns, io())
    claims = (Claim("number", number, theory.number, within), Claim("sojourn", sojourn, theory.sojourn, within))
    judge(length, servers(1), load, *claims)
