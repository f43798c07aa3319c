"""A shared processor: everybody gets the same share, so nothing but the mean of the service time matters.

First come first served makes short requests pay for long ones; processor sharing makes everybody pay in proportion.
"""

from itertools import pairwise

import numpy as np
import pytest

from simulator.plan import Compute, Cores, Gil, Handle, Plan
from tests.theory.formulas import mmc
from tests.theory.formulas_service import shared_cores
from tests.theory.judging import Claim, Length, judge, kernel, reference, slow
from tests.theory.measured import Run, found_at_most, number, pairs_at_most, sojourn, sojourn_of_sizes
from tests.theory.systems import LONG_S, ONE_CORE, SERVICES, SHORT_S, TWO_CLASSES, Phase, cpu, io, poisson, shared


@pytest.mark.parametrize(
    ("length", "name", "rate", "within"),
    [
        *((kernel(25_000), name, 0.5, 0.05) for name in SERVICES),
        *(slow(kernel(200_000), name, 0.8, 0.05) for name in SERVICES),
        *(slow(reference(), name, 0.5, 0.03) for name in ("exponential", "lognormal cv 2")),
    ],
    ids=str,
)
def test_the_mean_sojourn_depends_on_the_mean_service_only(
    length: Length, name: str, rate: float, within: float
) -> None:
    """M/G/1-PS: W = 1 / (1 - rho) for service times of any law."""
    judge(
        length,
        shared(ONE_CORE),
        poisson(rate, cpu(SERVICES[name])),
        Claim("sojourn", sojourn, 1 / (1 - rate), within),
        Claim("number", number, rate / (1 - rate), within),
    )


@pytest.mark.parametrize("name", ["deterministic", "lognormal cv 2"])
def test_the_number_in_the_system_is_geometric(name: str) -> None:
    """M/G/1-PS: P(N <= n) = 1 - rho^(n + 1), whatever the law of the service times."""
    claims = [Claim(f"finds at most {n}", found_at_most(n), 1 - 0.5 ** (n + 1)) for n in (0, 1, 2, 5)]
    judge(kernel(30_000), shared(ONE_CORE), poisson(0.5, cpu(SERVICES[name])), *claims)


@pytest.mark.parametrize("length", [kernel(30_000), slow(reference())], ids=str)
def test_everybody_is_slowed_down_by_the_same_factor(length: Length) -> None:
    """M/G/1-PS: E[T | size x] = x / (1 - rho)."""
    borders = [0.0, 0.2, 0.5, 1.0, 2.0, np.inf]
    claims = [
        Claim(f"slowdown of sizes from {low} to {high}", sojourn_of_sizes(low, high), 2.0, 0.05)
        for low, high in pairwise(borders)
    ]
    judge(length, shared(ONE_CORE), poisson(0.5, cpu()), *claims)


def test_two_classes_are_slowed_down_alike() -> None:
    """Short requests leave the long ones behind; first come first served would make both wait alike."""
    judge(
        kernel(50_000),
        shared(ONE_CORE),
        poisson(0.5, cpu(TWO_CLASSES)),
        Claim("slowdown of the short", sojourn_of_sizes(SHORT_S, 1.0), 2.0),
        Claim("slowdown of the long", sojourn_of_sizes(LONG_S, np.inf), 2.0),
    )


@pytest.mark.parametrize(
    ("length", "cores", "used", "name", "within"),
    [
        (kernel(40_000), 2, 0.8, "deterministic", 0.06),
        (kernel(40_000), 4, 0.8, "lognormal cv 2", 0.06),
        *(slow(kernel(200_000), 2, 0.8, name, 0.05) for name in SERVICES),
        *(slow(kernel(300_000), 4, 0.9, name, 0.06) for name in ("deterministic", "exponential", "bounded Pareto")),
        slow(reference(), 2, 0.8, "exponential", 0.06),
    ],
    ids=str,
)
def test_shared_cores_are_as_quick_as_exponential_servers(
    length: Length, cores: int, used: float, name: str, within: float
) -> None:
    """c cores, min(n, c) / n for each of n requests: the mean sojourn of M/M/c for service times of any law."""
    theory = mmc(cores * used, cores).sojourn
    load = poisson(cores * used, cpu(SERVICES[name]))
    judge(length, shared(Cores(cores)), load, Claim("sojourn", sojourn, theory, within))


@pytest.mark.parametrize(
    ("length", "cores", "time_slice_s", "cost_s", "name"),
    [
        (kernel(60_000), 1, 0.1, 0.01, "exponential"),
        slow(kernel(200_000), 1, 0.01, 0.001, "lognormal cv 1"),
        (kernel(60_000), 2, 0.1, 0.01, "Erlang-4"),
        slow(reference(), 1, 0.1, 0.01, "exponential"),
    ],
    ids=str,
)
def test_switching_takes_its_share_of_the_cores(
    length: Length, cores: int, time_slice_s: float, cost_s: float, name: str
) -> None:
    """A slice and a switch in turn, as soon as there are more requests than cores.

    The effective load is rate (1 + cost / slice) = 0.88 per core then. Charging a switch for every slice, contended or
    not, would make it 0.884 or 0.880; a core without competitors does not switch here.
    """
    theory = shared_cores(0.8 * cores, cores, time_slice_s / (time_slice_s + cost_s))
    plan = shared(Cores(cores, time_slice_s, cost_s))
    load = poisson(0.8 * cores, cpu(SERVICES[name]))
    judge(
        length,
        plan,
        load,
        Claim("sojourn", sojourn, theory.sojourn, 0.08),
        Claim("number", number, theory.number, 0.08),
    )


@pytest.mark.parametrize(
    ("length", "interval_s", "within"),
    [
        (kernel(20_000), 1.0, 0.12),
        slow(kernel(50_000), 1.0, 0.06),
        slow(kernel(60_000), 0.1, 0.06),
        slow(kernel(50_000), 0.01, 0.06),
        slow(reference(800), 1.0, 0.06),
    ],
    ids=str,
)
def test_a_lock_that_is_taken_away_serves_exponential_requests_like_any_other_server(
    length: Length, interval_s: float, within: float
) -> None:
    """Round robin: with exponential service and no cost of switching, M/M/1 for every switch interval."""
    plan = Plan((Handle(Gil("GIL", switch_interval_s=interval_s)),), ONE_CORE)
    judge(
        length,
        plan,
        poisson(0.8, cpu()),
        Claim("sojourn", sojourn, 5, within),
        Claim("number", number, 4, within),
        Claim("finds nobody", found_at_most(0), 0.2, 0.05),
    )


# --- a database with cores of its own ------------------------------------------------------------------------------

RATE = 0.6
"""Requests per second, which a server and then its database compute for, 1 s on average each."""


def both(server: str, database: str) -> tuple[Phase, ...]:
    return cpu(SERVICES[server]) + io(SERVICES[database])


def asks(database: Cores, server: Cores = ONE_CORE) -> Plan:
    """What the server's requests wait for is computed by a database."""
    return Plan((Handle(io_on=database),), server)


ASKED = "handle.2"
"""Where a request goes from the server to its database."""


def at_server(run: Run) -> float:
    """Mean seconds until the database is asked."""
    return float((run.reached(ASKED) - run.trace.arrival)[run.counts].mean())


def at_database(run: Run) -> float:
    """Mean seconds until it has answered."""
    return float((run.trace.left - run.reached(ASKED))[run.counts].mean())


@pytest.mark.parametrize(
    ("length", "server", "database"),
    [
        (kernel(40_000), "exponential", "exponential"),
        (kernel(40_000), "deterministic", "lognormal cv 2"),
        (kernel(40_000), "hyperexponential cv 2", "Erlang-4"),
        slow(kernel(200_000), "bounded Pareto", "bounded Pareto"),
        slow(reference(), "lognormal cv 2", "deterministic"),
    ],
    ids=str,
)
def test_a_server_and_its_database_do_not_notice_each_other(length: Length, server: str, database: str) -> None:
    """Two M/G/1-PS in a row (Kelly): 1 / (1 - rho) s at each, and the chance of a pair of numbers is a product.

    Whatever the laws of the service times: what leaves a shared processor is a Poisson stream again.
    """
    pairs = [
        Claim(f"at most {a} and {b}", pairs_at_most(ASKED, a, b), (1 - RATE ** (a + 1)) * (1 - RATE ** (b + 1)), 0.05)
        for a, b in ((0, 0), (0, 3), (2, 1), (4, 0))
    ]
    judge(
        length,
        asks(Cores(1, name="database")),
        poisson(RATE, both(server, database)),
        Claim("seconds at the server", at_server, 1 / (1 - RATE), 0.05),
        Claim("seconds at the database", at_database, 1 / (1 - RATE), 0.05),
        *pairs,
    )


@pytest.mark.parametrize("length", [kernel(60_000), slow(reference())], ids=str)
def test_the_cores_of_a_database_are_not_those_of_its_server(length: Length) -> None:
    """Three and two cores, either as quick as M/M/c; and a fixed cost on the database's, which is just more of it."""
    database, rate = Cores(2, name="database"), 1.5
    theory = mmc(rate, 3).sojourn, mmc(rate, 2).sojourn
    judge(
        length,
        asks(database, Cores(3)),
        poisson(rate, both("lognormal cv 2", "deterministic")),
        Claim("seconds at the server", at_server, theory[0]),
        Claim("seconds at the database", at_database, theory[1], 0.05),
    )


@pytest.mark.parametrize("length", [kernel(40_000), slow(reference())], ids=str)
def test_fixed_costs_on_the_cores_of_a_database_are_slowed_down_alike(length: Length) -> None:
    """Two visits of 0.5 s and one of 1 s on average, 0.4 times a second: 2 s of work need 2 / (1 - 0.8) s."""
    database = Cores(1, name="database")
    visit = Compute(0.5, on=database)
    plan = Plan((visit, Handle(io_on=database), visit), ONE_CORE)
    judge(length, plan, poisson(0.4, io()), Claim("sojourn", sojourn, 10, 0.08))
