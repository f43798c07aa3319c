"""What queueing theory says about who goes first, is let in, waits how long, and joins whom.

Priorities, buckets of tokens, time limits, balancing.

Unless said, a service takes 1 s on average, so a rate is also an offered load.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import exp, expm1, factorial

import numpy as np

from simulator.workload.table import Floats
from tests.theory.formulas import erlang_c, mmc
from tests.theory.formulas_bursts import erlang_gaps, gim1
from tests.theory.formulas_service import Moments, mdc_shares

# --- who goes first ------------------------------------------------------------------------------------------------


def mmc_priority_waits(rates: Sequence[float], servers: int) -> list[float]:
    """M/M/c, the classes in order of their priority, nobody interrupted (Cobham; Kella and Yechiali).

    Whoever has to wait meets a departure after 1 / c seconds, and then those of its own and of higher classes.
    """
    return _priority_waits(erlang_c(servers, sum(rates)) / servers, [rate / servers for rate in rates])


def mg1_priority_waits(rates: Sequence[float], services: Sequence[Moments]) -> list[float]:
    """M/G/1 with a law of the service time for each class (Cobham)."""
    rest = sum(rate * service.second / 2 for rate, service in zip(rates, services, strict=True))
    return _priority_waits(rest, [rate * service.first for rate, service in zip(rates, services, strict=True)])


def _priority_waits(rest: float, loads: Sequence[float]) -> list[float]:
    """The wait for the work that is under way, longer for all who are served before."""
    spare = [1 - load for load in accumulate(loads, initial=0.0)]
    return [rest / (above * own) for above, own in pairwise(spare)]


# --- who is let in: a bucket of tokens that fills at a constant rate, and is full at first -------------------------


def token_delays(arrival: Floats, refill: float, burst: int, waiting: int | None = None) -> Floats:
    """When each request may go on, in order, if so many may wait for a token (None: all); nan: it may not wait.

    Exact for any arrivals. ``due`` is when the bucket would be full again, and a token is there from burst - 1 tokens'
    time before that. Who goes on later than now is waiting now.
    """
    gap, due = 1 / refill, -np.inf
    started = np.full(len(arrival), np.nan)
    moments: list[float] = []
    for i, moment in enumerate(arrival.tolist()):
        turn = max(moment, due - (burst - 1) * gap)
        if waiting is not None and turn > moment and len(moments) - bisect_right(moments, moment) >= waiting:
            continue
        due = max(due, turn) + gap
        started[i] = turn
        moments.append(turn)
    return started


def token_refusals(arrival: Floats, refill: float, burst: int) -> list[bool]:
    """Which requests find no token, if nobody waits for one: exact for any arrivals."""
    refused, tokens, last = [], float(burst), 0.0
    for moment in arrival.tolist():
        tokens, last = min(burst, tokens + (moment - last) * refill), moment
        refused.append(tokens < 1)
        tokens -= tokens >= 1
    return refused


def token_wait(rate: float, refill: float, burst: int) -> tuple[float, float]:
    """Poisson arrivals that wait for a token: the share that has to, and the mean wait.

    What is missing from the bucket is the work of an M/D/1 whose service is the time of a token. So who finds fewer
    than ``burst`` there goes on at once, and only the others of the queue wait; Little's law says for how long.
    """
    shares = mdc_shares(rate / refill, 1)
    waiting = float(shares @ np.maximum(np.arange(len(shares)) - burst, 0))
    return float(shares[burst:].sum()), waiting / rate


def token_refused(rate: float, refill: float, burst: int) -> float:
    """Poisson arrivals that do not wait: the share that finds no token is what M/D/1 with ``burst`` places loses.

    From the numbers that departures leave behind, q(0) .. q(burst - 1): lost = 1 - 1 / (q(0) + load).
    """
    load = rate / refill
    came = [exp(-load) * load**k / factorial(k) for k in range(burst)]
    left = [1.0]
    for n in range(burst - 1):
        others = sum(left[j] * came[n - j + 1] for j in range(1, n + 1))
        left.append((left[n] - left[0] * came[n] - others) / came[0])
    return 1 - 1 / (left[0] / sum(left) + load)


# --- who waits no longer than a constant time ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Shares of all requests, and the mean wait in seconds of those who are served."""

    lost: float
    waits: float
    wait: float


def mmcd(rate: float, servers: int, longest: float) -> Deadline:
    """M/M/c+D: whoever is not served after ``longest`` seconds leaves (Barrer; Baccelli and Hebuterne).

    How long a newcomer would have to wait has the density rate p(c - 1) exp((rate - c) t) up to ``longest``, and
    beyond it, where nobody joins any more, one that falls like exp(-c t); p(j) is the share of time with j in service.
    For a rate other than c.
    """
    spare = servers - rate
    idle = [rate**j / factorial(j) for j in range(servers)]
    some_wait = rate * idle[-1] * -expm1(-spare * longest) / spare
    longer = rate * idle[-1] * exp(-spare * longest) / servers
    whole = sum(idle) + some_wait + longer
    seconds = (some_wait - rate * idle[-1] * longest * exp(-spare * longest)) / spare
    return Deadline(
        lost=longer / whole,
        waits=(some_wait + longer) / whole,
        wait=seconds / (whole - longer),
    )


# --- whom to join --------------------------------------------------------------------------------------------------


def shortest_queue_bounds(rate: float, servers: int) -> tuple[float, float]:
    """A queue in front of each server, and everybody joins a shortest: mean sojourns that are too good, and too bad.

    One queue for all is better, for no server is idle beside one who waits. To take turns is worse, for it does not
    look; a lot is worse than that (``mmc(rate / servers, 1)``).
    """
    return mmc(rate, servers).sojourn, gim1(erlang_gaps(rate / servers, servers))
