"""Numbers as people read them: one unit for a whole table, so that digits stand under digits."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from simulator.words.phrases import count

MISSING = "-"


@dataclass(frozen=True, slots=True)
class TimeUnit:
    """A unit of time, and how many decimals make sense in it."""

    name: str
    seconds: float
    decimals: int

    def format(self, seconds: float) -> str:
        """The figure alone; the unit stands once above the column."""
        return f"{seconds / self.seconds:.{self.decimals}f}" if math.isfinite(seconds) else MISSING


MICROSECONDS = TimeUnit("µs", 1e-6, 1)
MILLISECONDS = TimeUnit("ms", 1e-3, 1)
SECONDS = TimeUnit("s", 1.0, 3)
MANY_SECONDS = TimeUnit("s", 1.0, 2)


def unit_for(seconds: Iterable[float]) -> TimeUnit:
    """The unit in which the largest of these has at most four digits before the point."""
    largest = max((value for value in seconds if math.isfinite(value)), default=1.0)
    if largest >= 10.0:
        return SECONDS if largest < 100.0 else MANY_SECONDS
    return MILLISECONDS if largest >= 0.01 else MICROSECONDS


def duration(seconds: float) -> str:
    """A single time with its unit, to three digits: ``0 s``, ``850 µs``, ``12.3 ms``, ``1.23 s``, ``60 s``."""
    if not math.isfinite(seconds):
        return MISSING
    if seconds == 0.0:
        return f"0 {SECONDS.name}"
    unit = SECONDS if seconds >= 0.9995 else MILLISECONDS if seconds >= 0.9995e-3 else MICROSECONDS  # 999.5 is 1 000
    return f"{three_digits(seconds / unit.seconds)} {unit.name}"


def three_digits(value: float) -> str:
    """To three digits, but never with an exponent: ``0.12``, ``12.3``, ``1 230``."""
    if value >= 99.95:
        return count(round(value))
    text = f"{value:.2f}" if value < 9.995 else f"{value:.1f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """A share as whole percents; what is not nothing is not called 0 %."""
    if not math.isfinite(share):
        return MISSING
    return "<1 %" if 0.0 < share < 0.005 else f"{100 * share:.0f} %"
