"""What a validation found, in a sentence for a title: the figures that are off, or how close the closest call was."""

from collections.abc import Sequence

from simulator.app.validate.figures import ALL, Kind
from simulator.app.validate.pairs import Result
from simulator.app.validate.verdict import Row, Verdict
from simulator.trace.phrases import all_of, count, plural, sentence

MOST = 3
"""Figures that a title names."""


def found(result: Result) -> str:
    """What came out for one pair."""
    if result.failure:
        return f"not measured to the end: {result.failure}"
    if not result.rows:
        return "nothing valid was measured"
    off = [row for row in result.rows if row.verdict is Verdict.OUTSIDE]
    if off:
        off.sort(key=lambda row: (row.key.subject != ALL, -round(abs(row.error), 3)))
        more = f", and {count(len(off) - MOST)} more" if len(off) > MOST else ""
        return f"predicted {', '.join(map(_off, off[:MOST]))}{more}"
    judged = [row for row in result.rows if row.verdict is Verdict.BAR]
    if not judged:
        return "every prediction lies between the repeats"
    worst = max(judged, key=lambda row: abs(row.error) / (row.bar or 1.0))
    return f"every figure inside its bar; the closest call: {_off(worst)}"


def found_in_all(results: Sequence[Result]) -> str:
    """What came out for all of them."""
    verdicts = [row.verdict for result in results for row in result.rows]
    judged = [verdict for verdict in verdicts if verdict is not Verdict.NOT_JUDGED]
    if not judged:
        return "No figure was measured"
    good = sum(verdict is not Verdict.OUTSIDE for verdict in judged)
    if good == len(judged):
        return f"{sentence(all_of('figure', good)).removesuffix('.')} came out as predicted"
    return f"{count(good)} of {count(len(judged))} {plural('figure', len(judged))} came out as predicted"


def not_judged(results: Sequence[Result]) -> str:
    """How many figures the headline leaves out; nothing where it leaves out none."""
    number = sum(row.verdict is Verdict.NOT_JUDGED for result in results for row in result.rows)
    who = f"{count(number)} {plural('figure', number)}"
    return f"{who} more {'is' if number == 1 else 'are'} not judged: too few requests, or overload." if number else ""


def _off(row: Row) -> str:
    """``p99 of "report" 12 % too low``; nan where one side has none."""
    of = "" if row.key.subject == ALL else f' of "{row.key.subject}"'
    unit = "points" if row.key.kind is Kind.SHARE else "%"
    if row.error != row.error:
        return f"{row.key.name}{of} on one side only"
    return f"{row.key.name}{of} {abs(100.0 * row.error):.1f} {unit} too {'high' if row.error > 0 else 'low'}"
