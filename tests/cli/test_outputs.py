"""The exports say the same as one another, are written whole or not at all, and a saved run comes back exactly."""

import csv
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pytest

from simulator.results import trace_file
from simulator.results.document import as_json, document
from simulator.trace.summary import summarise
from simulator.words.numbers import rate

CONTRACT = {
    "model": str,
    "load": str,
    "seed": int,
    "engine": str,
    "loop": str,
    "requests": dict,
    "throughput_rps": float,
    "goodput_rps": float,
    "latency_ms": dict,
    "classes": dict,
    "resources": dict,
    "where_time_goes_ms": dict,
    "diagnosis": list,
}
PERCENTILES = {"mean", "p50", "p90", "p95", "p99", "p999", "max", "samples"}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_json_document_has_the_keys_that_programs_rely_on(results: Callable[..., dict[str, Any]]) -> None:
    found = results()
    assert {key: type(found[key]) for key in CONTRACT} == CONTRACT
    assert found["requests"].keys() == {"offered", "completed", "open", "failed"}
    assert found["latency_ms"].keys() >= PERCENTILES
    for each in found["classes"].values():
        assert each.keys() >= {"offered", "completed", "latency_ms"}
        assert each["latency_ms"].keys() >= PERCENTILES
    for each in found["resources"].values():
        assert each.keys() >= {"size", "utilisation", "split", "queue_mean", "queue_max"}
    assert found["requests"]["offered"] == (
        found["requests"]["completed"] + found["requests"]["open"] + sum(found["requests"]["failed"].values())
    )


def test_a_figure_that_does_not_exist_is_null(results: Callable[..., dict[str, Any]]) -> None:
    found = results("--set", "warmup=2.9 s", "--rate", "0.5", "--seed", "2")
    assert found["latency_ms"]["samples"] == 0
    assert found["latency_ms"]["p50"] is None


def test_a_closed_loop_says_so(simulate: Any) -> None:
    done = simulate("--model", "prefork", "--load", "think-time", "--duration", "20s", "--json", "-")
    found = json.loads(done.out)
    assert found["loop"] == "closed"
    assert found["clients_in_loop"] > 0
    assert found["requests_in_loop"] is None
    counted = simulate("--model", "prefork", "--load", "think-time", "--set", "arrivals.requests=60", "--json", "-")
    assert json.loads(counted.out)["requests_in_loop"] == 60


def test_json_on_stdout_is_the_only_thing_there_and_equals_the_file(run: Callable[..., Any], tmp_path: Path) -> None:
    printed = run("--json", "-")
    summary = run("--json", tmp_path / "r.json")
    assert (tmp_path / "r.json").read_text(encoding="utf-8") == printed.out
    assert "Where the time of a request goes" in summary.out
    assert run("--json", tmp_path / "r.json", "--quiet").out == ""


def test_the_same_seed_gives_the_same_bytes(run: Callable[..., Any], tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        outputs = ("--json", tmp_path / name / "r.json", "--parquet", tmp_path / name / "r.parquet")
        assert run(*outputs, "--csv", tmp_path / name / "csv").code == 0
    first = {p.relative_to(tmp_path / "a"): p.read_bytes() for p in (tmp_path / "a").rglob("*") if p.is_file()}
    again = {p.relative_to(tmp_path / "b"): p.read_bytes() for p in (tmp_path / "b").rglob("*") if p.is_file()}
    assert len(first) == 5
    assert first == again


def test_the_csv_files_agree_with_the_document(run: Callable[..., Any], tmp_path: Path) -> None:
    assert run("--json", tmp_path / "r.json", "--csv", tmp_path / "csv").code == 0
    found = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    requests = rows_of(tmp_path / "csv" / "requests.csv")
    completed = [row for row in requests if row["outcome"] == "completed"]
    assert len(requests) == found["requests"]["offered"]
    assert len(completed) == found["requests"]["completed"]
    inside = [row for row in completed if 0.5 <= float(row["arrival_s"]) < 3.0]
    mean_ms = 1e3 * sum(float(row["latency_s"]) for row in inside) / len(inside)
    assert mean_ms == pytest.approx(found["latency_ms"]["mean"])
    assert {row["class"] for row in requests} == set(found["classes"])
    timeline = rows_of(tmp_path / "csv" / "timeline.csv")
    assert sum(int(row["arrivals"]) for row in timeline) == len(requests)
    assert sum(int(row["completions"]) for row in timeline) == len(completed)
    summary = {row["metric"]: row["value"] for row in rows_of(tmp_path / "csv" / "summary.csv")}
    assert float(summary["latency_ms.p99"]) == found["latency_ms"]["p99"]
    assert summary["resources.worker.size"] == "4"


def test_of_an_overloaded_run_every_output_tells_what_was_done_for_somebody_from_what_was_not(
    simulate: Any, impatient: Path, tmp_path: Path
) -> None:
    outputs = ("--json", tmp_path / "r.json", "--csv", tmp_path / "csv")
    summary = simulate("--model", "threaded", "--load", impatient, *outputs)
    found = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    requests = rows_of(tmp_path / "csv" / "requests.csv")
    completed = [float(row["finished_s"]) for row in requests if row["outcome"] == "completed"]
    given_up = [row for row in requests if row["outcome"] == "client gave up"]
    assert len(given_up) == found["requests"]["failed"]["client gave up"] > 100

    inside = sum(2.0 <= finished < 20.0 for finished in completed)
    assert found["goodput_rps"] == pytest.approx(inside / 18.0)
    assert found["throughput_rps"] > 1.2 * found["goodput_rps"]
    assert found["throughput_rps"] == pytest.approx(25.0, abs=0.5)  # what the GIL lets through

    steps = rows_of(tmp_path / "csv" / "timeline.csv")
    assert sum(int(step["completions"]) for step in steps) == len(completed)
    assert sum(int(step["arrivals"]) for step in steps) == len(requests)
    third = [step for step in steps if 5.95 < float(step["time_s"]) < 8.95]
    assert sum(int(step["completions"]) for step in third) == sum(6.0 <= finished < 9.0 for finished in completed)

    bottleneck = found["bottleneck"]
    assert bottleneck["resource"] == "GIL"
    assert any("of what the server did was for nobody" in sentence for sentence in found["diagnosis"])
    assert f"goodput {rate(found['goodput_rps'])}/s" in summary.out


def test_a_request_in_the_csv_walks_forward_through_its_places(run: Callable[..., Any], tmp_path: Path) -> None:
    assert run("--nginx", "--csv", tmp_path / "csv").code == 0
    for row in rows_of(tmp_path / "csv" / "requests.csv"):
        names = list(row)
        first = names.index("connect_nginx_backlog_s")
        times = [float(row[name]) for name in names[first:] if row[name] and not name.endswith("lock_wait_s")]
        assert times == sorted(times)
        assert row["outcome"] != "completed" or (row["worker_slot"] and row["latency_s"])


@pytest.mark.parametrize("model", ["prefork", "threaded", "coroutine", "dev-server"])
def test_a_saved_run_comes_back_exactly(model: str, run: Callable[..., Any], simulate: Any, tmp_path: Path) -> None:
    first, again = tmp_path / "first.parquet", tmp_path / "again.parquet"
    printed = run("--nginx", "--no-advice", "--parquet", first, model=model)
    shown = simulate("show", first, "--parquet", again)
    assert printed.out == shown.out
    assert first.read_bytes() == again.read_bytes()


def test_a_saved_run_keeps_every_column(run: Callable[..., Any], tmp_path: Path) -> None:
    from dataclasses import replace

    from simulator.trace.columns import COLUMNS
    from simulator.trace.table import Grants
    from simulator.workload.table import PER_ROW

    assert run("--parquet", tmp_path / "r.parquet", model="threaded").code == 0
    plain = trace_file.read(tmp_path / "r.parquet")
    seconds = np.array([0.5, 1.25])
    grants = Grants(
        request=np.array([3, 1], np.int32),
        place=np.array([2, 5], np.int16),
        lock=np.array([0, 0], np.int16),
        start=seconds,
        end=2 * seconds,
    )
    for trace in (plain, replace(plain, grants=grants)):
        trace_file.save(trace, tmp_path / "again.parquet")
        again = trace_file.read(tmp_path / "again.parquet")
        assert again.plan == trace.plan
        assert again.labels == trace.labels
        for name in (column.name for column in COLUMNS):
            assert_same(getattr(trace, name), getattr(again, name))
        for name in (*PER_ROW, *trace_file.RATES, "phase_kinds"):
            assert_same(getattr(trace.workload, name), getattr(again.workload, name))
        assert (again.grants is None) == (trace.grants is None)
        if trace.grants is not None:
            for name in trace_file.OF_GRANTS:
                assert_same(getattr(trace.grants, name), getattr(again.grants, name))


def assert_same(one: Any, other: Any) -> None:
    if one is None:
        assert other is None
        return
    assert (one.dtype, one.shape) == (other.dtype, other.shape)
    assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def test_the_life_of_a_request_is_told(run: Callable[..., Any], simulate: Any, tmp_path: Path) -> None:
    assert run("--parquet", tmp_path / "r.parquet").code == 0
    told = simulate("show", tmp_path / "r.parquet", "--request", "3").out
    assert "request 3" in told
    assert "waiting for I/O" in told or "computing" in told
    missing = simulate("show", tmp_path / "r.parquet", "--request", "100000")
    assert (missing.code, missing.out) == (2, "")
    assert "--request 100000: the run has the requests 0 to" in missing.err
    chinese = simulate("show", tmp_path / "r.parquet", "--request", "3", "--lang", "zh").out
    assert re.search("工作进程 \\d、进程 \\d", chinese)
    assert re.search("worker \\d, process \\d", told)
    assert not re.search("worker \\d|after the server", chinese)


Damage = Literal["empty", "text", "foreign", "cut", "no plan", "newer"]


@pytest.mark.parametrize("damage", get_args(Damage))
def test_a_foreign_or_damaged_file_gets_one_message(
    damage: Damage, run: Callable[..., Any], simulate: Any, tmp_path: Path
) -> None:
    import polars as pl

    path = tmp_path / "r.parquet"
    assert run("--parquet", path).code == 0
    frame, about = pl.read_parquet(path), json.loads(pl.read_parquet_metadata(path)[trace_file.KEY])
    match damage:
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("not a table")
        case "foreign":
            frame.write_parquet(path)
        case "cut":
            path.write_bytes(path.read_bytes()[:-200])
        case "no plan":
            frame.write_parquet(path, metadata={trace_file.KEY: json.dumps(about | {"plan": {"steps": []}})})
        case "newer":
            frame.write_parquet(path, metadata={trace_file.KEY: json.dumps(about | {"format": 99})})
    done = simulate("show", path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"simulate: {path}: ")
    assert len(done.err.splitlines()) == 1


def test_no_document_has_anything_that_json_has_not(run: Callable[..., Any], tmp_path: Path) -> None:
    """nan and infinity would make the file unreadable elsewhere."""
    assert run("--parquet", tmp_path / "r.parquet").code == 0
    trace = trace_file.read(tmp_path / "r.parquet")
    trace.finished[:] = math.nan
    trace.outcome[:] = 0
    text = as_json(document(trace, summarise(trace)))
    assert json.loads(text)["requests"]["completed"] == 0
    assert "NaN" not in text
    assert "Infinity" not in text
