"""One request's life with what a reader wants beside it: who it came from, how it ended, and who was in the way.

What to watch: the lengths of the stays up to the end for the client, and what is not known, add up to the latency.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from simulator.plan.words import Outcome, State
from simulator.trace.playback.blockers import Blocker, Blockers
from simulator.trace.request_life import Stay, life
from simulator.trace.residence import Floats, client_end
from simulator.trace.table import Trace
from simulator.words.phrases import numbered

MEASURED = "measured"
"""What the label ``engine`` says of a trace of a real server."""
NOTHING_S = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class LifePart:
    """What a request did, or waited for, at one place. Times in seconds from the start of the run."""

    place: str
    """As in ``Stay``."""
    state: State
    pieces: tuple[tuple[float, float], ...]
    """From when to when, in order of time; several where something else came between."""
    slots: tuple[str, ...]
    process: int | None
    for_nobody: bool
    blocker: Blocker
    """Who or what was in the way."""

    @property
    def start_s(self) -> float:
        """When it began."""
        return self.pieces[0][0]

    @property
    def end_s(self) -> float:
        """When it was over."""
        return self.pieces[-1][1]

    @property
    def seconds(self) -> float:
        """How long it took, without what came between."""
        return sum(end - start for start, end in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeStory:
    """The life of one request. Times in seconds from the start of the run."""

    request: int
    of_class: str
    client: str
    outcome: Outcome
    arrival_s: float
    end_s: float
    """When it was over for the client; the end of the run while it is open."""
    slower_than: float | None
    """The share of the completed requests that took less time; None unless this one was completed."""
    upload_bytes: float
    response_bytes: float
    up_rate: float
    """Bytes per second; inf: unlimited."""
    down_rate: float
    rtt_s: float
    syn_retries: int
    retries_s: tuple[float, ...]
    """When the SYN was repeated, for as many of the repeats as are known."""
    parts: tuple[LifePart, ...]
    """In order of their beginnings."""
    measured: bool
    """Whether a real server was watched, instead of a plan being computed."""
    labels: Mapping[str, str]
    """Of the run."""

    @property
    def latency_s(self) -> float:
        """What the client waited, from its arrival."""
        return self.end_s - self.arrival_s

    @property
    def last_s(self) -> float:
        """When it was over for everybody: a server may go on for nobody."""
        return max([self.end_s, *(part.end_s for part in self.parts)])

    def totals_s(self) -> dict[State | None, float]:
        """Seconds of the latency by state, in the order of the life; under None what is not known."""
        totals: dict[State | None, float] = {}
        for part in self.parts:
            seconds = sum(max(min(end, self.end_s) - start, 0.0) for start, end in part.pieces)
            if seconds > 0.0:
                totals[part.state] = totals.get(part.state, 0.0) + seconds
        unknown = self.latency_s - sum(totals.values())
        return totals | {None: unknown} if unknown > NOTHING_S else totals


class LifeStories:
    """The lives of the requests of one run."""

    def __init__(self, trace: Trace) -> None:
        """Costs next to nothing; what it needs is worked out when it is asked for."""
        self.trace = trace

    def of(self, request: int) -> LifeStory:
        """The life of one request. Raises IndexError for one that the trace does not have."""
        trace, workload = self.trace, self.trace.workload
        parts = tuple(self._parts(request))
        client = int(workload.client[request])
        end = float(client_end(trace, slice(request, request + 1))[0])
        outcome = Outcome(int(trace.outcome[request]))
        return LifeStory(
            request=request,
            of_class=workload.class_names[workload.request_class[request]],
            client=workload.client_names[client],
            outcome=outcome,
            arrival_s=float(trace.arrival[request]),
            end_s=end,
            slower_than=self._rank(end - float(trace.arrival[request])) if outcome is Outcome.COMPLETED else None,
            upload_bytes=float(workload.upload[request]),
            response_bytes=float(workload.response[request]),
            up_rate=float(workload.up_rate[client]),
            down_rate=float(workload.down_rate[client]),
            rtt_s=float(workload.rtt[request]),
            syn_retries=int(trace.syn_retries[request]),
            retries_s=self._retries_s(request),
            parts=parts,
            measured=trace.labels.get("engine") == MEASURED,
            labels=trace.labels,
        )

    def _retries_s(self, request: int) -> tuple[float, ...]:
        """When it repeated its SYN, as far as the plan tells; where there are two handshakes, those of the first."""
        places = self.trace.places
        for index, place in enumerate(places):
            if place.knocks_at is not None:
                start = float(self.trace.reached[request, index])
                times = place.retries_s[: int(self.trace.syn_retries[request])]
                later = self.trace.reached[request, index + 1] if index + 1 < len(places) else np.nan
                end = float(np.nan_to_num(later, nan=np.inf))
                return tuple(t for t in (start + after for after in times) if t <= end + NOTHING_S)
        return ()

    def _parts(self, request: int) -> Iterator[LifePart]:
        """Stays in which the same happens at the same place are one part: threads take turns at the GIL."""
        together: dict[tuple[str, State, bool], list[Stay]] = {}
        for stay in life(self.trace, request):
            together.setdefault((stay.place, stay.state, stay.for_nobody), []).append(stay)
        for stays in together.values():
            whole = replace(stays[0], end=stays[-1].end)
            yield LifePart(
                place=whole.place,
                state=whole.state,
                pieces=tuple((stay.start, stay.end) for stay in stays),
                slots=tuple(map(numbered, whole.slots)),
                process=whole.process,
                for_nobody=whole.for_nobody,
                blocker=self._blockers.of(request, whole),
            )

    @cached_property
    def _blockers(self) -> Blockers:
        return Blockers(self.trace)

    @cached_property
    def _latencies(self) -> Floats:
        rows = np.flatnonzero(self.trace.outcome == Outcome.COMPLETED)
        return np.sort(self.trace.finished[rows] - self.trace.arrival[rows])

    def _rank(self, seconds: float) -> float:
        return float(np.searchsorted(self._latencies, seconds)) / max(len(self._latencies), 1)


def same_request(one: Trace, request: int, other: Trace) -> int | None:
    """The row of the same request in a run of another server under the same workload; None where it was never sent.

    A request has the same row everywhere. What its client repeats, or what it sends off, has a row of its own, which
    another run may not have: then it is the request on whose behalf it was.
    """
    meant = int(one.request[request])
    for row in (request, meant):
        if row < len(other) and not np.isnan(other.arrival[row]) and other.request[row] == meant:
            return row
    return None
