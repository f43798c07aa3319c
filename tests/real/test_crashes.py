"""A process of a real server dies of a request: it says before whom it takes along, and is back after its boot."""

from typing import Any

import numpy as np
import pytest

from simulator.experiments.catalogue import server
from simulator.experiments.deployment import Deployment, configured
from simulator.plan import Machine, Outcome
from simulator.real.measure import measure
from simulator.trace.checks import check_measured
from simulator.trace.summary import summarise
from simulator.trace.table import Trace
from simulator.workload.interventions import Death
from tests.trace.by_hand import Kind, load_at

pytestmark = pytest.mark.real
BOOT_S = 0.4
PAGE = Kind(steps=(("cpu", 0.001), ("io", 1.5), ("cpu", 0.001)))
"""Long enough to be in hand when the third request kills."""
POISON = Kind(steps=(("io", 0.5), ("crash", BOOT_S)), every=3)
LATE = 1.2
"""Seconds into the run: the fourth request comes when the process has been back for long."""


def measured(name: str, **settings: Any) -> Trace:
    """Two pages, a deadly request, and a page that comes after it."""
    side = Deployment(model=server(name), config=configured(server(name), settings))
    return measure(side, Machine(), load_at([0.0, 0.02, 0.04, LATE], 2.0, page=PAGE, poison=POISON))


@pytest.mark.parametrize(
    ("name", "settings", "lost"),
    [
        ("prefork", {"workers": 4}, [False, False, True, False]),
        ("threaded", {"processes": 1, "threads": 4}, [True, True, True, False]),
        ("threaded", {"processes": 1, "threads": 4, "accept": "eager"}, [True, True, True, False]),
        ("coroutine", {"processes": 1}, [True, True, True, False]),
        ("callback", {"processes": 1}, [True, True, True, False]),
    ],
)
def test_who_was_in_hand_of_a_process_that_died_is_known_to_have_been(
    name: str, settings: dict[str, Any], lost: list[bool]
) -> None:
    trace = measured(name, **settings)
    assert check_measured(trace) == []
    assert (trace.outcome == Outcome.CRASHED).tolist() == lost
    assert (trace.process >= 0).all()
    (death,) = trace.interventions
    assert isinstance(death, Death)
    assert (death.request, death.lasting) == (2, BOOT_S)
    assert (trace.left == death.at).tolist() == lost  # as in a simulated run
    handled = [column for column, place in enumerate(trace.places) if place.name.startswith("handle.")]
    assert np.isnan(trace.reached[2, handled[2]])


def test_the_diagnosis_of_a_measured_run_says_of_what_the_process_died() -> None:
    told = " ".join(str(each.sentence) for each in summarise(measured("threaded", processes=1, threads=4)).findings)
    assert "3 requests were lost with it." in told
    assert 'It died of a request of "poison", and all that it had in hand went with it.' in told


def test_a_process_that_died_serves_nobody_before_it_has_booted() -> None:
    side = Deployment(model=server("dev-server"), config=configured(server("dev-server"), {}))
    short = Kind(steps=(("cpu", 0.001),))
    trace = measure(
        side, Machine(), load_at([0.0, 0.02, 0.04], 1.0, page=short, poison=Kind(steps=(("crash", 0.6),), every=2))
    )
    assert trace.outcome.tolist() == [Outcome.COMPLETED, Outcome.CRASHED, Outcome.COMPLETED]
    assert trace.finished[2] - trace.left[1] >= 0.6
