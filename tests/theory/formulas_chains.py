"""What queueing theory says where only the equations are known: a Markov chain is written down and solved.

Unless said, a service takes 1 s on average, so a rate is also an offered load. What could grow without end is cut where
it hardly ever comes; who would go further is turned away there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

State = tuple[int, ...]
Flows = Callable[[State], Iterator[tuple[State, float]]]
"""Where a state leads to, and at what rate."""


def long_run(flows: Flows, start: State) -> dict[State, float]:
    """The share of time in every state that can be reached: what flows out of each must flow in."""
    number, out = {start: 0}, [start]
    moves: list[tuple[int, int, float]] = []
    for state in out:  # it grows meanwhile
        for following, rate in flows(state):
            if rate > 0 and following != state:
                if following not in number:
                    number[following] = len(out)
                    out.append(following)
                moves.append((number[state], number[following], rate))
    equations = np.zeros((len(out), len(out)))
    for source, target, rate in moves:
        equations[target, source] += rate
        equations[source, source] -= rate
    equations[0] = 1.0  # one balance follows from the others; all shares make a whole
    shares = np.linalg.solve(equations, np.eye(len(out))[0])
    return dict(zip(out, shares.tolist(), strict=True))


def mean(shares: dict[State, float], of: Callable[[State], float]) -> float:
    """The long-run mean of what a state is worth."""
    return sum(share * of(state) for state, share in shares.items())


# --- clients who come again ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """Means over time, and rates per second."""

    number: float
    queue: float
    away: float
    """Clients who will come again."""
    served: float
    lost: float
    """For good."""
    attempts: float
    """First ones and repeated ones."""


def erlang_a_with_retries(
    rate: float, servers: int, impatience: float, again: float, back: float, most: tuple[int, int] = (40, 60)
) -> Retries:
    """M/M/c+M, where who leaves the queue, or finds no place, comes again with the chance ``again``.

    Everybody who is away comes back at rate ``back`` and is then like new: for an exponential backoff, a patience that
    starts anew with every attempt, and a number of attempts that is geometric. ``most``: places in the system, those in
    service included, and how many are away at most.
    """
    places, most_away = most

    def flows(state: State) -> Iterator[tuple[State, float]]:
        inside, away = state
        one_more = min(away + 1, most_away)
        if inside < places:
            yield (inside + 1, away), rate
            yield (inside + 1, away - 1), back * away
        else:
            yield (inside, one_more), rate * again
            yield (inside, away - 1), back * away * (1 - again)
        if inside > 0:
            leaving = impatience * max(inside - servers, 0)
            yield (inside - 1, away), min(inside, servers) + leaving * (1 - again)
            yield (inside - 1, one_more), leaving * again

    shares = long_run(flows, (0, 0))
    served = mean(shares, lambda s: min(s[0], servers))
    away = mean(shares, lambda s: s[1])
    return Retries(
        number=mean(shares, lambda s: s[0]),
        queue=mean(shares, lambda s: max(s[0] - servers, 0)),
        away=away,
        served=served,
        lost=rate - served,
        attempts=rate + back * away,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """Means over time; then shares of the clients, and how many attempts each of them makes."""

    number: float
    queue: float
    completed: float
    gave_up: float
    refused: float
    attempts: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingAgain:
    """M/M/c/K+M whose clients may leave while they are served too, and ask again at once, a limited number of times.

    Who leaves while it is served leaves its server at work for nobody. Who finds the queue full is lost. In a state:
    the services for nobody, those for clients with 0, 1 ... tries left, and then the tries left of each in the queue,
    in order: it matters who is next.
    """

    rate: float
    servers: int
    impatience: float
    more: int
    """Attempts of a client after its first one, at most."""
    waiting: int
    """Places in the queue."""

    def flows(self, state: State) -> Iterator[tuple[State, float]]:
        """A request comes; a service ends; a client leaves a server, or the queue."""
        busy, queue = self._parts(state)
        yield self._joined(busy, queue, self.more), self.rate
        for kind, count in enumerate(busy):
            yield (*_moved(busy, kind, queue[0] + 1 if queue else None), *queue[1:]), float(count)
            if kind:
                yield self._again(_moved(busy, kind, 0), queue, kind - 1), self.impatience * count
        for place, left in enumerate(queue):
            yield self._again(busy, queue[:place] + queue[place + 1 :], left), self.impatience

    def means(self) -> Storm:
        """In the long run."""
        shares = long_run(self.flows, (0,) * (self.more + 2))
        return Storm(
            number=mean(shares, lambda s: sum(self._parts(s)[0]) + len(self._parts(s)[1])),
            queue=mean(shares, lambda s: len(self._parts(s)[1])),
            completed=mean(shares, lambda s: sum(self._parts(s)[0][1:])) / self.rate,
            gave_up=mean(shares, lambda s: self._leaving(s, last=True)) / self.rate,
            refused=mean(shares, self._refused) / self.rate,
            attempts=1 + mean(shares, lambda s: self._leaving(s, last=False)) / self.rate,
        )

    def _parts(self, state: State) -> tuple[State, State]:
        return state[: self.more + 2], state[self.more + 2 :]

    def _joined(self, busy: State, queue: State, left: int) -> State:
        if sum(busy) < self.servers:
            return _moved(busy, None, left + 1)
        return (*busy, *queue, left) if len(queue) < self.waiting else (*busy, *queue)

    def _again(self, busy: State, queue: State, left: int) -> State:
        return self._joined(busy, queue, left - 1) if left else (*busy, *queue)

    def _leaving(self, state: State, *, last: bool) -> float:
        """The rate at which clients leave who have no try left, or some."""
        busy, queue = self._parts(state)
        there = busy[1] + queue.count(0)
        return self.impatience * (there if last else sum(busy[1:]) + len(queue) - there)

    def _refused(self, state: State) -> float:
        """The rate at which the queue is found full; who leaves it to come again makes room for itself."""
        busy, queue = self._parts(state)
        full = sum(busy) == self.servers and len(queue) == self.waiting
        return (self.rate + self.impatience * sum(busy[2:])) * full


def _moved(counts: State, out: int | None, into: int | None) -> State:
    """One less of a kind, one more of another."""
    return tuple(count - (kind == out) + (kind == into) for kind, count in enumerate(counts))


# --- which queue to join, whom to serve ----------------------------------------------------------------------------


def shortest_of_two(rate: float, most: int = 40) -> float:
    """Join the shorter of two queues, each with one server: mean seconds from arrival to the end."""

    def flows(state: State) -> Iterator[tuple[State, float]]:
        short, long = state
        yield _in_order(short + (short < most), long), rate
        yield _in_order(short - 1, long), float(short > 0)
        yield _in_order(short, long - 1), float(long > 0)

    return mean(long_run(flows, (0, 0)), sum) / rate


def _in_order(one: int, other: int) -> State:
    return min(one, other), max(one, other)


def urgent_first(urgent: float, other: float, servers: int, most: int = 30) -> tuple[float, float]:
    """Two classes, those who wait of the first served first, nobody interrupted: the mean wait of each."""

    def flows(state: State) -> Iterator[tuple[State, float]]:
        busy, first, second = state
        if busy < servers:
            yield (busy + 1, 0, 0), urgent + other
            yield (busy - 1, 0, 0), float(busy)
            return
        yield (busy, min(first + 1, most), second), urgent
        yield (busy, first, min(second + 1, 2 * most)), other
        idle = not first and not second
        yield (busy - idle, first - (first > 0), second - (not first and second > 0)), float(servers)

    shares = long_run(flows, (0, 0, 0))
    return mean(shares, lambda s: s[1]) / urgent, mean(shares, lambda s: s[2]) / other
