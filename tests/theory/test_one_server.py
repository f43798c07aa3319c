"""One server, first come first served: M/M/1, M/D/1 and M/G/1, and what changes if the last to come is served first."""

import numpy as np
import pytest

from simulator.experiments.run import run
from simulator.plan import Branch, Cores, Gil, Handle, Loop, OfClass, Plan, Pool
from tests.theory.formulas import mmc, mmc_sojourn_beyond, quantile
from tests.theory.formulas_service import (
    Moments,
    lifo_wait_square,
    md1_wait_within,
    mg1_wait,
    mg1_wait_spread,
    moments,
)
from tests.theory.judging import Claim, Length, judge, kernel, reference, slow
from tests.theory.measured import (
    Run,
    had_to_wait,
    number,
    queue,
    sojourn,
    sojourns_beyond,
    wait,
    wait_of_sizes,
    wait_spread,
    wait_square,
    waits_beyond,
)
from tests.theory.systems import SERVICES, TWO_CLASSES, cpu, io, poisson, served_by, servers
from tests.trace.by_hand import Kind, load_at


@pytest.mark.parametrize(
    ("length", "rate", "within"),
    [
        (kernel(30_000), 0.5, 0.03),
        (kernel(40_000), 0.8, 0.06),
        slow(kernel(200_000), 0.8, 0.03),
        slow(kernel(200_000), 0.9, 0.05),
        slow(kernel(1_000_000), 0.95, 0.05),
        slow(reference(), 0.5, 0.03),
    ],
    ids=str,
)
def test_exponential_service(length: Length, rate: float, within: float) -> None:
    """M/M/1: L = rho / (1 - rho), W = 1 / (1 - rho)."""
    theory = mmc(rate, 1)
    judge(
        length,
        servers(1),
        poisson(rate, io()),
        Claim("number", number, theory.number, within),
        Claim("queue", queue, theory.queue, within),
        Claim("sojourn", sojourn, theory.sojourn, within),
        Claim("wait", wait, theory.wait, within),
        Claim("has to wait", had_to_wait, rate),
    )


def test_the_sojourn_with_exponential_service_is_exponential() -> None:
    """M/M/1: P(T > t) = exp(-(1 - rho) t), at the times that theory calls median, 95th and 99th percentile."""
    late = {share: quantile(lambda t: mmc_sojourn_beyond(0.5, 1, t), share) for share in (0.5, 0.05, 0.01)}
    claims = [Claim(f"later than {t:.3f} s", sojourns_beyond(t), share, 0.12) for share, t in late.items()]
    judge(kernel(50_000), servers(1), poisson(0.5, io()), *claims)


def test_an_event_loop_is_one_server_first_come_first_served() -> None:
    """M/G/1 on a loop, whatever the number of cores."""
    plan = Plan((Handle(Loop("loop")),), Cores(4))
    service = SERVICES["Erlang-4"]
    judge(
        kernel(30_000), plan, poisson(0.5, cpu(service)), Claim("sojourn", sojourn, mg1_wait(0.5, moments(service)) + 1)
    )


@pytest.mark.parametrize("asker_wins", [None, 0.6])
def test_beside_a_computing_thread_an_event_loop_serves_one_callback_an_interval(asker_wins: float | None) -> None:
    """M/D/1: whatever little a callback computes, it first waits a whole switch interval for the GIL, and has the loop.

    Without the thread the same loop would be busy a sixth of that.
    """
    gil = Gil("GIL", switch_interval_s=5.0, asker_wins=asker_wins)
    thread, callbacks = (Handle(gil),), (Handle(Loop("loop", gil=gil)),)
    plan = Plan((Branch(OfClass(("thread",)), thread, callbacks),), Cores(4))
    rate, moved = 0.1, np.cumsum(np.random.default_rng(5).exponential(10.0, 40_000))
    load = load_at(np.append(0.0, moved), moved[-1], thread=Kind(), page=Kind(steps=(("cpu", 1.0),)))
    load.request_class[0], load.phases[0] = 0, 2.0 * moved[-1]
    trace = run(plan, load, engine="kernel")
    stays = (trace.left - trace.arrival)[1:]
    own = 5.0 + 1.0
    waits = mg1_wait(rate * own, moments(SERVICES["deterministic"])) * own
    assert float(stays.mean()) == pytest.approx(waits + own, rel=0.03)
    assert float(trace.lock_wait[1:, [lock == gil for _, lock in trace.locked]].max(axis=1).mean()) == pytest.approx(
        5.0
    )


@pytest.mark.parametrize(
    ("length", "rate"),
    [(kernel(20_000), 0.5), (kernel(40_000), 0.8), slow(kernel(200_000), 0.9), slow(reference(), 0.5)],
    ids=str,
)
def test_constant_service(length: Length, rate: float) -> None:
    """M/D/1: the mean wait, and the whole distribution (Erlang 1909, Crommelin)."""
    service = SERVICES["deterministic"]
    judge(
        length,
        servers(1),
        poisson(rate, io(service)),
        Claim("wait", wait, mg1_wait(rate, moments(service)), 0.05),
        *(Claim(f"waits beyond {t} s", waits_beyond(t), 1 - md1_wait_within(rate, t), 0.1) for t in (0, 1, 2)),
        Claim("waits beyond 5 s", waits_beyond(5), 1 - md1_wait_within(rate, 5), 0.5),
    )


@pytest.mark.parametrize(
    ("length", "name", "rate", "within"),
    [
        (kernel(30_000), "Erlang-4", 0.5, 0.03),
        slow(kernel(100_000), "Erlang-4", 0.8, 0.05),
        (kernel(40_000), "lognormal cv 1", 0.5, 0.06),
        slow(kernel(200_000), "lognormal cv 1", 0.8, 0.05),
        (kernel(40_000), "hyperexponential cv 2", 0.5, 0.08),
        slow(kernel(200_000), "hyperexponential cv 2", 0.8, 0.05),
        slow(kernel(500_000), "hyperexponential cv 2", 0.9, 0.05),
        slow(kernel(400_000), "lognormal cv 2", 0.5, 0.05),
        slow(reference(), "Erlang-4", 0.5, 0.03),
    ],
    ids=str,
)
def test_service_of_any_law(length: Length, name: str, rate: float, within: float) -> None:
    """M/G/1: Pollaczek and Khinchine."""
    theory = mg1_wait(rate, moments(SERVICES[name]))
    claim = Claim("wait", wait, theory, within)
    judge(length, servers(1), poisson(rate, io(SERVICES[name])), claim, Claim("has to wait", had_to_wait, rate))


def _wait_by_what_was_drawn(run: Run) -> float:
    """The mean wait, as a share of what Pollaczek and Khinchine say for the drawn sizes."""
    sizes = run.sizes()
    drawn = Moments(*(float(np.mean(sizes**k)) for k in (1, 2, 3)))
    return wait(run) / mg1_wait(len(sizes) / (run.end - run.start), drawn)


@pytest.mark.parametrize(
    ("length", "name", "rate"),
    [
        (kernel(30_000), "lognormal cv 2", 0.5),
        (kernel(30_000), "lognormal cv 3", 0.5),
        (kernel(30_000), "bounded Pareto", 0.5),
        slow(kernel(400_000), "lognormal cv 2", 0.8),
        slow(kernel(400_000), "lognormal cv 3", 0.8),
        slow(kernel(400_000), "bounded Pareto", 0.8),
        slow(kernel(400_000), "bounded Pareto", 0.9),
    ],
    ids=str,
)
def test_service_with_a_heavy_tail(length: Length, name: str, rate: float) -> None:
    """M/G/1, given the sizes that were drawn.

    The wait depends on E[S^2], which a million lognormal sizes with cv 3 give only to 10 %: the engine is asked what
    it makes of the sizes it got. That they follow their law is shown in tests/workload.
    """
    claim = Claim("wait / formula", _wait_by_what_was_drawn, 1.0, 0.08)
    judge(length, servers(1), poisson(rate, io(SERVICES[name])), claim)


@pytest.mark.parametrize(
    ("length", "name", "within"),
    [
        slow(kernel(100_000), "deterministic", 0.05),
        slow(kernel(200_000), "Erlang-4", 0.06),
        slow(kernel(200_000), "exponential", 0.06),
        slow(kernel(400_000), "hyperexponential cv 2", 0.06),
        slow(kernel(400_000), "lognormal cv 1", 0.06),
    ],
    ids=str,
)
def test_how_much_waits_differ(length: Length, name: str, within: float) -> None:
    """M/G/1: the standard deviation of the wait, from E[S^2] and E[S^3]."""
    theory = mg1_wait_spread(0.8, moments(SERVICES[name]))
    judge(
        length, servers(1), poisson(0.8, io(SERVICES[name])), Claim("spread of the wait", wait_spread, theory, within)
    )


def test_first_come_first_served_makes_short_and_long_requests_wait_alike() -> None:
    """Two classes: whoever is short waits for the long ones in front."""
    theory = mg1_wait(0.5, moments(TWO_CLASSES))
    judge(
        kernel(50_000),
        servers(1),
        poisson(0.5, io(TWO_CLASSES)),
        Claim("wait of the short", wait_of_sizes(0, 1), theory),
        Claim("wait of the long", wait_of_sizes(1, np.inf), theory),
        Claim("wait of all", wait, theory),
    )


@pytest.mark.parametrize("name", ["deterministic", "exponential"])
def test_last_come_first_served_has_the_same_mean_wait_and_a_wilder_one(name: str) -> None:
    """M/G/1 LIFO without preemption."""
    service = SERVICES[name]
    theory = moments(service)
    judge(
        kernel(50_000),
        served_by(Pool("server", 1, order="lifo")),
        poisson(0.5, io(service)),
        Claim("wait", wait, mg1_wait(0.5, theory)),
        Claim("wait squared", wait_square, lifo_wait_square(0.5, theory), 0.2),
    )
