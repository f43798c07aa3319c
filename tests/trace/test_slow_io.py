"""A slow database is told also where nobody waits for anybody because of it."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.trace.finding import Kind as KindOf
from simulator.trace.finding import Party
from simulator.trace.summary import summarise
from simulator.words.numbers import duration
from simulator.workload.interventions import Do, Intervention
from tests.trace.by_hand import Kind, simulate
from tests.trace.causes import QUERY, facts, loops, of

SLOW = Intervention(at=5.0, do=Do.SLOW_IO, factor=10.0, lasting=4.0)
SENTENCE = "From 5 s to 9 s I/O took 10 times as long: requests that came then took "


def test_an_event_loop_that_waits_for_a_slow_database_says_when_and_what_it_cost() -> None:
    trace = simulate(loops(), replace(of(20, page=QUERY), interventions=(SLOW,)))
    first = summarise(trace).findings[0]
    took = trace.finished - trace.arrival
    then = (trace.arrival >= 5.0) & (trace.arrival < 9.0)
    counted = facts(trace).measures.category > 0
    slow, usual = (duration(float(np.mean(took[counted & some]))) for some in (then, ~then))
    assert first.text.startswith(f"{SENTENCE}{slow} on average, all others {usual}.")
    assert first.culprits == (Party(KindOf.ENTRY, "slow-io"),)


@pytest.mark.parametrize(("factor", "told"), [(1.3, True), (1.1, False)])
def test_a_database_that_is_hardly_slower_is_not_told(factor: float, told: bool) -> None:
    slow = replace(SLOW, factor=factor)
    first = summarise(simulate(loops(), replace(of(20, page=QUERY), interventions=(slow,)))).findings[0]
    assert ("I/O took" in first.text, bool(first.culprits)) == (told, told)


def test_requests_without_io_do_not_notice_it() -> None:
    page = Kind(steps=(("cpu", 0.002),))
    first = summarise(simulate(loops(), replace(of(20, page=page), interventions=(SLOW,)))).findings[0]
    assert "I/O took" not in first.text
