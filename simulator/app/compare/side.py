"""One server of a comparison, with what came out."""

from dataclasses import dataclass

from simulator.app.compare.panes import pane_words
from simulator.app.simulation import Deployment
from simulator.trace.figures import Summary
from simulator.trace.table import Trace

PERCENTILES = ("p50", "p90", "p95", "p99", "p999")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Side:
    """A server by its letter, and its run."""

    letter: str
    deployment: Deployment
    trace: Trace
    summary: Summary

    @property
    def words(self) -> str:
        """As it would be typed."""
        return pane_words(self.deployment)

    def percentile_s(self, name: str) -> float:
        """Of the latency; nan without samples."""
        seconds: float = getattr(self.summary.latency, name)
        return seconds


def letters(count: int) -> tuple[str, ...]:
    """A, B, C, D."""
    return tuple("ABCD"[:count])
