"""Systems that do not serve everybody: nowhere to wait, few places to wait, a backlog that is full, lost patience."""

import pytest

from simulator.plan import Handle, Outcome, Plan, Pool, Release, Seize, Within
from simulator.workload.distribution import Exponential
from tests.theory.formulas import Loss, erlang_a, erlang_b, mmck
from tests.theory.formulas_policies import mmcd
from tests.theory.judging import Claim, Length, judge, kernel, reference, slow
from tests.theory.measured import Run, had_to_wait, number, queue, rate, sojourn, unserved, wait, wait_of_all
from tests.theory.systems import ONE_CORE, SERVICES, accepting, io, poisson, served_by, servers


@pytest.mark.parametrize(
    ("length", "count", "load"),
    [
        (kernel(15_000), 1, 1),
        (kernel(25_000), 4, 2),
        (kernel(15_000), 4, 3.2),
        (kernel(30_000), 10, 8),
        (kernel(30_000), 10, 9),
        slow(kernel(200_000), 25, 20),
        slow(kernel(300_000), 100, 100),
        slow(reference(), 4, 3.2),
    ],
    ids=str,
)
def test_nowhere_to_wait(length: Length, count: int, load: float) -> None:
    """Erlang B: M/M/c/c."""
    judge(length, servers(count, waiting=0), poisson(load, io()), Claim("lost", unserved, erlang_b(count, load), 0.05))


@pytest.mark.parametrize("name", ["deterministic", "hyperexponential cv 2", "bounded Pareto"])
def test_what_is_lost_with_nowhere_to_wait_depends_on_the_mean_service_only(name: str) -> None:
    """Erlang B: M/G/c/c, insensitive."""
    load = poisson(3.2, io(SERVICES[name]))
    judge(kernel(20_000), servers(4, waiting=0), load, Claim("lost", unserved, erlang_b(4, 3.2)))


def _claims(theory: Loss, within: float) -> list[Claim]:
    return [
        Claim("lost", unserved, theory.lost, within),
        Claim("number", number, theory.means.number, within),
        Claim("queue", queue, theory.means.queue, within),
        Claim("completed per second", rate, theory.rate),
        Claim("sojourn", sojourn, theory.means.sojourn, within),
        Claim("wait", wait, theory.means.wait, within),
    ]


@pytest.mark.parametrize(
    ("length", "count", "places", "load", "within"),
    [
        (kernel(30_000), 1, 5, 0.8, 0.05),
        (kernel(40_000), 1, 10, 1.2, 0.05),
        (kernel(20_000), 4, 4, 3.2, 0.05),
        slow(kernel(600_000), 4, 20, 3.2, 0.08),
        (kernel(40_000), 4, 20, 4.4, 0.06),
        slow(kernel(200_000), 4, 104, 4.4, 0.05),
        slow(kernel(120_000, discard=0.3), 9, 2057, 10.0, 0.05),  # an eighth of the run goes into filling the backlog
        slow(reference(), 1, 5, 0.8, 0.05),
    ],
    ids=str,
)
def test_a_limited_queue(length: Length, count: int, places: int, load: float, within: float) -> None:
    """M/M/c/K with a pool that turns away whoever finds its queue full."""
    claims = _claims(mmck(load, count, places), within)
    judge(length, servers(count, waiting=places - count), poisson(load, io()), *claims)


@pytest.mark.parametrize(
    ("length", "count", "places", "load", "within"),
    [
        (kernel(30_000), 1, 5, 0.8, 0.05),
        (kernel(40_000), 4, 20, 4.4, 0.06),
        slow(kernel(200_000), 4, 104, 4.4, 0.05),
        slow(kernel(120_000, discard=0.3), 9, 2057, 10.0, 0.05),
        slow(reference(), 1, 5, 0.8, 0.05),
    ],
    ids=str,
)
def test_a_full_backlog_that_refuses(length: Length, count: int, places: int, load: float, within: float) -> None:
    """M/M/c/K behind a socket: listen(b) admits b + 1 connections, so K = c + b + 1."""
    claims = _claims(mmck(load, count, places), within)
    judge(length, accepting(count, waiting=places - count), poisson(load, io()), *claims)


def test_a_full_backlog_that_drops_the_syn_of_clients_who_try_once() -> None:
    """The same share is lost if the client is not told and does not try again; it only learns it later."""
    theory = mmck(1.2, 1, 10)

    def timed_out(run: Run) -> float:
        return float((run.trace.outcome[run.counts] == Outcome.CONNECT_TIMEOUT).mean())

    plan = accepting(1, waiting=9, refuses=False)
    claim = Claim("timed out", timed_out, theory.lost, 0.05)
    judge(kernel(30_000), plan, poisson(1.2, io()), claim, Claim("completed per second", rate, theory.rate))


@pytest.mark.parametrize(
    ("length", "count", "load", "impatience", "within"),
    [
        (kernel(40_000), 4, 3.2, 0.1, 0.08),
        (kernel(40_000), 4, 4.4, 0.1, 0.08),
        (kernel(15_000), 4, 8.0, 0.1, 0.05),
        (kernel(30_000), 9, 10.0, 0.05, 0.1),
        slow(reference(), 4, 8.0, 0.1, 0.03),
    ],
    ids=str,
)
def test_clients_who_leave_the_queue(length: Length, count: int, load: float, impatience: float, within: float) -> None:
    """Erlang-A. A client that loses its patience while it is being served does not stop the server."""
    theory = erlang_a(load, count, impatience)
    judge(
        length,
        served_by(Pool("server", count, renege=True)),
        poisson(load, io(), patience=Exponential(1 / impatience)),
        Claim("left without being served", unserved, theory.abandoned, within),
        Claim("has to wait", had_to_wait, theory.waits),
        Claim("number", number, theory.number, within),
        Claim("queue", queue, theory.queue, within),
        Claim("wait of who is served", wait, theory.wait, within),
        Claim("wait of all", wait_of_all, theory.wait_of_all, within),
    )


@pytest.mark.parametrize(
    ("length", "count", "load", "longest", "within"),
    [
        (kernel(40_000), 1, 0.8, 2.0, 0.05),
        (kernel(40_000), 4, 3.2, 0.5, 0.05),
        (kernel(30_000), 4, 5.0, 0.5, 0.03),
        slow(kernel(200_000), 10, 9.0, 0.3, 0.05),
        slow(reference(), 4, 5.0, 0.5, 0.03),
    ],
    ids=str,
)
def test_a_connection_is_waited_for_so_long_and_no_longer(
    length: Length, count: int, load: float, longest: float, within: float
) -> None:
    """M/M/c+D: the connections of a database, and a time limit for getting one."""
    connection = Pool("connection", count)
    limited = Within(longest, (Seize(connection),), Outcome.QUEUE_FULL)
    theory = mmcd(load, count, longest)
    judge(
        length,
        Plan((limited, Handle(), Release(connection)), ONE_CORE),
        poisson(load, io()),
        Claim("gets none", unserved, theory.lost, within),
        Claim("has to wait", had_to_wait, theory.waits),
        Claim("wait of who is served", wait, theory.wait, within),
        Claim("wait of all", wait_of_all, theory.wait * (1 - theory.lost) + longest * theory.lost, within),
    )
