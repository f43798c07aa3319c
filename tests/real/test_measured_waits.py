"""How long a measured request waited for its turn to compute: from marks written by hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.callback.config import Config as Callback
from models.callback.model import plan as callback
from models.prefork.config import Config as Prefork
from models.prefork.model import plan as prefork
from models.threaded.config import Config as Threaded
from models.threaded.model import plan as threaded
from simulator.plan import Plan, State
from simulator.real.merge import merge
from simulator.real.reports import read_reports
from simulator.trace.measures import COMPLETED, SLOWEST, measure
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.trace.throttling import spans
from tests.real.test_merge import MACHINE, START, driven
from tests.trace.by_hand import Kind, load_at

LOAD = load_at([0.0], 2.0, page=Kind(steps=(("cpu", 0.002), ("io", 0.03), ("cpu", 0.002))))
SENT = 0.11
MARKS = "receive=0.10 parse=0.20 handle.1=0.201 handle.2=0.203 handle.3=0.283 respond=0.285 send=0.29 left=0.291"
"""The server was away when the last byte came, and again when the 30 ms of waiting were over."""


def measured(tmp_path: Path, plan: Plan, marks: str = MARKS) -> Trace:
    words = [mark.partition("=") for mark in marks.split()]
    moments = " ".join(f"{place}={START + float(moment):.4f}" for place, _, moment in words)
    file = tmp_path / "report"
    file.write_text(f"0 0 0 completed {moments}\n")
    result = replace(driven(LOAD), stood=np.array([0.09]), sent=np.array([SENT]), finished=np.array([0.3]))
    return merge([plan], LOAD, result, [read_reports(file, 1)])


def reached(trace: Trace, name: str) -> float:
    return float(trace.reached[0, [place.name for place in trace.places].index(name)])


def lock_wait(trace: Trace, name: str) -> float:
    names = [trace.places[index].name for index in trace.lock_places]
    return float(trace.lock_wait[0, names.index(name)])


def in_state(trace: Trace, state: State) -> float:
    return sum(
        float(((span.end - span.start) * share).sum())
        for span in spans(trace)
        for its, share in span.shares.items()
        if its is state
    )


def test_a_loop_is_waited_for_from_the_last_byte_and_from_the_end_of_a_sleep(tmp_path: Path) -> None:
    trace = measured(tmp_path, callback(Callback(), MACHINE), "accept_event_loop=0.0999 " + MARKS)
    assert reached(trace, "parse") == pytest.approx(SENT)
    assert lock_wait(trace, "parse") == pytest.approx(0.09)
    assert reached(trace, "handle.3") == pytest.approx(0.233)
    assert lock_wait(trace, "handle.3") == pytest.approx(0.05)
    assert in_state(trace, State.LOOP) == pytest.approx(0.14, abs=1e-3)
    assert in_state(trace, State.IO) == pytest.approx(0.03)


def test_a_mark_that_comes_in_time_is_left_as_it_is(tmp_path: Path) -> None:
    in_time = "accept_event_loop=0.09 receive=0.09 parse=0.11 handle.1=0.111 handle.2=0.113 handle.3=0.143 left=0.145"
    trace = measured(tmp_path, callback(Callback(), MACHINE), in_time)
    assert reached(trace, "parse") == pytest.approx(0.11)
    assert reached(trace, "handle.3") == pytest.approx(0.143)
    assert in_state(trace, State.LOOP) == pytest.approx(0.0, abs=1e-9)


def test_a_task_that_was_accepted_waits_for_the_loop_until_it_begins(tmp_path: Path) -> None:
    trace = measured(
        tmp_path, callback(Callback(), MACHINE), "accept_event_loop=0.09 receive=0.16 parse=0.161 left=0.3"
    )
    assert lock_wait(trace, "accept event loop") == pytest.approx(0.07 - MACHINE.accept_cost_s)


def test_without_a_lock_the_rest_is_waiting_for_a_core(tmp_path: Path) -> None:
    trace = measured(tmp_path, prefork(Prefork(), MACHINE))
    assert in_state(trace, State.CORE) == pytest.approx(0.09 + 0.05, abs=0.01)
    assert in_state(trace, State.GIL_OR_CORE) == 0.0


def test_under_a_gil_nobody_knows_which_of_the_two_it_was(tmp_path: Path) -> None:
    trace = measured(tmp_path, threaded(Threaded(), MACHINE))
    assert np.isnan(trace.lock_wait).all()
    assert in_state(trace, State.GIL_OR_CORE) == pytest.approx(0.09 + 0.05, abs=0.01)
    assert in_state(trace, State.CORE) == in_state(trace, State.GIL) == 0.0
    life = measure(trace).mean_life(COMPLETED, SLOWEST)
    assert float(life.sum()) == pytest.approx(0.3)


def test_the_diagnosis_names_no_cause_that_was_not_measured(tmp_path: Path) -> None:
    said = summarise(measured(tmp_path, threaded(Threaded(), MACHINE))).diagnosis
    assert any("wait for the GIL or for a core, and measuring cannot tell which" in sentence for sentence in said)
    assert not any("convoy" in sentence or "only less computing or more cores" in sentence for sentence in said)
