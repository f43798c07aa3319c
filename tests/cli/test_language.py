"""Which language a command speaks: what --lang says, otherwise the environment; and nothing of it is left behind."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.words.language import VARIABLE, language


@pytest.mark.parametrize(
    "line", ["--lang zh schema", "schema --lang zh", "--lang=zh schema", "--lang en --lang zh schema"]
)
def test_the_flag_may_stand_anywhere_and_the_last_one_counts(line: str, simulate: Any) -> None:
    assert simulate(*line.split()).code == 0
    assert language() == "zh"


def test_without_the_flag_the_environment_decides(simulate: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    simulate("schema")
    assert language() == "zh"
    simulate("schema", "--lang", "en")
    assert language() == "en"


@pytest.mark.parametrize("line", ["--lang de schema", "schema --lang", "schema --lang=", "--lang --help"])
def test_an_unknown_language_is_refused_in_both(line: str, simulate: Any) -> None:
    done = simulate(*line.split())
    assert (done.code, done.out) == (2, "")
    assert "expected en or zh" in done.err
    assert "应为 en" in done.err


def test_one_command_leaves_its_language_to_no_other(simulate: Any) -> None:
    simulate("--lang", "zh", "schema")
    assert VARIABLE not in os.environ
    simulate("schema")
    assert language() == "en"


def test_what_a_command_starts_speaks_its_language(simulate: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tab of the browser is a process of its own."""
    seen: list[str] = []

    def schema(*_: object) -> int:
        seen.append(os.environ[VARIABLE])
        return 0

    monkeypatch.setattr("simulator.cli.listing.schema", schema)
    simulate("schema", "--lang", "zh")
    assert seen == ["zh"]


def test_a_saved_run_has_its_story_in_both_languages(simulate: Any, tmp_path: Path) -> None:
    saved = str(tmp_path / "run.parquet")
    simulate("--model", "prefork", "--load", "mixed", "--duration", "6 s", "--parquet", saved)
    assert simulate("show", saved).out.startswith("A few long computations")
    told = simulate("show", saved, "--lang", "zh").out
    assert told.startswith("大量短请求中夹着少数长计算\n二十个请求里有十九个很快")


@pytest.mark.parametrize(
    ("encoding", "chinese"), [("ascii", False), ("latin-1", False), ("gbk", True), ("utf-8", True)]
)
def test_a_stream_that_takes_no_chinese_gets_english(encoding: str, chinese: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulator", "--lang", "zh", "--help"],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=True,
    )
    said = done.stdout.decode(encoding)
    assert ("用法" in said) == chinese
    assert ("Usage" in said) != chinese
    assert "???" not in said
