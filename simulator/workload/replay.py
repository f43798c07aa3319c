"""Arrivals replayed from a CSV file: one request for every row, at its time and of its class."""

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationInfo

from simulator.workload.csv_file import read_columns
from simulator.workload.fields import Parsed, Table
from simulator.workload.quantity import did_you_mean, plain_number


class Recorded:
    """The rows of a CSV file in order of time; rows of the same time keep their order."""

    def __init__(self, time_s: list[float], classes: list[str]) -> None:
        """One entry a row: seconds, and the name of its class."""
        times = np.array(time_s)
        order = np.argsort(times, kind="stable")
        self.time_s: NDArray[np.float64] = times[order]
        self.names = tuple(dict.fromkeys(classes))
        numbers = {name: number for number, name in enumerate(self.names)}
        self.name_index: NDArray[np.intp] = np.array([numbers[name] for name in classes])[order]


def _recorded(value: Any, info: ValidationInfo) -> Recorded:
    if not isinstance(value, str):
        raise ValueError("expected the name of a CSV file")
    if info.context is None:
        raise ValueError("a CSV file can only be read beside a scenario file")
    known = info.context["classes"]

    def known_class(cell: str) -> str:
        if cell not in known:
            raise ValueError(f"no class has this name{did_you_mean(cell, known)}")
        return cell

    columns = read_columns(info.context["folder"], value, {"time_s": _seconds, "class": known_class})
    return Recorded(columns["time_s"], columns["class"])


def _seconds(cell: str) -> float:
    try:
        time = float(cell)
    except ValueError:
        raise ValueError("expected seconds as a number without unit") from None
    if not plain_number(time) >= 0:
        raise ValueError("expected seconds from 0")
    return time


class Replay(Table):
    """Measured arrivals: one request for every row of a CSV file with the columns ``time_s`` and ``class``."""

    kind: Literal["trace"] = Field(description="The kind of arrivals.")
    file: Annotated[Recorded, Parsed(_recorded, lambda _: {"type": "string"})] = Field(
        description="A CSV file with the columns time_s and class, relative to the scenario."
    )

    def expected(self, duration: float) -> float:
        """Number of requests within the duration in seconds."""
        return float(np.count_nonzero(self.file.time_s < duration))
