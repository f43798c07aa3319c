"""Titles, stories and names come from files of strangers: no output obeys them, and none of them is lost."""

import csv
import io
import json
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator.results.trace_file import read, save
from simulator.words.printable import cell_as_meant, harmless_cell, printable, printable_json

HOSTILE = {
    "clear the screen": "\x1b[2J",
    "write into the clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "a control sequence in one character": "\x9b31m",
    "turn the line round": "\u202e",
    "hide": "\u200b\ufeff\u2066",
    "backspace and delete": "\x08\x7f",
    "a link": "\x1b]8;;http://example.com\x1b\\",
    "red": "\x1b[31m",
}
LOAD = """
title = {title}
story = {story}
duration = "3 s"
[arrivals]
kind = "constant"
rate = 20
[[requests]]
name = "-quick"
steps = [{{cpu = "1 ms"}}]
clients = ["-hasty"]
[[requests]]
name = "page"
steps = [{{cpu = "1 ms"}}]
[[clients]]
name = "-hasty"
patience = "1 ms"
[[clients]]
name = "office"
"""


def load(folder: Path, words: str) -> Path:
    """A scenario file; names in it are letters and digits by themselves."""
    path = folder / "hostile.toml"
    path.write_text(LOAD.format(title=json.dumps(f"title{words}"), story=json.dumps(f"story{words}")), encoding="utf-8")
    return path


def run(folder: Path, words: str, simulate: Any) -> Path:
    """A saved run in which every name has these words: somebody else's program may have written it."""
    saved = folder / "run.parquet"
    assert simulate("--model", "prefork", "--load", load(folder, words), "--parquet", saved, "--quiet").code == 0
    trace = read(saved)
    workload = replace(
        trace.workload,
        class_names=tuple(f"{words}{name}" for name in trace.workload.class_names),
        client_names=tuple(f"{words}{name}" for name in trace.workload.client_names),
    )
    labels = {name: value if name in ("settings", "fronts") else words + value for name, value in trace.labels.items()}
    save(replace(trace, workload=workload, labels=labels), saved)
    return saved


def unprintable(text: str) -> list[str]:
    return [c for c in text if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_nothing_in_a_file_reaches_the_terminal_as_a_command(words: str, simulate: Any, tmp_path: Path) -> None:
    saved, path = run(tmp_path, words, simulate), load(tmp_path, words)
    for command in (
        ("--model", "prefork", "--load", path),
        ("compare", "prefork", "threaded", "--load", path),
        ("show", saved),
        ("show", saved, "--request", "1"),
        ("show", saved, "--json", "-"),
    ):
        done = simulate(*command)
        assert done.code == 0, done.err
        assert unprintable(done.out + done.err) == []


def test_names_come_back_from_the_json_document_as_they_were(simulate: Any, tmp_path: Path) -> None:
    words = "".join(HOSTILE.values())
    found = json.loads(simulate("show", run(tmp_path, words, simulate), "--json", "-").out)
    assert found["title"] == f"{words}title{words}"
    assert f"{words}page" in found["classes"]


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_no_refusal_obeys_what_it_quotes(words: str, simulate: Any, tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(f"duration = {json.dumps(words)}", encoding="utf-8")
    for command in (("--model", "prefork", "--load", path), ("--model", words, "--load", "steady")):
        done = simulate(*command)
        assert done.code == 2
        assert unprintable(done.out + done.err) == []


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-1", "'quoted'", "1", "", "一"]
)
def test_a_cell_is_no_formula_and_is_read_as_it_was_meant(cell: str) -> None:
    written = harmless_cell(cell)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell_as_meant(written) == printable(cell)


def test_names_like_formulas_are_harmless_in_every_csv_file_and_figures_stay_figures(
    simulate: Any, tmp_path: Path
) -> None:
    saved, path = run(tmp_path, "=", simulate), load(tmp_path, "=")
    assert simulate("show", saved, "--csv", tmp_path / "out", "--quiet").code == 0
    assert simulate("compare", "prefork", "threaded", "--load", path, "--csv", tmp_path / "both.csv").code == 0
    files = [*sorted((tmp_path / "out").iterdir()), tmp_path / "both.csv"]
    cells = {each.name: list(csv.reader(io.StringIO(each.read_text(encoding="utf-8")))) for each in files}
    for rows in cells.values():
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
    assert {cell_as_meant(row[2]) for row in cells["requests.csv"][1:]} == {"=-quick", "=page"}
    assert float(cells["requests.csv"][1][1]) == 0.0


def test_a_trace_of_arrivals_reads_classes_from_the_requests_that_were_written(simulate: Any, tmp_path: Path) -> None:
    """The file that we write has the columns that we read, but for the name of the first."""
    path = load(tmp_path, "")
    first = simulate("--model", "prefork", "--load", path, "--csv", tmp_path / "out", "--json", "-")
    written = (tmp_path / "out" / "requests.csv").read_text(encoding="utf-8").replace("arrival_s", "time_s", 1)
    assert "'-quick" in written
    (tmp_path / "again.csv").write_text(written, encoding="utf-8")
    again = tmp_path / "again.toml"
    replayed = 'kind = "trace"\nfile = "again.csv"'
    again.write_text(
        path.read_text(encoding="utf-8").replace('kind = "constant"\nrate = 20', replayed), encoding="utf-8"
    )
    second = simulate("--model", "prefork", "--load", again, "--json", "-")
    assert second.code == 0, second.err
    offered = [{n: c["offered"] for n, c in json.loads(done.out)["classes"].items()} for done in (first, second)]
    assert offered[0] == offered[1]


def test_a_json_document_says_the_same_without_characters_that_are_obeyed() -> None:
    words = "".join(HOSTILE.values()) + "\U000e0041"
    written = printable_json(json.dumps(words, ensure_ascii=False))
    assert unprintable(written) == []
    assert json.loads(written) == words


def test_the_timeline_of_a_long_run_has_coarser_rows(simulate: Any, tmp_path: Path) -> None:
    """A request that takes a day: 864 000 rows of 100 ms would be as many as nobody reads."""
    path = tmp_path / "day.toml"
    path.write_text(
        'title = "A day"\nduration = "1 s"\n[arrivals]\nkind = "constant"\nrate = 1\n[[requests]]\nname = "slow"\n'
        'steps = [{io = "86400 s"}]\n[[clients]]\nname = "client"\n',
        encoding="utf-8",
    )
    found = json.loads(
        simulate("--model", "prefork", "--load", path, "--csv", tmp_path / "out", "--json", "-", "--quiet").out
    )
    rows = (tmp_path / "out" / "timeline.csv").read_text(encoding="utf-8").splitlines()
    assert found["timeline_csv_step_s"] == 1.0
    assert len(rows) - 1 == 86_401
