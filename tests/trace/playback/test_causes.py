"""Who is to blame that others wait: whoever had what they wait for, and for as long as that is so."""

import re
from itertools import pairwise

import pytest

from simulator.trace.playback import Playback
from simulator.workload.draw import draw
from simulator.workload.load import load as scenario_of
from simulator.workload.table import Workload
from tests.models.serving import serve
from tests.trace.by_hand import Kind, load_at

SLOW = Kind(upload=1_000_000.0, up=100_000.0)
"""Uploads for ten seconds."""


def shipped_load(name: str) -> Workload:
    return draw(scenario_of(name))


@pytest.fixture(scope="module")
def mixed() -> Playback:
    """An event loop under many short requests and a few long ones."""
    return Playback(serve("coroutine", shipped_load("mixed")))


def samples(start_s: float, end_s: float) -> list[float]:
    """What somebody sees who looks four times a second."""
    return [start_s + 0.25 * number for number in range(int((end_s - start_s) / 0.25))]


def changes(playback: Playback, start_s: float, end_s: float) -> int:
    named = [playback.cause(t_s) for t_s in samples(start_s, end_s)]
    return sum(a != b for a, b in pairwise(named))


def test_at_the_worst_moment_the_reports_are_named_that_had_the_loop_before_and_not_the_page_that_has_it(
    mixed: Playback,
) -> None:
    worst = next(event for event in mixed.interesting if "the most of the whole run" in event.text)
    holder = int(mixed.at(worst.look_s).lock("event loop").holder[0])
    workload = mixed.trace.workload
    assert workload.class_names[workload.request_class[holder]] == "page"
    reason = mixed.reason(worst.look_s)
    found = re.match(
        r'(\d+) requests "report" have had the event loop for ([\d.]+) s of the last ([\d.]+) s', reason.claim
    )
    assert found, reason.claim
    number, had_s, last_s = int(found[1]), float(found[2]), float(found[3])
    assert number >= 5
    assert had_s == pytest.approx(0.2 * number, rel=0.1)
    assert had_s <= last_s <= 3.0
    assert '"page" wait for it' in reason.more[0] or 'of them "page"' in reason.more[0]


def test_while_a_run_plays_the_cause_stays_the_same(mixed: Playback) -> None:
    """Looked at every quarter of a second for a minute."""
    assert changes(mixed, 0.0, 60.0) <= 3
    assert changes(Playback(serve("prefork", shipped_load("slow-clients"))), 4.0, 60.0) == 0


def test_between_two_blocks_nobody_is_told_that_nobody_waits(mixed: Playback) -> None:
    calm = [t_s for t_s in samples(5.0, 55.0) if mixed.cause(t_s) is None]
    assert calm == []


def test_when_the_cause_truly_changes_another_one_is_named_within_three_seconds() -> None:
    """Slow uploads hold both workers until 10 s; from 12 s on others wait for I/O."""
    load = load_at([0.0, 0.0, *[1.0] * 4, *[12.0] * 12], 40.0, page=Kind(steps=(("io", 4.0),)), slow=SLOW)
    load.request_class[:] = load.client[:] = [1, 1, *[0] * 16]
    load.upload[:2], load.upload[2:] = 1_000_000.0, 100.0
    load.phases[:2] = 0.0
    playback = Playback(serve("prefork", load, workers=2))
    assert 'clients "slow" to send' in playback.why(8.0)
    assert 'I/O of requests "page"' in playback.why(15.0)


def test_a_cause_that_is_over_is_forgotten_after_three_seconds() -> None:
    load = load_at([0.1, 0.2, 0.3], 60.0, page=Kind(steps=(("io", 2.0),)))
    playback = Playback(serve("prefork", load, workers=1))
    assert playback.cause(6.0) is not None
    assert playback.cause(4.2 + 3.6) is None
    assert playback.why(8.0) == "No request is in the system: the worker and both cores are idle."


@pytest.mark.parametrize(
    ("waits_s", "claim"),
    [
        (0.2, "Nobody waits for anybody else."),
        (0.3, "In the last 3 s others had to wait because workers waited for I/O."),
    ],
)
def test_for_a_short_wait_nothing_is_blamed_that_is_over(waits_s: float, claim: str) -> None:
    load = load_at([4.0, 4.0, 5.0 - waits_s], 60.0, page=Kind(steps=(("io", 1.0),)))
    playback = Playback(serve("prefork", load, workers=2))
    assert playback.reason(5.6).claim == claim


def test_behind_a_proxy_slow_clients_are_told_of_and_not_the_workers_for_whom_hardly_anybody_waited() -> None:
    playback = Playback(serve("prefork", shipped_load("slow-clients"), nginx={}))
    told = {re.sub(r"\d+", "#", playback.reason(t_s).claim) for t_s in samples(5.0, 55.0)}
    assert told <= {
        "# slow clients hold # nginx connections and none of the workers.",
        "# slow client holds # nginx connection and none of the workers.",
        "Nobody waits for anybody else.",
    }


@pytest.mark.parametrize(("turn_s", "alone"), [(0.045, False), (0.055, True)])
def test_of_many_short_turns_at_a_loop_none_stands_out(turn_s: float, alone: bool) -> None:
    load = load_at([1.0] * 20, 60.0, page=Kind(steps=(("cpu", turn_s),)))
    claim = Playback(serve("coroutine", load)).reason(1.0 + 15.5 * turn_s).claim
    assert re.match(r'\d+ requests "page" have had the event loop for', claim), claim
    assert (" alone for " in claim) == alone


def test_one_worker_alone_is_not_spoken_of_without_its_article() -> None:
    playback = Playback(serve("dev-server", load_at([1.0] * 3, 60.0, page=Kind(steps=(("io", 0.5),)))))
    assert "others had to wait because the process waited for I/O." in playback.why(2.6)


def test_whoever_goes_to_a_moment_reads_the_same_as_whoever_plays_up_to_it(mixed: Playback) -> None:
    played = Playback(mixed.trace)
    read = [played.why(t_s) for t_s in samples(0.0, 40.0)]
    assert Playback(mixed.trace).why(39.75) == read[-1] == played.why(39.75)


def test_who_waits_for_a_thread_that_waits_for_the_gil_waits_for_whoever_had_the_gil() -> None:
    for accept in ("idle", "eager"):
        playback = Playback(serve("threaded", shipped_load("mixed"), accept=accept))
        reason = playback.reason(47.3)
        assert re.match(r'\d+ requests "report" have had the GIL for', reason.claim), reason


def test_a_queue_that_is_old_says_when_it_began() -> None:
    load = load_at([0.1, 0.2, 0.3, *[1.0] * 5], 20.0, slow=SLOW)
    playback = Playback(serve("prefork", load, workers=3))
    assert "The queue began at 1 s." in playback.why(4.0)
    assert "began" not in playback.why(2.0)
