"""Files that a command writes appear whole or not at all, and take the place of nothing that is still needed."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.experiments.refusal import RefusalError
from simulator.results import csv_files, trace_file
from simulator.results.whole_files import whole_files


def test_an_error_midway_leaves_nothing_and_spoils_nothing(
    run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old.json").write_text("old")
    before = sorted(tmp_path.iterdir())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(trace_file, "save", full)  # the last file to be written
    done = run("--json", tmp_path / "old.json", "--csv", tmp_path / "csv", "--parquet", tmp_path / "r.parquet")
    assert (done.code, done.out) == (2, "")
    assert "r.parquet: No space left on device" in done.err
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "old.json").read_text() == "old"


def test_ctrl_c_while_writing_leaves_nothing(
    run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(tmp_path.iterdir())

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(csv_files, "timeline", interrupted)
    done = run("--json", tmp_path / "r.json", "--csv", tmp_path / "csv")
    assert (done.code, done.out, done.err) == (130, "", "")
    assert sorted(tmp_path.iterdir()) == before


def test_an_output_through_a_link_replaces_what_the_link_points_to(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    assert run("--json", tmp_path / "link.json").code == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text(encoding="utf-8"))["model"] == "prefork"


def test_a_device_is_written_to_and_not_replaced(run: Callable[..., Any]) -> None:
    assert run("--json", os.devnull).code == 0
    assert Path(os.devnull).is_char_device()


def test_two_outputs_cannot_share_a_file(tmp_path: Path) -> None:
    def twice() -> None:
        with whole_files() as files:
            files.write(tmp_path / "x", Path.touch)
            files.write(tmp_path / "x", Path.touch)

    with pytest.raises(RefusalError, match="two outputs"):
        twice()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("output", ["json", "csv", "parquet"])
def test_an_empty_name_is_refused_and_not_overlooked(output: str, run: Callable[..., Any]) -> None:
    done = run(f"--{output}", "")
    assert (done.code, done.out) == (2, "")
    assert done.err == f"simulate: --{output} is followed by an empty name; expected where to write\n"


def test_a_file_that_two_outputs_share_is_named_as_it_was_typed(
    run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("--json", "one", "--parquet", "./one")
    assert (done.code, done.err) == (2, "simulate: one is named for two outputs; give each a file of its own\n")


@pytest.mark.parametrize("line", ["--model prefork", "compare prefork threaded", "measure prefork", "validate prefork"])
def test_no_result_takes_the_place_of_the_scenario(line: str, simulate: Any, load: Path) -> None:
    before = load.read_text(encoding="utf-8")
    done = simulate(*line.split(), "--load", load, "--json", load)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"simulate: --json {load}: this command reads that file, and would write over it; name another\n"
    )
    assert load.read_text(encoding="utf-8") == before


def test_no_result_takes_the_place_of_the_run_that_is_shown(
    run: Callable[..., Any], simulate: Any, tmp_path: Path
) -> None:
    saved, link = tmp_path / "r.parquet", tmp_path / "link"
    assert run("--parquet", saved).code == 0
    link.symlink_to(saved)
    before = saved.read_bytes()
    assert simulate("show", saved, "--json", link).code == 2
    assert saved.read_bytes() == before
