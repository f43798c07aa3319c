"""Runs of plans that use every word: they are saved and come back, they are tables, and their figures hold together."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.results import csv_files, trace_file
from simulator.trace.checks import check
from simulator.trace.columns import COLUMNS
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.trace.timeline import timeline
from tests.plan.mechanisms import PLANS
from tests.plan.playing import crowd, play

if TYPE_CHECKING:
    import polars as pl

each_plan = pytest.mark.parametrize("name", PLANS)


def table_of(name: str) -> "pl.DataFrame":
    trace = run_of(name)
    return csv_files.requests_table(trace, slice(0, len(trace)))


def run_of(name: str) -> Trace:
    return play("reference", PLANS[name], crowd())


@each_plan
def test_a_run_comes_back_as_it_was_saved(name: str, tmp_path: Path) -> None:
    trace = run_of(name)
    trace_file.save(trace, tmp_path / "run.parquet")
    again = trace_file.read(tmp_path / "run.parquet")
    assert again.plan == trace.plan
    for column in COLUMNS:
        saved, read = getattr(trace, column.name), getattr(again, column.name)
        assert saved.dtype == read.dtype
        assert np.array_equal(saved, read, equal_nan=True), column.name


def test_the_number_of_requests_of_a_closed_loop_comes_back(tmp_path: Path) -> None:
    trace = run_of("tried three times")
    limited = replace(trace, workload=replace(trace.workload, clients_in_loop=3, limit=60))
    trace_file.save(limited, tmp_path / "run.parquet")
    assert trace_file.read(tmp_path / "run.parquet").workload.limit == 60


@each_plan
def test_nothing_in_a_run_contradicts_itself(name: str) -> None:
    trace = run_of(name)
    assert check(trace) == []
    assert summarise(trace).diagnosis
    assert len(timeline(trace, 0.1)["time_s"])


def test_the_table_says_which_row_repeats_which_and_what_sent_off_which_job() -> None:
    table = table_of("tried three times")
    repeated = table.filter(table["attempt"] > 0)
    assert len(repeated)
    assert {"request", "row", "parent", "attempt"} <= {*table.columns}
    for row in repeated.iter_rows(named=True):
        before = table.row(row["parent"], named=True)
        assert before["request"] == row["request"] < row["parent"] + 1
        assert (before["outcome"], before["attempt"]) == ("queue full", row["attempt"] - 1)


def test_a_run_in_which_nothing_follows_has_no_columns_for_it() -> None:
    table = table_of("priority")
    assert {"row", "parent", "attempt", "group"} & {*table.columns} == set()
    assert table["request"].to_list() == list(range(len(table)))
    assert "group" in table_of("upstreams with processes").columns
