"""The formulas for retries, priorities, tokens, time limits and balancing: limits, one another, chains solved anew."""

from heapq import heapreplace
from itertools import pairwise
from math import exp, sqrt

import numpy as np
import pytest

from tests.theory import formulas, formulas_chains, formulas_policies, formulas_service
from tests.theory.judging import REPLICATIONS, STUDENT
from tests.theory.systems import SERVICES

pytestmark = pytest.mark.slow  # they change seldom, and it is the engines that are held against them

# --- clients who come again ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "impatience"), [(1.6, 0.5), (3.0, 0.5), (3.0, 2.0)])
def test_without_retries_it_is_erlang_a(rate: float, impatience: float) -> None:
    theory, plain = (
        formulas_chains.erlang_a_with_retries(rate, 2, impatience, again=0.0, back=1.0),
        formulas.erlang_a(rate, 2, impatience),
    )
    assert [theory.number, theory.queue] == pytest.approx([plain.number, plain.queue], rel=1e-9)
    assert [theory.lost / rate, theory.away, theory.attempts] == pytest.approx([plain.abandoned, 0, rate], rel=1e-9)


@pytest.mark.parametrize(("rate", "back"), [(0.4, 0.5), (0.6, 1.0), (0.6, 5.0)])
def test_one_server_without_a_queue_whose_clients_never_give_up(rate: float, back: float) -> None:
    """The M/M/1 retrial queue (Falin and Templeton): rho^2 / (1 - rho) (1 + 1 / back) are away."""
    theory = formulas_chains.erlang_a_with_retries(rate, 1, 0.0, again=1.0, back=back, most=(1, 150))
    assert theory.number == pytest.approx(rate, rel=1e-6)
    assert theory.away == pytest.approx(rate**2 / (1 - rate) * (1 + 1 / back), rel=1e-6)
    assert theory.lost == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("again", "places"), [(0.5, 40), (0.8, 40), (0.8, 4)])
def test_whoever_comes_is_served_or_leaves_for_good_in_the_end(again: float, places: int) -> None:
    """Of those who are turned away or leave, a share comes again: away back = again (attempts - served)."""
    theory = formulas_chains.erlang_a_with_retries(3.0, 2, 0.5, again, back=1.0, most=(places, 60))
    assert theory.attempts - 3.0 == pytest.approx(again * (theory.attempts - theory.served), rel=1e-6)
    assert theory.lost == pytest.approx((1 - again) * (theory.attempts - theory.served), rel=1e-6)


def test_clients_who_come_back_after_a_long_time_are_new_ones() -> None:
    """Then repeated attempts are a Poisson stream of their own, whose rate is a fixed point."""
    attempts = 2.0
    for _ in range(200):
        attempts = 2.0 + 0.5 * attempts * formulas.erlang_a(attempts, 2, 0.5).abandoned
    theory = formulas_chains.erlang_a_with_retries(2.0, 2, 0.5, again=0.5, back=0.02, most=(25, 70))
    assert theory.attempts == pytest.approx(attempts, rel=0.01)


@pytest.mark.parametrize(("rate", "servers", "impatience", "waiting"), [(1.6, 2, 0.5, 6), (3.0, 2, 0.1, 20)])
def test_clients_who_ask_only_once_are_erlang_a_with_few_places(
    rate: float, servers: int, impatience: float, waiting: int
) -> None:
    def down(n: int) -> float:
        return min(n, servers) + max(n - servers, 0) * impatience

    theory = formulas_chains.AskingAgain(
        rate=rate, servers=servers, impatience=impatience, more=0, waiting=waiting
    ).means()
    plain = formulas.birth_death(lambda n: rate, down, servers + waiting + 1)
    means = formulas.means_of(plain, servers, rate)
    assert [theory.number, theory.queue] == pytest.approx([means.number, means.queue], rel=1e-9)
    assert [theory.refused, theory.attempts] == pytest.approx([plain[-1], 1.0], rel=1e-9)


@pytest.mark.parametrize(("more", "impatience"), [(1, 0.5), (2, 0.5), (2, 3.0)])
def test_every_client_who_asks_again_ends_in_one_way(more: int, impatience: float) -> None:
    """And every service takes a second, for whomever it is."""
    theory = formulas_chains.AskingAgain(rate=1.5, servers=2, impatience=impatience, more=more, waiting=3).means()
    assert theory.completed + theory.gave_up + theory.refused == pytest.approx(1, rel=1e-9)
    assert 1 < theory.attempts < 1 + more


def test_clients_who_ask_again_and_find_a_server_for_each_attempt() -> None:
    """With more servers than are ever used, an attempt is one of two clocks that run: each is independent."""
    theory = formulas_chains.AskingAgain(rate=0.1, servers=11, impatience=1.0, more=2, waiting=0).means()
    assert [theory.attempts, theory.completed, theory.gave_up] == pytest.approx([1.75, 0.875, 0.125], rel=1e-6)
    assert theory.number == pytest.approx(0.1 * 1.75, rel=1e-6)


# --- who goes first ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rates", "servers"), [((0.3, 0.3), 1), ((0.6, 0.6), 2), ((0.2, 1.0), 2), ((1.0, 0.8), 3)])
def test_the_urgent_go_first(rates: tuple[float, float], servers: int) -> None:
    """The formula, and the chain."""
    theory = formulas_policies.mmc_priority_waits(rates, servers)
    assert theory == pytest.approx(formulas_chains.urgent_first(*rates, servers), rel=1e-4)


def test_priorities_do_not_change_the_mean_wait_of_all_who_are_served_alike() -> None:
    rates = (0.5, 1.0, 1.5)
    waits = formulas_policies.mmc_priority_waits(rates, 4)
    assert np.average(waits, weights=rates) == pytest.approx(formulas.mmc(3.0, 4).wait)
    assert all(sooner < later for sooner, later in pairwise(waits))


def test_priorities_of_one_server() -> None:
    """Kleinrock's conservation law: weighted with their loads, the waits are those of first come first served."""
    services = [formulas_service.Moments(0.5, 0.25, 0.125), formulas_service.Moments(1.0, 2.0, 6.0)]
    waits = formulas_policies.mg1_priority_waits((0.4, 0.5), services)
    mixed = formulas_service.Moments(0.7 / 0.9, (0.4 * 0.25 + 0.5 * 2.0) / 0.9, 0)
    assert 0.2 * waits[0] + 0.5 * waits[1] == pytest.approx(0.7 * formulas_service.mg1_wait(0.9, mixed))
    exponential = formulas_service.moments(SERVICES["exponential"])
    one = formulas_policies.mg1_priority_waits((0.3, 0.4), [exponential, exponential])
    assert one == pytest.approx(formulas_policies.mmc_priority_waits((0.3, 0.4), 1))


# --- who is let in -------------------------------------------------------------------------------------------------


def poisson(rate: float, count: int, seed: int = 1) -> formulas.Floats:
    return np.cumsum(np.random.default_rng(seed).exponential(1 / rate, count))


def test_tokens_by_hand() -> None:
    """Two tokens at first, then one every half second."""
    arrival = np.array([0.0, 0.0, 0.0, 0.25, 3.0, 3.25, 3.25, 3.25])
    started = formulas_policies.token_delays(arrival, 2.0, 2)
    assert started.tolist() == [0.0, 0.0, 0.5, 1.0, 3.0, 3.25, 3.5, 4.0]
    refused = formulas_policies.token_refusals(arrival, 2.0, 2)
    assert refused == [False, False, True, True, False, False, True, True]


@pytest.mark.parametrize("burst", [1, 2, 5])
def test_who_waits_for_tokens_is_never_given_more_than_there_are(burst: int) -> None:
    """Over any stretch, at most its length times the refill, and a full bucket: the arrival curve."""
    started = formulas_policies.token_delays(poisson(0.9, 3_000), 1.0, burst)
    earlier = started[: len(started) - burst]
    assert (started[burst:] - earlier >= 1 - 1e-9).all()


@pytest.mark.parametrize(("rate", "refill", "burst"), [(0.5, 1.0, 1), (0.8, 1.0, 3), (1.8, 2.0, 5), (0.9, 1.0, 8)])
def test_how_long_random_requests_wait_for_tokens(rate: float, refill: float, burst: int) -> None:
    """The same from the wait W in M/D/1, of which burst - 1 tokens' time x hurts nobody.

    The mean of max(W - x, 0) is that of W, less the integral of P(W > t) up to x.
    """
    t = np.linspace(0.0, burst - 1.0, 20_001)
    beyond = [1 - formulas_service.md1_wait_within(rate / refill, float(at)) for at in t]
    hidden = float(np.trapezoid(beyond, t))
    all_waits = formulas_service.mdc(rate / refill, 1)[1].wait
    theory = formulas_policies.token_wait(rate, refill, burst)
    assert theory == pytest.approx((beyond[-1], (all_waits - hidden) / refill), rel=1e-4)


def test_requests_that_are_followed_one_by_one_wait_as_long_as_the_formula_says() -> None:
    runs = []
    for seed in range(REPLICATIONS):
        arrival = poisson(0.8, 20_000, seed)
        waits = formulas_policies.token_delays(arrival, 1.0, 3) - arrival
        runs.append(((waits > 1e-9).mean(), waits.mean()))
    halves = STUDENT * np.std(runs, axis=0, ddof=1) / sqrt(REPLICATIONS)
    assert (np.abs(np.mean(runs, axis=0) - formulas_policies.token_wait(0.8, 1.0, 3)) <= halves).all()
    assert (halves <= [0.02, 0.12]).all()


def test_a_bucket_of_one_token_is_one_server_with_constant_service() -> None:
    share, wait = formulas_policies.token_wait(0.8, 1.0, 1)
    assert [share, wait] == pytest.approx([0.8, formulas_service.mdc(0.8, 1)[1].wait])
    assert formulas_policies.token_refused(0.8, 1.0, 1) == pytest.approx(formulas.erlang_b(1, 0.8))


@pytest.mark.parametrize(("rate", "burst"), [(0.8, 2), (0.8, 5), (1.5, 3), (1.5, 10)])
def test_how_many_random_requests_find_no_token(rate: float, burst: int) -> None:
    refused = formulas_policies.token_refusals(poisson(rate, 400_000), 1.0, burst)
    assert float(np.mean(refused)) == pytest.approx(formulas_policies.token_refused(rate, 1.0, burst), rel=0.03)


# --- who waits no longer -------------------------------------------------------------------------------------------

LONG, SHORT = 1e3, 1e-9


@pytest.mark.parametrize(("rate", "servers"), [(0.8, 1), (3.2, 4)])
def test_a_time_limit_that_is_never_met_is_none_and_one_that_is_met_at_once_is_no_queue(
    rate: float, servers: int
) -> None:
    never, at_once = (formulas_policies.mmcd(rate, servers, t) for t in (LONG, SHORT))
    assert [never.lost, never.waits] == pytest.approx([0, formulas.erlang_c(servers, rate)])
    assert never.wait == pytest.approx(formulas.mmc(rate, servers).wait)
    assert at_once.lost == pytest.approx(formulas.erlang_b(servers, rate))


@pytest.mark.parametrize("rate", [0.5, 0.8, 1.5])
def test_one_server_and_a_time_limit(rate: float) -> None:
    """Barrer's formula for M/M/1+D."""
    left = exp(-(1 - rate) * 2.0)
    theory = formulas_policies.mmcd(rate, 1, 2.0)
    assert theory.lost == pytest.approx((1 - rate) * rate * left / (1 - rate**2 * left))


@pytest.mark.parametrize(("rate", "servers", "longest"), [(0.8, 1, 2.0), (5.0, 4, 0.5), (3.2, 4, 1.0)])
def test_requests_with_a_time_limit_followed_one_by_one(rate: float, servers: int, longest: float) -> None:
    runs = []
    for seed in range(REPLICATIONS):
        arrival = poisson(rate, 20_000, seed)
        service = np.random.default_rng((seed, 1)).exponential(1.0, len(arrival))
        free, waits = [0.0] * servers, []
        for moment, seconds in zip(arrival.tolist(), service.tolist(), strict=True):
            wait = max(free[0] - moment, 0.0)
            if wait <= longest:
                waits.append(wait)
                heapreplace(free, moment + wait + seconds)
        runs.append((1 - len(waits) / len(arrival), np.mean(waits)))
    theory = formulas_policies.mmcd(rate, servers, longest)
    halves = STUDENT * np.std(runs, axis=0, ddof=1) / sqrt(REPLICATIONS)
    assert (np.abs(np.mean(runs, axis=0) - (theory.lost, theory.wait)) <= halves).all()
    assert (halves <= 0.06 * np.array([theory.lost, theory.wait])).all()


# --- whom to join --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.4, 1.0, 1.6, 1.8])
def test_the_shorter_of_two_queues_is_between_one_queue_and_taking_turns(rate: float) -> None:
    best, worst = formulas_policies.shortest_queue_bounds(rate, 2)
    assert best < formulas_chains.shortest_of_two(rate) < worst < formulas.mmc(rate / 2, 1).sojourn
