"""Two traces beside each other: every column, and the first place where they part."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.experiments.run import EngineName, run
from simulator.plan import Plan
from simulator.trace.columns import COLUMNS
from simulator.trace.table import Trace
from simulator.workload.table import Workload

GRANTS = ("request", "place", "lock", "start", "end")
EQUAL_S = 1e-9


def run_on(engine: EngineName, plan: Plan, workload: Workload) -> Trace | None:
    """The trace, with every hold of a lock; None where a closed loop ran out of rows."""
    try:
        return run(plan, workload, engine=engine, detail=True)
    except ValueError as error:
        if "too few" not in str(error):
            raise
        return None


def columns(trace: Trace) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """Every column that an engine writes, by its name."""
    for column in COLUMNS:
        yield column.name, getattr(trace, column.name)
    for name in GRANTS if trace.grants is not None else ():
        yield f"grants.{name}", getattr(trace.grants, name)
    yield "the workload's coin", trace.workload.coin  # which rows of a closed loop were sent, in which order


def differences(one: Trace, other: Trace) -> list[str]:
    """Where two traces differ: integers at all, times by more than a nanosecond."""
    found = []
    for (name, left), (_, right) in zip(columns(one), columns(other), strict=True):
        if left.shape != right.shape or left.dtype != right.dtype:
            found.append(f"{name}: {left.dtype}{left.shape} and {right.dtype}{right.shape}")
            continue
        equal = np.isclose(left, right, rtol=0.0, atol=EQUAL_S if left.dtype.kind == "f" else 0.0, equal_nan=True)
        if not equal.all():
            at = np.unravel_index(int(np.argmin(equal)), equal.shape)
            found.append(f"{name}[{', '.join(map(str, at))}]: {left[at]} and {right[at]}")
    return found
