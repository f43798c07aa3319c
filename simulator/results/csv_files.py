"""The run as three tables for a spreadsheet: requests.csv, timeline.csv and summary.csv."""

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.plan.walk import Taking, takings
from simulator.plan.words import Outcome
from simulator.results.document import Document, flat
from simulator.results.whole_files import WholeFiles
from simulator.trace.columns import COLUMNS, Per
from simulator.trace.residence import blocks
from simulator.trace.table import Trace
from simulator.trace.timeline import step_for, timeline
from simulator.words.printable import harmless_cell

if TYPE_CHECKING:
    import polars as pl

NAMED = ("arrival", "left", "finished", "outcome")
"""Columns of a trace that requests.csv names in a way of its own; the others follow under their own names."""


def write_csv(files: WholeFiles, folder: Path, trace: Trace, results: Document) -> None:
    """Write the three tables; they appear together with the command's other files."""
    import polars as pl

    files.folder(folder)
    tables = {
        "timeline": pl.DataFrame(
            {harmless_cell(name): rows for name, rows in timeline(trace, step_for(trace)).items()}
        ),
        "summary": pl.DataFrame(list(flat(results)), schema=["metric", "value"], orient="row"),
    }
    files.write(folder / "requests.csv", partial(write_requests, trace))
    for name, table in tables.items():
        files.write(folder / f"{name}.csv", table.write_csv)


def write_requests(trace: Trace, path: Path) -> None:
    """Block by block: the text of a run is larger than the run."""
    with path.open("wb") as file:
        for block in blocks(trace) if len(trace) else [slice(0, 0)]:
            requests_table(trace, block).write_csv(file, include_header=block.start == 0)


def requests_table(trace: Trace, rows: slice) -> "pl.DataFrame":
    """One row a request. Times in seconds from the start of the run; empty where something never happened.

    Where requests are repeated or send off jobs, those are rows too: their request is the row of the first one.
    """
    import polars as pl

    workload = trace.workload
    arrival, outcome, finished = trace.arrival[rows], trace.outcome[rows], trace.finished[rows]
    columns: dict[str, Any] = {
        **_numbers(trace, rows),
        "arrival_s": arrival,
        "class": _words(workload.class_names, workload.request_class[rows]),
        "client": _words(workload.client_names, workload.client[rows]),
        "outcome": _words(tuple(outcome.words for outcome in Outcome), outcome),
        "latency_s": np.where(outcome == Outcome.COMPLETED, finished - arrival, np.nan),
        "finished_s": finished,
        "left_s": trace.left[rows],
    }
    for column in COLUMNS:
        array = getattr(trace, column.name)
        if column.per is Per.REQUEST and column.name not in NAMED and not (column.rare and column.is_blank(array)):
            columns[column.name] = _known(array[rows], column.blank)
    for number, taking in enumerate(takings(trace.plan, trace.places)):
        columns[_slot_column(trace, taking)] = _known(trace.slot[rows, number], blank=-1)
    for number, place in enumerate(trace.places):
        columns[f"{_column(place.name)}_s"] = trace.reached[rows, number]
    for number, (place_number, lock) in enumerate(trace.locked):
        place = trace.places[place_number]
        what = "lock" if lock == place.lock else "gil"
        columns[f"{_column(place.name)}_{what}_wait_s"] = trace.lock_wait[rows, number]
    return pl.DataFrame(columns).fill_nan(None)


def _numbers(trace: Trace, rows: slice) -> dict[str, Any]:
    """Which request a row is about, and which row it is where that is not the same."""
    numbers = np.arange(rows.start, rows.stop)
    return {"request": trace.request[rows], "row": numbers} if trace.has_further_rows else {"request": numbers}


def _known(column: Any, blank: float) -> "pl.Series":
    """A column in which -1, where it says that nothing happened, is empty."""
    import polars as pl

    return pl.Series(column).replace(-1, None) if blank == -1 else pl.Series(column)


def _words(words: tuple[str, ...], numbers: Any) -> "pl.Series":
    import polars as pl

    return pl.Series([harmless_cell(word) for word in words], dtype=pl.String).gather(
        pl.Series(numbers).cast(pl.UInt32)
    )


def _slot_column(trace: Trace, taking: Taking) -> str:
    """``worker_slot``; where slots of a pool are taken at several places, from the second on by the place's number."""
    _, mark, number = trace.places[taking.taken_at].name.partition(" #")
    return f"{_column(taking.pool.name)}_slot{mark and '_'}{number}"


def _column(name: str) -> str:
    """A name that needs no quotes in a formula: ``accept worker`` becomes ``accept_worker``."""
    return re.sub(r"\W+", "_", name).strip("_")
