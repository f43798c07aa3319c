"""Staged moments, and the sentence that each deserves: with the numbers of that moment."""

from dataclasses import replace
from typing import Any

import pytest

from simulator.plan import Accept, Backlog, Connect, Cores, Handle, Plan, Pool, Receive, Release
from simulator.trace.playback import Playback
from simulator.workload.interventions import Do, Intervention
from simulator.workload.load import shipped
from tests.engine.deployments import Deployment, deployments
from tests.models.serving import serve
from tests.theory.test_quota import computed
from tests.trace.by_hand import Kind, Life, load_at, trace_of
from tests.trace.playback import slowly

SLOW = Kind(upload=1_000_000.0, up=100_000.0)
"""Uploads for ten seconds."""


def test_slow_uploads_hold_the_workers_and_others_queue() -> None:
    load = load_at([0.1, 0.2, 0.3, *[1.0] * 5], 20.0, slow=SLOW)
    sentence = Playback(serve("prefork", load, workers=3)).why(2.0)
    assert sentence == (
        "All 3 workers wait for their clients to send (#0 for 1.9 s already). "
        "5 connections queue in the backlog, the first for 1 s. Both cores are idle meanwhile."
    )


def test_one_worker_and_one_connection_are_spoken_of_in_the_singular() -> None:
    load = load_at([0.1, 1.0], 20.0, page=Kind(steps=(("io", 5.0),)))
    sentence = Playback(serve("prefork", load, workers=1)).why(2.0)
    assert sentence == (
        "The worker waits for I/O (#0 for 1.9 s already). 1 connection queues in the backlog, for 1 s already. "
        "Both cores are idle meanwhile."
    )


def test_readers_that_dawdle_are_told_from_uploads() -> None:
    load = load_at([0.1, 1.0], 20.0, page=Kind(response=2_000_000.0, down=100_000.0))
    assert (
        Playback(serve("prefork", load, workers=1))
        .why(2.0)
        .startswith("The worker waits for its client to read (#0 for 1.9 s already). 1 connection queues")
    )


def test_a_full_backlog_and_the_clients_before_it_are_counted() -> None:
    load = load_at([0.1, *[0.5] * 9], 20.0, page=Kind(steps=(("io", 5.0),)))
    sentence = Playback(serve("prefork", load, workers=1, backlog=3)).why(1.0)
    assert (
        "4 connections queue in the backlog (full: 4 of 4), the first for 500 ms. "
        "5 clients found the backlog full and will try again: their SYN was dropped."
    ) in sentence


def test_a_backlog_with_room_again_does_not_help_those_who_wait_to_repeat_their_syn() -> None:
    load = load_at([0.1, *[0.5] * 4], 20.0, page=Kind(steps=(("io", 0.55),)))
    sentence = Playback(serve("prefork", load, workers=2, backlog=0)).why(1.4)
    assert sentence == (
        "2 clients wait to try again: their SYN was dropped when the backlog was full. "
        "The backlog has 0 of 1 places taken now."
    )


def test_more_workers_than_cores_share_them() -> None:
    load = load_at([0.0] * 15, 20.0, page=Kind(steps=(("cpu", 1.0),)))
    assert Playback(serve("prefork", load, workers=8)).why(0.5) == (
        "All 8 workers compute on 2 cores (25 % of a core each). 7 connections queue in the backlog, "
        "the first for 500 ms."
    )
    without_a_queue = Playback(serve("prefork", load_at([0.0] * 8, 20.0, page=Kind(steps=(("cpu", 1.0),))), workers=8))
    assert without_a_queue.why(0.5) == "8 workers want both cores, so each computes at 25 % of its speed."


@pytest.mark.parametrize("name", ["callback", "coroutine"])
def test_a_long_computation_blocks_the_loop(name: str) -> None:
    kinds = {"report": Kind(steps=(("cpu", 2.0),)), "page": Kind(steps=(("io", 0.2), ("cpu", 0.01)))}
    load = load_at([0.1, 0.9, 1.5, 1.6], 5.0, report=kinds["report"])
    assert Playback(serve(name, load)).why(1.2) == (
        '#0 ("report") has had the event loop for 1.1 s. 1 connection queues in the backlog, for 300 ms already. '
        "1 of 2 cores is idle meanwhile."
    )
    mixed = load_at([0.1, 0.1, 0.1, 0.15], 5.0, page=kinds["page"], report=Kind(steps=kinds["report"].steps, every=4))
    blocked = '#3 ("report") has had the event loop for 850 ms. 3 requests "page" wait for it, the first for '
    assert blocked in Playback(serve(name, mixed)).why(1.0)


@pytest.mark.parametrize("name", ["callback", "coroutine"])
def test_who_is_not_even_accepted_is_told_before_the_fewer_who_are(name: str) -> None:
    page, report = Kind(steps=(("io", 0.2), ("cpu", 0.01))), Kind(steps=(("cpu", 2.0),), every=4)
    load = load_at([0.1, 0.1, 0.1, 0.15, *[0.5] * 4], 5.0, page=page, report=report)
    assert (
        '#3 ("report") has had the event loop for 850 ms. 4 connections queue in the backlog, the first for '
        "500 ms. 3 requests that have been accepted wait for the event loop too."
    ) in Playback(serve(name, load)).why(1.0)


def test_threads_wait_for_the_gil_while_a_core_is_idle() -> None:
    load = load_at([0.0] * 9, 20.0, page=Kind(steps=(("cpu", 1.0),)))
    playback = Playback(serve("threaded", load, threads=4))
    sentence = playback.why(0.5)
    assert sentence.startswith("Only one thread computes at a time: #")
    assert " has the GIL, and 3 others wait for it, the first for " in sentence
    assert "5 connections queue in the backlog, the first for 500 ms." in sentence
    assert sentence.endswith("1 of 2 cores is idle meanwhile.")


def test_where_one_class_of_several_has_the_gil_it_is_named_and_not_the_rule_that_one_computes_at_a_time() -> None:
    page, report = Kind(steps=(("cpu", 1.0),)), Kind(steps=(("cpu", 5.0),), every=2)
    load = load_at([0.0] * 4, 20.0, page=page, report=report)
    sentence = Playback(serve("threaded", load, threads=4)).why(0.5)
    assert "one thread" not in sentence
    assert '"report"' in sentence or '"page"' in sentence


def test_a_single_thread_that_waits_for_the_gil_is_not_many() -> None:
    sentence = Playback(serve("threaded", load_at([0.0] * 2, 20.0, page=Kind(steps=(("cpu", 1.0),))), threads=2)).why(
        0.5
    )
    assert "Only one thread" not in sentence
    assert "1 thread waits for it" in sentence


@pytest.mark.parametrize(("busy_s", "told"), [(0.16, False), (0.14, True)])
def test_cores_are_only_called_idle_that_were_so_most_of_the_time(busy_s: float, told: bool) -> None:
    """At 3 s both workers wait for I/O; before that they computed for some part of the three seconds that count."""
    work = Kind(steps=(("io", 0.01), ("cpu", busy_s), ("io", 5.0)))
    sentence = Playback(serve("prefork", load_at([0.1, 0.1, 0.2, 0.2], 20.0, page=work), workers=2)).why(3.0)
    assert ("Both cores are idle meanwhile." in sentence) is told


def test_a_proxy_holds_the_slow_clients_so_that_the_workers_are_free() -> None:
    load = load_at([0.1] * 5, 20.0, slow=SLOW)
    sentence = Playback(serve("prefork", load, workers=3, nginx={})).why(2.0)
    assert sentence == "5 slow clients hold 5 nginx connections and none of the workers. All 3 workers are free."


def test_before_the_first_request_and_after_the_last_nobody_is_there() -> None:
    playback = Playback(serve("prefork", load_at([1.0], 2.0), workers=2))
    assert playback.why(0.5) == "No request is in the system: both workers and both cores are idle."
    assert playback.why(99.0).startswith("No request is in the system, and no more will come: ")


def test_workers_that_were_taken_away_are_not_idle() -> None:
    load = replace(load_at([0.1], 20.0), interventions=(Intervention(at=2.0, do=Do.SLOTS, number=2),))
    assert Playback(serve("prefork", load, workers=5)).why(3.0) == (
        "No request is in the system: 2 of 5 workers and both cores are idle."
    )


def test_after_the_load_what_is_left_is_counted() -> None:
    load = load_at([0.9, 0.9], 1.0, page=Kind(steps=(("io", 5.0),)))
    assert Playback(serve("prefork", load, workers=2)).why(3.0) == (
        "The load ended 2 s ago, and 2 requests are still in the system. "
        "Nobody waits for anybody else. Both requests in the system wait for I/O."
    )


def test_requests_that_wait_for_nobody_are_said_to() -> None:
    load = load_at([0.1, 0.2], 10.0, page=Kind(steps=(("io", 5.0),)))
    playback = Playback(serve("prefork", load, workers=4))
    assert playback.why(0.15) == "Nobody waits for anybody else. The only request in the system waits for I/O."
    assert playback.why(1.0) == "Nobody waits for anybody else. Both requests in the system wait for I/O."


def test_a_measured_run_without_locks_slots_or_some_places_is_explained_too() -> None:
    worker, port = Pool("worker", 2, slots_per_process=1), Backlog("backlog", 5)
    steps = (Connect(port), Accept(port, worker), Receive(), Handle(), Release(worker))
    plan = Plan(steps=steps, cores=Cores(2))
    load = load_at([0.0, 0.0, 0.5], 5.0, page=Kind(steps=(("io", 3.0),)))
    served = {"connect backlog": 0.1, "accept worker": 0.1, "handle.1": 0.2, "release worker": 3.2}
    lives = [Life(reached=served, left=3.2, slots={"worker": n}, process=n) for n in (0, 1)]
    waits = Life(reached={"connect backlog": 0.5, "accept worker": 0.6, "handle.1": 3.2}, left=4.0)
    playback = Playback(trace_of(plan, load, *lives, waits))
    assert playback.why(1.0) == (
        "Both workers wait for I/O (#0 for 800 ms already). 1 connection queues in the backlog, for 400 ms already. "
        "Both cores are idle meanwhile."
    )
    assert playback.at(0.05).present.counts()  # late for their first place


def test_of_two_reasons_the_one_that_more_wait_for_is_told_even_if_it_is_one_more() -> None:
    """Computing on too few cores, and a queue for a slot; then a queue for the GIL, and one for a thread."""
    computing = Kind(steps=(("cpu", 1.0),))

    def told(server: str, requests: int, **settings: Any) -> str:
        return Playback(serve(server, load_at([0.0] * requests, 20.0, page=computing), **settings)).why(0.5)

    assert told("prefork", 13, workers=8).startswith("8 workers want both cores")  # 6 too many, 5 in the queue
    assert told("prefork", 15, workers=8).startswith("All 8 workers compute on 2 cores")
    assert "and 3 others wait for it" in told("threaded", 6, threads=4)  # 3 behind the holder, 2 in the queue
    assert "4 connections queue in the backlog" in told("threaded", 8, threads=4)


def test_three_clients_without_a_connection_count_more_than_one_thread_without_a_core() -> None:
    """Three of four workers compute on two cores; the fourth is free again, and three clients do not know it."""
    load = load_at([0.1] * 4 + [0.5] * 4, 20.0, page=Kind(steps=(("cpu", 0.0), ("io", 0.55))))
    load.phases[:3] = [5.0, 0.0]
    playback = Playback(serve("prefork", load, workers=4, backlog=0))
    assert playback.at(1.4).runnable == 3
    assert playback.why(1.4).startswith("3 clients wait to try again: their SYN was dropped")


def test_the_end_of_the_load_is_told_before_slow_clients_that_hold_nobody_up() -> None:
    playback = Playback(serve("prefork", load_at([0.9] * 3, 1.0, slow=SLOW), workers=3, nginx={}))
    assert playback.why(0.95).startswith("3 slow clients hold 3 nginx connections and none of the workers.")
    assert playback.why(2.0).startswith("The load ended 1 s ago, and 3 requests are still in the system")


@pytest.mark.parametrize("load_name", shipped())
@pytest.mark.parametrize("deployment", list(deployments()), ids=str)
def test_there_is_a_sentence_for_every_moment(deployment: Deployment, load_name: str) -> None:
    playback = Playback(deployment.run(load_name))
    for t_s in slowly.moments_of(playback.trace, 10):
        sentence = playback.why(t_s)
        assert sentence[0].isupper() or sentence[0] in "#0123456789"
        assert sentence.endswith(".")
        assert "  " not in sentence


@pytest.mark.parametrize(("fast", "told"), [(400_000.0, True), (390_000.0, False)])
def test_those_who_wait_for_slow_lines_though_their_own_are_fast_are_counted(fast: float, told: bool) -> None:
    quick = Kind(upload=100.0, up=fast, every=2)  # every second one
    load = load_at([0.1, 1.0, 0.2, 1.0, 1.0, 1.0], 20.0, phone=SLOW, office=quick)
    sentence = Playback(serve("prefork", load, workers=2)).why(2.0)
    assert ('2 of them are clients "office" with fast lines.' in sentence) is told
    assert ("fast lines" in sentence) is told


def crowd_that_leaves(patient: int, impatient: int) -> Playback:
    """One worker has a long request; of those behind it some have left after a second."""
    load = load_at([0.1, *[0.5] * (patient + impatient)], 20.0, page=Kind(steps=(("io", 5.0),)))
    load.patience[1 : 1 + impatient] = 1.0
    return Playback(serve("prefork", load, workers=1))


@pytest.mark.parametrize(
    ("patient", "impatient", "told"), [(20, 5, True), (16, 4, False), (21, 5, False), (5, 5, True)]
)
def test_a_queue_of_those_who_have_left_is_what_is_told_first(patient: int, impatient: int, told: bool) -> None:
    reason = crowd_that_leaves(patient, impatient).reason(3.0)
    assert reason.loss is told
    expected = f"{impatient} of the {patient + impatient} who wait have given up; the server cannot know it"
    assert reason.claim.startswith(expected) is told
    assert (
        "The worker waits for I/O" in str(reason)
    ) is not told  # that it does so at this very moment is not the cause


def test_while_no_process_is_up_the_queue_is_told_and_no_cause_of_before() -> None:
    load = replace(
        load_at([0.1, 0.1, 0.5, *[1.2] * 5], 20.0, page=Kind(steps=(("io", 0.6),))),
        interventions=(Intervention(at=1.0, do=Do.KILL, lasting=2.0),),
    )
    reason = Playback(serve("threaded", load, threads=2)).reason(1.5)
    assert reason.claim.startswith("Process 0 was killed")
    assert "Others had to wait" not in str(reason)


@pytest.mark.parametrize(("server", "told"), [("threaded", True), ("prefork", False)])
def test_a_process_that_took_several_threads_along_is_said_to_have_had_them(server: str, told: bool) -> None:
    load = replace(
        load_at([0.1, 0.1, 1.2], 20.0, page=Kind(steps=(("io", 2.0),))),
        interventions=(Intervention(at=1.0, do=Do.KILL, lasting=2.0),),
    )
    trace = serve(server, load, threads=2) if told else serve(server, load, workers=2)
    reason = Playback(trace).reason(1.5)
    assert ("It had 2 threads." in str(reason)) is told
    assert reason.loss


def test_of_the_answers_of_the_last_seconds_those_for_nobody_are_counted() -> None:
    """One worker, half a second each: whoever has left after a second is served all the same."""
    load = load_at([0.0] * 20, 20.0, page=Kind(steps=(("io", 0.5),)))
    load.patience[4:14] = 1.0  # they are served from 2 s to 7 s
    playback = Playback(serve("prefork", load, workers=1))
    early = playback.reason(2.1)
    assert early.claim.startswith("9 of the 15 who wait have given up")
    assert "for nobody" not in str(early)  # none of them was answered yet
    assert "3 of the 6 answers of the last 3 s were for nobody." in str(playback.reason(3.6))


def test_a_death_that_took_nobody_along_says_so() -> None:
    load = replace(
        load_at([0.1, 3.0], 20.0, page=Kind(steps=(("io", 0.1),))),
        interventions=(Intervention(at=1.0, do=Do.KILL, lasting=3.0),),
    )
    claim = Playback(serve("prefork", load, workers=1)).reason(1.5).claim
    assert claim == "Process 0 was killed 500 ms ago, and no request was lost with it; it is back in 2.5 s."


def test_a_loop_that_is_kept_in_a_synchronous_call_uses_no_core() -> None:
    load = load_at([0.0, *[0.1] * 6], 5.0, page=Kind(steps=(("block", 1.0),)))
    said = Playback(serve("coroutine", load)).why(0.5)
    assert 'The event loop waits in a call of #0 ("page"), and no core is used.' in said
    assert "idle meanwhile" not in said


def test_a_loop_that_computes_waits_in_no_call() -> None:
    load = load_at([0.0, *[0.1] * 6], 5.0, page=Kind(steps=(("cpu", 1.0),)))
    assert "waits in a call" not in Playback(serve("coroutine", load)).why(0.5)


def test_while_the_quota_is_spent_the_reasons_say_until_when() -> None:
    playback = Playback(computed(0.5, 0.2, [0.0, 0.01]))
    assert "Throttled until 0.3 s: the quota of 50 ms of computing per 100 ms is spent." in playback.why(0.28)
    assert "Throttled until" not in playback.why(0.22)
    assert playback.at(0.28).cores_in_use == 0.0
