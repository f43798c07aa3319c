"""What a mechanism does, in runs that can be followed by hand: balancing, trying again, time and other limits, ways."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from simulator.experiments.run import EngineName
from simulator.plan import Cores, Die, Gil, Handle, Outcome, Plan, Send, Within
from simulator.plan.steps import Policy
from simulator.trace.table import Trace
from simulator.workload.interventions import Do, Intervention
from tests.engine.comparison import differences
from tests.plan import mechanisms as m
from tests.plan.playing import ENGINES, at_once, crowd, io, play, taking
from tests.trace.by_hand import Kind, load_at

each_engine = pytest.mark.parametrize("engine", ENGINES)
DONE, LATE, FULL, CRASHED = Outcome.COMPLETED, Outcome.UPSTREAM_TIMEOUT, Outcome.QUEUE_FULL, Outcome.CRASHED


def ends(trace: Trace) -> list[tuple[Outcome, float]]:
    return [(Outcome(o), round(float(at), 9)) for o, at in zip(trace.outcome, trace.finished, strict=True)]


def at_place(trace: Trace, name: str) -> list[float]:
    names = [place.name for place in trace.places]
    return [round(float(at), 9) for at in trace.reached[:, names.index(name)]]


@each_engine
@pytest.mark.parametrize(
    ("policy", "chosen"), [("in turn", [0, 1, 0, 1, 0]), ("least in hand", [0, 1, 1, 1, 1])], ids=["in turn", "least"]
)
def test_a_balancer_goes_round_or_spares_the_upstream_that_has_most_in_hand(
    engine: EngineName, policy: Policy, chosen: list[int]
) -> None:
    trace = play(engine, m.balanced(policy), taking(9.0, 0.5, 0.5, 0.5, 0.5))
    assert trace.process.tolist() == chosen


@each_engine
def test_a_balancer_that_throws_dice_has_one_number_for_every_request(engine: EngineName) -> None:
    load = at_once(400, page=io(0.5))
    trace = play(engine, m.balanced("random"), load)
    assert trace.process.tolist() == (load.luck(0) * 2).astype(int).tolist()
    assert 150 < trace.process.sum() < 250


@each_engine
def test_an_upstream_has_processes_of_its_own(engine: EngineName) -> None:
    trace = play(engine, m.upstreams_with_processes(), at_once(6, page=io(2.0)))
    assert trace.group.tolist() == [0, 1, 0, 1, 0, 1]
    assert trace.process.tolist() == [0, 2, 1, 3, 0, 2]
    assert trace.slot[:, 0].tolist() == [0, 2, 1, 3, 0, 2]
    assert trace.finished.tolist() == [2.0] * 4 + [4.0] * 2


@each_engine
def test_a_process_of_an_upstream_dies_alone_and_an_upstream_with_all_that_wait_there(engine: EngineName) -> None:
    load = at_once(6, page=io(2.0))
    one = Intervention(at=1.0, do=Do.KILL, number=1, lasting=3.0)
    trace = play(engine, m.upstreams_with_processes(), load, one)
    assert ends(trace) == [(DONE, 2.0), (DONE, 2.0), (CRASHED, 1.0), (DONE, 2.0), (DONE, 4.0), (DONE, 4.0)]
    whole = replace(one, do=Do.KILL_GROUP, number=0)
    trace = play(engine, m.upstreams_with_processes(), load, whole)
    assert ends(trace) == [(CRASHED, 1.0), (DONE, 2.0), (CRASHED, 1.0), (DONE, 2.0), (CRASHED, 1.0), (DONE, 4.0)]


@each_engine
def test_a_request_is_tried_three_times_with_more_time_in_between(engine: EngineName) -> None:
    trace = play(engine, m.tried_three_times(), taking(9.0, 1.0, at=[0.0, 0.5]))
    assert ends(trace) == [(DONE, 9.0), (FULL, 0.5), (FULL, 1.5), (FULL, 3.5)]
    assert trace.attempt.tolist() == [0, 0, 1, 2]
    assert trace.parent.tolist() == [-1, -1, 1, 2]
    assert trace.request.tolist() == [0, 1, 1, 1]


@each_engine
def test_a_request_that_gets_through_is_not_tried_again(engine: EngineName) -> None:
    trace = play(engine, m.tried_three_times(), taking(2.0, 1.0, at=[0.0, 0.5]))
    assert ends(trace) == [(DONE, 2.0), (FULL, 0.5), (FULL, 1.5), (DONE, 4.5)]


@each_engine
def test_jitter_leaves_out_a_part_of_the_backoff_by_the_coin_of_each_attempt(engine: EngineName) -> None:
    load = taking(9.0, 1.0, at=[0.0, 0.0])
    trace = play(engine, m.tried_three_times(jitter=0.5), load)
    coins = [(float(load.coin[1]) + 0.37 * attempt) % 1.0 for attempt in (1, 2)]
    first = 1.0 * (1 - 0.5 * coins[0])
    assert trace.arrival.tolist() == pytest.approx([0.0, 0.0, first, first + 2.0 * (1 - 0.5 * coins[1])])


@each_engine
def test_who_asks_again_after_giving_up_makes_the_worker_work_twice(engine: EngineName) -> None:
    load = replace(taking(2.0), patience=np.array([1.0]))
    trace = play(engine, m.impatient_retry(), load)
    assert ends(trace) == [(Outcome.GAVE_UP, 1.0), (Outcome.GAVE_UP, 2.5)]
    assert trace.arrival.tolist() == [0.0, 1.5]
    assert trace.left.tolist() == [2.0, 4.0]


@each_engine
def test_a_client_of_a_closed_loop_thinks_after_its_last_attempt(engine: EngineName) -> None:
    load = taking(2.0, *[0.5] * 5)
    loop = replace(
        load, arrival=np.full(6, np.nan), clients_in_loop=2, think=np.array([0.0, 0.5, *[4.0] * 4]), duration=7.0
    )
    trace = play(engine, m.tried_three_times(), loop)
    assert trace.arrival.tolist() == [0.0, 0.5, 1.5, 3.5, 6.0]
    assert trace.attempt.tolist() == [0, 0, 1, 2, 0]
    assert ends(trace)[3:] == [(DONE, 4.0), (DONE, 6.5)]


@each_engine
def test_a_client_that_is_free_takes_the_next_of_the_requests_that_all_share(engine: EngineName) -> None:
    plan = Plan((Handle(),), Cores(9))
    unknown, think = np.full(6, np.nan), np.array([0.0, 0.25, 0.5, 0.5, 1.0, 0.0])
    loop = replace(taking(4.0, 0.5, 0.5, 1.0, 9.0, 0.5), arrival=unknown, clients_in_loop=2, think=think, limit=6)
    trace = play(engine, plan, loop)  # the first client has its answer at 4 s, when only the last row is left
    assert trace.arrival.tolist() == [0.0, 0.25, 1.25, 2.75, 3.75, 4.5]
    assert trace.workload.phases.ravel().tolist() == [4.0, 0.5, 0.5, 1.0, 9.0, 0.5]
    started = play(engine, plan, replace(loop, starts=np.array([0.5, 6.0])))
    assert started.arrival.tolist() == [0.5, 5.0, 6.0, 6.0, 7.0, 7.5]
    assert play(engine, plan, replace(loop, duration=2.0)).arrival.tolist() == [0.0, 0.25, 1.25]


@each_engine
@pytest.mark.parametrize(("work", "free_at"), [("stops", 1.0), ("goes on", 5.0)])
def test_a_time_limit_answers_and_the_work_stops_or_goes_on_for_nobody(
    engine: EngineName, work: str, free_at: float
) -> None:
    trace = play(engine, m.answered_late(work=work), taking(5.0, 0.5, at=[0.0, 0.5], rtt=0.25))
    assert ends(trace) == [(LATE, 1.125), (DONE, free_at + 0.5)]
    assert trace.left.tolist() == [free_at, free_at + 0.5]


@each_engine
def test_who_waits_too_long_leaves_the_queue_and_the_next_one_moves_up(engine: EngineName) -> None:
    trace = play(engine, m.waits_no_longer(), taking(0.75, 0.75, 0.5, at=[0.0, 0.125, 0.25]))
    assert ends(trace) == [(DONE, 0.75), (LATE, 1.125), (LATE, 1.25)]
    trace = play(engine, m.waits_no_longer(), taking(2.0, 2.0, 0.25, at=[0.0, 0.0, 0.75]))
    assert ends(trace) == [(LATE, 1.0), (LATE, 1.0), (DONE, 1.25)]


@each_engine
def test_who_is_late_at_the_moment_at_which_it_is_given_a_slot_gives_it_back(engine: EngineName) -> None:
    trace = play(engine, m.waits_no_longer(), taking(1.0, 0.25, 0.25, at=[0.0, 0.0, 0.5]))
    assert ends(trace)[1:] == [(LATE, 1.0), (DONE, 1.25)]


@each_engine
def test_who_loses_patience_at_the_moment_at_which_it_is_given_a_slot_gives_it_back(engine: EngineName) -> None:
    load = replace(taking(1.0, 1.0, 1.0, at=[0.0, 0.0, 0.5]), patience=np.array([np.inf, 1.0, np.inf]))
    trace = play(engine, m.freed_by_clients(), load)
    assert ends(trace) == [(DONE, 1.0), (Outcome.GAVE_UP, 1.0), (DONE, 2.0)]
    assert trace.slot[:, 0].tolist() == [0, 0, 0]


@each_engine
def test_a_late_answer_kills_the_process_with_all_its_threads(engine: EngineName) -> None:
    trace = play(engine, m.killed_when_late(), taking(5.0, 0.75, 0.5, 0.5, 0.5, at=[0.0, 0.5, 0.5, 0.5, 1.25]))
    assert ends(trace) == [(CRASHED, 1.0), (CRASHED, 1.0), (DONE, 1.0), (DONE, 1.0), (DONE, 1.75)]
    assert trace.process.tolist() == [0, 0, 1, 1, 1]


@each_engine
def test_a_request_waits_so_long_for_a_connection_of_the_database_and_no_longer(engine: EngineName) -> None:
    trace = play(engine, m.connections_of_a_database(), taking(0.5, 2.0, 2.0, 2.0, 3.0, 1.0, at=[0.0] * 6))
    assert ends(trace) == [(DONE, 0.5), (DONE, 2.0), (DONE, 2.0), (DONE, 2.0), (DONE, 3.5), (FULL, 1.0)]


@each_engine
def test_a_database_shares_its_own_cores_among_those_who_wait_for_it(engine: EngineName) -> None:
    trace = play(engine, m.database_of_its_own(), at_once(4, page=io(1.0)))
    assert ends(trace) == [(DONE, 2.5)] * 4
    slow = Intervention(at=0.0, do=Do.SLOW_IO, factor=2.0, lasting=9.0)
    trace = play(engine, m.database_of_its_own(), at_once(2, page=io(1.0)), slow)
    assert ends(trace) == [(DONE, 2.25)] * 2


@each_engine
def test_a_bucket_lets_a_burst_through_then_one_at_a_time(engine: EngineName) -> None:
    trace = play(engine, m.rate_limit(queue_limit=None), at_once(5, page=io(0.0)))
    assert ends(trace) == [(DONE, 0.0), (DONE, 0.0), (DONE, 0.5), (DONE, 1.0), (DONE, 1.5)]
    trace = play(engine, m.rate_limit(queue_limit=1), at_once(5, page=io(0.0)))
    assert ends(trace) == [(DONE, 0.0), (DONE, 0.0), (DONE, 0.5), (FULL, 0.0), (FULL, 0.0)]
    trace = play(engine, m.rate_limit(queue_limit=0), taking(0.0, 0.0, 0.0, 0.0, at=[0.0, 0.0, 0.25, 0.5]))
    assert [outcome for outcome, _ in ends(trace)] == [DONE, DONE, FULL, DONE]


@each_engine
def test_who_needs_more_memory_than_there_is_is_refused_or_takes_the_process_along(engine: EngineName) -> None:
    load = taking(1.0, 1.0, 1.0, 1.0, at=[0.0, 0.0, 0.5, 1.25])
    assert ends(play(engine, m.memory_limit(FULL), load)) == [(DONE, 1.0), (DONE, 1.0), (FULL, 0.5), (DONE, 2.25)]
    killed = [(CRASHED, 0.5)] * 3
    assert ends(play(engine, m.memory_limit(Die(1.0)), load)) == [*killed, (DONE, 2.5)]


@each_engine
def test_a_class_that_goes_first_overtakes_the_others_and_keeps_its_own_order(engine: EngineName) -> None:
    trace = play(engine, m.priority(), at_once(6, free=io(1.0), paid=io(1.0, every=3)))
    assert trace.finished.tolist() == [1.0, 4.0, 2.0, 5.0, 6.0, 3.0]


@each_engine
def test_a_class_has_its_own_way(engine: EngineName) -> None:
    trace = play(engine, m.cached_classes(), at_once(4, page=io(1.0), cached=io(1.0, every=2)))
    assert ends(trace) == [(DONE, 1.0), (DONE, 0.0)] * 2


@each_engine
def test_a_share_of_the_requests_has_another_way_by_luck(engine: EngineName) -> None:
    load = at_once(1000, page=io(1.0))
    trace = play(engine, m.cache_hits(0.3), load)
    hit = ~np.isnan(at_place(trace, "hit"))
    assert hit.tolist() == (load.luck(0) < 0.3).tolist()
    assert hit.mean() == pytest.approx(0.3, abs=0.05)


@each_engine
def test_who_finds_everything_busy_goes_another_way(engine: EngineName) -> None:
    trace = play(engine, m.shedding(), taking(2.0, 2.0, 2.0, 2.0, at=[0.0, 0.5, 1.0, 2.0]))
    assert ends(trace) == [(DONE, 2.0), (DONE, 2.5), (FULL, 1.0), (FULL, 2.0)]


@each_engine
def test_everybody_ends_and_nothing_is_held_in_the_end(engine: EngineName) -> None:
    trace = play(engine, m.jobs(), at_once(9, page=io(0.5)))
    assert Counter(trace.outcome.tolist()) == {DONE: 18}


@each_engine
@pytest.mark.parametrize("name", m.PLANS)
def test_every_engine_gives_the_trace_of_the_reference_in_a_crowd(engine: EngineName, name: str) -> None:
    kills = [Intervention(at=at, do=do, number=0, lasting=0.7) for at, do in ((2.0, Do.KILL), (4.1, Do.KILL_GROUP))]
    assert differences(*(play(each, m.PLANS[name], crowd(), *kills) for each in ("reference", engine))) == []


@each_engine
def test_a_client_whose_answer_is_cut_off_goes_on_from_then(engine: EngineName) -> None:
    page = Kind(steps=(("io", 0.5),), response=100.0, down=25.0)  # 4 s on the line
    load = load_at([0.0] * 3, 5.0, page=page)
    loop = replace(load, arrival=np.full(3, np.nan), clients_in_loop=1, think=np.array([0.0, 1.0, 9.0]))
    cut_off = Plan((Handle(), Within(2.0, (Send(buffer_bytes=0.0),), Outcome.UPSTREAM_TIMEOUT)), Cores(1))
    trace = play(engine, cut_off, loop)
    assert ends(trace) == [(Outcome.UPSTREAM_TIMEOUT, 2.5), (Outcome.UPSTREAM_TIMEOUT, 6.0)]
    assert trace.arrival.tolist() == [0.0, 3.5]


@each_engine
def test_a_lock_with_two_permits_lets_two_compute_and_is_taken_from_who_has_had_it_longest(engine: EngineName) -> None:
    load = load_at([0.0, 0.25, 0.5], 9.0, page=Kind(steps=(("cpu", 1.0),)))
    patiently = Plan((Handle(Gil("P", switch_interval_s=10.0, permits=2)),), Cores(4))
    assert play(engine, patiently, load).finished.tolist() == [1.0, 1.25, 2.0]
    in_turn = Plan((Handle(Gil("P", switch_interval_s=0.25, permits=2)),), Cores(4))
    trace = play(engine, in_turn, load)
    assert trace.grants is not None
    held = list(zip(trace.grants.request.tolist(), trace.grants.start.tolist(), trace.grants.end.tolist(), strict=True))
    assert held == [(0, 0.0, 0.75), (1, 0.25, 1.0), (2, 0.75, 1.25), (0, 1.0, 1.25), (1, 1.25, 1.5), (2, 1.25, 1.75)]
