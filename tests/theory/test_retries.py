"""Clients who come again: each attempt is a row of its own, with a service and a patience of its own.

A chain that can be solved needs times without memory; a plan's backoffs are constants. Two ways to have both, exactly:

- No backoff at all. Then the chain has to know how many tries each client has left, in the order of the queue.
- A client that comes again needs a random time to send its request. That is its backoff. So the number of attempts has
  to be left to chance too: everybody who comes is let in with the chance of coming again, the first time as well, and
  that is only a Poisson stream of fewer clients.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from simulator.plan import (
    Branch,
    Chance,
    End,
    Handle,
    Outcome,
    Plan,
    Pool,
    Receive,
    Release,
    Retry,
    Seize,
    Within,
)
from simulator.trace.columns import Floats
from simulator.workload.distribution import Exponential
from simulator.workload.random_streams import Source, stream
from simulator.workload.table import PER_ROW, Workload
from tests.theory.formulas_chains import AskingAgain, erlang_a_with_retries
from tests.theory.judging import Claim, Length, judge, kernel, reference, slow
from tests.theory.measured import Measure, Run, number, queue
from tests.theory.systems import ONE_CORE, Open, io, poisson


@dataclass(frozen=True, kw_only=True)
class Repeating(Open):
    """Requests that may be repeated."""

    back: float | None = None
    """How often in a second who is away begins to come again; None: there is no backoff."""

    def draw(self, requests: int, seed: int, rounds: int | None = None, reserve: int = 0) -> Workload:
        """About so many requests; more further rows never change the others."""
        first = super().draw(requests, seed, rounds)
        levels = [first, *(self._further(first, level) for level in range(1, reserve + 1))]
        names = [name for name in PER_ROW if getattr(first, name) is not None]
        columns: dict[str, Any] = {name: np.concatenate([getattr(rows, name) for rows in levels]) for name in names}
        return replace(first, reserve=reserve, up_rate=np.ones(1), **columns)

    def _further(self, first: Workload, level: int) -> Workload:
        """All is drawn anew. Patience runs from the backoff's beginning, so it is as much longer."""
        seed = int(stream(first.seed, Source.FURTHER, number=level).integers(2**63))
        rows = self.rows(np.full(len(first), np.nan), seed, first.duration)
        if self.back is None:
            return rows
        backoff = Exponential(1 / self.back).draw(stream(seed, Source.UPLOAD), len(rows))
        return replace(rows, upload=backoff, patience=rows.patience + backoff)


def repeating(rate: float, impatience: float, back: float | None = None) -> Repeating:
    patience = Exponential(1 / impatience)
    return Repeating(rate=rate, arrivals=poisson(rate, io()).arrivals, phases=io(), patience=patience, back=back)


# --- at once, a few times -------------------------------------------------------------------------------------------


def asking_again(servers: int, waiting: int, more: int) -> Plan:
    """Whose patience ends leaves the queue, or a server that goes on for nobody, and asks again."""
    server = Pool("server", servers, queue_limit=waiting, renege=True)
    retry = Retry(outcomes=(Outcome.GAVE_UP,), backoff_s=(0.0,) * more)
    return Plan((Seize(server), Handle(), Release(server)), ONE_CORE, retry=retry)


def per_client(ended: Outcome, attempts: int) -> Measure:
    """Share of the clients whose request ended so, after so many attempts at least."""

    def measured(run: Run) -> float:
        so = (run.trace.outcome == ended) & (run.trace.attempt >= attempts - 1)
        return float(so[run.counts].sum() / (run.trace.attempt == 0)[run.counts].sum())

    return measured


def attempts(run: Run) -> float:
    """Attempts of a client on average."""
    return float(run.counts.sum() / (run.trace.attempt == 0)[run.counts].sum())


@pytest.mark.parametrize(
    ("length", "rate", "servers", "impatience", "more"),
    [
        (kernel(20_000), 1.5, 2, 0.5, 1),
        (kernel(20_000), 1.0, 1, 0.5, 2),
        slow(kernel(100_000), 2.0, 2, 1.0, 2),
        slow(reference(), 2.0, 2, 1.0, 2),
    ],
    ids=str,
)
def test_clients_who_ask_again_at_once(length: Length, rate: float, servers: int, impatience: float, more: int) -> None:
    """Erlang-A with few places, a limited number of attempts, and servers that work for clients who have left."""
    theory = AskingAgain(rate=rate, servers=servers, impatience=impatience, more=more, waiting=4).means()
    judge(
        length,
        asking_again(servers, 4, more),
        repeating(rate, impatience),
        Claim("number", number, theory.number),
        Claim("queue", queue, theory.queue, 0.05),
        Claim("attempts", attempts, theory.attempts),
        Claim("completed", per_client(Outcome.COMPLETED, 1), theory.completed),
        Claim("gave up for good", per_client(Outcome.GAVE_UP, 1 + more), theory.gave_up, 0.08),
        Claim("found no place", per_client(Outcome.QUEUE_FULL, 1), theory.refused, 0.08),
    )


# --- after a while, as often as chance will have it ------------------------------------------------------------------

AT_ONCE_S = 1e-9
"""A time limit has to be above 0."""
MOST = 60
"""Attempts: more than anybody makes."""


def coming_again(servers: int, places: int, again: float) -> Plan:
    """Whoever leaves the queue, or finds it full, is away for a while. Who is being served has been answered."""
    server = Pool("server", servers, queue_limit=places - servers, renege=True)
    served = Within(AT_ONCE_S, (Handle(),), Outcome.COMPLETED, "goes on")
    comes = Branch(Chance(again), (Receive(buffer_bytes=0.0),), (End(Outcome.BROKEN),))
    retry = Retry(outcomes=(Outcome.GAVE_UP, Outcome.QUEUE_FULL), backoff_s=(0.0,) * MOST)
    return Plan((comes, Seize(server), served, Release(server)), ONE_CORE, retry=retry)


def came(run: Run) -> Floats:
    """[n] when each row was there, after its backoff; nan: it did not come."""
    return run.reached("seize server")


def per_second(run: Run, moments: Floats) -> float:
    """How many of the moments are in a second of the window; nan is none."""
    return float(((moments >= run.start) & (moments < run.end)).sum() / (run.end - run.start))


def inside(run: Run) -> float:
    """Requests that wait or are served, averaged over time."""
    there = ~np.isnan(came(run))
    return run.time_in_window(came(run)[there], run.trace.left[there]) / (run.end - run.start)


def in_line(run: Run) -> float:
    """Requests that wait, averaged over time."""
    until = np.where(np.isnan(run.begun), run.trace.left, run.begun)
    there = ~np.isnan(came(run))
    return run.time_in_window(came(run)[there], until[there]) / (run.end - run.start)


def away(run: Run) -> float:
    """Clients who will come again, averaged over time: from the end of an attempt to the next one."""
    again = ~np.isnan(came(run)) & (run.trace.attempt > 0)
    ended = run.trace.finished[run.trace.parent[again]]
    return run.time_in_window(ended, came(run)[again]) / (run.end - run.start)


def arrivals(run: Run) -> float:
    """Attempts per second, first and repeated ones."""
    return per_second(run, came(run))


def lost(run: Run) -> float:
    """Clients per second who do not come again."""
    for_good = np.isnan(came(run)) & (run.trace.attempt > 0)
    return per_second(run, np.where(for_good, run.trace.arrival, np.nan))


@pytest.mark.parametrize(
    ("length", "rate", "impatience", "again", "back", "places"),
    [
        (kernel(15_000), 2.0, 0.5, 0.5, 1.0, 12),
        (kernel(8_000), 2.5, 0.5, 0.6, 1.0, 4),
        slow(kernel(20_000), 3.0, 1.0, 0.8, 2.0, 20),
        slow(reference(1000), 2.0, 0.5, 0.5, 1.0, 12),
    ],
    ids=str,
)
def test_clients_who_come_again_after_a_while(
    length: Length, rate: float, impatience: float, again: float, back: float, places: int
) -> None:
    """Erlang-A with retries, two servers."""
    theory = erlang_a_with_retries(rate, 2, impatience, again, back, most=(places, 30))
    judge(
        length,
        coming_again(2, places, again),
        repeating(rate / again, impatience, back),
        Claim("number", inside, theory.number),
        Claim("queue", in_line, theory.queue, 0.08),
        Claim("away", away, theory.away, 0.08),
        Claim("attempts per second", arrivals, theory.attempts),
        Claim("lost per second", lost, theory.lost, 0.08),
    )
