"""Two stations in a row, each one queue for several servers: Burke and Jackson.

What leaves an M/M/c is a Poisson stream again. So the second station is an M/M/c like the first, and at any moment the
numbers at both are independent: the chance of a pair is a product.
"""

from dataclasses import replace
from math import exp

import numpy as np
import pytest

from simulator.trace.columns import Floats
from tests.theory.formulas import birth_death, erlang_c, mmc
from tests.theory.judging import Claim, Length, estimate, judge, kernel, reference, slow
from tests.theory.measured import Measure, Run, pairs_at_most
from tests.theory.systems import EXPONENTIAL, SERVICES, io, poisson, tandem

RATE, FIRST, SECOND = 1.6, 2, 3
"""Requests per second, and servers whose service takes 1 s on average."""
LOAD = replace(poisson(RATE, io()), upload=EXPONENTIAL)
PLAN = tandem(FIRST, SECOND)


SECOND_STATION = "seize server"
"""Where a request goes from the first station to the second."""


def passed_on(run: Run) -> Floats:
    """[n] when each request did."""
    return run.reached(SECOND_STATION)


def at_first(run: Run) -> float:
    """Mean seconds at the first station."""
    return float((passed_on(run) - run.trace.arrival)[run.counts].mean())


def at_second(run: Run) -> float:
    """Mean seconds at the second station."""
    return float((run.trace.left - passed_on(run))[run.counts].mean())


def waits_at_second(run: Run) -> float:
    """Share of the requests that find all servers of the second station busy."""
    return float((run.begun > passed_on(run))[run.counts].mean())


def gaps(run: Run) -> Floats:
    """Seconds between two arrivals at the second station, as a multiple of their mean."""
    moments = np.sort(passed_on(run))
    seconds: Floats = np.diff(moments[(moments >= run.start) & (moments < run.end)])
    seconds /= seconds.mean()
    return seconds


def gap_variation(run: Run) -> float:
    """The squared variation coefficient of the gaps; 1 for exponential ones."""
    return float(gaps(run).var())


def gap_correlation(run: Run) -> float:
    """The mean product of a gap and the next one; 1 if they know nothing of each other."""
    return float((gaps(run)[1:] * gaps(run)[:-1]).mean())


def gaps_beyond(t: float) -> Measure:
    """Share of the gaps that are longer."""
    return lambda run: float((gaps(run) > t).mean())


def at_most(number: int, servers: int) -> float:
    """M/M/c: the share of time in which so many are there, or fewer."""
    return float(birth_death(lambda n: RATE, lambda n: min(n, servers), 400)[: number + 1].sum())


@pytest.mark.parametrize("length", [kernel(40_000), slow(kernel(200_000)), slow(reference())], ids=str)
def test_the_second_station_is_like_the_first(length: Length) -> None:
    """Jackson: either is an M/M/c on its own."""
    judge(
        length,
        PLAN,
        LOAD,
        Claim("seconds at the first", at_first, mmc(RATE, FIRST).sojourn, 0.05),
        Claim("seconds at the second", at_second, mmc(RATE, SECOND).sojourn),
        Claim("has to wait at the second", waits_at_second, erlang_c(SECOND, RATE)),
    )


@pytest.mark.parametrize("length", [kernel(40_000), slow(reference())], ids=str)
def test_how_many_are_at_one_station_says_nothing_about_the_other(length: Length) -> None:
    """Jackson: the product form."""
    claims = [
        Claim(f"at most {a} and {b}", pairs_at_most(SECOND_STATION, a, b), at_most(a, FIRST) * at_most(b, SECOND), 0.05)
        for a, b in ((0, 0), (0, 3), (2, 1), (5, 0), (5, 3))
    ]
    judge(length, PLAN, LOAD, *claims)


@pytest.mark.parametrize("length", [kernel(20_000), slow(reference())], ids=str)
def test_what_leaves_the_first_station_comes_to_the_second_as_a_poisson_stream(length: Length) -> None:
    """Burke: exponential gaps, of which none tells anything about the next."""
    longer = [Claim(f"gaps beyond {t}", gaps_beyond(t), exp(-t), 0.06) for t in (0.1, 1, 3)]
    judge(
        length,
        PLAN,
        LOAD,
        Claim("variation", gap_variation, 1.0),
        Claim("a gap and the next", gap_correlation, 1.0),
        *longer,
    )


def test_constant_service_leaves_no_poisson_stream() -> None:
    """The measures above can tell: with constant service at the first station gaps are far more regular."""
    load = replace(LOAD, upload=SERVICES["deterministic"])
    found = estimate(kernel(5_000), PLAN, load, gap_variation, waits_at_second)
    assert found[0].mean + found[0].half < 0.8
    assert found[1].mean + found[1].half < erlang_c(SECOND, RATE) - 0.02
