"""Each rule on a run that was built to trigger it, and on one that is nearly the same but must not."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from simulator.plan import Backlog, Bucket, Connect, Cores, Handle, Limit, Outcome, Plan, Pool, Release, Seize
from simulator.trace.cures import Cure
from simulator.trace.diagnosis import RULES, Rule
from simulator.trace.facts import Facts
from simulator.trace.rules_backlog import overflow, refused
from simulator.trace.rules_capacity import (
    accept_limit,
    held_by_closing,
    held_by_io,
    held_by_readers,
    held_by_uploads,
    too_few_to_compute,
)
from simulator.trace.rules_computing import cores_saturated, gil_saturated, loop_saturated, other_programs, throttled
from simulator.trace.rules_deaths import crashes, without_effect
from simulator.trace.rules_ends import (
    broken,
    few_samples,
    gateway_timeouts,
    gave_up,
    too_fast,
    turned_away,
)
from simulator.trace.rules_gil import gil_convoy, gil_or_cores, loop_waits_for_gil
from simulator.trace.rules_locks import loop_blocked, loop_stands_still
from simulator.trace.rules_overload import overload, taken
from simulator.trace.rules_processes import imbalance
from simulator.trace.rules_processors import processors_taken, too_few_processors
from simulator.trace.rules_waiting import episode, siblings
from simulator.words.numbers import count
from simulator.workload.interventions import Do, Intervention
from simulator.workload.table import Workload
from tests.trace.by_hand import Kind, load_at, random_load, simulate
from tests.trace.causes import (
    HASH,
    PAGE,
    QUERY,
    QUICK,
    READER,
    REPORT,
    ROUGH,
    SLOW_QUERY,
    SYNCHRONOUS,
    UPLOAD,
    beside_threads,
    eager,
    facts,
    far,
    forked,
    goroutines,
    lingering,
    loops,
    of,
    proxied,
    threads,
)

SLOW = Intervention(at=20.0, do=Do.SLOW_IO, factor=20.0, lasting=2.0)
KILLED = Intervention(at=10.0, do=Do.KILL, number=1, lasting=1.0)


def in_groups_of(size: int) -> Workload:
    """Two requests a second on average, each of which needs 100 ms."""
    return load_at(np.repeat(np.arange(0.0, 60.0, size / 2), size), 60.0, page=QUERY)


CASES: dict[Rule, tuple[tuple[Plan, Workload], tuple[Plan, Workload], list[str]]] = {
    loop_waits_for_gil: (
        (beside_threads(), of(60, page=QUICK, report=REPORT)),
        (beside_threads(gil=False), of(60, page=QUICK, report=REPORT)),
        [
            "the event loop waits for the GIL 90 % of the time that it is in use",
            'most of it "report", up to 200 ms at a time',
            "each callback waits a switch interval of 5 ms or more",
        ],
    ),
    crashes: (
        (loops(2), replace(of(200, page=QUERY), interventions=(KILLED,))),
        (loops(1), replace(of(200, page=QUERY), interventions=(KILLED,))),
        ["process 1 died at 10 s;", "requests were lost with it. The other one went on."],
    ),
    without_effect: (
        (loops(1), replace(of(20, page=PAGE), interventions=(KILLED,))),
        (loops(2), replace(of(20, page=PAGE), interventions=(KILLED,))),
        ["the timeline kills process 1, and this server has only process 0"],
    ),
    held_by_uploads: (
        (forked(4), of(20, page=PAGE, phone=UPLOAD)),
        (proxied(forked(4)), of(20, page=PAGE, phone=UPLOAD)),
        [
            "the 4 workers are held",
            "listening to slow uploads",
            "both cores are 2 % busy.",
            'A request of "phone" holds a worker for',
        ],
    ),
    held_by_readers: (
        (forked(4), of(20, page=PAGE, phone=READER)),
        (forked(40), of(20, page=PAGE, phone=READER)),
        ["the 4 workers are held", "sending to slow readers", 'A request of "phone" holds a worker for'],
    ),
    held_by_closing: (
        (lingering(4), far(60, page=PAGE)),
        (lingering(4), of(60, page=PAGE)),
        ["the 4 workers are held", "waiting for clients to close", "while both cores are"],
    ),
    held_by_io: (
        (forked(4), of(60, page=QUERY)),
        (loops(), of(60, page=QUERY)),
        ["99 % waiting for I/O", "x 100 ms each / 4)", "while both cores are 0 % busy."],
    ),
    too_few_to_compute: (
        (forked(1), of(40, page=HASH)),
        (forked(4), of(40, page=HASH)),
        ["the worker is held", "computing, while both cores are 50 % busy."],
    ),
    cores_saturated: (
        (forked(8), of(64, page=HASH)),
        (forked(8), of(15, page=HASH)),
        ["both cores are 9", "whoever wants to compute shares them with others."],
    ),
    gil_saturated: (
        (threads(8), of(30, page=HASH)),
        (threads(4, processes=4), of(30, page=HASH)),
        ["the GIL is 8", "while both cores are 4", "threads of one process compute one at a time."],
    ),
    gil_convoy: (
        (threads(16), of(40, page=QUICK, report=REPORT)),
        (threads(16), of(40, page=QUICK)),
        ["for the GIL on average", 'long computations of "report" (up to 200 ms)', "switch interval of 5 ms"],
    ),
    too_few_processors: (
        (goroutines(1), of(30, page=HASH)),
        (goroutines(2), of(30, page=HASH)),
        ["the P is 8", "while both cores are 4", "no more goroutines compute at once than GOMAXPROCS says."],
    ),
    processors_taken: (
        (goroutines(1), of(40, page=QUICK, report=REPORT)),
        (goroutines(1), of(40, page=QUICK)),
        ["for a P on average", 'while "report" computes (up to 200 ms)', "which it does after 10 ms to 20 ms"],
    ),
    throttled: (
        (replace(forked(4), cores=Cores(1, quota=0.5)), of(12, page=HASH)),
        (replace(forked(4), cores=Cores(1)), of(12, page=HASH)),
        ["the container is throttled", "its quota of 0.5 cores, 50 ms of computing in every 100 ms", "stand still"],
    ),
    loop_stands_still: (
        (loops(), of(40, page=QUICK, report=SYNCHRONOUS)),
        (threads(16), of(40, page=QUICK, report=SYNCHRONOUS)),
        [
            '"report" waits in a synchronous call, for up to 200 ms at a time',
            "while both cores are",
            "All other requests",
        ],
    ),
    loop_blocked: (
        (loops(), of(40, page=QUICK, report=REPORT)),
        (loops(), of(40, page=QUICK)),
        ['"report" blocks the event loop for up to 200 ms at a time, and all other requests wait'],
    ),
    loop_saturated: (
        (loops(), of(30, page=HASH)),
        (loops(processes=2), of(10, page=HASH)),
        ['"page" blocks the event loop for up to 30 ms at a time. The event loop is', "while both cores are 4"],
    ),
    imbalance: (
        (eager(1, processes=4), of(12, page=QUICK, query=SLOW_QUERY)),
        (threads(1, processes=4), of(12, page=QUICK, query=SLOW_QUERY)),
        [
            "of the waiting for a thread, another process had nothing to do",
            "Over the whole run all served about as many",
        ],
    ),
    accept_limit: (
        (loops(limit=4), of(60, page=QUERY)),
        (loops(limit=400), of(60, page=QUERY)),
        ["takes 4 connections at most", "so others wait in the backlog"],
    ),
    overload: (
        (forked(4), of(60, page=QUERY)),
        (forked(4), of(30, page=QUERY)),
        [
            "60.6 requests/s arrive, and the 4 workers can carry 40.0 at most",
            "because each request holds one for 100 ms on average (4 / 100 ms).",
            "in the system became",
        ],
    ),
    refused: (
        (forked(4, backlog=Backlog("backlog", 9, refuses=True)), of(60, page=QUERY)),
        (forked(4), of(60, page=QUERY)),
        ["were refused because the backlog of 10 places was full"],
    ),
    overflow: (
        (forked(4, backlog=Backlog("backlog", 3), retries=ROUGH), of(36, page=QUERY)),
        (forked(4, backlog=Backlog("backlog", 300), retries=ROUGH), of(36, page=QUERY)),
        ["the backlog of 4 places overflowed", "had to knock again, because the SYN", "connected after 1 s (median)"],
    ),
    turned_away: (
        (proxied(forked(4), connections=8), of(60, page=QUERY)),
        (proxied(forked(4), connections=800), of(30, page=QUERY)),
        ["were turned away because all 8 connections were taken"],
    ),
    gave_up: (
        (forked(4), of(60, 20.0, 2.0, page=QUERY)),
        (forked(8), of(60, 20.0, 2.0, page=QUERY)),
        ["were abandoned by their clients", "of what the server did was for nobody (goodput", "of 39.8 requests/s)"],
    ),
    episode: (
        (forked(4), replace(of(20, 60.0, page=QUERY), interventions=(SLOW,))),
        (forked(40), replace(of(20, 60.0, page=QUERY), interventions=(SLOW,))),
        ["From 20 s to", "all 4 workers were taken", "It began when I/O took 20 times as long, from 20 s to 22 s."],
    ),
    siblings: (
        (forked(1), in_groups_of(5)),
        (forked(1), in_groups_of(1)),
        ["of their time waiting for the worker, though it is in use only 20 % of the time", "they come 5 at once"],
    ),
    taken: (
        (forked(1), load_at([0.0, 10.0], 20.0, page=Kind(steps=(("io", 10.0),)))),
        (forked(1), load_at([0.0, 10.0], 20.0, page=Kind(steps=(("io", 9.0),)))),
        ["The worker is in use 100 % of the time, 100 % waiting for I/O, though", "whoever comes has to wait"],
    ),
    too_fast: (
        (forked(4), load_at([0.0, 1.0], 5.0, page=Kind(steps=PAGE.steps, response=1e9))),
        (forked(4), load_at([0.0, 1.0], 5.0, page=Kind(steps=PAGE.steps, response=1e8))),
        ["A request moved 954 MiB in 32 ms, which is more than 10 GB/s", '--set clients.page.down="100 Mbit/s"'],
    ),
    few_samples: (
        (forked(4), of(10, 20.0, page=PAGE)),
        (forked(4), of(60, 20.0, page=PAGE)),
        ["completed requests were measured", "above the p95"],
    ),
}


@pytest.mark.parametrize("rule", CASES, ids=lambda rule: rule.__name__)
def test_a_rule_speaks_on_the_run_that_was_built_for_it(rule: Rule) -> None:
    (plan, load), _, expected = CASES[rule]
    found = rule(facts(simulate(plan, load)))
    assert found is not None
    for words in expected:
        assert words.lower() in found.text.lower(), found.text


@pytest.mark.parametrize("rule", CASES, ids=lambda rule: rule.__name__)
def test_a_rule_is_silent_on_the_run_without_its_cause(rule: Rule) -> None:
    _, (plan, load), _ = CASES[rule]
    assert rule(facts(simulate(plan, load))) is None


def test_every_rule_has_its_runs() -> None:
    # Those below; tests/real/test_measured_waits.py and test_other_programs.py, as they are never simulated.
    elsewhere = {gateway_timeouts, broken, gil_or_cores, other_programs}
    assert set(RULES) - set(CASES) == elsewhere


def test_who_was_turned_away_for_want_of_a_token_is_not_put_down_to_a_pool_that_turns_away_too() -> None:
    worker = Pool("worker", 9, queue_limit=0)
    limited = Plan((Limit(Bucket("token", 1.0, queue_limit=0)), Seize(worker), Handle(), Release(worker)), Cores(2))
    found = turned_away(facts(simulate(limited, of(30, 20.0, page=QUERY))))
    assert found is not None
    assert "because a limit was reached" in found.text


def test_a_proxy_that_stopped_waiting_is_told_apart_from_a_client_that_did() -> None:
    behind = forked(1, backlog=Backlog("backlog", 1), retries=())
    local = Connect(behind.backlogs[0], timeout_s=1.0, on_timeout=Outcome.UPSTREAM_TIMEOUT)
    slow = proxied(Plan((local, *behind.steps[1:]), behind.cores))
    late = gateway_timeouts(facts(simulate(slow, of(30, page=QUERY))))
    assert late is not None
    assert "the proxy stopped waiting" in late.text
    assert gateway_timeouts(facts(simulate(proxied(forked(8)), of(30, 20.0, 0.05, page=QUERY)))) is None


def test_as_many_workers_as_cores_are_too_few_where_nothing_waits_for_a_core() -> None:
    found = facts(simulate(forked(1, cores=1), of(20, page=HASH)))
    few = too_few_to_compute(found)
    assert few is not None
    assert few.text.endswith("computing, while the core is 58 % busy.")
    assert cores_saturated(found) is None


def test_workers_more_than_cores_make_computing_wait_for_a_core() -> None:
    found = facts(simulate(forked(3, cores=1), of(20, page=HASH)))
    assert too_few_to_compute(found) is None
    assert cores_saturated(found) is not None


def test_who_was_forgotten_half_open_before_a_full_backlog_is_told_with_it_and_not_once_more() -> None:
    found = facts(
        simulate(
            forked(1, backlog=Backlog("backlog", 2), retries=(1.0, 3.0, 7.0)),
            random_load(30, 150.0, rtt=0.1, page=QUERY),
        )
    )
    forgotten = found.summary.failed[Outcome.BROKEN.words]
    told = overflow(found)
    assert told is not None
    assert f"{count(forgotten)} took themselves for connected while the server had dropped" in told.text
    assert broken(found) is None


def test_a_single_one_that_was_forgotten_is_told_as_one() -> None:
    three = load_at([0.0] * 3, 1.0, rtt=0.1, page=QUERY)  # one is served for 100 s, one waits, one is half open
    three.phases[0] = 100.0
    found = facts(simulate(forked(1, backlog=Backlog("backlog", 0), retries=(1.0, 3.0, 7.0)), three))
    told = overflow(found)
    assert told is not None
    assert "1 took itself for connected while the server had dropped the end of its handshake" in told.text


def test_connections_that_a_real_server_broke_off_are_told_without_a_guess() -> None:
    measured = simulate(forked(4), of(10, page=PAGE))
    outcome = measured.outcome.copy()
    outcome[[3, 5]] = Outcome.BROKEN
    told = broken(facts(replace(measured, outcome=outcome)))
    assert told is not None
    assert told.text.startswith("2 of ")
    assert "broken off before they had their whole response" in told.text
    assert broken(facts(measured)) is None


@pytest.mark.parametrize(("rate", "busy", "full"), [(56, 0.8445, False), (57, 0.8569, True)])
def test_cores_count_as_full_from_85_percent_on(rate: float, busy: float, full: bool) -> None:
    """Below, it is the bursts that wait; above, no other number of workers would help."""
    found = facts(simulate(forked(8), of(rate, page=HASH)))
    assert found.cores.utilisation == pytest.approx(busy, abs=1e-4)
    told = cores_saturated(found)
    assert told is not None
    assert ("shares them with others" in told.text, "in bursts" in told.text) == (
        full,
        not full,
    )


@pytest.mark.parametrize(("starts", "busy", "told"), [(0.9, 0.9536, True), (1.1, 0.9436, False)])
def test_a_bottleneck_that_was_free_for_a_twentieth_of_the_time_is_not_called_overloaded(
    starts: float, busy: float, told: bool
) -> None:
    """50 requests a second where 40 can be served, from some second on to the twentieth."""
    found = facts(simulate(forked(4), load_at(np.linspace(starts, 19.999, 1000), 20.0, page=QUERY)))
    assert found.summary.bottleneck is not None
    assert found.summary.bottleneck.utilisation == pytest.approx(busy, abs=1e-4)
    assert (overload(found) is not None) == told


@pytest.mark.parametrize(
    ("boot_s", "says"),
    [
        (30.0, "the 4 workers could carry 30.0 at most, because only 3.0 of 4 were there on average and each request"),
        (0.0, "the 4 workers can carry 40.0 at most, because each request holds one for 100 ms on average (4 / "),
    ],
)
def test_an_overload_counts_only_the_workers_that_were_there(boot_s: float, says: str) -> None:
    dead = (Intervention(at=0.0, do=Do.KILL, number=1, lasting=boot_s),) if boot_s else ()
    found = overload(facts(simulate(forked(4), replace(of(60, 30.0, page=QUERY), interventions=dead))))
    assert found is not None
    assert says in found.text


@pytest.mark.parametrize(("report_ms", "long"), [(9.9, False), (10.1, True)])
def test_a_computation_is_long_from_ten_times_the_median_on(report_ms: float, long: bool) -> None:
    """Every fifth request computes for so long, all the others for 1 ms."""
    page = Kind(steps=(("cpu", 0.001),))
    report = Kind(steps=(("cpu", report_ms / 1e3),), every=5)
    told = loop_blocked(facts(simulate(loops(), of(200, page=page, report=report))))
    assert (told is not None and '"report" blocks the event loop' in told.text) == long


def half_open(patience_s: float, *, upload: float = 0.0) -> Facts:
    """One is served until 2.6 s, one waits, the third is half open and gets in without its data; others come later."""
    load = load_at([0.0, 0.0, 0.0, *np.linspace(4.0, 5.0, 8)], 6.0, rtt=0.1, page=Kind(steps=(("io", 0.1),), up=1e5))
    load.phases[0], load.patience[2], load.upload[:] = 2.5, patience_s, upload
    return facts(simulate(forked(1, backlog=Backlog("backlog", 0), retries=(1.0, 2.0, 3.0)), load))


def test_who_had_left_half_open_and_was_accepted_all_the_same_is_told() -> None:
    told, patient = overflow(half_open(3.0)), overflow(half_open(inf))
    assert told is not None
    assert patient is not None
    assert "1 had given up by then and was accepted all the same" in told.text
    assert "had given up by then" not in patient.text


def test_waiting_for_lost_data_is_not_called_a_slow_upload() -> None:
    lost = held_by_uploads(half_open(inf))
    assert lost is not None
    assert "waiting for data that a full backlog had dropped" in lost.text
    assert lost.cures[0] is Cure.LONGER_BACKLOG
    slow = held_by_uploads(facts(simulate(forked(4), of(40, page=PAGE, phone=UPLOAD))))
    assert slow is not None
    assert "listening to slow uploads" in slow.text


@pytest.mark.parametrize(("kind", "rate"), [(SYNCHRONOUS, 400), (REPORT, 400)], ids=["waits in a call", "computes"])
def test_who_only_waits_in_a_synchronous_call_is_not_said_to_compute(kind: Kind, rate: int) -> None:
    found = overload(facts(simulate(loops(), of(rate, report=kind))))
    assert found is not None
    assert "the event loop can carry" in found.text
    assert "needs one to itself for" in found.text
    assert "computes" not in found.text
