"""Measured data beside a scenario: columns of a CSV file, with every bad row named by its line."""

import csv
import io
from collections.abc import Callable, Mapping
from importlib.resources.abc import Traversable
from typing import Any

from simulator.workload.quantity import did_you_mean

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
