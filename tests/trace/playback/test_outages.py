"""A killed process, a smaller pool and fewer cores are seen in the moment, in the lanes and in the log."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.plan import Outcome
from simulator.trace.playback import Activity, EventKind, Playback
from simulator.workload.interventions import Do, Intervention
from simulator.workload.table import Workload
from tests.models.serving import serve
from tests.trace.by_hand import Kind, load_at

LONG = Kind(steps=(("io", 4.0),))


def with_(load: Workload, *entries: Intervention) -> Workload:
    return replace(load, interventions=entries)


def test_a_killed_worker_loses_its_request_and_is_down_until_it_has_booted() -> None:
    load = with_(load_at([0.1, 0.2], 10.0, page=LONG), Intervention(at=2.0, do=Do.KILL, number=0, lasting=3.0))
    playback = Playback(serve("prefork", load, workers=2))
    before, while_down, after = (playback.at(t).pool("worker") for t in (1.9, 2.5, 5.1))
    assert [before.down, while_down.down, after.down] == [0, 1, 0]
    assert while_down.activity.tolist() == [Activity.DOWN, Activity.IO]
    assert while_down.free == 0
    shares = playback.shares("worker", 0, 2, (0.0, 10.0), 10)
    assert np.flatnonzero(shares[Activity.CRASHED, 0]).tolist() == [1]
    assert np.allclose(shares[Activity.DOWN, 0], [0, 0, 1, 1, 1, 0, 0, 0, 0, 0])
    assert not shares[[Activity.DOWN, Activity.CRASHED], 1].any()


def test_the_log_says_how_many_a_killed_process_took_along() -> None:
    load = with_(load_at([0.1] * 5, 10.0, page=LONG), Intervention(at=2.0, do=Do.KILL, lasting=1.0))
    trace = serve("callback", load)
    assert (trace.outcome == Outcome.CRASHED).all()
    (event,) = [e for e in Playback(trace).interesting if e.kind is EventKind.INTERVENED]
    assert event.text == "process 0 was killed, and 5 requests were lost with it; back after 1 s"


def test_the_loop_of_a_killed_process_is_down() -> None:
    load = with_(load_at([0.1] * 5, 10.0, page=LONG), Intervention(at=2.0, do=Do.KILL, lasting=1.0))
    playback = Playback(serve("callback", load))
    assert playback.at(2.5).lock("event loop").activity.tolist() == [Activity.DOWN]
    assert np.allclose(playback.shares("event loop", 0, 1, (2.0, 3.0), 5)[Activity.DOWN], 1.0)


def test_when_all_workers_are_down_that_is_why_others_wait() -> None:
    load = with_(load_at([0.1, 2.2, 2.3], 10.0, page=LONG), Intervention(at=2.0, do=Do.KILL, lasting=3.0))
    assert Playback(serve("prefork", load, workers=1)).why(2.5) == (
        "Process 0 was killed 500 ms ago, and 1 request was lost with it; it is back in 2.5 s. "
        "2 connections queue in the backlog, the first for 300 ms."
    )


def test_a_death_is_told_before_the_queue() -> None:
    load = with_(load_at([0.1] * 6, 10.0, page=LONG), Intervention(at=2.0, do=Do.KILL, lasting=1.0))
    playback = Playback(serve("prefork", load, workers=2))
    assert playback.why(2.0).startswith("Process 0 was killed, and 1 request was lost with it; it is back in 1 s. ")
    assert playback.why(2.5).startswith("Process 0 was killed 500 ms ago, ")
    assert "4 connections queue" in playback.why(2.5)


def test_slots_and_cores_that_were_taken_away_are_not_there() -> None:
    entries = Intervention(at=1.0, do=Do.SLOTS, number=1), Intervention(at=1.0, do=Do.CORES, number=1)
    playback = Playback(serve("prefork", with_(load_at([2.0], 10.0, page=LONG), *entries), workers=3))
    assert [playback.at(t).pool("worker").down for t in (0.5, 1.5)] == [0, 2]
    assert [playback.at(t).cores for t in (0.5, 1.5)] == [2, 1]
    assert [event.words for event in reversed(playback.log(1.0, 5))] == ["from now on 1 worker", "from now on 1 core"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (Intervention(at=1.0, do=Do.SLOW_IO, factor=2.5, lasting=3.0), "I/O takes 2.5 times as long for 3 s"),
        (Intervention(at=1.0, do=Do.BURST, number=300, lasting=2.0), "a burst of 300 requests within 2 s"),
    ],
)
def test_what_is_done_to_the_surroundings_is_told_too(entry: Intervention, words: str) -> None:
    playback = Playback(serve("prefork", with_(load_at([0.5], 10.0, page=LONG), entry)))
    assert words in [event.words for event in playback.interesting]


def test_a_worker_that_was_taken_away_is_away_up_to_and_at_the_end_of_the_run() -> None:
    load = with_(load_at([0.1, 3.0], 10.0), Intervention(at=2.0, do=Do.SLOTS, number=1))
    trace = serve("prefork", load, workers=3)
    playback = Playback(trace)
    assert [playback.at(t).pool("worker").down for t in (1.9, 2.5, trace.horizon_s)] == [0, 2, 2]
    doing = playback.at(trace.horizon_s).pool("worker").activity
    assert doing.tolist() == [Activity.IDLE, Activity.DOWN, Activity.DOWN]
