"""What becomes of jobs and of processes, in runs that can be followed by hand: acknowledging, recycling, scaling."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.experiments.refusal import RefusalError
from simulator.experiments.run import EngineName
from simulator.plan import Outcome
from simulator.trace.columns import renumbered
from simulator.trace.table import Trace
from simulator.workload.interventions import Do, Intervention
from tests.plan import mechanisms as m
from tests.plan.playing import at_once, io, of_classes, play, taking
from tests.plan.test_mechanisms import CRASHED, DONE, at_place, each_engine, ends

CHILD_DIES = Intervention(at=1.0, do=Do.KILL, number=0, lasting=2.0)
WORKER_DIES = Intervention(at=1.0, do=Do.KILL_GROUP, number=0, lasting=2.0)


def of_jobs(trace: Trace) -> Trace:
    rows = np.flatnonzero(trace.parent >= 0)
    columns = trace.rows(rows)
    columns["parent"] = renumbered(columns["parent"], rows, len(trace))
    return replace(trace, workload=trace.workload.take(rows), grants=None, **columns)


# --- jobs -----------------------------------------------------------------------------------------------------------


@each_engine
def test_a_job_outlives_its_request_and_is_a_row_of_its_own(engine: EngineName) -> None:
    trace = play(engine, m.jobs(), at_once(2, page=io(1.0)))
    assert ends(trace) == [(DONE, 0.25)] * 2 + [(DONE, 1.25), (DONE, 2.25)]
    assert trace.parent.tolist() == [-1, -1, 0, 1]
    assert trace.request.tolist() == [0, 1, 0, 1]
    assert trace.arrival.tolist() == [0.0, 0.0, 0.25, 0.25]


@each_engine
def test_a_worker_that_has_prefetched_four_jobs_does_one_after_the_other_while_another_worker_idles(
    engine: EngineName,
) -> None:
    jobs = of_jobs(play(engine, m.jobs(), at_once(5, page=io(1.0))))
    assert jobs.group.tolist() == [0, 0, 0, 0, 1]
    assert jobs.finished.tolist() == [1.25, 2.25, 3.25, 4.25, 1.25]


@each_engine
def test_early_acknowledgement_makes_room_for_the_next_job_when_a_child_takes_one(engine: EngineName) -> None:
    load = at_once(9, page=io(1.0))
    late, early = (of_jobs(play(engine, m.jobs(late=late), load)) for late in (True, False))
    assert at_place(late, "seize child")[-1] == 1.25  # the ninth is fetched when the first has been acknowledged
    assert at_place(early, "seize child")[-1] == 0.25


@each_engine
def test_a_job_whose_child_dies_comes_again_if_it_was_to_be_acknowledged_late(engine: EngineName) -> None:
    jobs = of_jobs(play(engine, m.jobs(late=True), at_once(1, page=io(1.0)), CHILD_DIES))
    assert ends(jobs) == [(CRASHED, 1.0), (DONE, 4.0)]
    assert jobs.attempt.tolist() == [0, 1]
    assert jobs.parent.tolist() == [-1, 0]
    jobs = of_jobs(play(engine, m.jobs(late=False), at_once(1, page=io(1.0)), CHILD_DIES))
    assert ends(jobs) == [(CRASHED, 1.0)]


@each_engine
def test_a_child_dies_with_one_job_and_a_worker_with_all_that_it_has_prefetched(engine: EngineName) -> None:
    load = at_once(3, page=io(1.0))
    jobs = of_jobs(play(engine, m.jobs(), load, CHILD_DIES))
    assert ends(jobs) == [(CRASHED, 1.0), (DONE, 4.0), (DONE, 5.0), (DONE, 6.0)]
    jobs = of_jobs(play(engine, m.jobs(), load, WORKER_DIES))
    assert ends(jobs) == [(CRASHED, 1.0)] * 3 + [(DONE, 2.0), (DONE, 3.0), (DONE, 4.0)]
    assert jobs.group.tolist() == [0, 0, 0, 1, 1, 1]
    assert jobs.process.tolist() == [0, -1, -1, 1, 1, 1]


@each_engine
def test_who_joins_a_job_waits_for_it_and_for_the_one_that_comes_in_its_place(engine: EngineName) -> None:
    load = at_once(1, page=io(1.0))
    assert ends(play(engine, m.jobs(joined=True), load))[0] == (DONE, 1.25)
    assert ends(play(engine, m.jobs(joined=True), load, CHILD_DIES))[0] == (DONE, 4.0)


@each_engine
def test_who_joins_a_job_fails_as_it_fails(engine: EngineName) -> None:
    load = at_once(1, page=io(1.0))
    assert ends(play(engine, m.jobs(late=False, joined=True), load, CHILD_DIES))[0] == (CRASHED, 1.0)


@each_engine
def test_a_job_that_kills_whoever_takes_it_and_comes_again_has_no_end_and_the_run_says_so(engine: EngineName) -> None:
    with pytest.raises(RefusalError, match=r"^one request was repeated, or sent off jobs, more than 1 024 times"):
        play(engine, m.poisonous_job(), at_once(1, page=io(1.0)))


# --- processes ------------------------------------------------------------------------------------------------------


@each_engine
def test_a_worker_starts_anew_after_so_many_requests(engine: EngineName) -> None:
    trace = play(engine, m.recycled_workers(after=2), at_once(6, page=io(1.0)))
    assert trace.finished.tolist() == [1.0, 1.0, 2.0, 2.0, 4.0, 4.0]
    assert set(trace.outcome.tolist()) == {Outcome.COMPLETED}


@each_engine
def test_a_process_that_retires_lets_those_inside_finish_and_takes_nobody_meanwhile(engine: EngineName) -> None:
    seconds = [0.5, 3.0, 0.5, 0.5, 0.5]
    trace = play(engine, m.recycled_threads(after=2), taking(*seconds, at=[0.0, 0.0, 0.25, 1.5, 2.0]))
    assert trace.finished.tolist() == [0.5, 3.0, 1.0, 4.5, 4.5]  # it is empty at 3 s, and back at 4 s
    assert at_place(trace, "accept loop")[3:] == [4.0, 4.0]


@each_engine
def test_a_killed_process_does_not_retire_any_more(engine: EngineName) -> None:
    kill = Intervention(at=1.0, do=Do.KILL, number=0, lasting=1.0)
    trace = play(engine, m.recycled_threads(after=1), taking(0.5, 3.0, 0.5, at=[0.0, 0.0, 1.5]), kill)
    assert ends(trace) == [(DONE, 0.5), (CRASHED, 1.0), (DONE, 2.5)]


@each_engine
def test_a_poisonous_request_crashes_its_process_and_whoever_is_inside(engine: EngineName) -> None:
    load = taking(1.0, 0.5, 0.5, at=[0.0, 0.0, 1.0])
    load = of_classes(load, ("page", "poison"), [0, 1, 0])
    trace = play(engine, m.poisoned(), load)
    assert ends(trace) == [(CRASHED, 0.5), (CRASHED, 0.5), (DONE, 2.0)]


@each_engine
def test_a_pool_grows_while_all_is_busy_and_shrinks_when_nothing_is(engine: EngineName) -> None:
    load = taking(*[4.0] * 4, 1.5, 1.5, at=[0.0, 0.0, 0.0, 0.0, 9.25, 9.5])
    trace = play(engine, m.scaled(), load)
    assert trace.slot[:, 0].tolist() == [0, 1, 2, 0, 0, 1]
    assert trace.finished.tolist() == [4.0, 5.0, 6.0, 8.0, 10.75, 11.5]  # the last one waits until 10 s for a second


@each_engine
def test_a_pool_has_a_new_worker_when_it_has_booted(engine: EngineName) -> None:
    trace = play(engine, m.scaled(boot_s=0.5), taking(*[9.0] * 3, at=[0.0] * 3))
    assert trace.finished.tolist() == [9.0, 10.5, 12.0]  # looked at after 1 s, again 1 s after the first was there


@each_engine
def test_a_pool_is_not_looked_at_for_ever_when_nobody_moves_any_more(engine: EngineName) -> None:
    load = of_classes(taking(*[0.5] * 4, at=[0.0, 0.0, 5.0, 5.0]), ("a", "b"), [0, 1, 0, 1])
    trace = play(engine, m.deadlocked(), load)
    assert trace.outcome.tolist() == [Outcome.OPEN] * 4
    assert trace.slot[:, 0].tolist() == [0, 1, 2, -1]  # the third worker was still added, for nothing
