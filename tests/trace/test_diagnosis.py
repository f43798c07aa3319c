"""What the diagnosis says in all: in which order, how much, and in words that are true of this run."""

import numpy as np
import pytest

from simulator.plan import Accept, Backlog, Connect, Cores, Link, Plan, Pool, Receive, Release, Send
from simulator.trace.cures import Cure
from simulator.trace.finding import Kind as KindOf
from simulator.trace.finding import Party
from simulator.trace.rules_capacity import held_by_io, held_by_readers
from simulator.trace.rules_ends import few_samples
from simulator.trace.rules_gil import gil_convoy
from simulator.trace.rules_locks import loop_blocked
from simulator.trace.summary import summarise
from simulator.workload.table import Workload
from tests.trace.by_hand import Kind, load_at, random_load, simulate
from tests.trace.causes import (
    BUSY,
    HASH,
    PAGE,
    QUERY,
    READER,
    REPORT,
    ROUGH,
    UPLOAD,
    facts,
    far,
    forked,
    loops,
    of,
    proxied,
    threads,
)


def test_the_diagnosis_begins_with_what_explains_most_and_stops_after_three() -> None:
    load = of(40, 30.0, 8.0, page=PAGE, phone=UPLOAD)
    said = summarise(simulate(forked(4, backlog=Backlog("backlog", 200), retries=ROUGH), load)).diagnosis
    assert len(said) == 3
    assert "requests/s arrive" in said[0]
    assert "listening to slow uploads" in said[1]


def test_a_server_that_has_time_to_spare_is_told_so() -> None:
    said = summarise(simulate(forked(8), of(60, page=PAGE))).diagnosis
    assert len(said) == 1
    assert said[0].startswith(
        "No request waits for another one: over 99 % of a request's time is its own computing, its I/O and"
    )
    assert said[0].endswith("The busiest resource, worker, is in use 24 % of the time.")


def test_waiting_that_no_rule_explains_is_not_called_nothing() -> None:
    said = summarise(simulate(loops(), of(50, 30.0, page=Kind(steps=(("cpu", 0.01),))))).diagnosis
    assert len(said) == 1
    assert "of their time waiting for the event loop, though the event loop is in use" in said[0]


def test_a_run_that_measured_nothing_says_that() -> None:
    early = load_at([0.0, 0.1], 10.0, 5.0)
    assert summarise(simulate(loops(), early)).diagnosis == ("No request arrived in the measured part of the run.",)


def test_a_wait_for_a_slot_is_charged_to_what_the_slots_do_also_through_a_proxy() -> None:
    behind = forked(4)
    attribution = facts(simulate(proxied(behind), of(60, page=QUERY))).attribution
    causes = {resource: share for (resource, _), share in attribution.all.items()}
    assert max(causes, key=lambda name: causes[name]) == "worker"
    assert np.isclose(sum(attribution.all.values()), 1.0, atol=0.05)


def test_the_wait_for_a_full_proxy_is_charged_to_the_workers_behind_it() -> None:
    port, held, behind = Backlog("port", 5000), Pool("connection", 10), forked(4)
    queueing = Plan((Connect(port), Accept(port, held), Receive(), *behind.steps, Send(), Release(held)), Cores(2))
    found = held_by_io(facts(simulate(queueing, of(60, page=QUERY))))
    assert found is not None
    assert "The 4 workers are held" in found.text


@pytest.mark.parametrize(
    ("plan", "load", "who"),
    [
        (threads(2), far(40, page=BUSY, report=REPORT), "report"),
        (threads(2), far(20, page=HASH), "page"),
    ],
    ids=["a few long ones", "one class"],
)
def test_threads_held_by_long_computations_are_named_with_the_shares_of_the_table(
    plan: Plan, load: Workload, who: str
) -> None:
    found = facts(simulate(plan, load))
    said = gil_convoy(found)
    assert said is not None
    times = found.summary.where_time_goes
    waiting = sum(times[state] for state in ("in the backlog", "waiting for the GIL"))
    assert f"{waiting / sum(times.values()) * 100:.0f} % of their time waiting for a thread or for the GIL" in said.text
    assert f'while one computes for "{who}"' in said.text
    assert said.culprits == (Party(KindOf.CLASS, who),)
    assert said.cures == (Cure.OWN_PROCESSES, Cure.MORE_PROCESSES)


@pytest.mark.parametrize("plan", [threads(16), loops()], ids=["threads", "loop"])
def test_where_there_is_one_class_nobody_is_called_other_than_it(plan: Plan) -> None:
    class_of_one = random_load(40, 20.0, page=Kind(steps=(("cpu", 0.001),)))
    class_of_one.phases[::15, 0] = 0.2  # one class, of which some compute long
    rule = gil_convoy if plan.locks[0].name == "GIL" else loop_blocked
    said = rule(facts(simulate(plan, class_of_one)))
    assert said is not None
    assert '"page"' in said.text
    assert not any(words in said.text.lower() for words in ("other requests", "every short one", "the long ones"))


def test_slow_readers_may_be_helped_by_the_buffers_of_a_proxy_also_of_one_that_is_there() -> None:
    port, held, behind = Backlog("port", 500), Pool("connection", 500), forked(4)
    local = (Connect(behind.backlogs[0], Link.LOCAL), *behind.steps[1:])
    plan = Plan((Connect(port), Accept(port, held), Receive(), *local, Release(held)), Cores(2))
    said = held_by_readers(facts(simulate(plan, of(20, page=PAGE, phone=READER))))
    assert said is not None
    assert said.cures[0] is Cure.PROXY


def test_what_was_not_measured_is_not_counted_in_words() -> None:
    nothing = few_samples(facts(simulate(forked(1), of(10, 5.0, 0.001, page=QUERY))))
    assert nothing is not None
    assert nothing.text == "No completed request was measured, so there is no latency to show."
    single = few_samples(facts(simulate(forked(1), load_at([0.0], 5.0))))
    assert single is not None
    assert single.text.startswith("Only 1 completed request was measured, so")
