"""Measured data in a CSV file beside a scenario: columns, with every bad row named, and arrivals replayed from them."""

import csv
import io
from collections.abc import Callable, Collection, Mapping
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationInfo

from simulator.words.language import tell, translated
from simulator.words.nearest import did_you_mean
from simulator.words.numbers import count
from simulator.words.printable import cell_as_meant
from simulator.workload.quantity import DURATION, Dimension, amount_of, known_unit, parse, unit_in
from simulator.workload.table_fields import Parsed, Table, Text

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
                    columns[column].append(read(cell_as_meant(row[places[column]].strip())))
                except IndexError:
                    if row:
                        where = f"{name}:{rows.line_num}"
                        mistakes.append(tell("{where}: {column} is missing", where=where, column=column))
                except ValueError as error:
                    cell = row[places[column]].strip()[:40]
                    mistakes.append(f'{name}:{rows.line_num}: {column} = "{cell}": {error}')
    except csv.Error as error:
        where = f"{name}:{rows.line_num}"
        raise ValueError(tell("{where}: not a CSV file: {problem}", where=where, problem=error)) from None
    if mistakes:
        shown = translated("; ").join(mistakes[:SHOWN_ROWS])
        if len(mistakes) > SHOWN_ROWS:
            shown = tell("{mistakes}; and {n} more", mistakes=shown, n=count(len(mistakes) - SHOWN_ROWS))
        raise ValueError(shown)
    if not all(columns.values()):
        raise ValueError(tell("{name} has no rows", name=name))
    return columns


def header_of(folder: Traversable, name: str) -> list[str]:
    """The names of the columns. Raises ValueError."""
    return [cell.strip() for cell in next(csv.reader(io.StringIO(_text(folder, name), newline="")), [])]


def _text(folder: Traversable, name: str) -> str:
    try:
        return folder.joinpath(name).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(tell("{name} is not UTF-8 text; expected a CSV file", name=name)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        message = tell(
            "cannot read {name}: {reason}; expected a CSV file beside the scenario", name=name[:200], reason=reason
        )
        raise ValueError(message) from None


def _place(name: str, header: list[str], column: str) -> int:
    if column not in header:
        near = did_you_mean(column, header)
        listed = ", ".join(header)[:200] or tell("nothing")
        message = tell(
            '{name} has no column "{column}"{near}; its header line has {listed}',
            name=name,
            column=column[:40],
            near=near,
            listed=listed,
        )
        raise ValueError(message)
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


def cells_of(column: str, unit: str | None, dimension: Dimension, bare: list[str]) -> Callable[[str], float]:
    """Reads cells of a column: quantities, or numbers in this unit or in that which the column's name ends with.

    Cells that have no unit at all are collected in ``bare``, for one message about them.
    """
    meant = unit_in(column, dimension) if unit is None else known_unit(unit, dimension)

    def read(cell: str) -> float:
        try:
            number = float(cell)
        except ValueError:
            return parse(cell, dimension)
        if meant is None:
            bare.append(cell)
            return 0.0
        return amount_of(number, meant, dimension)

    return read


def refuse_bare(file: str, column: str, bare: list[str], like: str) -> None:
    """Raise ValueError for numbers without a unit: whether they meant seconds or milliseconds costs an afternoon."""
    if bare:
        message = tell(
            '{file}: numbers without a unit in the column "{column}", such as {number}; expected unit = "{like}" or'
            ' another beside the name of the column, or a column called "{column}_{like}"',
            file=file,
            column=column[:40],
            number=bare[0][:40],
            like=like,
        )
        raise ValueError(message)


def _classes(value: Any, _: ValidationInfo) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value.values()):
        expected = tell(
            "expected a table of what stands in the file and the class that is meant: {like}",
            like='{"/login" = "login"}',
        )
        raise ValueError(expected)
    return value


def _recorded(value: Any, info: ValidationInfo) -> Recorded:
    """The rows of the file, as the other keys of the table say that they are to be read."""
    if not isinstance(value, str) or not value:
        raise ValueError(tell("expected the name of a CSV file"))
    if info.context is None:
        raise ValueError(tell("a CSV file can only be read beside a scenario file"))
    time, column = info.data.get("time", TIME), info.data.get("name")
    folder, known = info.context["folder"], info.context["classes"]
    bare: list[str] = []
    readers: dict[str, Callable[[str], Any]] = {time: cells_of(time, info.data.get("unit"), DURATION, bare)}
    alone = column is None and len(known) == 1 and CLASS not in header_of(folder, value)
    if not alone:
        readers[column or CLASS] = _class_of(known, info.data.get("classes") or {})
    columns = read_columns(folder, value, readers)
    refuse_bare(value, time, bare, "ms")
    times = columns[time]
    return Recorded(times, [*known] * len(times) if alone else columns[column or CLASS])


def _class_of(known: Collection[str], meant: Mapping[str, str]) -> Callable[[str], str]:
    def class_of(cell: str) -> str:
        name = meant.get(cell, cell)
        if name not in known:
            raise ValueError(tell("no class has this name{near}", near=did_you_mean(name, known)))
        return name

    return class_of


TIME, CLASS = "time_s", "class"
"""The columns of a file about which nothing is said."""


class Replay(Table):
    """Measured arrivals: one request for every row of a CSV file that says when it came, and of which class it is."""

    kind: Literal["trace"] = Field(description="The kind of arrivals.")
    time: Text = Field(
        default=TIME, description="The column that says when a request comes, counted from the start of the run."
    )
    unit: Text | None = Field(
        default=None, description="The unit of that column, where its name does not end with it, as time_s does."
    )
    name: Text | None = Field(
        default=None,
        alias="class",
        description="The column that says of which class a request is; without it the column class, if there is one.",
    )
    classes: Annotated[dict[str, str] | None, Parsed(_classes, lambda _: {"type": "object"})] = Field(
        default=None,
        description='Which class is meant where that column holds something else: {"/login" = "login"}.',
    )
    file: Annotated[Recorded, Parsed(_recorded, lambda _: {"type": "string"})] = Field(  # last: the others say how
        description="A CSV file, relative to the scenario."
    )

    def expected(self, duration: float) -> float:
        """Number of requests within the duration in seconds."""
        return float(np.count_nonzero(self.file.time_s < duration))
