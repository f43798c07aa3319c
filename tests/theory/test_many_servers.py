"""Several servers: one queue in front of all, against a queue in front of each; and stations one after the other."""

import pytest

from simulator.plan import Compute, Elsewhere, Handle, Loop, Plan, Pool, Release, Seize
from simulator.workload.distribution import Exponential, Hyperexponential
from simulator.workload.table import Work
from tests.theory.formulas import erlang_c, mmc, mmc_sojourn_beyond, mmc_wait_beyond, quantile
from tests.theory.formulas_bursts import erlang_gaps, gim1, hyperexponential_gaps
from tests.theory.formulas_service import allen_cunneen_wait, mdc
from tests.theory.judging import Claim, Length, estimate, judge, kernel, reference, slow
from tests.theory.measured import (
    had_to_wait,
    number,
    queue,
    sojourn,
    sojourns_beyond,
    wait,
    waits_beyond,
)
from tests.theory.systems import (
    ONE_CORE,
    SERVICES,
    accepting,
    io,
    poisson,
    private_queues,
    queues_in_turn,
    renewal,
    servers,
)


@pytest.mark.parametrize(
    ("length", "count", "used", "within"),
    [
        (kernel(30_000), 2, 0.8, 0.08),
        (kernel(30_000), 4, 0.5, 0.06),
        (kernel(40_000), 4, 0.8, 0.08),
        slow(kernel(400_000), 4, 0.9, 0.05),
        slow(kernel(200_000), 4, 0.8, 0.05),
        slow(kernel(400_000), 9, 0.8, 0.03),
        slow(kernel(400_000), 9, 0.9, 0.05),
        slow(kernel(1_000_000), 9, 0.95, 0.08),
        slow(kernel(400_000), 17, 0.9, 0.08),
        slow(kernel(400_000), 32, 0.9, 0.1),
        slow(reference(), 4, 0.5, 0.05),
    ],
    ids=str,
)
def test_one_queue_for_all(length: Length, count: int, used: float, within: float) -> None:
    """M/M/c: Erlang C."""
    rate = count * used
    theory, wait99 = mmc(rate, count), quantile(lambda t: mmc_wait_beyond(rate, count, t), 0.01)
    sojourn99 = quantile(lambda t: mmc_sojourn_beyond(rate, count, t), 0.01)
    judge(
        length,
        servers(count),
        poisson(rate, io()),
        Claim("has to wait", had_to_wait, erlang_c(count, rate), within),
        Claim("wait", wait, theory.wait, within),
        Claim("sojourn", sojourn, theory.sojourn, within),
        Claim("queue", queue, theory.queue, within),
        Claim("number", number, theory.number, within),
        Claim("waits beyond the 99th percentile", waits_beyond(wait99), 0.01, 0.4),
        Claim("stays beyond the 99th percentile", sojourns_beyond(sojourn99), 0.01, 0.4),
    )


def test_workers_that_accept_when_idle_are_one_queue_for_all() -> None:
    """The same behind a listening socket with a large backlog."""
    theory = mmc(3.2, 4)
    claim = Claim("sojourn", sojourn, theory.sojourn, 0.06)
    judge(kernel(30_000), accepting(4, 100_000), poisson(3.2, io()), claim)


@pytest.mark.parametrize(
    ("length", "count", "used"),
    [(kernel(30_000), 2, 0.8), (kernel(30_000), 4, 0.8), slow(kernel(300_000), 4, 0.9), slow(reference(), 2, 0.8)],
    ids=str,
)
def test_constant_service_by_several(length: Length, count: int, used: float) -> None:
    """M/D/c."""
    waits, theory = mdc(count * used, count)
    judge(
        length,
        servers(count),
        poisson(count * used, io(SERVICES["deterministic"])),
        Claim("has to wait", had_to_wait, waits),
        Claim("wait", wait, theory.wait, 0.06),
    )


@pytest.mark.slow
def test_service_of_any_law_by_several_is_within_15_percent_of_the_approximation() -> None:
    """M/G/c has no exact formula; Allen and Cunneen's is an approximation. All of the interval is near it."""
    theory = allen_cunneen_wait(3.2, 4, 1.0, 4.0)
    load = poisson(3.2, io(SERVICES["hyperexponential cv 2"]))
    found = estimate(kernel(200_000), servers(4), load, wait)[0]
    assert abs(found.mean / theory - 1) + found.half / theory < 0.15


@pytest.mark.parametrize(("length", "used"), [(kernel(50_000), 0.5), slow(kernel(200_000), 0.8)], ids=str)
def test_irregular_arrivals(length: Length, used: float) -> None:
    """GI/M/1 with hyperexponential gaps, squared variation coefficient 4."""
    gaps = Hyperexponential(1 / used, 2.0)
    theory = gim1(hyperexponential_gaps(gaps))
    judge(length, servers(1), renewal(gaps, io()), Claim("sojourn", sojourn, theory, 0.05))


@pytest.mark.parametrize(
    ("length", "within"), [(kernel(30_000), 0.08), slow(kernel(100_000), 0.05), slow(reference(), 0.08)], ids=str
)
def test_a_queue_in_front_of_each_server_is_as_slow_as_one_server(length: Length, within: float) -> None:
    """Four M/M/1 fed by lot: 5 s at a load of 0.8, where one queue for all four needs 1.75 s."""
    theory = mmc(0.8, 1).sojourn
    judge(length, private_queues(4), poisson(3.2, io()), Claim("sojourn", sojourn, theory, within))


def test_taking_turns_is_better_than_a_lot_and_worse_than_one_queue() -> None:
    """Four E4/M/1: every fourth request of a Poisson stream."""
    theory = gim1(erlang_gaps(0.8, 4))
    assert mmc(3.2, 4).sojourn < theory < mmc(0.8, 1).sojourn
    judge(kernel(60_000), queues_in_turn(4), poisson(3.2, io()), Claim("sojourn", sojourn, theory, 0.05))


@pytest.mark.parametrize("length", [kernel(30_000), slow(reference())], ids=str)
def test_stations_in_a_row_do_not_notice_each_other(length: Length) -> None:
    """Jackson, Kelly: what leaves a shared processor or an M/M/c is Poisson again, so the mean sojourns add up."""
    connection = Pool("connection", 4)
    plan = Plan((Compute(0.5), Seize(connection), Handle(), Release(connection)), ONE_CORE)
    theory = 0.5 / (1 - 1.6 * 0.5) + mmc(1.6, 4).sojourn
    judge(length, plan, poisson(1.6, io()), Claim("sojourn", sojourn, theory, 0.05))


@pytest.mark.parametrize("length", [kernel(40_000), slow(reference())], ids=str)
def test_a_loop_whose_requests_await_something_is_two_stations(length: Length) -> None:
    """Jackson: a single server that is visited twice, and between the visits a wait of any law."""
    plan = Plan((Handle(Loop("loop")),), ONE_CORE)
    piece = (Work.CPU, Exponential(0.25))
    phases = (piece, (Work.IO, SERVICES["lognormal cv 2"]), piece)
    theory = 2 * 0.25 / (1 - 1.6 * 0.5) + 1
    judge(length, plan, poisson(1.6, phases), Claim("sojourn", sojourn, theory, 0.05))


def helped(helpers: int) -> Plan:
    """A loop that hands calls which block to so many helpers."""
    calls = Elsewhere(("block",), Pool("helper", helpers))
    return Plan((Handle(Loop("loop"), elsewhere=(calls,)),), ONE_CORE)


@pytest.mark.parametrize("length", [kernel(40_000), slow(reference())], ids=str)
def test_a_loop_that_only_hands_over_is_one_queue_for_all_helpers(length: Length) -> None:
    """M/M/c: the loop has nothing to do."""
    theory = mmc(3.2, 4)
    claim = Claim("sojourn", sojourn, theory.sojourn, 0.06)
    judge(length, helped(4), poisson(3.2, ((Work.BLOCK, Exponential(1.0)),)), claim)


@pytest.mark.parametrize("length", [kernel(40_000), slow(reference())], ids=str)
def test_helpers_that_each_request_needs_twice_serve_twice_as_many(length: Length) -> None:
    """Jackson: a station to which half of those that leave it come back."""
    call = (Work.BLOCK, Exponential(1.0))
    theory = 2 * mmc(3.2, 4).sojourn
    judge(length, helped(4), poisson(1.6, (call, call)), Claim("sojourn", sojourn, theory, 0.06))


@pytest.mark.parametrize("length", [kernel(40_000), slow(reference())], ids=str)
def test_a_loop_and_its_helpers_are_two_stations(length: Length) -> None:
    """Jackson: the loop is visited twice, and helpers in between."""
    piece = (Work.CPU, Exponential(0.25))
    theory = 2 * 0.25 / (1 - 1.6 * 0.5) + mmc(1.6, 2).sojourn
    load = poisson(1.6, (piece, (Work.BLOCK, Exponential(1.0)), piece))
    judge(length, helped(2), load, Claim("sojourn", sojourn, theory, 0.06))
