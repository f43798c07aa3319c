"""What the tests of the screen watch: a small load on one or more servers."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from simulator.experiments.deployment_words import pane
from simulator.experiments.options import RunOptions
from simulator.experiments.run import run_checked
from simulator.experiments.setup import Prepared, Setup, prepared
from simulator.lab.history import Result
from simulator.lab.lab import Lab

SMALL = """
title = "A small load 小"
duration = "4 s"
[machine]
cores = 2
[arrivals]
kind = "poisson"
rate = 20
[[requests]]
name = "page"
weight = 3
steps = [{cpu = "2 ms"}, {io = {exponential = "30 ms"}}, {cpu = "1 ms"}]
[[requests]]
name = "上传图片"
upload = "150 KiB"
steps = [{cpu = {lognormal = {mean = "3 ms", cv = 0.5}}}]
[[clients]]
name = "office"
share = 0.8
rtt = "20 ms"
[[clients]]
name = "phone"
share = 0.2
rtt = "120 ms"
up = "0.5 Mbit/s"
"""
FOLDER = TemporaryDirectory(prefix="loopfork-tests-")
"""Gone when the tests are."""
FILE = Path(FOLDER.name) / "small.toml"
FILE.write_text(SMALL, encoding="utf-8")
BEGIN_S = 1.5
"""Somewhere in the run."""


class ManualClock:
    """Time that only passes when a test says so."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s

    def pass_s(self, seconds: float) -> None:
        self.s += seconds


def ready(*words: str, **options: object) -> Prepared:
    """The servers, written as after ``simulate compare``, under the small load."""
    given = {"load": str(FILE), **options}
    return prepared(Setup(sides=tuple(map(pane, words)), options=RunOptions(**given)))  # type: ignore[arg-type]


@cache
def shown(*words: str, **options: object) -> Result:
    """Simulated, and ready to be watched; nobody changes it, so one is enough for all tests."""
    wanted = ready(*words, **options)
    return Result.of(run_checked(wanted, detail=True), wanted)


def setup_of(lab: Lab) -> Setup:
    """What is simulated there."""
    assert lab.shown.prepared is not None
    return lab.shown.prepared.setup
