"""Reads a TOML file that a person wrote or chose, and says in one message what is wrong with it as a file."""

import re
import tomllib
from copy import deepcopy
from functools import lru_cache
from importlib.resources.abc import Traversable
from typing import Any

from simulator.workload.mistakes import ScenarioError, printable

BAD_KEY = "Invalid initial character for a key part"
"""How tomllib calls what is mostly a key in the language of whoever wrote it."""
LARGEST_FILE = 1_000_000
"""Bytes. Such a file is written by hand; data belongs in CSV files beside it."""


def read_bytes(path: Traversable, label: str, expected: str) -> bytes:
    """What is in the file. Raises FileNotFoundError, and ScenarioError for everything else."""
    try:
        with path.open("rb") as file:
            data: bytes = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise
    except IsADirectoryError:
        raise ScenarioError(f"{label}: a directory; {expected}") from None
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise ScenarioError(f'"{label}": cannot be read: {reason}; {expected}') from None
    if len(data) > LARGEST_FILE:
        raise ScenarioError(f"{label}: larger than {LARGEST_FILE} bytes; {expected}")
    return data


def parsed(label: str, data: bytes, expected: str) -> tuple[str, dict[str, Any]]:
    """The text and its values. Raises ScenarioError."""
    try:
        text = data.decode("utf-8-sig")
        return text, deepcopy(_values(text))  # whoever asks may change them
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise ScenarioError(f"{label}:{line}: not UTF-8 text; {expected}") from None
    except RecursionError:
        raise ScenarioError(f"{label}: nested too deeply; {expected}") from None
    except ValueError as problem:
        found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(problem), re.DOTALL)
        where = f":{found[2]}" if found and found[2] else ""
        what = found[1] if found else str(problem)
        if what == BAD_KEY:
            what += "; a key with other characters than A-Z, a-z, 0-9, - and _ needs quotes around it"
        raise ScenarioError(f"{label}{where}: not TOML: {printable(what[:200])}") from None


@lru_cache(4)
def _values(text: str) -> dict[str, Any]:
    """Of the files that were read last: every turn of a knob reads the same one, with other overrides."""
    return tomllib.loads(text)
