"""What is taken beside the trace while it is summarised and written: so many bytes for each request more.

NumPy's memory is counted, allocation by allocation: no clock and no other process has a say in it. Two runs are
compared, so that what is taken however short a run is, blocks of rows, does not count.
"""

import tracemalloc
from collections import deque
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from simulator.experiments.run import run
from simulator.results import csv_files, trace_file
from simulator.results.document import as_json, document
from simulator.trace import residence
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.workload.draw import draw
from simulator.workload.load import load
from tests.engine.deployments import Deployment, deployments

pytestmark = pytest.mark.slow

Pair = tuple[Trace, Trace]
RATE = 100
REQUESTS = (200_000, 400_000)
SUMMARY = 36
"""Bytes a request: of the 220 that a run of ten million may have in all, its columns take 150 to 180."""
WRITING = 5
BY_NAME = {str(deployment): deployment for deployment in deployments()}


def of_length(deployment: Deployment, requests: int) -> Trace:
    scenario = load("steady", [("arrivals.rate", str(RATE)), ("duration", f"{requests // RATE} s")])
    return run(deployment.plan(scenario.machine), draw(scenario))


@pytest.fixture(scope="module", params=["prefork", "coroutine", "threaded eager 2 2", "nginx prefork"])
def traces(request: pytest.FixtureRequest) -> Pair:
    pl.DataFrame({"": [0]}).write_csv()  # what is loaded for the first table does not count either
    short, long = (of_length(BY_NAME[request.param], requests) for requests in REQUESTS)
    return short, long


def for_each_request(work: Callable[[Trace], object], traces: Pair) -> float:
    """How many bytes more some work takes for each request that the second run has more."""
    short, long = (most_taken(work, trace) for trace in traces)
    return (long - short) / (len(traces[1]) - len(traces[0]))


def most_taken(work: Callable[[Trace], object], trace: Trace) -> int:
    tracemalloc.start()
    try:
        work(trace)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_summary_takes_few_bytes_a_request(traces: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(residence, "BLOCK_ROWS", 1 << 14)  # many blocks, as in a run that is really long
    assert for_each_request(lambda trace: as_json(document(trace, summarise(trace))), traces) < SUMMARY


def test_requests_are_written_as_csv_without_the_table_in_memory(traces: Pair, tmp_path: Path) -> None:
    assert for_each_request(lambda trace: csv_files.write_requests(trace, tmp_path / "r.csv"), traces) < WRITING


def test_a_run_is_saved_without_a_second_one_in_memory(traces: Pair) -> None:
    assert for_each_request(lambda trace: deque(trace_file.frames(trace), maxlen=0), traces) < WRITING
