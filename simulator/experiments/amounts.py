"""Settings that are sizes or times: typed with a unit, or as plain bytes and seconds; and written with one."""

from typing import Any

from simulator.words.numbers import exact_duration, exact_size
from simulator.workload.quantity import DURATION, SIZE, parse

DIMENSIONS = {"B": SIZE, "s": DURATION}
STANDS_FOR = {"B": "SIZE", "s": "TIME"}
"""In help, for the value of a flag."""


def amount(text: str, unit: str, *, whole: bool) -> float:
    """Bytes or seconds: ``100MB``, ``5 s``, or the bare number. ValueError says what was expected."""
    number = parse(f"{text} {unit}" if _bare(text) else text, DIMENSIONS[unit])
    return round(number) if whole else number  # 1.3 KiB is no whole number of bytes


def _bare(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def amount_text(value: Any, unit: str | None) -> str:
    """The value as it is shown, with its unit if it has one."""
    if unit == "B":
        return exact_size(value)
    if unit == "s":
        return exact_duration(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
