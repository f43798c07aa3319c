"""Who goes first, who is let in, and whom to join: priorities, a bucket of tokens, and balancing over upstreams."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest

from simulator.experiments.run import EngineName, run
from simulator.plan import Bucket, Choose, Handle, Limit, Outcome, Plan, Pool, Release, Seize, Upstreams
from simulator.plan.steps import Policy
from simulator.trace.columns import Floats
from simulator.workload.distribution import Constant, Distribution
from simulator.workload.random_streams import Source, stream
from simulator.workload.table import Workload
from tests.theory.formulas import mmc
from tests.theory.formulas_bursts import erlang_gaps, gim1
from tests.theory.formulas_chains import shortest_of_two
from tests.theory.formulas_policies import (
    mg1_priority_waits,
    mmc_priority_waits,
    shortest_queue_bounds,
    token_delays,
    token_refusals,
    token_refused,
    token_wait,
)
from tests.theory.formulas_service import moments
from tests.theory.judging import SAME_S, Claim, Length, estimate, judge, kernel, reference, slow
from tests.theory.measured import Measure, Run, had_to_wait, number, sojourn, unserved, wait
from tests.theory.systems import EXPONENTIAL, ONE_CORE, SERVICES, Open, io, poisson, served_by

# --- who goes first ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Mixed(Open):
    """Poisson arrivals of several classes."""

    classes: Mapping[str, tuple[float, Distribution]]
    """Requests per second of each, and their service."""

    def rows(self, arrival: Floats, seed: int, duration: float) -> Workload:
        """Each request is of a class by its own luck, which makes each class a Poisson stream too."""
        load = super().rows(arrival, seed, duration)
        shares = [rate / self.rate for rate, _ in self.classes.values()]
        chosen = stream(seed, Source.CLASS).choice(len(shares), len(load), p=shares)
        times = [d.draw(stream(seed, Source.PHASE, name), len(load)) for name, (_, d) in self.classes.items()]
        return replace(
            load,
            class_names=tuple(self.classes),
            request_class=chosen.astype(np.int16),
            phase_kinds=np.repeat(load.phase_kinds, len(shares), axis=0),
            phases=np.choose(chosen, times).reshape(-1, 1),
        )


def mixed(**classes: tuple[float, Distribution]) -> Mixed:
    rate = sum(rate for rate, _ in classes.values())
    return Mixed(rate=rate, arrivals=poisson(rate, io()).arrivals, phases=io(), classes=classes)


def wait_of(number: int) -> Measure:
    """Mean wait of the requests of a class."""
    return lambda run: float(run.waits[run.trace.workload.request_class[run.served] == number].mean())


@pytest.mark.parametrize(
    ("length", "rates", "servers", "within"),
    [
        (kernel(40_000), (0.5, 0.3), 1, 0.08),
        (kernel(60_000), (0.6, 0.9), 2, 0.06),
        slow(kernel(300_000), (1.0, 2.6), 4, 0.08),
        slow(reference(), (0.6, 0.9), 2, 0.08),
    ],
    ids=str,
)
def test_the_urgent_go_first(length: Length, rates: tuple[float, float], servers: int, within: float) -> None:
    """M/M/c with two classes, nobody interrupted: the urgent wait for one another, the others for everybody.

    The mean wait of all together is that of M/M/c: who goes first takes from the others what it gains.
    """
    urgent, other = mmc_priority_waits(rates, servers)
    judge(
        length,
        served_by(Pool("server", servers, first=("urgent",))),
        mixed(other=(rates[1], EXPONENTIAL), urgent=(rates[0], EXPONENTIAL)),
        Claim("wait of the urgent", wait_of(1), urgent, within),
        Claim("wait of the others", wait_of(0), other, within),
        Claim("wait of all", wait, mmc(sum(rates), servers).wait, within),
    )


@pytest.mark.parametrize("length", [kernel(100_000), slow(reference(3000))], ids=str)
def test_three_classes_with_services_of_their_own(length: Length) -> None:
    """M/G/1 with priorities (Cobham). The order is the pool's, whatever that of the classes in the load."""
    services = [(0.6, Constant(0.5)), (0.2, EXPONENTIAL), (0.1, SERVICES["lognormal cv 1"])]
    theory = mg1_priority_waits([rate for rate, _ in services], [moments(service) for _, service in services])
    judge(
        length,
        served_by(Pool("server", 1, first=("first", "second"))),
        mixed(third=services[2], first=services[0], second=services[1]),
        *(Claim(f"wait of class {i}", wait_of(row), theory[i], 0.08) for i, row in enumerate((1, 2, 0))),
    )


# --- who is let in -------------------------------------------------------------------------------------------------


def limited(refill: float, burst: int, waiting: int | None) -> Plan:
    """Everybody needs a token for its service."""
    return Plan((Limit(Bucket("token", refill, float(burst), waiting)), Handle()), ONE_CORE)


def moments_of_tokens(engine: EngineName, plan: Plan, load: Workload) -> Floats:
    """[n] when each request went on with its token; nan: it was turned away."""
    trace = run(plan, load, engine=engine)
    given = trace.reached[:, [place.name for place in trace.places].index("handle.1")]
    assert np.array_equal(np.isnan(given), trace.outcome == Outcome.QUEUE_FULL)
    return given


BUCKETS = [("kernel", 20_000, 1), ("kernel", 20_000, 4), ("reference", 2_000, 4)]


@pytest.mark.parametrize("waiting", [0, 1, 3, None])
@pytest.mark.parametrize(("engine", "requests", "burst"), BUCKETS)
def test_every_token_is_given_when_the_recursion_says(
    engine: EngineName, requests: int, burst: int, waiting: int | None
) -> None:
    """Request by request, at a load of 0.9 tokens a second for each that comes."""
    load = poisson(0.9, io()).draw(requests, seed=1)
    expected = token_delays(load.arrival, 1.0, burst, waiting)
    given = moments_of_tokens(engine, limited(1.0, burst, waiting), load)
    assert np.allclose(given, expected, rtol=0, atol=SAME_S, equal_nan=True)
    assert np.isnan(given).any() == (waiting is not None)
    assert (given > load.arrival).any() == (waiting != 0)


@pytest.mark.parametrize(("engine", "requests", "burst"), BUCKETS)
def test_a_token_that_is_due_at_the_very_moment_of_a_request_is_there(
    engine: EngineName, requests: int, burst: int
) -> None:
    """Requests come at quarters of a second, often several at once, and tokens at halves: nothing is rounded."""
    load = poisson(1.8, io()).draw(requests, seed=2)
    load = replace(load, arrival=np.floor(load.arrival * 4) / 4)
    given = moments_of_tokens(engine, limited(2.0, burst, None), load)
    assert np.array_equal(given, token_delays(load.arrival, 2.0, burst))
    refused = np.isnan(moments_of_tokens(engine, limited(2.0, burst, 0), load))
    assert np.array_equal(refused, token_refusals(load.arrival, 2.0, burst))


@pytest.mark.parametrize(
    ("length", "rate", "refill", "burst"),
    [(kernel(40_000), 0.8, 1.0, 1), (kernel(60_000), 1.6, 2.0, 3), slow(reference(), 1.6, 2.0, 3)],
    ids=str,
)
def test_waiting_for_a_token_is_waiting_in_front_of_a_constant_server(
    length: Length, rate: float, refill: float, burst: int
) -> None:
    """M/D/1, of which those who find fewer than ``burst`` there do not wait."""
    waits, theory = token_wait(rate, refill, burst)
    judge(
        length,
        limited(refill, burst, None),
        poisson(rate, io()),
        Claim("has to wait", had_to_wait, waits, 0.05),
        Claim("wait", wait, theory, 0.1),
    )


@pytest.mark.parametrize(
    ("length", "rate", "burst"),
    [(kernel(30_000), 0.8, 2), (kernel(30_000), 1.5, 5), slow(reference(), 0.8, 2)],
    ids=str,
)
def test_who_finds_no_token_is_lost_like_one_who_finds_the_queue_of_a_constant_server_full(
    length: Length, rate: float, burst: int
) -> None:
    """M/D/1/K with as many places as tokens."""
    claim = Claim("refused", unserved, token_refused(rate, 1.0, burst))
    judge(length, limited(1.0, burst, 0), poisson(rate, io()), claim)


# --- whom to join --------------------------------------------------------------------------------------------------


def balanced(policy: Policy, count: int) -> Plan:
    """Upstreams with one server and one queue each."""
    upstreams, server = Upstreams("upstream", count), Pool("server", 1, processes=count)
    return Plan((Choose(upstreams, policy), Seize(server), Handle(), Release(server), Release(upstreams)), ONE_CORE)


@pytest.mark.parametrize(
    ("length", "rate", "within"),
    [
        (kernel(20_000), 1.0, 0.03),
        (kernel(60_000), 1.6, 0.05),
        slow(kernel(300_000), 1.8, 0.06),
        slow(reference(), 1.6, 0.06),
    ],
    ids=str,
)
def test_joining_the_shorter_of_two_queues(length: Length, rate: float, within: float) -> None:
    """The chain of both queues, solved."""
    theory = shortest_of_two(rate)
    judge(
        length,
        balanced("least in hand", 2),
        poisson(rate, io()),
        Claim("sojourn", sojourn, theory, within),
        Claim("number", number, theory * rate, within),
    )


@pytest.mark.parametrize(
    ("length", "policy", "theory", "within"),
    [
        (kernel(40_000), "in turn", gim1(erlang_gaps(0.8, 4)), 0.05),
        (kernel(40_000), "random", mmc(0.8, 1).sojourn, 0.06),
        slow(reference(), "in turn", gim1(erlang_gaps(0.8, 4)), 0.06),
        slow(reference(), "random", mmc(0.8, 1).sojourn, 0.06),
    ],
    ids=str,
)
def test_balancing_without_looking(length: Length, policy: Policy, theory: float, within: float) -> None:
    """Four upstreams in turn are E4/M/1 each, by lot M/M/1."""
    judge(length, balanced(policy, 4), poisson(3.2, io()), Claim("sojourn", sojourn, theory, within))


@pytest.mark.parametrize("count", [2, 4, 9])
def test_joining_a_shortest_queue_is_between_one_queue_for_all_and_taking_turns(count: int) -> None:
    """For more than two queues nothing exact is known; all of the interval is between what is."""
    best, worst = shortest_queue_bounds(0.8 * count, count)
    found = estimate(kernel(20_000), balanced("least in hand", count), poisson(0.8 * count, io()), sojourn)[0]
    assert best < found.mean - found.half
    assert found.mean + found.half < worst < mmc(0.8, 1).sojourn


def in_hand_of_one(run: Run) -> float:
    """Share of the requests that are given the first upstream."""
    return float((run.trace.process == 0)[run.counts].mean())


def test_equal_upstreams_get_equal_shares() -> None:
    claim = Claim("share of the first", in_hand_of_one, 0.25)
    judge(kernel(20_000), balanced("least in hand", 4), poisson(3.2, io()), claim)
