"""Numbers as people read them. Every figure that is shown is rounded here, so that no two places disagree about one.

There is one rule of rounding (``rounded``), one ladder of units for times, sizes and lines, and one rule for the step
from a unit to the next: a figure that would be rounded up to the next unit has that unit (999.5 µs is 1 ms). Styles
differ in digits and padding only: ``duration`` for tables, ``short_duration`` for sentences, ``exact_duration`` for
round figures such as ticks, ``TimeUnit`` for whole columns. What changes in place is padded in
``simulator.stage.fixed_width``.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from simulator.words.language import tell

MISSING = "-"
"""For what is not known, or not a number."""
DIGITS = 3
"""Of a single figure in a table. Whole digits are never rounded away: 1 234 stays 1 234."""
_MEANT = 12
"""Digits that a float is believed: what comes behind them is what binary fractions cannot say."""
_SCHOOL = Context(prec=400, rounding=ROUND_HALF_UP)
"""Precise enough for the largest float."""
_PLACES = tuple(Decimal(1).scaleb(-places) for places in range(_MEANT))


def rounded(value: float, places: int) -> Decimal:
    """To so many decimal places, halves away from zero, as at school: Python's own format makes 2.5 and 1.5 both 2.

    Never minus nothing: what is rounded to zero has no sign.
    """
    found = _SCHOOL.quantize(Decimal(f"{value:.{_MEANT}g}"), _PLACES[places])
    return found if found else abs(found)


def to_places(value: float, places: int) -> str:
    """With exactly so many decimal places: columns and moments."""
    return f"{rounded(value, places)}" if math.isfinite(value) else MISSING


def significant(value: float, digits: int = DIGITS) -> Decimal:
    """To so many digits, counting at least one before the point: 0.12, 1.23, 12.3, 123, 1234."""
    whole = 1
    while whole < digits and abs(value) >= 10**whole:
        whole += 1
    found = rounded(value, digits - whole)
    return found if whole == digits or abs(found) < 10**whole else rounded(value, digits - whole - 1)


def three_digits(value: float) -> str:
    """To three digits, but never with an exponent: ``0.12``, ``12.3``, ``1 230``."""
    return _plain(significant(value)) if math.isfinite(value) else MISSING


def count(number: float) -> str:
    """A whole number in groups: ``12 400``."""
    return _plain(rounded(number, 0)) if math.isfinite(number) else MISSING


def tenths(value: float, whole_from: int = 1000) -> Decimal:
    """To a tenth, and from some figure on to a whole number: 21.4, 1250."""
    found = rounded(value, 1)
    return found if abs(found) < whole_from else rounded(value, 0)


def rate(per_second: float) -> str:
    """How much happens in a second: ``21.4``, ``1 250``; where that is not even one, ``0.05``."""
    return f"{rate_figure(per_second):,}".replace(",", " ") if math.isfinite(per_second) else MISSING


def rate_figure(per_second: float) -> Decimal:
    """The same as a number."""
    return rounded(per_second, 2) if 0.0 < abs(per_second) < 0.995 else tenths(per_second)


def percent(share: float) -> str:
    """A share as whole percents. Something is not called 0 %, nor 100 % where a tenth of a percent is missing."""
    if not math.isfinite(share):
        return MISSING
    whole = rounded(100.0 * share, 0)
    if whole == 0 and share > 0.0:
        return "<1 %"
    return ">99 %" if whole == 100 and rounded(100.0 * share, 1) < 100 else f"{whole} %"


def share_in_words(share: float) -> str:
    """The same in a sentence: ``71 %``, ``under 1 %``, ``over 99 %``."""
    text = percent(share)
    if text.startswith("<"):
        return tell("under {share}", share=text[1:])
    return tell("over {share}", share=text[1:]) if text.startswith(">") else text


def percent_to_tenths(share: float, *, signed: bool = False) -> str:
    """The figure alone: ``12.5``; with its sign, also that of a gain: ``+12.5``."""
    return _signed(100.0 * share, 1) if signed else to_places(100.0 * share, 1)


def _signed(value: float, places: int) -> str:
    return f"{rounded(value, places):+}" if math.isfinite(value) else MISSING


def _plain(number: Decimal) -> str:
    """In groups, without zeros at the end of a fraction."""
    text = f"{number:,f}".replace(",", " ")
    return text.rstrip("0").rstrip(".") if "." in text else text


def json_number(value: float) -> float | None:
    """For programs: rounded to where rounding errors begin; JSON has no nan and no infinity."""
    return round(float(value), 9) if math.isfinite(value) else None


# Units: a figure is written in the first in which it stays below the next.


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a ladder."""

    name: str
    worth: float
    """In seconds, bytes or bytes per second."""
    below: float
    """The figure, as it is rounded, with which the next unit begins."""


_US, _MS, _S = (Unit("µs", 1e-6, 1e3), Unit("ms", 1e-3, 1e3), Unit("s", 1.0, math.inf))
TIMES = (_US, _MS, _S)
LONG_TIMES = (_US, _MS, Unit("s", 1.0, 120.0), Unit("min", 60.0, math.inf))
"""For times that somebody will wait."""
SIZES = (
    Unit("B", 1.0, 2.0**10),
    Unit("KiB", 2.0**10, 2.0**10),
    Unit("MiB", 2.0**20, 2.0**10),
    Unit("GiB", 2.0**30, math.inf),
)
LINES = (
    Unit("bit/s", 1 / 8, 1e3),
    Unit("kbit/s", 1e3 / 8, 1e2),  # lines are sold as 0.5 Mbit/s
    Unit("Mbit/s", 1e6 / 8, 1e3),
    Unit("Gbit/s", 1e9 / 8, math.inf),
)


def duration(seconds: float, digits: int = DIGITS) -> str:
    """A single time, to three digits: ``0 s``, ``850 µs``, ``12.3 ms``, ``1.23 s``, ``60 s``."""
    return _written(seconds, TIMES, digits)


def long_duration(seconds: float) -> str:
    """The same of a time to wait, in minutes where it is long: ``12.5 s``, ``10.4 min``."""
    return _written(seconds, LONG_TIMES, DIGITS)


def exact_duration(seconds: float) -> str:
    """A round time, as it was meant: ``50 ms``, ``1.005 s``; six digits."""
    return _written(seconds, TIMES, 6)


def tick(seconds: float) -> str:
    """The same beside an axis: ``0``, ``50 ms``, ``1.5 s``."""
    return exact_duration(seconds) if seconds else "0"


def short_duration(seconds: float) -> str:
    """A time in a sentence, to two digits or a tenth of a second: ``0 s``, ``1.3 ms``, ``12.4 s``."""
    if not math.isfinite(seconds):
        return MISSING
    figure, unit = short_figure(seconds)
    return f"{_plain(figure)} {unit.name}" if figure else "0 s"


def short_figure(seconds: float) -> tuple[Decimal, Unit]:
    """The figure of a short duration, and its unit."""
    figure, unit = _figure(seconds, TIMES, 2)
    return (figure, unit) if unit.worth < 1.0 or not seconds else (tenths(seconds, 100), unit)


def size(number: float) -> str:
    """Bytes, to three digits: ``900 B``, ``180 KiB``, ``2.25 MiB``."""
    return _written(number, SIZES, DIGITS)


def exact_size(number: int) -> str:
    """Bytes in the largest unit that divides them: ``36 KiB``, ``1500 B``."""
    unit = next((each for each in reversed(SIZES) if number and number % each.worth == 0), SIZES[0])
    return f"{number // int(unit.worth)} {unit.name}"


def line_rate(bytes_per_second: float) -> str:
    """As lines are sold: ``0.5 Mbit/s``."""
    return _written(bytes_per_second, LINES, DIGITS)


def _written(value: float, ladder: Sequence[Unit], digits: int) -> str:
    if not math.isfinite(value):
        return MISSING
    figure, unit = _figure(value, ladder, digits)
    return f"{_plain(figure)} {unit.name}"


def _figure(value: float, ladder: Sequence[Unit], digits: int) -> tuple[Decimal, Unit]:
    """Nothing is written in the unit of whole things: ``0 s``, ``0 B``."""
    if value == 0.0:
        return Decimal(0), next(unit for unit in ladder if unit.worth >= 1.0)
    for unit in ladder[:-1]:
        if abs(value) / unit.worth < 2 * unit.below:
            figure = rounded(value, 0) if unit is SIZES[0] else significant(value / unit.worth, digits)
            if abs(figure) < unit.below:
                return figure, unit
    return significant(value / ladder[-1].worth, digits), ladder[-1]


# A column: one unit for all of it, so that digits stand under digits.


@dataclass(frozen=True, slots=True)
class TimeUnit:
    """A unit of time, and how many decimals make sense in it."""

    name: str
    seconds: float
    decimals: int

    def format(self, seconds: float) -> str:
        """The figure alone; the unit stands once above the column."""
        return to_places(seconds / self.seconds, self.decimals)


MICROSECONDS = TimeUnit("µs", 1e-6, 1)
MILLISECONDS = TimeUnit("ms", 1e-3, 1)
SECONDS = TimeUnit("s", 1.0, 3)
MANY_SECONDS = TimeUnit("s", 1.0, 2)


def unit_for(seconds: Iterable[float]) -> TimeUnit:
    """The unit in which the largest of these has at most four digits before the point."""
    largest = max((abs(value) for value in seconds if math.isfinite(value)), default=1.0)
    for unit in (MICROSECONDS, MILLISECONDS):
        if largest < 20.0 and rounded(largest / unit.seconds, unit.decimals) < 10_000:
            return unit
    return SECONDS if rounded(largest, SECONDS.decimals) < 100 else MANY_SECONDS
