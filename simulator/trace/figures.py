"""What a run comes down to: the figures of a summary. Times in seconds, rates per second, shares between 0 and 1."""

from dataclasses import dataclass, field
from typing import Literal

from simulator.trace.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """From the (intended) arrival to the last byte at the client, over completed requests; nan without samples."""

    samples: int
    mean: float
    p50: float
    p90: float
    p95: float
    p99: float
    p999: float
    max: float
    thin: tuple[str, ...]
    """The percentiles with fewer than ten samples above them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSummary:
    """One class of requests; offered and completed over the whole run."""

    offered: int
    completed: int
    latency: Latency


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSummary:
    """One resource, between warm-up and the end of the arrivals."""

    kind: Literal["pool", "gil", "loop", "backlog", "cores"]
    size: int
    """Slots, locks or cores, all copies together; for a backlog the places in it."""
    utilisation: float
    """Share of its capacity that was in use; of what was not down."""
    split: dict[str, float]
    """Share of its capacity by what it was used for, in the words of ``State``, ``down`` and ``idle``; sums to 1."""
    queue_mean: float
    """Requests waiting for it, averaged over time; for a backlog those in it."""
    queue_max: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """The resource that limits the throughput, and the utilisation law: utilisation = rate x seconds each / size.

    What many share (cores, a GIL) is also used for requests that were not through when the window ended; under a load
    that grows and grows, utilisation is then more than what the law gives for those that were.
    """

    resource: str
    kind: str
    size: int
    utilisation: float
    rate_rps: float
    """Requests per second that the server carried through."""
    seconds_each: float
    """Seconds for which one request occupies it, on average; for the cores its computing."""

    @property
    def limit_rps(self) -> float:
        """Requests per second at which it would be in use all the time."""
        return self.size / self.seconds_each


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All measures of a run. Counts are over the whole run; all other figures over the window."""

    offered: int
    completed: int
    open: int
    failed: dict[str, int]
    """By reason, in words; reasons that did not occur are left out."""
    loop: Literal["open", "closed"]
    throughput_rps: float
    """Requests that the server carried through, be it for clients who had gone."""
    goodput_rps: float
    """Requests that were completed for their clients."""
    latency: Latency
    classes: dict[str, ClassSummary]
    resources: dict[str, ResourceSummary]
    where_time_goes: dict[str, float]
    """Mean seconds by state of the requests that ``latency`` counts; sums to its mean."""
    where_slowest: dict[str, float]
    """The same over the slowest 1 %."""
    bottleneck: Bottleneck | None
    window: tuple[float, float]
    """From the end of the warm-up to the end of the arrivals."""
    findings: tuple[Finding, ...] = field(default=())
    """Why the figures are what they are, the weightiest reason first."""

    @property
    def diagnosis(self) -> tuple[str, ...]:
        """The sentences of the findings, in the language of now."""
        return tuple(finding.text for finding in self.findings)
