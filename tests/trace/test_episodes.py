"""What is told as an episode, on both sides of each threshold: how long it is, how full, and what set it off."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.trace.episodes import Episode
from simulator.trace.finding import Kind as KindOf
from simulator.trace.finding import Party
from simulator.trace.rules_waiting import episode
from simulator.workload.interventions import Do, Intervention
from simulator.workload.table import Workload
from tests.trace.by_hand import Kind, load_at, simulate
from tests.trace.causes import QUERY, facts, forked

SHORT, LONG = Kind(steps=(("io", 0.05),)), Kind(steps=(("io", 1.0),))
QUERIES_RPS = 10.0
"""So many queries a second are all that one worker answers."""


def told(workers: int, load: Workload) -> Episode | None:
    """The episode of a run on so many workers."""
    return facts(simulate(forked(workers), load)).episode


def set_off_by(found: Episode | None) -> KindOf | None:
    """What set off an episode that has to be there."""
    assert found is not None
    return found.trigger.party.kind if found.trigger else None


def denser(rate_rps: float, length_s: float) -> Workload:
    """Eight queries a second for a minute, and more of them from 20 s on."""
    usual = np.arange(0.0, 60.0, 0.125)
    more = np.arange(20.0, 20.0 + length_s, 1.0 / rate_rps)
    apart = usual[(usual < 20.0) | (usual >= 20.0 + length_s)]
    return load_at(np.concatenate([apart[apart < 20.0], more, apart[apart >= 20.0]]), 60.0, page=QUERY)


@pytest.mark.parametrize(("rate_rps", "burst"), [(12.5, True), (11.5, False)])
def test_a_burst_is_half_as_many_again_as_at_other_times(rate_rps: float, burst: bool) -> None:
    assert rate_rps > QUERIES_RPS
    found = told(1, denser(rate_rps, 10.0))
    assert set_off_by(found) is (KindOf.ARRIVALS if burst else None)


@pytest.mark.parametrize(("length_s", "told_of"), [(10.0, True), (20.0, False)])
def test_what_nothing_set_off_is_an_episode_for_half_of_the_run_at_most(length_s: float, told_of: bool) -> None:
    """A queue that grows for twice as long takes twice as long to go away: here 17 s of 60 s, and 35 s."""
    assert (told(1, denser(11.5, length_s)) is not None) == told_of


@pytest.mark.parametrize(("number", "burst"), [(21, True), (20, False)])
def test_a_burst_has_twenty_requests_before_its_queue_is_longest(number: int, burst: bool) -> None:
    more = 20.0 + 0.02 * np.arange(number)
    load = load_at(np.sort(np.concatenate([np.arange(0.0, 60.0) + 0.5, more])), 60.0, page=QUERY)
    assert set_off_by(told(1, load)) is (KindOf.ARRIVALS if burst else None)


@pytest.mark.parametrize(("within_s", "at_once"), [(0.15, True), (0.5, False)])
def test_what_comes_within_a_hundredth_of_the_queue_that_it_makes_comes_at_once(within_s: float, at_once: bool) -> None:
    """Twenty requests, of a second each: about 20 s in all."""
    found = told(1, load_at(np.linspace(1.0, 1.0 + within_s, 20), 100.0, page=LONG))
    assert set_off_by(found) is (KindOf.ARRIVALS if at_once else None)


@pytest.mark.parametrize(("number", "named"), [(18, True), (17, False)])
def test_nine_in_ten_of_those_that_came_at_once_are_called_by_their_class(number: int, named: bool) -> None:
    load = load_at(np.full(20, 1.0), 100.0, page=LONG, report=Kind(steps=LONG.steps, every=21))
    load.request_class[:number] = 1
    found = told(1, load)
    assert found is not None
    assert found.trigger is not None
    assert found.trigger.mostly == (Party(KindOf.CLASS, "report") if named else None)
    assert found.trigger.number == (number if named else 20)


@pytest.mark.parametrize(("late_s", "set_off"), [(1.5, True), (2.5, False)])
def test_an_entry_within_a_tenth_of_an_episode_set_it_off(late_s: float, set_off: bool) -> None:
    """Twenty seconds of waiting, and then fewer cores for work that needs none."""
    cores = Intervention(at=10.0 + late_s, do=Do.CORES, number=1)
    load = load_at(np.full(20, 10.0), 100.0, page=LONG)
    assert (set_off_by(told(1, replace(load, interventions=(cores,)))) is KindOf.ENTRY) == set_off


@pytest.mark.parametrize(("rate_rps", "named"), [(13.0, True), (15.0, False)])
def test_who_holds_the_slots_for_three_tenths_of_an_episode_set_it_off(rate_rps: float, named: bool) -> None:
    """Two long ones hold both workers for 2 s; the more queries come, the longer the queue outlives them."""
    before, after = np.arange(0.0, 19.8, 1.0 / rate_rps), np.arange(20.01, 60.0, 1.0 / rate_rps)
    load = load_at(
        np.concatenate([before, [20.0, 20.0], after]), 60.0, page=QUERY, big=Kind(steps=LONG.steps, every=9999)
    )
    big = slice(len(before), len(before) + 2)
    load.request_class[big], load.phases[big, 0] = 1, 2.0
    assert set_off_by(told(2, load)) is (KindOf.CLASS if named else None)


@pytest.mark.parametrize(("rate_rps", "late"), [(16.0, True), (12.0, False)])
def test_an_episode_outlasted_its_cause_where_a_tenth_of_it_came_after(rate_rps: float, late: bool) -> None:
    """One worker of four for ten seconds: what has gathered by then is served in 3 s, or in 0.7 s."""
    fewer, again = (Intervention(at=at, do=Do.SLOTS, number=number) for at, number in ((20.0, 1), (30.0, 4)))
    load = load_at(np.arange(0.0, 60.0, 1.0 / rate_rps), 60.0, page=QUERY)
    found = episode(facts(simulate(forked(4), replace(load, interventions=(fewer, again)))))
    assert found is not None
    assert found.text.count("It outlasted its cause") == late


@pytest.mark.parametrize(("later", "after_its_cause"), [(0, False), (400, True)])
def test_the_last_requests_of_all_do_not_outlast_themselves(later: int, after_its_cause: bool) -> None:
    """A burst of 100 at one worker; it is its cause that is over only where others come afterwards."""
    burst = Intervention(at=10.0, do=Do.BURST, number=100, lasting=1.0)
    moments = np.concatenate([10.0 + 0.01 * np.arange(100), 11.0 + 0.11 * np.arange(later)])
    found = episode(facts(simulate(forked(1), replace(load_at(moments, 60.0, page=QUERY), interventions=(burst,)))))
    assert found is not None
    assert ("It outlasted its cause" in found.text) == after_its_cause
    assert ("after the last request had come" in found.text) != after_its_cause


def twice(pause_s: float) -> Workload:
    """Two crowds, each of which needs ten seconds; between them nobody is there."""
    return load_at(np.repeat([10.0, 20.0 + pause_s], [200, 190]), 100.0, page=SHORT)


@pytest.mark.parametrize(("pause_s", "one"), [(0.43, True), (0.47, False)])
def test_a_pause_of_a_twentieth_ends_no_episode(pause_s: float, one: bool) -> None:
    """The first crowd waits for 9.95 s, and the last of it is served for 50 ms: the pause in the waiting is longer."""
    found = told(1, twice(pause_s))
    assert found is not None
    assert (found.end_s > 29.0) == one


@pytest.mark.parametrize(("pause_s", "full"), [(0.3, True), (0.43, False)])
def test_slots_that_were_free_for_a_fiftieth_were_not_taken_all_the_time(pause_s: float, full: bool) -> None:
    found = told(1, twice(pause_s))
    assert found is not None
    assert found.full == full
