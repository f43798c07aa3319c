"""A small load, and the command line called in this process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.main import main

SMALL = """
title = "A small load 小"
story = "Two kinds of requests."
duration = "3 s"
warmup = "500 ms"
seed = 7
[machine]
cores = 2
[arrivals]
kind = "poisson"
rate = 40
[[requests]]
name = "page"
weight = 4
steps = [{cpu = "2 ms"}, {io = {exponential = "30 ms"}}, {cpu = "1 ms"}]
response = "30 KiB"
[[requests]]
name = "上传图片"
upload = "100 KiB"
steps = [{cpu = "1 ms"}]
response = "2 KiB"
[[clients]]
name = "office"
share = 0.8
rtt = "20 ms"
[[clients]]
name = "phone"
share = 0.2
rtt = "120 ms"
up = "0.5 Mbit/s"
patience = "2 s"
"""

IMPATIENT = """
title = "More than one GIL can do, for clients that do not wait"
duration = "20 s"
warmup = "2 s"
[machine]
cores = 2
[arrivals]
kind = "poisson"
rate = 40
[[requests]]
name = "hash"
steps = [{cpu = "40 ms"}]
[[clients]]
name = "office"
patience = "1 s"
"""
"""A core does 25 of these a second. Threads wait for the GIL, clients leave, and the server works for nobody."""


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


Simulate = Callable[..., Done]


@pytest.fixture
def load(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def impatient(tmp_path: Path) -> Path:
    path = tmp_path / "impatient.toml"
    path.write_text(IMPATIENT, encoding="utf-8")
    return path


@pytest.fixture
def simulate(capsys: pytest.CaptureFixture[str]) -> Simulate:
    """Call the command; what it prints is 80 columns wide and has no colours."""

    def call(*arguments: str | Path) -> Done:
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        rest = printed.err
        if "compiled kernel" in rest.split("\n")[0]:  # said once where nothing was compiled
            rest = rest.partition("\n")[2]
        return Done(code, printed.out, rest)

    return call


@pytest.fixture
def run(simulate: Any, load: Path) -> Callable[..., Any]:
    """Run with some outputs."""

    def call(*arguments: str | Path, model: str = "prefork") -> Any:
        return simulate("--model", model, "--load", load, *arguments)

    return call


@pytest.fixture
def results(simulate: Simulate, load: Path) -> Callable[..., dict[str, Any]]:
    """Run with some flags, and read the JSON document."""

    def call(*arguments: str) -> dict[str, Any]:
        done = simulate("--model", "prefork", "--load", load, *arguments, "--json", "-")
        assert (done.code, done.err) == (0, "")
        document: dict[str, Any] = json.loads(done.out)
        return document

    return call


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Call the command as a process of its own."""

    def call(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", RUN, *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
            check=False,
            timeout=120,
        )

    return call


RUN = "import sys; from simulator.cli.main import main; sys.exit(main())"
ROOT = Path(__file__).parents[2]
