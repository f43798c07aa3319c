"""Whoever reads a run must be able to repeat it: the machine file that was used is named in every output."""

import json
from pathlib import Path

import pytest

from simulator.cli.main import main
from simulator.results.trace_file import read

RUN = ["--model", "prefork", "--load", "steady", "--duration", "1s", "--set", "warmup=0s"]


def test_the_machine_file_is_named_as_it_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("laptop.toml").write_text('[machine]\nswitch_cost = "9 us"\n')
    assert main([*RUN, "--machine", "laptop.toml", "--json", "r.json", "--parquet", "r.parquet"]) == 0
    assert "machine laptop.toml" in " ".join(capsys.readouterr().out.split())
    assert json.loads(Path("r.json").read_text())["machine"] == "laptop.toml"
    assert read(Path("r.parquet")).labels["machine"] == "laptop.toml"


def test_without_one_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RUN, "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["machine"] is None


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("measure", "a name from `simulate list models`"),
        ("validate", "Servers; without any all"),
        ("show", "--parquet"),
    ],
)
def test_the_help_explains_what_stands_behind_a_command(
    command: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    arguments = " ".join(capsys.readouterr().out.partition("Arguments")[2].partition("╯")[0].replace("│", " ").split())
    assert said in arguments
