"""The GIL: who asks for it, who gets it, and what a call that lets go of it costs. No clock on the wall is asked.

Measured with CPython 3.11 on two cores, others at work, one waiter beside two and four threads that compute: means of
10 to 14 and 21 to 33 ms, medians 7 to 8 and 13 to 23, p90 21 to 31 and 50 to 83, p99 54 to 127 and 100 to 220.
"""

import numpy as np
import pytest

from simulator.experiments.run import EngineName
from simulator.plan import Compute, Cores, Gil, Handle, Machine, Plan
from simulator.real.calibrate.gil_model import asker_wins, simulated_waits
from tests.plan.playing import ENGINES, play
from tests.trace.by_hand import Kind, load_at

each_engine = pytest.mark.parametrize("engine", ENGINES)

WAITS_MS = {2: ((9, 14), (6, 9), (19, 31), (38, 127)), 4: ((21, 40), (13, 27), (50, 95), (100, 220))}
"""Mean, median, p90 and p99 beside so many computing threads: from the least to the most that was measured, and as much
more as two thousand waits of the model leave to luck."""


def waits_ms(hogs: int, machine: Machine) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return 1000.0 * np.array(simulated_waits(machine, hogs, 2000))


def test_beside_one_computing_thread_a_waiter_always_waits_one_interval() -> None:
    assert waits_ms(1, Machine()) == pytest.approx(np.full(2000, 5.0))


@pytest.mark.slow  # thousands of switches, which take minutes on an engine that is not compiled
@pytest.mark.parametrize("hogs", WAITS_MS)
def test_beside_several_it_waits_as_long_and_as_irregularly_as_was_measured(hogs: int) -> None:
    found = waits_ms(hogs, Machine())
    figures = [found.mean(), *np.percentile(found, [50, 90, 99])]
    assert [least <= figure <= most for figure, (least, most) in zip(figures, WAITS_MS[hogs], strict=True)] == [
        True
    ] * 4


@pytest.mark.slow
@pytest.mark.parametrize("wins", [0.3, 0.6, 0.8])
def test_how_often_who_asks_gets_it_is_found_again_in_the_mean_waits(wins: float) -> None:
    machine = Machine(gil_asker_wins=wins)
    beside = {hogs: simulated_waits(machine, hogs, 2000) for hogs in (1, 2, 4)}
    assert asker_wins(0.005, beside) == pytest.approx([wins, wins], abs=0.05)


THREE = load_at([0.0, 0.0, 0.3], 9.0, page=Kind(steps=(("cpu", 2.0),)))
"""The first computes, the second waits from the start, the third from 0.3 s on."""


def starts(engine: EngineName, wins: float | None) -> list[tuple[int, float]]:
    """Who gets the GIL when, in the first three seconds."""
    gil = Gil("GIL", switch_interval_s=1.0, asker_wins=wins)
    grants = play(engine, Plan((Handle(gil),), Cores(4)), THREE).grants
    assert grants is not None
    held = zip(grants.request.tolist(), grants.start.tolist(), strict=True)
    return sorted(((row, start) for row, start in held if start < 3.5), key=lambda grant: grant[1])


@each_engine
def test_who_asks_gets_it_always_and_the_third_never_while_the_others_pass_it_to_one_another(
    engine: EngineName,
) -> None:
    assert starts(engine, 1.0) == [(0, 0.0), (1, 1.0), (0, 2.0), (1, 3.0)]


@each_engine
def test_who_asks_never_gets_it_while_another_one_waits(engine: EngineName) -> None:
    assert starts(engine, 0.0)[:2] == [(0, 0.0), (2, 1.0)]


@each_engine
def test_without_clocks_of_their_own_they_get_it_in_the_order_in_which_they_came(engine: EngineName) -> None:
    assert starts(engine, None) == [(0, 0.0), (1, 1.0), (2, 2.0), (0, 3.0)]


def calling(engine: EngineName, loss: float, beside: bool) -> list[float]:
    """When a request is done that computes for a second and makes two calls, perhaps beside one that computes on."""
    gil = Gil("GIL", switch_interval_s=10.0, asker_wins=1.0, release_loss=loss)
    arrivals = [0.0, 0.5] if beside else [0.0]
    load = load_at(arrivals, 9.0, page=Kind(steps=(("cpu", 3.0),)))
    plan = Plan((Compute(1.0, gil, releases=2), Handle(gil)), Cores(4))
    done: list[float] = play(engine, plan, load).reached[:, 1].tolist()
    return done


@each_engine
def test_a_call_that_lets_go_of_the_gil_loses_it_to_who_waits(engine: EngineName) -> None:
    assert calling(engine, 1.0, beside=True)[0] == pytest.approx(2.0)  # the other one's first second, up to its call


@each_engine
def test_a_call_loses_nothing_where_nobody_waits_or_luck_will_not_have_it(engine: EngineName) -> None:
    assert calling(engine, 1.0, beside=False) == [1.0]
    assert calling(engine, 0.0, beside=True)[0] == 1.0


@each_engine
def test_calls_lose_it_as_often_as_is_said(engine: EngineName) -> None:
    gil = Gil("GIL", switch_interval_s=10.0, asker_wins=1.0, release_loss=0.1)
    pairs = 1000
    load = load_at(sorted([5.0 * n for n in range(pairs)] * 2), 1.0, page=Kind(steps=(("cpu", 1.0),)))
    trace = play(engine, Plan((Compute(1.0, gil, releases=1),), Cores(4)), load)
    lost = trace.lock_wait[::2, 0] > 0
    assert lost.mean() == pytest.approx(0.1, abs=0.03)
