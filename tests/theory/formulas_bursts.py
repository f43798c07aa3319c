"""What queueing theory says when arrivals are not Poisson: batches, a rate that switches, and renewal arrivals.

Exponential service with a mean of 1 s throughout, so a rate is also an offered load.
"""

from collections.abc import Callable

import numpy as np

from simulator.workload.distribution import Hyperexponential
from tests.theory.formulas import Means, means_of

Transform = Callable[[float], float]
"""s -> E[exp(-s A)] of the time A between two arrivals."""


def batches(rate: float, batch_beyond: Callable[[int], float], servers: int = 1, states: int = 5000) -> Means:
    """M^[X]/M/c: batches of a random size X come at ``rate`` / E[X].

    The flow up across the border between n and n + 1 equals the flow down: p(n+1) min(n+1, c) is the rate of batches
    times the sum over j <= n of p(j) P(X > n - j). ``batch_beyond(k)`` is P(X > k).
    """
    beyond = np.array([batch_beyond(k) for k in range(states)])
    batch_rate = rate / beyond.sum()
    shares = np.zeros(states)
    shares[0] = 1.0
    for n in range(states - 1):
        shares[n + 1] = batch_rate * (shares[: n + 1] @ beyond[n::-1]) / min(n + 1, servers)
    return means_of(shares / shares.sum(), servers, rate)


def fixed_batch(size: int) -> Callable[[int], float]:
    """P(X > k) if X is always the same."""
    return lambda k: 1.0 if k < size else 0.0


def geometric_batch(mean: float) -> Callable[[int], float]:
    """P(X > k) if X is 1, 2, 3 ... with a constant chance of going on."""
    return lambda k: float((1 - 1 / mean) ** k)


def batch_number(rate: float, mean: float, mean_square: float) -> float:
    """M^[X]/M/1 in closed form: the mean number in the system."""
    return rate * (mean + mean_square) / (2 * mean * (1 - rate))


def switching_rate(rates: tuple[float, float], switching: float) -> Means:
    """MMPP(2)/M/1: Poisson arrivals whose rate is one of two, left at rate ``switching`` either way.

    Matrix-geometric: p(n) = p(0) R^n, where R solves up + R within + R^2 down = 0 (Neuts).
    """
    up, down = np.diag(rates), np.eye(2)
    turns = switching * np.array([[-1.0, 1.0], [1.0, -1.0]])
    ratio = np.zeros((2, 2))
    for _ in range(200_000):
        better = -(up + ratio @ ratio @ down) @ np.linalg.inv(turns - up - down)
        done = np.abs(better - ratio).max() < 1e-15
        ratio = better
        if done:
            break
    rest = np.linalg.inv(np.eye(2) - ratio)
    equations = np.column_stack([(turns - up + ratio @ down)[:, 0], rest.sum(axis=1)])
    empty = np.linalg.solve(equations.T, np.array([0.0, 1.0]))
    number = float((empty @ ratio @ rest @ rest).sum())
    busy = 1 - float(empty.sum())
    rate = sum(rates) / 2
    return Means(number=number, queue=number - busy, sojourn=number / rate, wait=(number - busy) / rate)


def gim1(transform: Transform) -> float:
    """GI/M/1: the mean sojourn 1 / (1 - sigma), where sigma is the root below 1 of sigma = E[exp(-(1 - sigma) A)]."""
    sigma = 0.0
    for _ in range(100_000):
        better = transform(1 - sigma)
        if abs(better - sigma) < 1e-15:
            break
        sigma = better
    return 1 / (1 - sigma)


def erlang_gaps(rate: float, k: int) -> Transform:
    """Every k-th point of a Poisson process, at ``rate`` after the thinning."""
    return lambda s: float((k * rate / (k * rate + s)) ** k)


def hyperexponential_gaps(gaps: Hyperexponential) -> Transform:
    """Two kinds of gaps, many short and few long, with balanced means."""
    square = gaps.cv**2
    often = (1 + ((square - 1) / (square + 1)) ** 0.5) / 2
    kinds = [(share, gaps.mean / (2 * share)) for share in (often, 1 - often)]
    return lambda s: sum(share / (1 + mean * s) for share, mean in kinds)
