"""What queueing theory says when service times are not exponential: one server, processor sharing, no queue at all.

First come first served is at the mercy of the second moment of the service time; a processor that is shared equally
depends on nothing but the mean. A service takes 1 s on average, so a rate is also an offered load.
"""

from dataclasses import dataclass
from functools import singledispatch
from itertools import accumulate
from math import exp, factorial, floor, sqrt

import numpy as np

from simulator.workload.distribution import (
    Constant,
    Distribution,
    Empirical,
    Erlang,
    Exponential,
    Hyperexponential,
    Lognormal,
    Pareto,
)
from tests.theory.formulas import Floats, Means, birth_death, erlang_c, means_of


@dataclass(frozen=True, slots=True)
class Moments:
    """E[S], E[S^2] and E[S^3] of a service time in seconds."""

    first: float
    second: float
    third: float


@singledispatch
def moments(service: Distribution) -> Moments:
    """The first three moments in closed form."""
    raise TypeError(f"no moments known for {service}")


@moments.register
def _(service: Constant) -> Moments:
    return Moments(service.value, service.value**2, service.value**3)


@moments.register
def _(service: Exponential) -> Moments:
    return Moments(service.mean, 2 * service.mean**2, 6 * service.mean**3)


@moments.register
def _(service: Erlang) -> Moments:
    stage, k = service.mean / service.k, service.k
    return Moments(service.mean, k * (k + 1) * stage**2, k * (k + 1) * (k + 2) * stage**3)


@moments.register
def _(service: Lognormal) -> Moments:
    spread = 1 + service.cv**2
    return Moments(service.mean, spread * service.mean**2, spread**3 * service.mean**3)


@moments.register
def _(service: Hyperexponential) -> Moments:
    """Balanced means: either kind does half of the work."""
    square = service.cv**2
    often = (1 + sqrt((square - 1) / (square + 1))) / 2
    kinds = [(share, service.mean / (2 * share)) for share in (often, 1 - often)]
    first, second, third = (sum(p * factorial(k) * mean**k for p, mean in kinds) for k in (1, 2, 3))
    return Moments(first, second, third)


@moments.register
def _(service: Pareto) -> Moments:
    """The integral of x^k times the density alpha min^alpha x^(-alpha-1) / (1 - (min/max)^alpha)."""
    low, high, alpha = service.min, service.max, service.alpha
    density = alpha * low**alpha / (1 - (low / high) ** alpha)
    first, second, third = (density * (high ** (k - alpha) - low ** (k - alpha)) / (k - alpha) for k in (1, 2, 3))
    return Moments(first, second, third)


@moments.register
def _(service: Empirical) -> Moments:
    values = service.values
    return Moments(float(values.mean()), float((values**2).mean()), float((values**3).mean()))


# --- one server, first come first served: M/G/1 --------------------------------------------------------------------


def mg1_wait(rate: float, service: Moments) -> float:
    """Pollaczek and Khinchine: rate E[S^2] / (2 (1 - rho))."""
    return rate * service.second / (2 * (1 - rate * service.first))


def mg1_wait_spread(rate: float, service: Moments) -> float:
    """The standard deviation of the wait: sqrt(wait^2 + rate E[S^3] / (3 (1 - rho)))."""
    return sqrt(mg1_wait(rate, service) ** 2 + rate * service.third / (3 * (1 - rate * service.first)))


def lifo_wait_square(rate: float, service: Moments) -> float:
    """E[wait^2] if the last to come is served first: that of first come first served, divided by 1 - rho."""
    fifo = mg1_wait_spread(rate, service) ** 2 + mg1_wait(rate, service) ** 2
    return fifo / (1 - rate * service.first)


def md1_wait_within(rate: float, t: float) -> float:
    """M/D/1: P(wait <= t)."""
    terms = ((rate * (k - t)) ** k / factorial(k) * exp(-rate * (k - t)) for k in range(floor(t) + 1))
    return (1 - rate) * sum(terms)


def mdc(rate: float, servers: int) -> tuple[float, Means]:
    """M/D/c: the share that waits, and the means."""
    shares = mdc_shares(rate, servers)
    return float(shares[servers:].sum()), means_of(shares, servers, rate)


def mdc_shares(rate: float, servers: int, states: int = 400) -> Floats:
    """M/D/c: the share of time with 0, 1, 2 ... in the system.

    Whoever is in service now has left one service time later, and only those who came meanwhile are new. So the number
    in the system, looked at once a service time, is a Markov chain: next = max(now - c, 0) + Poisson(rate).
    """
    arriving = np.zeros(states)
    arriving[:150] = [exp(-rate) * rate**k / factorial(k) for k in range(150)]
    step = np.zeros((states, states))
    for now in range(states):
        stay = max(now - servers, 0)
        step[now, stay:] = arriving[: states - stay]
    equations = np.vstack([(step.T - np.eye(states))[:-1], np.ones(states)])
    shares: Floats = np.linalg.solve(equations, np.eye(states)[-1])
    return shares


def allen_cunneen_wait(rate: float, servers: int, arrivals_scv: float, service_scv: float) -> float:
    """An approximation of the wait in GI/G/c: that in M/M/c, times the mean of the squared variation coefficients."""
    return erlang_c(servers, rate) / (servers - rate) * (arrivals_scv + service_scv) / 2


# --- the processor is shared ---------------------------------------------------------------------------------------


def shared_cores(rate: float, cores: int, slowed: float = 1.0, states: int = 2000) -> Means:
    """M/G/c with every core shared, for service times of any law.

    ``slowed`` is the useful share of a core while there are more requests than cores, the rest goes into switching.
    The means depend on the total speed at each number of requests only (Kelly's symmetric queues).
    """
    shares = birth_death(lambda n: rate, lambda n: n if n <= cores else cores * slowed, states)
    return means_of(shares, cores, rate)


def quantum_load(rate: float, quantum: float, cost: float) -> float:
    """The load if every quantum, contended or not, costs a switch: 1 / (1 - exp(-q)) quanta for an exponential job."""
    return rate * (1 + cost / (1 - exp(-quantum)))


# --- no queue at all: M/G/infinity ---------------------------------------------------------------------------------


def poisson_within(mean: float, most: int) -> float:
    """P(N <= most) for a Poisson number: what is in an M/G/infinity system, for service times of any law."""
    terms = accumulate(range(1, most + 1), lambda term, n: term * mean / n, initial=exp(-mean))
    return sum(terms)
