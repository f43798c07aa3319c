"""Tight bars that hold on any machine, because the one that measures is emulated: nothing outside can make it late."""

import csv
import io
from collections.abc import Sequence

import pytest

from tests.quiet.__main__ import FENCE
from tests.quiet.machine import ready, run

pytestmark = [pytest.mark.slow, pytest.mark.real]
CASES = (
    "prefork --workers 8 --load slow-clients --rate 20 --duration 12s",
    "threaded --threads 16 --load mixed --rate 20 --duration 12s",
)
FIGURES_JUDGED = 10
"""At the very least: every case judges throughput, mean, p50 and shares of all requests and of each class."""


def _validated(cases: Sequence[str]) -> list[dict[str, str]]:
    lines = [
        f"simulate calibrate --quick --output /tmp/m.toml >/tmp/said 2>&1 || cat /tmp/said; echo {FENCE}",
        *(
            f"simulate validate {case} --repeat 1 --machine /tmp/m.toml --set machine.cores=1 --csv /tmp/{number}.csv"
            f" >/tmp/said 2>&1; cat /tmp/{number}.csv || cat /tmp/said; echo {FENCE}"
            for number, case in enumerate(cases)
        ),
    ]
    said = run("\n".join(lines), limit_s=1200)
    tables = said.split(FENCE)[1:-1]
    assert len(tables) == len(cases), said
    return [row for table in tables for row in csv.DictReader(io.StringIO(table.strip()))]


@pytest.mark.skipif(not ready(), reason="the quiet machine is not prepared: python -m tests.quiet --prepare")
def test_on_a_quiet_machine_no_figure_of_a_real_server_is_outside_its_bar() -> None:
    rows = _validated(CASES)
    judged = [row for row in rows if row["verdict"] in ("inside the spread", "inside the bar", "outside")]
    assert len(judged) >= FIGURES_JUDGED * len(CASES)
    assert [row for row in judged if row["verdict"] == "outside"] == []
