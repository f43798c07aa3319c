"""What a trace says of slots that one request takes again and again: each time has a column, and all are shown."""

from pathlib import Path

import numpy as np
import pytest

from simulator.experiments.run import EngineName, run
from simulator.plan import Cores, Elsewhere, Handle, Loop, Plan, Pool
from simulator.results.csv_files import requests_table
from simulator.results.trace_file import read, save
from simulator.trace.holding import held_parts, holdings
from simulator.trace.playback import Activity, Playback
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from tests.trace.by_hand import Kind, load_at

THREAD = Pool("thread", 2)
PLAN = Plan((Handle(Loop("loop"), elsewhere=(Elsewhere(("block",), THREAD),)),), Cores(2))
CALLS = Kind(steps=(("block", 1.0), ("io", 1.0), ("block", 2.0)))
each_engine = pytest.mark.parametrize("engine", ["reference", "kernel"])


def three(engine: EngineName = "kernel") -> Trace:
    """Three come at once, and there are two threads."""
    return run(PLAN, load_at([0.0, 0.0, 0.0], 10.0, page=CALLS), engine=engine)


@each_engine
def test_a_slot_that_is_taken_twice_has_two_columns_of_the_trace(engine: EngineName) -> None:
    trace = three(engine)
    assert trace.slot.tolist() == [[0, -1, 1], [1, -1, 0], [0, -1, 1]]  # nobody needs one for I/O
    assert trace.left.tolist() == [4.0, 4.0, 6.0]


def test_csv_files_have_a_column_for_each_time() -> None:
    table = requests_table(three(), slice(0, 3))
    assert table["thread_slot"].to_list() == [0, 1, 0]
    assert table["thread_slot_2"].to_list() == [None, None, None]
    assert table["thread_slot_3"].to_list() == [1, 0, 1]


def test_a_saved_run_knows_who_helped(tmp_path: Path) -> None:
    trace, path = three(), tmp_path / "run.parquet"
    save(trace, path)
    again = read(path)
    assert again.plan == PLAN
    assert np.array_equal(again.slot, trace.slot)


def test_all_times_together_are_what_slots_are_held_for() -> None:
    trace = three()
    (part,) = held_parts(trace, trace.places)
    held = holdings(trace, part)
    assert sorted(zip(held.rows.tolist(), held.slot.tolist(), held.start.tolist(), held.end.tolist(), strict=True)) == [
        *((0, 0, 0.0, 1.0), (0, 1, 2.0, 4.0), (1, 0, 2.0, 4.0), (1, 1, 0.0, 1.0)),
        *((2, 0, 1.0, 2.0), (2, 1, 4.0, 6.0)),
    ]


def test_a_moment_shows_who_has_a_thread_then_and_who_waits_for_one_be_it_for_another_piece() -> None:
    playback = Playback(three())
    (first,), (second,) = playback.at(0.5).pools, playback.at(2.5).pools
    assert (first.request.tolist(), first.queue.request.tolist()) == ([0, 1], [2])
    assert (second.request.tolist(), second.queue.request.tolist()) == ([1, 0], [])
    assert [group.helps for group in playback.groups if group.name == "thread"] == [True]
    assert playback.at(1.5).parked.request.tolist() == [0, 1]
    shares = playback.shares("thread", 0, 1, (0.0, 6.0), 6)[:, 0]
    assert shares[Activity.IO].tolist() == [1.0, 1.0, 1.0, 1.0, 0.0, 0.0]


def test_who_needs_no_slot_does_not_count_where_the_slots_limit_the_server() -> None:
    arrivals = np.arange(400) / 4.0
    load = load_at(arrivals, 100.0, call=Kind(steps=(("block", 1.5),)), page=Kind(steps=(("io", 0.1),), every=2))
    found = summarise(run(PLAN, load)).bottleneck
    assert found is not None
    assert (found.resource, found.for_some) == ("thread", True)
    assert found.rate_rps == pytest.approx(2.0 / 1.5, rel=0.35)
    assert found.seconds_each == pytest.approx(1.5)
