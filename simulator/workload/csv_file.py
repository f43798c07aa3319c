"""Measured data in a CSV file beside a scenario: columns, with every bad row named, and arrivals replayed from them."""

import csv
import io
from collections.abc import Callable, Mapping
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationInfo

from simulator.workload.quantity import did_you_mean, plain_number
from simulator.workload.table_fields import Parsed, Table

SHOWN_ROWS = 5
"""Bad rows that are named; the rest is counted."""


def read_columns(folder: Traversable, name: str, readers: Mapping[str, Callable[[str], Any]]) -> dict[str, list[Any]]:
    """The named columns of a CSV file with a header line, each cell turned into a value by its reader.

    Raises ValueError with one message that names the file and every bad row (or the first few and how many more).
    """
    rows = csv.reader(io.StringIO(_text(folder, name), newline=""))
    try:
        header = [cell.strip() for cell in next(rows, [])]
        places = {column: _place(name, header, column) for column in readers}
        columns: dict[str, list[Any]] = {column: [] for column in readers}
        mistakes = []
        for row in rows:
            for column, read in readers.items():
                try:
                    columns[column].append(read(row[places[column]].strip()))
                except IndexError:
                    if row:
                        mistakes.append(f"{name}:{rows.line_num}: {column} is missing")
                except ValueError as error:
                    cell = row[places[column]].strip()[:40]
                    mistakes.append(f'{name}:{rows.line_num}: {column} = "{cell}": {error}')
    except csv.Error as error:
        raise ValueError(f"{name}:{rows.line_num}: not a CSV file: {error}") from None
    if mistakes:
        more = f"; and {len(mistakes) - SHOWN_ROWS} more" if len(mistakes) > SHOWN_ROWS else ""
        raise ValueError("; ".join(mistakes[:SHOWN_ROWS]) + more)
    if not all(columns.values()):
        raise ValueError(f"{name} has no rows")
    return columns


def _text(folder: Traversable, name: str) -> str:
    try:
        return folder.joinpath(name).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{name} is not UTF-8 text; expected a CSV file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ValueError(f"cannot read {name[:200]}: {reason}; expected a CSV file beside the scenario") from None


def _place(name: str, header: list[str], column: str) -> int:
    if column not in header:
        near = did_you_mean(column, header)
        listed = ", ".join(header)[:200] or "nothing"
        raise ValueError(f'{name} has no column "{column[:40]}"{near}; its header line has {listed}')
    return header.index(column)


# Arrivals replayed from a CSV file: one request for every row, at its time and of its class.


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
