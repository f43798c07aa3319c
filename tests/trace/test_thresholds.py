"""A rule speaks on one side of its threshold and is silent on the other, and names who it was from some factor on."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.plan import Backlog, Bucket, Cores, Handle, Limit, Outcome, Plan, Pool, Release, Seize
from simulator.trace.cures import Cure
from simulator.trace.finding import Kind as KindOf
from simulator.trace.finding import Party
from simulator.trace.rules_backlog import overflow
from simulator.trace.rules_capacity import held_by_io
from simulator.trace.rules_computing import cores_saturated, gil_saturated, loop_saturated
from simulator.trace.rules_deaths import crashes
from simulator.trace.rules_ends import gave_up
from simulator.trace.rules_overload import overload, taken
from simulator.trace.rules_processes import imbalance
from simulator.trace.rules_waiting import episode, siblings
from simulator.trace.victims import who_waited
from simulator.workload.interventions import Do, Intervention
from simulator.workload.table import Workload
from tests.trace.by_hand import Kind, load_at, simulate
from tests.trace.causes import HASH, QUERY, QUICK, ROUGH, SLOW_QUERY, eager, facts, forked, loops, of, threads

STEP = Kind(steps=(("io", 1.0),))


def killed(*kills: tuple[int, float, float]) -> Workload:
    """20 requests a second while processes die: which, when, and for how long."""
    entries = tuple(Intervention(at=at, do=Do.KILL, number=n, lasting=boot) for n, at, boot in kills)
    return replace(of(20, 30.0, page=QUERY), interventions=entries)


@pytest.mark.parametrize(("busy", "spoken"), [(9.6, True), (9.4, False)])
def test_a_slot_is_taken_all_the_time_from_95_percent_on(busy: float, spoken: bool) -> None:
    load = load_at([0.0, 10.0], 20.0, page=Kind(steps=(("io", busy),)))
    assert (taken(facts(simulate(forked(1), load))) is not None) == spoken


@pytest.mark.parametrize(("long", "named"), [(0.31, True), (0.29, False)])
def test_who_holds_a_slot_three_times_as_long_as_the_others_is_named(long: float, named: bool) -> None:
    """Every second request; all others take 100 ms."""
    slow = Kind(steps=(("io", long),), every=2)
    found = held_by_io(facts(simulate(forked(1), of(6, 30.0, page=QUERY, slow=slow))))
    assert found is not None
    assert (found.culprits == (Party(KindOf.CLASS, "slow"),)) == named
    assert ('A request of "slow" holds a worker for' in found.text) == named


@pytest.mark.parametrize(("size", "spoken"), [(3, True), (1, False)])
def test_requests_that_come_together_are_told_if_most_of_the_waiting_is_for_one_another(
    size: int, spoken: bool
) -> None:
    load = load_at(np.repeat(np.arange(0.0, 60.0, size), size), 60.0, page=Kind(steps=(("io", 0.2),)))
    assert (siblings(facts(simulate(forked(1), load))) is not None) == spoken


@pytest.mark.parametrize(("others", "spoken"), [(5, True), (7, False)])
def test_requests_come_together_as_a_habit_if_half_of_them_do(others: int, spoken: bool) -> None:
    """Six times three at once, and others by themselves."""
    alone = np.arange(others) * 10.0 + 5.0
    together = np.repeat(np.arange(6) * 10.0, 3)
    load = load_at(np.sort(np.concatenate([together, alone])), 90.0, page=Kind(steps=(("io", 1.0),)))
    assert (siblings(facts(simulate(forked(1), load))) is not None) == spoken


@pytest.mark.parametrize(("times", "spoken"), [(3, True), (2, False)])
def test_what_happens_three_times_is_a_habit(times: int, spoken: bool) -> None:
    load = load_at(np.repeat(np.arange(times) * 10.0, 3), 60.0, page=STEP)
    assert (siblings(facts(simulate(forked(1), load))) is not None) == spoken


@pytest.mark.parametrize(("again", "spoken"), [(4, True), (10, False)])
def test_an_episode_holds_at_least_half_of_all_waiting(again: int, spoken: bool) -> None:
    """Ten at once, and later several times so many of them that the first are no longer most."""
    later = np.concatenate([np.full(again, at) for at in (40.0, 60.0, 80.0)])
    load = load_at(np.concatenate([np.full(10, 1.0), later]), 100.0, page=STEP)
    found = episode(facts(simulate(forked(1), load)))
    assert (found is not None) == spoken
    assert found is None or found.text.startswith("From 1 s to 10 s the worker was taken")


def test_what_waits_from_the_first_to_the_last_request_is_no_episode_but_a_load_that_is_too_much() -> None:
    assert episode(facts(simulate(forked(4), of(60, page=QUERY)))) is None


def test_a_burst_is_told_with_its_rate_and_the_usual_one() -> None:
    usual, burst = np.arange(0.0, 60.0, 0.5), np.arange(20.0, 22.0, 0.02)
    load = load_at(np.sort(np.concatenate([usual, burst])), 60.0, page=QUERY)
    found = episode(facts(simulate(forked(1), load)))
    assert found is not None
    assert found.culprits == (Party(KindOf.ARRIVALS, "burst"),)
    assert "Until 22 s 52.0 requests/s came, at other times 2.0." in found.text
    assert found.cures == (Cure.MORE_SLOTS,)


def test_a_queue_that_outlives_its_cause_is_told_with_how_long() -> None:
    slow = Intervention(at=20.0, do=Do.SLOW_IO, factor=20.0, lasting=4.0)
    found = episode(facts(simulate(forked(4), replace(of(20, 60.0, page=QUERY), interventions=(slow,)))))
    assert found is not None
    assert found.culprits == (Party(KindOf.ENTRY, "slow-io"),)
    assert "It outlasted its cause by" in found.text


def test_the_others_went_on_is_only_said_where_they_did() -> None:
    """Two processes that are down one after the other, at the same time for a while, and one of three."""
    apart = crashes(facts(simulate(loops(2), killed((0, 5.0, 2.0), (1, 10.0, 2.0)))))
    together = crashes(facts(simulate(loops(2), killed((0, 5.0, 4.0), (1, 6.0, 4.0)))))
    of_three = crashes(facts(simulate(loops(3), killed((0, 5.0, 4.0), (1, 6.0, 4.0)))))
    assert apart is not None
    assert together is not None
    assert of_three is not None
    assert "The other one went on." in apart.text
    assert "From 6 s to 9 s none of the 2 processes was up." in together.text
    assert "went on" not in together.text
    assert "At times only one of 3 went on." in of_three.text


def test_the_death_of_the_only_process_comes_before_what_it_does_at_other_times() -> None:
    summary = facts(simulate(threads(4), killed((0, 10.0, 3.0)))).summary
    assert summary.findings[0].rule == "crashes"
    assert "It was the only one: from 10 s to 13 s nobody was served." in summary.findings[0].text


def test_of_several_times_at_which_nobody_was_served_all_are_counted_with_those_who_came_meanwhile() -> None:
    twice = crashes(facts(simulate(threads(4), killed((0, 10.0, 2.0), (0, 20.0, 3.0)))))
    both = crashes(facts(simulate(loops(2), killed((0, 5.0, 4.0), (1, 6.0, 4.0), (0, 15.0, 4.0), (1, 16.0, 4.0)))))
    assert twice is not None
    assert both is not None
    assert "It was the only one: 2 times, for 5 s in all, nobody was served, first from 10 s to 12 s." in twice.text
    assert "2 times, for 6 s in all, none of the 2 processes was up, first from 6 s to 9 s." in both.text


@pytest.mark.parametrize(("first", "uneven"), [(31, True), (29, False)])
def test_a_spread_is_uneven_where_a_process_served_a_fifth_more_than_its_share(first: int, uneven: bool) -> None:
    """Of a hundred, the first of four processes served so many, where 25 would be its share."""
    found = facts(simulate(eager(1, processes=4), of(12, page=QUICK, query=SLOW_QUERY)))
    rows = np.flatnonzero(found.measures.category > 0)
    found.trace.process[:] = -1
    found.trace.process[rows[:first]] = 0
    found.trace.process[rows[first:100]] = np.arange(100 - first) % 3 + 1
    told = imbalance(found)
    assert told is not None
    assert (f"The busiest of 4 processes served {first} % of the requests." in told.text) == uneven
    assert ("it is at single moments that one has too many" in told.text) != uneven


def test_a_core_that_hardly_anybody_waits_for_is_no_cause() -> None:
    """Four workers compute half of the time on four cores: they are what is short, and not the cores."""
    found = facts(simulate(forked(4, cores=4), of(50, page=Kind(steps=(("cpu", 0.03), ("io", 0.05))))))
    assert found.summary.resources["worker"].utilisation > 0.95
    assert cores_saturated(found) is None


@pytest.mark.parametrize(("login_ms", "named"), [(60, True), (40, False)])
def test_who_computes_ten_times_as_long_as_the_others_is_named_also_where_the_lock_is_always_busy(
    login_ms: float, named: bool
) -> None:
    login = Kind(steps=(("cpu", login_ms / 1e3),), every=2)
    page = Kind(steps=(("cpu", 0.005),))
    load = of(1.9 / (login_ms / 1e3), 20.0, page=page, login=login)
    for rule, plan in ((loop_saturated, loops()), (gil_saturated, threads(8))):
        found = rule(facts(simulate(plan, load)))
        assert found is not None
        assert found.culprits == (Party(KindOf.CLASS, "login"),)
        assert ('"login" computes for up to' in found.text) == (named and rule is gil_saturated)


def test_whose_requests_gave_up_is_told_where_it_hit_them_more_than_others() -> None:
    """A probe has the patience of a second, everybody else waits."""
    probe = replace(QUERY, every=4)
    load = of(60, 20.0, page=QUERY, probe=probe)
    patience = np.where(load.request_class == 1, 1.0, np.inf)
    found = facts(simulate(forked(4), replace(load, patience=patience)))
    told = gave_up(found)
    gone = int((found.trace.outcome == Outcome.GAVE_UP).sum())
    assert told is not None
    assert told.victims == (Party(KindOf.CLASS, "probe"),)
    assert told.text.endswith(f'{gone} of {int((load.request_class == 1).sum())} "probe" gave up.')
    alike = gave_up(facts(simulate(forked(4), replace(load, patience=np.full(len(load), 1.0)))))
    assert alike is not None
    assert alike.victims == ()


def test_a_single_class_is_named_without_its_share() -> None:
    found = loop_saturated(facts(simulate(loops(), of(30, page=HASH))))
    assert found is not None
    assert found.text.startswith('"page" blocks the event loop for up to 30 ms at a time. The event loop is')


@pytest.mark.parametrize("at", [np.ones(10), np.repeat(np.arange(0.0, 90.0, 9.0), 3)])
def test_who_waits_for_a_token_is_told_so_without_a_resource_that_is_taken(at: NDArray[np.float64]) -> None:
    worker = Pool("worker", 99)
    limited = Plan((Limit(Bucket("token", 1.0, queue_limit=99)), Seize(worker), Handle(), Release(worker)), Cores(2))
    summary = facts(simulate(limited, load_at(at, 100.0, page=QUERY))).summary
    assert summary.diagnosis[0].endswith("of their time waiting for the token.")


@pytest.mark.parametrize(("every", "named"), [(10, True), (12, False)])
def test_who_holds_half_of_all_that_is_held_is_named(every: int, named: bool) -> None:
    """One of ten, or of twelve, holds a slot for a second, the others for 100 ms each."""
    plan = forked(1)
    load = load_at(np.arange(0.0, 240.0), 240.0, page=QUERY, slow=replace(STEP, every=every))
    found = facts(simulate(plan, load)).holders(plan.pools[0])
    assert (found is not None) == named


@pytest.mark.parametrize(("quick", "parties"), [(12, 2), (4, 1)])
def test_a_class_of_some_clients_is_named_where_it_stands_out_half_as_much_again_as_the_class(
    quick: int, parties: int
) -> None:
    """Twelve requests of the class take a second each, those of other clients are as quick as all the rest."""
    plan = forked(1)
    load = load_at(np.arange(0.0, 100.0), 100.0, page=QUERY, report=replace(QUERY, every=999))
    slow = slice(0, 12)
    load.request_class[: 12 + quick] = 1
    load.phases[slow, 0] = 1.0
    client = np.zeros(len(load), np.int16)
    client[slow], client[60:90] = 1, 1
    found = facts(simulate(plan, replace(load, client=client))).holders(plan.pools[0])
    assert found is not None
    assert found.parties[0] == Party(KindOf.CLASS, "report")
    assert len(found.parties) == parties


@pytest.mark.parametrize(("rate_rps", "spoken"), [(11.5, True), (10.8, False)])
def test_a_load_is_too_much_where_twenty_more_are_in_the_system_at_its_end(rate_rps: float, spoken: bool) -> None:
    """One worker answers ten a second."""
    load = load_at(np.arange(0.0, 20.0, 1.0 / rate_rps), 20.0, page=QUERY)
    assert (overload(facts(simulate(forked(1), load))) is not None) == spoken


@pytest.mark.parametrize(("length_s", "spoken"), [(11.0, True), (9.0, False)])
def test_a_load_lasts_from_ten_times_what_a_request_takes_on(length_s: float, spoken: bool) -> None:
    load = load_at(np.arange(0.0, length_s, 0.2), length_s, page=STEP)
    assert (overload(facts(simulate(forked(1), load))) is not None) == spoken


@pytest.mark.parametrize(("again", "spoken"), [(4, True), (3, False)])
def test_packets_that_are_repeated_are_told_from_one_request_in_two_hundred_on(again: int, spoken: bool) -> None:
    """Of some 720."""
    plan = forked(4, backlog=Backlog("backlog", 3), retries=ROUGH)
    found = facts(simulate(plan, of(36, page=QUERY)))
    assert 3 < 0.005 * np.count_nonzero(found.measures.category) < 4
    others = np.flatnonzero((found.trace.syn_retries > 0) | (found.trace.data_retries > 0))[again:]
    found.trace.syn_retries[others] = found.trace.data_retries[others] = 0
    assert (overflow(found) is not None) == spoken


@pytest.mark.parametrize(("seconds", "times", "named"), [(0.9, 3, True), (1.1, 3, False), (0.9, 2, False)])
def test_who_waits_for_most_of_the_time_and_three_times_at_least_is_a_victim(
    seconds: float, times: int, named: bool
) -> None:
    """A page comes just behind a report of one second."""
    load = load_at(
        np.repeat(np.arange(times) * 5.0, 2), 60.0, report=STEP, page=Kind(steps=(("io", seconds),), every=2)
    )
    found = who_waited(facts(simulate(forked(1), load)), (Party(KindOf.CLASS, "report"),))
    assert (found is not None and found.party == Party(KindOf.CLASS, "page")) == named
