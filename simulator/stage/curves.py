"""What is drawn as a curve: figures that every server has, and how much of its own parts is in use.

What to watch: the curves that all have come in one order and one scale. What only one server has (its workers, its
loop, its proxy) fills rows that others need for more lanes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from math import isfinite

import numpy as np

from simulator.stage.cache import kept
from simulator.stage.canvas.plotting import round_up
from simulator.stage.fixed_width import fixed_count, fixed_duration, fixed_percent, fixed_rate, short_count
from simulator.stage.ranks import Rank
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import Playback
from simulator.words.language import later, tell, translated
from simulator.words.numbers import percent, short_duration

WINDOW_S = 5.0
"""Percentiles are those of the requests that were completed in so many seconds."""
SCALE_COLUMNS = 120
VALUE_WIDTH = 8


class Kind(Enum):
    """What a curve measures."""

    COUNT = auto()
    RATE = auto()
    SHARE = auto()
    DURATION = auto()


@dataclass(frozen=True, slots=True)
class Curve:
    """Bars over the last seconds."""

    name: str
    kind: Kind
    series: Callable[[Snapshot], tuple[str, ...]]
    """What is added up."""
    scale: tuple[str, ...]
    """The series whose highest value ends the scale. Who waits in a queue is in flight, so both have one scale."""
    rank: Rank = Rank.SPACE
    """When it gets its first row."""
    long_name: str = ""
    """Where there is room for it."""

    def figure(self, value: float) -> str:
        """A value, always as wide."""
        if value != value:
            return "-".rjust(VALUE_WIDTH - 1)
        match self.kind:
            case Kind.DURATION:
                return fixed_duration(value)
            case Kind.RATE:
                return fixed_rate(value)
            case Kind.SHARE:
                return fixed_percent(value).rjust(VALUE_WIDTH - 1)
            case Kind.COUNT:
                return fixed_count(value, VALUE_WIDTH - 1)

    def mark(self, value: float) -> str:
        """A value on the scale, as short as can be."""
        match self.kind:
            case Kind.DURATION:
                return short_duration(value)
            case Kind.RATE:
                return f"{short_count(value)}/s"
            case Kind.SHARE:
                return percent(value)
            case Kind.COUNT:
                return short_count(value)


def _queues(snapshot: Snapshot) -> tuple[str, ...]:
    """Everything that requests wait in line for inside the server."""
    waited_for = [*(backlog.name for backlog in snapshot.inventory.backlogs), *_waited_for_inside(snapshot)]
    return tuple(f"{name}: waiting" for name in waited_for)


def _waited_for_inside(snapshot: Snapshot) -> list[str]:
    pools, loops = snapshot.inventory.queued_for, snapshot.inventory.loops
    return [*(pool.name for pool in pools), *(loop.name for loop in loops)]


def _always(*names: str) -> Callable[[Snapshot], tuple[str, ...]]:
    return lambda _sight: names


RATES = ("arrivals_rps", "completions_rps")
CURVES = (
    Curve(later("arriving"), Kind.RATE, _always("arrivals_rps"), RATES, Rank.SPARKS_MORE),
    Curve(later("completed"), Kind.RATE, _always("completions_rps"), RATES, Rank.SPARKS_MORE),
    Curve(later("in queues"), Kind.COUNT, _queues, ("in_system",), Rank.SPARKS_SECOND),
    Curve(later("in flight"), Kind.COUNT, _always("in_system"), ("in_system",), Rank.SPARKS_FOURTH),
    Curve("p50", Kind.DURATION, _always("p50_s"), ("p50_s",), Rank.SPARKS_THIRD),
    Curve("p95", Kind.DURATION, _always("p95_s"), ("p95_s",), Rank.SPARKS_MORE),
    Curve("p99", Kind.DURATION, _always("p99_s"), ("p99_s",), Rank.SPARKS_FIRST),
)
"""What every server has, from top to bottom."""


def own_curves(snapshot: Snapshot) -> Iterator[Curve]:
    """How much of the parts of this server is in use, and where there are several queues, each of them.

    Of a GIL and of the cores it would have to be worked out for the whole run at the first frame, which is too slow for
    long runs; that of a loop is known already, from the queues.
    """
    inventory = snapshot.inventory
    names = [group.name for group in inventory.counted] + [pool.name for pool in inventory.slots]
    for name in [*names, *(loop.name for loop in inventory.loops)]:
        yield Curve(
            translated(name),
            Kind.SHARE,
            _always(f"{name}: in use"),
            (),
            long_name=tell("{names} busy", names=translated(name)),
        )
    queues = [(translated(backlog.name), backlog.name) for backlog in inventory.backlogs]
    queues += [(tell("for {pool}", pool=translated(name)), name) for name in _waited_for_inside(snapshot)]
    for words, name in queues if len(queues) > 1 else ():
        yield Curve(words, Kind.COUNT, _always(f"{name}: waiting"), (f"{name}: waiting",))


def top_of(snapshot: Snapshot, curve: Curve) -> float:
    """The top of the scale: that of the views together, and of what they were before the last change."""
    if curve.kind is Kind.SHARE:
        return 1.0
    views = snapshot.scene.views
    runs = [view.playback for view in views] + [view.ghost for view in views if view.ghost is not None]
    least = 1.0 if curve.kind is Kind.COUNT else 0.0  # a tenth of a request is nobody
    top = max(least, *(_highest(run, name) for run in runs for name in curve.scale))
    return round_up(top) if isfinite(top) and top > 0.0 else 1.0


def _highest(playback: Playback, series: str) -> float:
    """The highest value of a series in the whole run; 0 if there is no such thing."""

    def worked_out() -> float:
        if series not in playback.series_names:
            return 0.0
        values = playback.series(series, 0.0, max(playback.end_s, 1e-3), SCALE_COLUMNS, window_s=WINDOW_S)
        return float(np.nanmax(values)) if np.isfinite(values).any() else 0.0

    return kept(playback, ("highest", series), worked_out)
