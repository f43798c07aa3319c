"""How the load driver of a measured run did, in words: whether the figures are the servers', or the driver's own.

What to watch: the label of a run holds figures, and the sentences are made of them when somebody reads, in the language
of now. A file that was saved before the figures were has the sentences alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.words.language import later, tell, tell_many, translated
from simulator.words.numbers import count, duration, percent
from simulator.words.phrases import clauses

LABEL = "driver"
"""What the figures are kept under: JSON."""
REAL_TIME, HIGHER, USUAL = "real-time", "higher", "usual"
PRIORITIES = {
    REAL_TIME: later("with real-time priority"),
    HIGHER: later("with a higher priority than usual"),
    USUAL: later("with no more priority than others, for it may not have any"),
}
"""Whoever drives may have to go before everybody else; where it may not, the driver waits for cores too."""
MOST_CPU = 0.85
"""Of a core in any second. Above that, what is ready waits for the driver."""


@dataclass(frozen=True, slots=True)
class DriverWords:
    """What the summary says."""

    line: str
    """Always."""
    remarks: tuple[str, ...]
    """What must not be overlooked."""


def driver_words(about: Mapping[str, Any]) -> DriverWords:
    """The words for what stands under the label."""
    late = [duration(about[name]) for name in ("late_p50", "late_p99", "late_max") if about[name] is not None]
    used = {"mean": percent(about["cpu_mean"]), "peak": percent(about["cpu_peak"])}
    if late:
        line = tell(
            "driver: began requests {median} late (p99 {p99}, at most {most}) · used {mean} of a core, {peak} in its "
            "worst second",
            median=late[0],
            p99=late[1],
            most=late[2],
            **used,
        )
        if about.get("priority") in PRIORITIES:
            line += " · " + translated(PRIORITIES[about["priority"]])
    else:
        line = tell("driver: sent nothing · used {mean} of a core, {peak} in its worst second", **used)
    return DriverWords(line, tuple(_remarks(about)))


def _remarks(about: Mapping[str, Any]) -> Iterator[str]:
    if not about["valid"]:
        reasons = clauses(driver_reasons(about))
        yield tell("This run is NOT VALID, whatever the figures below say: {reasons}.", reasons=reasons)
    broken = about["broken"]
    if broken:
        yield tell_many(
            "{n} connection broke before the response was complete.",
            "{n} connections broke before the response was complete.",
            broken,
            n=count(broken),
        )
    for status, times in about["unexpected_statuses"].items():
        yield tell_many(
            "{n} request was answered with status {status}; counted as a broken connection.",
            "{n} requests were answered with status {status}; counted as broken connections.",
            times,
            n=count(times),
            status=status,
        )


def driver_reasons(about: Mapping[str, Any]) -> list[str]:
    """Why the run says nothing about its server; none if it does."""
    if "late_limit" not in about:
        return [str(reason) for reason in about["reasons"]]
    peak, late, limit, failed = (about[name] for name in ("cpu_peak", "late_p99", "late_limit", "failed"))
    reasons = []
    if peak > MOST_CPU:
        reasons.append(
            tell(
                "the driver used {peak} of a core in one second, and may use {most}",
                peak=percent(peak),
                most=percent(MOST_CPU),
            )
        )
    if late is not None and late > limit:
        reasons.append(
            tell(
                "the driver began 1 % of the requests more than {late} late, and may {limit}",
                late=duration(late),
                limit=duration(limit),
            )
        )
    if failed:
        reasons.append(
            tell_many(
                "the driver had no socket or port for {n} request",
                "the driver had no socket or port for {n} requests",
                failed,
                n=count(failed),
            )
        )
    return reasons
