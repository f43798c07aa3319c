"""What a run comes down to: the figures of a summary. Times in seconds, rates per second, shares between 0 and 1."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from simulator.plan.resources import Gil, Lock, Processors
from simulator.trace.finding import Finding
from simulator.words.numbers import TIMES, count, duration, percent, rounded

APART = 3.0
"""From this ratio of their times on, the mean of two classes is the time of neither."""
SECONDS_IN = {unit.name: unit.worth for unit in TIMES}


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
class Ends:
    """How some requests ended, over the whole run."""

    offered: int
    completed: int
    failed: dict[str, int]
    """By reason, in words; reasons that did not occur are left out."""

    @property
    def failures(self) -> int:
        """For whatever reason."""
        return sum(self.failed.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSummary(Ends):
    """One class of requests."""

    latency: Latency


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSummary:
    """One resource, between warm-up and the end of the arrivals."""

    kind: Literal["pool", "gil", "loop", "processors", "backlog", "cores"]
    size: int
    """Slots, locks or cores, all copies together; for a backlog the places in it."""
    utilisation: float
    """Share of its capacity that was in use; of what was not down."""
    split: dict[str, float]
    """Share of its capacity by what it was used for, in the words of ``State``, ``down`` and ``idle``; sums to 1."""
    queue_mean: float
    """Requests waiting for it, averaged over time; for a backlog those in it."""
    queue_max: float
    each: tuple[float, ...] = ()
    """Of a lock that each process has its own of: the utilisation of each, process by process."""
    queue_in: str | None = None
    """Of a pool that accepts only when it is idle: the backlog, in which all wait who wait for it."""


def lock_kind(lock: Lock) -> Literal["gil", "loop", "processors"]:
    """What a lock is called in files."""
    if isinstance(lock, Processors):
        return "processors"
    return "gil" if isinstance(lock, Gil) else "loop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """For how long requests of one class occupied a resource."""

    number: int
    """Of requests."""
    seconds: float
    """On average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """The utilisation law as it is printed: multiplying what stands here gives the utilisation that stands here."""

    rate: str
    """Requests per second."""
    each: str
    """With its unit."""
    size: str
    utilisation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """The resource that limits the throughput, and the utilisation law: utilisation = rate x seconds each / size.

    The law holds in the long run. Requests that hold a resource for long against the window, or that were not through
    when it ended, make the utilisation of the window another one than the law gives for those that were.
    """

    resource: str
    kind: str
    size: float
    """How many there are; of cores under a container's quota, the part of them that it allows."""
    utilisation: float
    rate_rps: float
    """Requests per second that the server carried through."""
    seconds_each: float
    """Seconds for which one request occupies it, on average; for the cores its computing."""
    holds: dict[str, Hold]
    """The same by class, in the order of the scenario; ``seconds_each`` is their mean."""
    for_some: bool = False
    """Whether only some requests need it at all; then the rates are those of these requests."""

    @property
    def limit_rps(self) -> float:
        """Requests per second at which it would be in use all the time."""
        return self.size / self.seconds_each

    @property
    def mean_is_nobodys(self) -> bool:
        """Whether classes differ so much that their mean is no class's time: say it by class."""
        each = [hold.seconds for hold in self.holds.values()]
        return max(each) > APART * min(each)

    @property
    def law(self) -> Law | None:
        """The law in figures that a reader can multiply, or None where that would not give the utilisation."""
        for digits in (3, 4):
            rate, each = _precise(self.rate_rps, digits), duration(self.seconds_each, digits)
            product = _value(rate) * _value(each) / self.size
            if rounded(100.0 * product, 0) == rounded(100.0 * self.utilisation, 0):
                return Law(
                    rate=rate,
                    each=each,
                    size=f"{self.size:g}" if self.size % 1 else count(self.size),
                    utilisation=percent(self.utilisation),
                )
        return None


def _precise(value: float, digits: int) -> str:
    """To so many digits also where it is less than one; a product is only as good as its factors."""
    whole = len(f"{int(value)}")
    return f"{Decimal(f'{value:.{max(digits, whole)}g}'):,f}".replace(",", " ")


def _value(text: str) -> float:
    """What a reader takes from a printed figure, in seconds where it is a time."""
    figure, _, unit = text.rpartition(" ")
    if unit in SECONDS_IN:
        return float(figure.replace(" ", "")) * SECONDS_IN[unit]
    return float(text.replace(" ", ""))


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
    clients: dict[str, Ends]
    resources: dict[str, ResourceSummary]
    where_time_goes: dict[str, float]
    """Mean seconds by state of the requests that ``latency`` counts; sums to its mean."""
    where_slowest: dict[str, float]
    """The same over the slowest 1 %."""
    bottleneck: Bottleneck | None
    window: tuple[float, float]
    """From the end of the warm-up to the end of the arrivals; of a crowd that comes at once, of its run."""
    to_the_end: bool = False
    """Whether the window ends with the last request, for most of the requests' time lies after the last arrival."""
    findings: tuple[Finding, ...] = field(default=())
    """Why the figures are what they are, the weightiest reason first."""

    @property
    def diagnosis(self) -> tuple[str, ...]:
        """The sentences of the findings, in the language of now."""
        return tuple(finding.text for finding in self.findings)
