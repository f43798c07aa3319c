"""The one list of columns: what engines fill and what files hold is what stands there."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.experiments.run import EngineName, run
from simulator.plan import Accept, Backlog, Connect, Cores, Gil, Handle, Outcome, Plan, Pool, Release, Send
from simulator.results.csv_files import NAMED, requests_table
from simulator.trace.columns import COLUMNS, Per, blank_columns
from tests.trace.by_hand import load_at

BACKLOG, THREAD, GIL = Backlog("backlog", 9), Pool("thread", 2), Gil("GIL")
PLAN = Plan((Connect(BACKLOG), Accept(BACKLOG, THREAD), Handle(GIL), Send(), Release(THREAD)), Cores(2))
LOAD = load_at([0.1, 0.2, 0.3], 1.0)
WIDTHS = {Per.REQUEST: (), Per.PLACE: (5,), Per.TAKING: (1,), Per.LOCK_PLACE: (1,)}


@pytest.mark.parametrize("engine", ["kernel", "reference"])
def test_an_engine_fills_the_columns_of_the_list(engine: EngineName) -> None:
    trace = run(PLAN, LOAD, engine=engine)
    for column in COLUMNS:
        filled = getattr(trace, column.name)
        assert filled.dtype == column.dtype
        assert filled.shape == (
            3,
            *(() if column.rare else WIDTHS[column.per]),
        )  # nothing woke: there is one entry for all


def test_before_anything_happens_a_column_says_so() -> None:
    blank = blank_columns(PLAN, LOAD)
    assert blank.pop("arrival") is LOAD.arrival  # an open loop knows it
    assert {name for name, column in blank.items() if np.isnan(column).all()} == {"left", "finished", "reached"}
    assert {name for name, column in blank.items() if (column == -1).all()} == {"process", "slot", "parent", "group"}
    assert (blank["outcome"] == Outcome.OPEN).all()
    zeros = ("syn_retries", "data_retries", "lock_wait", "attempt")
    assert not [name for name in zeros if blank[name].any()]


def test_in_the_csv_every_column_of_one_entry_a_request_is_there() -> None:
    names = set(requests_table(run(PLAN, LOAD), slice(0, len(LOAD))).columns)
    usual = {column.name for column in COLUMNS if column.per is Per.REQUEST and not column.rare}
    assert usual - set(NAMED) <= names
    assert {"outcome", *(f"{name}_s" for name in NAMED if name != "outcome")} <= names


def test_a_rare_column_takes_no_room_and_is_in_the_csv_where_something_is_in_it() -> None:
    trace = run(PLAN, LOAD)
    rare = [column for column in COLUMNS if column.rare]
    assert {column.name for column in rare} == {"parent", "attempt", "group", "woken"}
    assert not any(getattr(trace, column.name).strides[0] for column in rare)
    assert not {column.name for column in rare} & set(requests_table(trace, slice(0, len(LOAD))).columns)
    followed = replace(trace, parent=np.array([-1, 0, 1], np.int32), attempt=np.array([0, 1, 2], np.int16))
    table = requests_table(followed, slice(0, len(LOAD)))
    assert table["request"].to_list() == [0, 0, 0]
    assert table["parent"].to_list() == [None, 0, 1]
    assert table["attempt"].to_list() == [0, 1, 2]
    assert "group" not in table.columns
