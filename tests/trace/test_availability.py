"""What was there to be used: slots of dead processes, of pools that became smaller, and cores."""

from dataclasses import replace

import pytest

from simulator.experiments.run import run
from simulator.plan import Accept, Backlog, Connect, Cores, Gil, Handle, Plan, Pool, Release
from simulator.trace.availability import away_by_name, cores, lost, processes_down, slots_away
from simulator.trace.table import Trace
from simulator.workload.interventions import Do, Intervention
from tests.trace.by_hand import Kind, load_at

BACKLOG, GIL = Backlog("backlog", 50), Gil("GIL", 2)
THREAD = Pool("thread", 4, slots_per_process=2)
THREADS = Plan((Connect(BACKLOG), Accept(BACKLOG, THREAD), Handle(GIL), Release(THREAD)), Cores(4))


def kill(at: float, process: int = 0, boot: float = 1.0) -> Intervention:
    return Intervention(at=at, do=Do.KILL, number=process, lasting=boot)


def after(*entries: Intervention, arrivals: tuple[float, ...] = (9.0,)) -> Trace:
    load = load_at(arrivals, 10.0, page=Kind(steps=(("io", 0.5),)))
    return run(THREADS, replace(load, interventions=entries))


def stretches(trace: Trace) -> list[tuple[int, float, float]]:
    away = slots_away(trace, trace.plan.pools[0])
    return list(zip(away.slot.tolist(), away.start.tolist(), away.end.tolist(), strict=True))


def test_without_interventions_everything_is_there() -> None:
    trace = after()
    assert away_by_name(trace) == {}
    assert cores(trace).values(cores(trace).at).tolist() == [4.0]


def test_all_threads_of_a_dead_process_are_away_until_it_has_booted() -> None:
    assert stretches(after(kill(2.0, process=1))) == [(2, 2.0, 3.0), (3, 2.0, 3.0)]


def test_a_process_killed_while_it_boots_is_away_until_the_last_boot_is_over() -> None:
    assert processes_down(after(kill(2.0, boot=3.0), kill(4.0), kill(5.0))) == {0: [(2.0, 6.0)]}
    assert processes_down(after(kill(2.0), kill(3.5))) == {0: [(2.0, 3.0), (3.5, 4.5)]}
    assert processes_down(after(kill(2.0, process=7))) == {}


def test_a_slot_too_many_is_away_when_its_request_has_finished() -> None:
    smaller = Intervention(at=2.25, do=Do.SLOTS, number=1)
    larger = Intervention(at=5.0, do=Do.SLOTS, number=2)
    trace = after(smaller, larger, arrivals=(2.0, 2.0, 2.0, 9.0))
    assert stretches(trace) == [(1, 2.5, 5.0), (3, 2.25, 5.0)]


def test_slots_that_come_later_are_away_before() -> None:
    trace = after(Intervention(at=4.0, do=Do.SLOTS, number=3))
    assert trace.plan.pools[0].size == 6
    assert stretches(trace) == [(2, 0.0, 4.0), (5, 0.0, 4.0)]


def test_the_lock_of_a_dead_process_is_down_too() -> None:
    assert away_by_name(after(kill(2.0)))["GIL"].integral(0.0, 10.0) == pytest.approx(1.0)


def test_cores_are_counted_at_every_moment() -> None:
    trace = after(Intervention(at=4.0, do=Do.CORES, number=1), Intervention(at=6.0, do=Do.CORES, number=5))
    assert cores(trace).integral(0.0, 10.0) == pytest.approx(4 * 4 + 2 * 1 + 4 * 5)
    assert trace.plan.cores.count == 5
    assert away_by_name(trace)["cores"].integral(0.0, 10.0) == pytest.approx(4 * 1 + 2 * 4)


def test_those_who_were_inside_are_lost_and_nobody_else() -> None:
    entry = kill(2.25)
    trace = after(entry, arrivals=(1.0, 2.0, 2.0, 2.0, 9.0))
    assert trace.process[:4].tolist() == [0, 0, 1, 1]  # the slot that has been idle longest is given first
    assert lost(trace, entry).tolist() == [1]
