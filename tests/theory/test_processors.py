"""Goroutines: with slices that are short beside what there is to compute, the Ps are shared cores.

Round robin over c Ps comes close to M/G/c with processor sharing, of which only the mean of the service time matters;
with slices longer than everything it is M/G/c, first come first served.
"""

import pytest

from simulator.plan import Cores, Handle, Plan, Processors
from tests.theory.formulas import mmc
from tests.theory.formulas_service import shared_cores
from tests.theory.judging import Claim, Length, judge, kernel, reference, slow
from tests.theory.measured import number, sojourn
from tests.theory.systems import SERVICES, cpu, poisson


def ps(count: int, look_s: float) -> Plan:
    """So many Ps on as many cores; a mean request computes for 1 s, and a slice is two looks."""
    return Plan((Handle(Processors("P", switch_interval_s=look_s, permits=count)),), Cores(count))


@pytest.mark.parametrize(
    ("length", "name", "count"),
    [
        (kernel(15_000), "exponential", 2),
        *(slow(kernel(60_000), name, count) for name in ("deterministic", "lognormal cv 2") for count in (1, 2, 4)),
        slow(reference(800), "exponential", 2),
    ],
    ids=str,
)
def test_in_short_slices_only_the_mean_of_what_is_computed_matters(length: Length, name: str, count: int) -> None:
    """M/G/c-PS, whose mean is that of M/M/c."""
    theory = shared_cores(0.7 * count, count)
    judge(
        length,
        ps(count, 0.02),
        poisson(0.7 * count, cpu(SERVICES[name])),
        Claim("sojourn", sojourn, theory.sojourn, 0.12),
        Claim("number", number, theory.number, 0.12),
    )


@pytest.mark.parametrize("count", [1, 3])
def test_exponential_requests_are_served_as_by_any_servers_whatever_the_slice(count: int) -> None:
    """M/M/c: whoever is interrupted has as much before it as whoever comes."""
    theory = mmc(0.7 * count, count)
    for look_s in (0.25, 100.0):
        judge(
            kernel(30_000),
            ps(count, look_s),
            poisson(0.7 * count, cpu()),
            Claim("sojourn", sojourn, theory.sojourn, 0.12),
            Claim("number", number, theory.number, 0.12),
        )
