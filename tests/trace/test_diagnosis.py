"""Each rule on a run that was built to trigger it, and on one that is nearly the same but must not."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from simulator.plan import (
    Accept,
    AcceptEagerly,
    Backlog,
    Connect,
    Cores,
    Gil,
    Handle,
    Link,
    Loop,
    Outcome,
    Plan,
    Pool,
    Receive,
    Release,
    Seize,
    Send,
    Step,
)
from simulator.trace.blame import Blame
from simulator.trace.diagnosis import RULES, Rule
from simulator.trace.facts import Facts
from simulator.trace.measures import measure
from simulator.trace.rules_computing import (
    cores_saturated,
    gil_convoy,
    gil_or_cores,
    gil_saturated,
    loop_blocked,
    loop_saturated,
)
from simulator.trace.rules_ends import few_samples, gateway_timeouts, gave_up, overflow, refused, turned_away
from simulator.trace.rules_load import accept_limit, imbalance, overload
from simulator.trace.rules_slots import held_by_io, held_by_readers, held_by_uploads, too_few_to_compute
from simulator.trace.rules_timeline import crashes, without_effect
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.workload.interventions import Do, Intervention
from simulator.workload.table import Workload
from tests.trace.by_hand import Kind, load_at, random_load, simulate

BACKLOG = Backlog("backlog", 5000)


def forked(workers: int, cores: int = 2, backlog: Backlog = BACKLOG, retries: tuple[float, ...] = ()) -> Plan:
    worker = Pool("worker", workers, slots_per_process=1)
    connect, accept = Connect(backlog, retries_s=retries), Accept(backlog, worker)
    return Plan((connect, accept, Receive(), Handle(), Send(), Release(worker)), Cores(cores))


def proxied(plan: Plan, connections: int = 500) -> Plan:
    port = Backlog("port", 500)
    held = Pool("connection", connections, queue_limit=0, when_full=Outcome.CONNECTION_LIMIT)
    near: dict[Step, Step] = {Receive(): Receive(Link.LOCAL), Send(): Send(Link.LOCAL, inf)}
    behind = (near.get(step, step) for step in plan.steps)
    return Plan((Connect(port), Accept(port, held), Receive(), *behind, Send(), Release(held)), plan.cores)


def threads(number: int, processes: int = 1) -> Plan:
    gil, thread = Gil("GIL", processes), Pool("thread", number * processes, slots_per_process=number)
    return Plan((Connect(BACKLOG), Accept(BACKLOG, thread), Handle(gil), Release(thread)), Cores(2))


def eager(number: int, processes: int) -> Plan:
    gil, thread = Gil("GIL", processes), Pool("thread", number, processes=processes)
    taken = (Connect(BACKLOG), AcceptEagerly(BACKLOG, gil, 0.0002, visits=2), Seize(thread))
    return Plan((*taken, Handle(gil), Release(thread)), Cores(2))


def loops(processes: int = 1, limit: int | None = None) -> Plan:
    loop = Loop("event loop", processes)
    return Plan((Connect(BACKLOG), AcceptEagerly(BACKLOG, loop, 2e-5, limit=limit), Handle(loop), Send()), Cores(2))


def of(rate: float, duration: float = 20.0, patience: float = inf, /, **kinds: Kind) -> Workload:
    return random_load(rate, duration, patience, 0.0, **kinds)


def far(rate: float, **kinds: Kind) -> Workload:
    """From clients whose lines take most of the time."""
    return random_load(rate, 20.0, inf, 0.05, **kinds)


PAGE = Kind(steps=(("cpu", 0.002), ("io", 0.03)))
UPLOAD = Kind(steps=PAGE.steps, every=5, upload=165_536.0, up=1e5)  # 1 s more than the receive buffer takes
READER = Kind(steps=PAGE.steps, every=5, response=231_072.0, down=1e5)  # 1 s more than the send buffer takes
QUERY, HASH = Kind(steps=(("io", 0.1),)), Kind(steps=(("cpu", 0.03),))
BUSY = Kind(steps=(("cpu", 0.004), ("io", 0.02)))
QUICK = Kind(steps=(("cpu", 0.001), ("io", 0.01)))
REPORT, SLOW_QUERY = Kind(steps=(("cpu", 0.2),), every=15), Kind(steps=(("io", 1.5),), every=12)
ROUGH = (1.0, 2.0, 3.0)

KILLED = Intervention(at=10.0, do=Do.KILL, number=1, lasting=1.0)

CASES: dict[Rule, tuple[tuple[Plan, Workload], tuple[Plan, Workload], list[str]]] = {
    crashes: (
        (loops(2), replace(of(200, page=QUERY), interventions=(KILLED,))),
        (loops(1), replace(of(200, page=QUERY), interventions=(KILLED,))),
        ["process 1 died at 10.0 s and took", "requests along; the other one went on"],
    ),
    without_effect: (
        (loops(1), replace(of(20, page=PAGE), interventions=(KILLED,))),
        (loops(2), replace(of(20, page=PAGE), interventions=(KILLED,))),
        ["the timeline kills process 1, and this server has only process 0"],
    ),
    held_by_uploads: (
        (forked(4), of(20, page=PAGE, phone=UPLOAD)),
        (proxied(forked(4)), of(20, page=PAGE, phone=UPLOAD)),
        ["the 4 workers are held", "listening to slow uploads", "both cores are 2 % busy", "a proxy in front"],
    ),
    held_by_readers: (
        (forked(4), of(20, page=PAGE, phone=READER)),
        (forked(40), of(20, page=PAGE, phone=READER)),
        ["the 4 workers are held", "sending to slow readers", "a proxy in front"],
    ),
    held_by_io: (
        (forked(4), of(60, page=QUERY)),
        (loops(), of(60, page=QUERY)),
        ["99 % waiting for I/O", "x 0.1 s each / 4)", "more workers, or async code"],
    ),
    too_few_to_compute: (
        (forked(1), of(40, page=HASH)),
        (forked(4), of(40, page=HASH)),
        ["the worker is held", "computing, while both cores are 50 % busy", "add workers"],
    ),
    cores_saturated: (
        (forked(8), of(64, page=HASH)),
        (forked(8), of(15, page=HASH)),
        ["both cores are 9", "compute less, or add cores"],
    ),
    gil_saturated: (
        (threads(8), of(30, page=HASH)),
        (threads(4, processes=4), of(30, page=HASH)),
        ["the GIL is 8", "while both cores are 4", "threads of one process compute one at a time", "add processes"],
    ),
    gil_convoy: (
        (threads(16), of(40, page=QUICK, report=REPORT)),
        (threads(16), of(40, page=QUICK)),
        ["for the GIL on average", 'long computations of "report" (up to 200 ms)', "switch interval of 5 ms"],
    ),
    loop_blocked: (
        (loops(), of(40, page=QUICK, report=REPORT)),
        (loops(), of(40, page=QUICK)),
        ['"report" blocks an event loop for up to 200 ms'],
    ),
    loop_saturated: (
        (loops(), of(30, page=HASH)),
        (loops(processes=2), of(10, page=HASH)),
        ["the event loop is", "while both cores are 4", "add processes"],
    ),
    imbalance: (
        (eager(1, processes=4), of(12, page=QUICK, query=SLOW_QUERY)),
        (threads(1, processes=4), of(12, page=QUICK, query=SLOW_QUERY)),
        ["of the waiting for threads, another process had nothing to do", "of 4", "only when it has an idle thread"],
    ),
    accept_limit: (
        (loops(limit=4), of(60, page=QUERY)),
        (loops(limit=400), of(60, page=QUERY)),
        ["takes 4 connections at most", "raise that limit"],
    ),
    overload: (
        (forked(4), of(60, page=QUERY)),
        (forked(4), of(30, page=QUERY)),
        [
            "60.5 requests/s arrive, and the 4 workers can carry 39.9 at most (4 / 0.1 s each)",
            "in the system became",
        ],
    ),
    refused: (
        (forked(4, backlog=Backlog("backlog", 9, refuses=True)), of(60, page=QUERY)),
        (forked(4), of(60, page=QUERY)),
        ["were refused because the backlog (10 places) was full"],
    ),
    overflow: (
        (forked(4, backlog=Backlog("backlog", 3), retries=ROUGH), of(36, page=QUERY)),
        (forked(4, backlog=Backlog("backlog", 300), retries=ROUGH), of(36, page=QUERY)),
        ["the backlog of 4 places overflowed", "had to repeat the SYN", "connected after 1.0 s (median)"],
    ),
    turned_away: (
        (proxied(forked(4), connections=8), of(60, page=QUERY)),
        (proxied(forked(4), connections=800), of(30, page=QUERY)),
        ["were turned away because all 8 connections were taken"],
    ),
    gave_up: (
        (forked(4), of(60, 20.0, 2.0, page=QUERY)),
        (forked(8), of(60, 20.0, 2.0, page=QUERY)),
        ["were given up by their clients", "of what the server did was for nobody (goodput", "of 39.8 requests/s)"],
    ),
    few_samples: (
        (forked(4), of(10, 20.0, page=PAGE)),
        (forked(4), of(60, 20.0, page=PAGE)),
        ["completed requests were measured", "above the p95"],
    ),
}


def facts(trace: Trace) -> Facts:
    measures = measure(trace)
    return Facts(measures, summarise(trace), Blame(measures))


@pytest.mark.parametrize("rule", CASES, ids=lambda rule: rule.__name__)
def test_a_rule_speaks_on_the_run_that_was_built_for_it(rule: Rule) -> None:
    (plan, load), _, expected = CASES[rule]
    found = rule(facts(simulate(plan, load)))
    assert found is not None
    for words in expected:
        assert words.lower() in found.sentence.lower(), found.sentence


@pytest.mark.parametrize("rule", CASES, ids=lambda rule: rule.__name__)
def test_a_rule_is_silent_on_the_run_without_its_cause(rule: Rule) -> None:
    _, (plan, load), _ = CASES[rule]
    assert rule(facts(simulate(plan, load))) is None


def test_every_rule_has_its_runs() -> None:
    elsewhere = {gateway_timeouts, gil_or_cores}  # the next test; tests/real/test_waits.py, as it is never simulated
    assert set(RULES) - set(CASES) == elsewhere


def test_a_proxy_that_stopped_waiting_is_told_apart_from_a_client_that_did() -> None:
    behind = forked(1, backlog=Backlog("backlog", 1), retries=())
    local = Connect(behind.backlogs[0], timeout_s=1.0, on_timeout=Outcome.UPSTREAM_TIMEOUT)
    slow = proxied(Plan((local, *behind.steps[1:]), behind.cores))
    late = gateway_timeouts(facts(simulate(slow, of(30, page=QUERY))))
    assert late is not None
    assert "the proxy stopped waiting" in late.sentence
    assert gateway_timeouts(facts(simulate(proxied(forked(8)), of(30, 20.0, 0.05, page=QUERY)))) is None


def test_the_diagnosis_begins_with_what_explains_most_and_stops_after_three() -> None:
    load = of(40, 30.0, 8.0, page=PAGE, phone=UPLOAD)
    said = summarise(simulate(forked(4, backlog=Backlog("backlog", 40), retries=ROUGH), load)).diagnosis
    assert len(said) == 3
    assert "requests/s arrive" in said[0]
    assert "listening to slow uploads" in said[1]


def test_a_server_that_has_time_to_spare_is_told_so() -> None:
    said = summarise(simulate(forked(8), of(60, page=PAGE))).diagnosis
    assert len(said) == 1
    assert said[0].startswith("Nothing waits: over 99 % of a request's time is its own computing, its I/O and")
    assert said[0].endswith("the busiest resource, worker, is in use 24 % of the time.")


def test_waiting_that_no_rule_explains_is_not_called_nothing() -> None:
    said = summarise(simulate(loops(), of(50, 30.0, page=Kind(steps=(("cpu", 0.01),))))).diagnosis
    assert len(said) == 1
    assert "of their time waiting for the event loop, though the event loop is in use" in said[0]


def test_a_run_that_measured_nothing_says_that() -> None:
    early = load_at([0.0, 0.1], 10.0, 5.0)
    assert summarise(simulate(loops(), early)).diagnosis == ("No request arrived in the measured part of the run.",)


def test_a_wait_for_a_slot_is_charged_to_what_the_slots_do_also_through_a_proxy() -> None:
    behind = forked(4)
    blame = facts(simulate(proxied(behind), of(60, page=QUERY))).blame
    causes = {resource: share for (resource, _), share in blame.all.items()}
    assert max(causes, key=lambda name: causes[name]) == "worker"
    assert np.isclose(sum(blame.all.values()), 1.0, atol=0.05)


def test_the_wait_for_a_full_proxy_is_charged_to_the_workers_behind_it() -> None:
    port, held, behind = Backlog("port", 5000), Pool("connection", 10), forked(4)
    queueing = Plan((Connect(port), Accept(port, held), Receive(), *behind.steps, Send(), Release(held)), Cores(2))
    found = held_by_io(facts(simulate(queueing, of(60, page=QUERY))))
    assert found is not None
    assert "The 4 workers are held" in found.sentence


def test_as_many_workers_as_cores_are_too_few_where_nothing_waits_for_a_core() -> None:
    found = facts(simulate(forked(1, cores=1), of(20, page=HASH)))
    few = too_few_to_compute(found)
    assert few is not None
    assert few.sentence.endswith("add workers; when all compute, they will share the core.")
    assert cores_saturated(found) is None


def test_workers_more_than_cores_make_computing_wait_for_a_core() -> None:
    found = facts(simulate(forked(3, cores=1), of(20, page=HASH)))
    assert too_few_to_compute(found) is None
    assert cores_saturated(found) is not None


@pytest.mark.parametrize(
    ("plan", "load", "who", "cure"),
    [
        (threads(2), far(40, page=BUSY, report=REPORT), "report", "give the long ones processes of their own."),
        (threads(2), far(20, page=HASH), "page", "add processes, or compute less."),
    ],
    ids=["a few long ones", "one class"],
)
def test_threads_held_by_long_computations_are_named_with_the_shares_of_the_table(
    plan: Plan, load: Workload, who: str, cure: str
) -> None:
    found = facts(simulate(plan, load))
    said = gil_convoy(found)
    assert said is not None
    times = found.summary.where_time_goes
    for state in ("in the backlog", "waiting for the GIL"):
        assert f"{times[state] / sum(times.values()) * 100:.0f} % of their time {state}" in said.sentence
    assert f'while one computes for "{who}"' in said.sentence
    assert said.sentence.endswith(cure)


@pytest.mark.parametrize("plan", [threads(16), loops()], ids=["threads", "loop"])
def test_where_there_is_one_class_nobody_is_called_other_than_it(plan: Plan) -> None:
    class_of_one = random_load(40, 20.0, page=Kind(steps=(("cpu", 0.001),)))
    class_of_one.phases[::15, 0] = 0.2  # one class, of which some compute long
    rule = gil_convoy if plan.locks[0].name == "GIL" else loop_blocked
    said = rule(facts(simulate(plan, class_of_one)))
    assert said is not None
    assert '"page"' in said.sentence
    assert not any(words in said.sentence.lower() for words in ("other requests", "every short one", "the long ones"))


def test_a_proxy_that_is_there_is_told_to_buffer_and_not_to_be_there() -> None:
    port, held, behind = Backlog("port", 500), Pool("connection", 500), forked(4)
    local = (Connect(behind.backlogs[0], Link.LOCAL), *behind.steps[1:])
    plan = Plan((Connect(port), Accept(port, held), Receive(), *local, Release(held)), Cores(2))
    said = held_by_readers(facts(simulate(plan, of(20, page=PAGE, phone=READER))))
    assert said is not None
    assert said.sentence.endswith("let the proxy in front buffer all of the response, so that it is taken at once.")


def test_what_was_not_measured_is_not_counted_in_words() -> None:
    nothing = few_samples(facts(simulate(forked(1), of(10, 5.0, 0.001, page=QUERY))))
    assert nothing is not None
    assert nothing.sentence == "No completed request was measured, so there is no latency to show."
    single = few_samples(facts(simulate(forked(1), load_at([0.0], 5.0))))
    assert single is not None
    assert single.sentence.startswith("Only 1 completed request was measured, so")
