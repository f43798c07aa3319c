"""A valid scenario file, and the means to change it, for the tests of this folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.workload.load import load
from simulator.workload.scenario import Scenario

VALID = """\
title = "A shop"
story = "Watch."
duration = "20 s"
warmup = "2 s"
seed = 3
[machine]
cores = 2
[arrivals]
kind = "poisson"
rate = 50
[[requests]]
name = "page"
weight = 4
upload = "1 KiB"
steps = [{cpu = "2 ms"}, {io = {exponential = "30 ms"}}, {cpu = "1 ms"}]
response = {lognormal = {mean = "30 KiB", cv = 1}}
[[requests]]
name = "photo"
upload = {pareto = {min = "100 KiB", alpha = 1.5, max = "5 MiB"}}
steps = [
    {cpu = "3 ms"},
    {io = {erlang = {mean = "20 ms", k = 3}}},
]
clients = ["phone"]
[[clients]]
name = "office"
share = 0.8
[[clients]]
name = "phone"
share = 0.2
rtt = "120 ms"
up = "0.5 Mbit/s"
down = "2 Mbit/s"
patience = {uniform = {low = "5 s", high = "30 s"}}
"""

Load = Callable[..., Scenario]
"""Takes changes to the valid file as (old, new) pairs, and overrides."""


@pytest.fixture
def valid() -> str:
    return VALID


@pytest.fixture
def shop(tmp_path: Path) -> Load:
    """Loads the valid scenario from a file ``shop.toml`` after some passages have been replaced."""

    def load_changed(*changes: tuple[str, str], overrides: tuple[tuple[str, str], ...] = ()) -> Scenario:
        text = VALID
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} must occur exactly once"
            text = text.replace(old, new)
        path = tmp_path / "shop.toml"
        path.write_text(text, encoding="utf-8")
        return load(str(path), overrides)

    return load_changed
