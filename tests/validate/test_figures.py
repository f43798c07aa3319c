"""Which figures of a run say too little to be judged by."""

import pytest

from models.prefork.config import Config
from models.prefork.model import plan
from simulator.experiments.run import run
from simulator.real.validate.figures import ALL, FEWEST, THROUGHPUT, Figure, Key, Kind, figures
from simulator.real.validate.verdict import BARS
from simulator.workload.draw import draw
from simulator.workload.load import load


def throughput(duration: str) -> Figure:
    scenario = load("steady", [("duration", duration), ("warmup", "0 s")])
    return figures(run(plan(Config(), scenario.machine), draw(scenario)))[Key(ALL, THROUGHPUT, Kind.RATE)]


@pytest.mark.parametrize(("duration", "thin"), [("1 s", True), ("5 s", False)])
def test_a_throughput_of_a_few_requests_is_too_thin_to_be_judged(duration: str, thin: bool) -> None:
    assert throughput(duration).thin is thin


def test_that_is_where_one_request_is_more_than_the_bar() -> None:
    assert 1 / FEWEST < BARS[THROUGHPUT] < 1 / (FEWEST - 1)
