"""A value that was typed into a knob: a number, perhaps with its unit.

What to watch: a bare number is in the unit that the knob shows. What is wrong is one message that names the knob.
"""

import math
import re

from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell, translated
from simulator.workload.quantity import Dimension, parse

NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+", re.ASCII)
"""As it is typed digit by digit."""


def unit_of(value: str) -> str:
    """``/s`` of ``40/s``, ``ms`` of ``12.5 ms``; empty for a bare number."""
    return value.lstrip("0123456789.,+-").strip()


def typed_number(label: str, text: str, unit: str = "", *, most: float = math.inf) -> float:
    """A number that is not negative. Raises RefusalError."""
    bare = text.removesuffix(unit).strip() if unit else text.strip()
    number = float(bare) if NUMBER.fullmatch(bare) else math.nan
    if not 0.0 <= number <= most:
        knob, given = translated(label), text.strip()
        if most < math.inf:
            message = tell(
                "{knob} {given}: expected a number from 0 to {most}", knob=knob, given=given, most=f"{most:g}"
            )
        else:
            message = tell("{knob} {given}: expected a number, like 63 or 2.5", knob=knob, given=given)
        raise RefusalError(message)
    return number


def typed_whole(label: str, text: str) -> int:
    """A whole number that is not negative. Raises RefusalError."""
    if not text.strip().isdecimal():
        raise RefusalError(tell("{knob} {given}: expected a whole number", knob=translated(label), given=text.strip()))
    return int(text)


def typed_amount(label: str, text: str, unit: str, dimension: Dimension) -> float:
    """Seconds or bytes; a bare number is in this unit. Raises RefusalError."""
    bare = text.strip()
    try:
        return parse(f"{bare} {unit}" if NUMBER.fullmatch(bare) else bare, dimension)
    except ValueError as problem:
        raise RefusalError(
            tell("{knob} {given}: {problem}", knob=translated(label), given=bare, problem=problem)
        ) from None
