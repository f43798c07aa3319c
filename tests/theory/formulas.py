"""What queueing theory says about servers with exponential service times, open and closed: exact, and computed here.

Nearly everything follows from one idea, ``birth_death``: the number in the system moves one up or one down, at rates
that depend on that number alone. Unless said, a service takes 1 s on average, so a rate is also an offered load.
``test_formulas.py`` holds all of this against constants that were computed elsewhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Long-run means of a station. ``wait`` and ``sojourn`` (wait and service) are in seconds."""

    number: float
    queue: float
    sojourn: float
    wait: float


def birth_death(up: Callable[[int], float], down: Callable[[int], float], states: int) -> Floats:
    """The share of time in state 0, 1, 2 ...: p(n) is proportional to the product of up(k-1) / down(k) for k = 1..n."""
    weights = np.array([0.0] + [log(up(n - 1) / down(n)) for n in range(1, states)]).cumsum()
    shares: Floats = np.exp(weights - weights.max())
    shares /= shares.sum()
    return shares


def means_of(shares: Floats, servers: int, accepted_rate: float) -> Means:
    """Number and queue from the distribution of the number; times by Little's law."""
    number = np.arange(len(shares))
    inside = float(shares @ number)
    queue = float(shares @ np.maximum(number - servers, 0))
    return Means(number=inside, queue=queue, sojourn=inside / accepted_rate, wait=queue / accepted_rate)


# --- one queue, c servers: M/M/c -----------------------------------------------------------------------------------


def erlang_b(servers: int, load: float) -> float:
    """The share of lost requests if nobody can wait: B(k) = a B(k-1) / (k + a B(k-1)), from B(0) = 1."""
    lost = 1.0
    for k in range(1, servers + 1):
        lost = load * lost / (k + load * lost)
    return lost


def erlang_c(servers: int, load: float) -> float:
    """The share of requests that have to wait: C = B / (1 - rho (1 - B))."""
    lost = erlang_b(servers, load)
    return lost / (1 - load / servers * (1 - lost))


def mmc(rate: float, servers: int) -> Means:
    """M/M/c: the mean wait is C / (c - rate)."""
    wait = erlang_c(servers, rate) / (servers - rate)
    return Means(number=rate * (wait + 1), queue=rate * wait, sojourn=wait + 1, wait=wait)


def mmc_wait_beyond(rate: float, servers: int, t: float) -> float:
    """M/M/c: P(wait > t) = C exp(-(c - rate) t)."""
    return erlang_c(servers, rate) * exp(-(servers - rate) * t)


def mmc_sojourn_beyond(rate: float, servers: int, t: float) -> float:
    """M/M/c: P(sojourn > t), for c - rate other than 1, the rate of service."""
    spare = servers - rate
    if servers == 1:
        return exp(-spare * t)
    return exp(-t) + erlang_c(servers, rate) / (1 - spare) * (exp(-spare * t) - exp(-t))


def quantile(beyond: Callable[[float], float], share: float) -> float:
    """The time beyond which this share lies, by bisection."""
    low, high = 0.0, 1.0
    while beyond(high) > share:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if beyond(middle) > share else (low, middle)
    return high


# --- those who cannot get in, and those who do not stay ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A system that does not serve everybody. ``means`` are of those whom it takes in."""

    lost: float
    """Share of all requests."""
    rate: float
    """Served per second."""
    means: Means


def mmck(rate: float, servers: int, places: int) -> Loss:
    """M/M/c/K: at most K (``places``) in the system, those in service included."""
    shares = birth_death(lambda n: rate, lambda n: min(n, servers), places + 1)
    lost = float(shares[-1])
    served = rate * (1 - lost)
    return Loss(lost=lost, rate=served, means=means_of(shares, servers, served))


@dataclass(frozen=True, slots=True, kw_only=True)
class Impatience:
    """Erlang-A. ``abandoned`` and ``waits`` are shares of all requests."""

    abandoned: float
    waits: float
    number: float
    queue: float
    wait: float
    """Mean seconds in the queue, of those who are served in the end."""
    wait_of_all: float


def erlang_a(rate: float, servers: int, impatience: float, states: int = 4000) -> Impatience:
    """M/M/c+M: everybody in the queue leaves at rate ``impatience``; who is being served stays.

    Who finds k in the queue is next after k + 1 departures: the j-th last of them comes at rate c + j impatience, and
    is the newcomer's own leaving with probability impatience / (c + j impatience). So c / (c + (k + 1) impatience) is
    the chance to be served, and how long each departure takes does not depend on who it is.
    """
    shares = birth_death(lambda n: rate, lambda n: min(n, servers) + max(n - servers, 0) * impatience, states)
    means, waiting = means_of(shares, servers, rate), shares[servers:]
    departures = servers + impatience * np.arange(1, len(waiting) + 1)
    served = waiting * servers / departures
    abandoned = impatience * means.queue / rate
    return Impatience(
        abandoned=abandoned,
        waits=float(waiting.sum()),
        number=means.number,
        queue=means.queue,
        wait=float(served @ np.cumsum(1 / departures)) / (1 - abandoned),
        wait_of_all=means.wait,
    )


# --- closed loops --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A closed loop: requests per second, seconds for one, share of the servers in use."""

    rate: float
    response: float
    used: float


def repairman(clients: int, think: float, service: float, servers: int) -> Loop:
    """N clients think (for times of any law) and then want one of c exponential servers."""
    shares = birth_death(lambda n: (clients - n) / think, lambda n: min(n, servers) / service, clients + 1)
    busy = float(shares @ np.minimum(np.arange(clients + 1), servers))
    rate = busy / service
    return Loop(rate=rate, response=float(shares @ np.arange(clients + 1)) / rate, used=busy / servers)


def mva(clients: int, think: float, demands: Sequence[float]) -> tuple[float, list[float]]:
    """Mean value analysis of single-server stations: requests per second, and the seconds spent at each station.

    A newcomer finds what one client less would leave there on average: R_i(N) = D_i (1 + Q_i(N - 1)).
    """
    queues = [0.0 for _ in demands]
    rate, stays = 0.0, list(demands)
    for n in range(1, clients + 1):
        stays = [demand * (1 + queue) for demand, queue in zip(demands, queues, strict=True)]
        rate = n / (think + sum(stays))
        queues = [rate * stay for stay in stays]
    return rate, stays


def asymptote(clients: int, think: float, service: float, servers: int) -> float:
    """No closed loop is faster: X <= min(N / (Z + D), c / D)."""
    return min(clients / (think + service), servers / service)


def private_queues_response(clients: int, service: float, servers: int) -> float:
    """Clients that never think, each request to a server chosen by lot: (N + c - 1) D / c if D is exponential."""
    return (clients + servers - 1) * service / servers
