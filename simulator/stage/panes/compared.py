"""Curves of several servers in one plot, each in the colour of its letter, and one sentence that compares them.

What to watch: the servers met the same requests, so one scale holds for all. A factor is said only between figures that
are shown beside it, and where nothing was answered no factor is said.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite
from weakref import ref

from simulator.stage.cache import kept
from simulator.stage.canvas.braille import Floats, Series
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, fitting, piece, put_pieces
from simulator.stage.fixed_width import short_count
from simulator.stage.panes.answer_after import after, answered_after, time_scale
from simulator.stage.panes.curve_plot import CurvePlot, Scale, put_plot, titled
from simulator.stage.panes.each_second import ANSWERED, rate_scale, rates
from simulator.stage.panes.time_window import TimeWindow, in_last_second, queues
from simulator.stage.panes.waiting import WAITING, waiting, waiting_scale
from simulator.stage.snapshot import INSTANT_S, Snapshot, count_now
from simulator.trace.playback import Playback
from simulator.words.language import later, tell, tell_many, translated
from simulator.words.numbers import count, short_duration, short_figure, tick, to_places

HALF_WITHIN, MOST_WITHIN = later("half are answered within"), later("99 % are answered within")
ANSWERED_EACH = later("answered each second")
Values = Callable[[Playback, TimeWindow], Floats]


@dataclass(frozen=True, slots=True)
class Compared:
    """One plot of all servers."""

    title: str
    figures: tuple[str, ...]
    scale: Scale
    mark: Callable[[float], str]
    values: Values


def put_waiting_of_all(sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
    """How many wait at each server."""
    figures = [count(count_now(each, each.playback, queues(each.playback))) for each in snapshots]
    what = Compared(WAITING, tuple(figures), waiting_scale(snapshots[0]), short_count, waiting)
    _put(sheet, snapshots, what)


def put_half_of_all(sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
    """The time within which half of the requests are answered."""
    _put_percentile(sheet, snapshots, HALF_WITHIN, "p50_s")


def put_most_of_all(sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
    """The time within which 99 in 100 are."""
    _put_percentile(sheet, snapshots, MOST_WITHIN, "p99_s")


def put_answered_of_all(sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
    """How many answers each server gives in a second."""
    figures = [count(in_last_second(each.playback, ANSWERED, each.read_s)) for each in snapshots]
    scale = rate_scale(snapshots[0])
    _put(
        sheet,
        snapshots,
        Compared(ANSWERED_EACH, tuple(figures), scale, short_count, partial(_rates, names=ANSWERED)),
    )


def _rates(playback: Playback, window: TimeWindow, names: tuple[str, ...]) -> Floats:
    return rates(playback, window, names)


def _put_percentile(sheet: Sheet, snapshots: Sequence[Snapshot], title: str, name: str) -> None:
    figures = [short_duration(answered_after(each, each.playback, name)) for each in snapshots]
    scale = time_scale(snapshots[0])
    _put(sheet, snapshots, Compared(title, tuple(figures), scale, tick, lambda run, window: after(run, name, window)))


def _put(sheet: Sheet, snapshots: Sequence[Snapshot], what: Compared) -> None:
    first = snapshots[0]
    plot = CurvePlot(
        title=titled(translated(what.title)),
        right=tuple(
            piece((f"{each.letter} ", each.spark), (number, Style.STRONG))
            for each, number in zip(snapshots, what.figures, strict=True)
        ),
        low=what.mark(what.scale.low) if what.scale.low else "0",
        high=what.mark(what.scale.high),
        depends_on=(what.title, what.scale, tuple(ref(each.playback) for each in snapshots)),
    )
    put_plot(sheet, first, plot, partial(_curves, snapshots=snapshots, what=what))


def _curves(window: TimeWindow, snapshots: Sequence[Snapshot], what: Compared) -> list[Series]:
    """The first server in front, each with its letter where its curve ends."""
    return [
        Series(what.scale.shares(what.values(each.playback, window)), (each.spark,), letter=each.letter)
        for each in reversed(snapshots)
    ]


# The sentence.

GAP = 2
WHOLE_FROM = 9.95
"""A factor below this is said to a tenth."""
SAYS_LITTLE = 1.15
"""A factor below this is called none."""
TOO_MANY_LOST = 0.01
"""Of all requests: who loses more is not praised for the speed of the rest."""


def put_verdict(sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
    """The same requests, and what each server made of them: in one row, and of no server less than of another."""
    if sheet.height and sheet.width > 2 and snapshots:
        results, room = [_result(each) for each in snapshots], sheet.width - 3
        words = list(_verdict(results))
        shown = fitting(words, room, GAP)
        if not all(each in shown for each in words[1:]):
            shown = fitting(list(_short_verdict(results)), room, GAP)
        put_pieces(sheet, (sheet.height - 1) // 2, 2, shown, GAP)


@dataclass(frozen=True, slots=True)
class Result:
    """Of one server, up to the moment."""

    snapshot: Snapshot
    offered: int
    answered: int
    lost: int
    half_s: float
    """Of the last seconds; nan where nothing was answered in them."""


def _result(snapshot: Snapshot) -> Result:
    return Result(
        snapshot=snapshot,
        offered=_so_far(snapshot, "arrivals_rps"),
        answered=_so_far(snapshot, "completions_rps"),
        lost=_so_far(snapshot, "failures_rps"),
        half_s=answered_after(snapshot, snapshot.playback, "p50_s"),
    )


def _so_far(snapshot: Snapshot, series: str) -> int:
    t_s, playback = snapshot.read_s + INSTANT_S, snapshot.playback  # with what happens at the very end of a run
    return kept(playback, ("so far", series, t_s), lambda: round(float(playback.series(series, 0.0, t_s, 1)[0]) * t_s))


def _verdict(results: Sequence[Result]) -> Iterator[Piece]:
    offered = max(result.offered for result in results)
    same = tell_many("Same {n} request:", "Same {n} requests:", offered, n=count(offered))
    yield piece((same, Style.DIM), rank=2)
    for result in results:
        letter = (f"{result.snapshot.letter} ", result.snapshot.spark)
        yield piece(letter, (_outcome(result), Style.TEXT), rank=int(len(results) > 2))
    yield from _compared(results)


def _short_verdict(results: Sequence[Result]) -> Iterator[Piece]:
    """Only the times, and who was lost."""
    yield piece((tell("half now within:"), Style.DIM), rank=2)
    for result in results:
        letter = (f"{result.snapshot.letter} ", result.snapshot.spark)
        fields = {"time": short_duration(result.half_s), "n": count(result.lost)}
        words = tell("{time} ({n} lost)", **fields) if result.lost else fields["time"]
        yield piece(letter, (words, Style.TEXT))
    yield from _compared(results)


def _compared(results: Sequence[Result]) -> Iterator[Piece]:
    if len(results) == 2:
        words = _factor(*results)
        if words:
            yield piece((words, Style.STRONG), rank=1)


def _outcome(result: Result) -> str:
    fields = {"n": count(result.answered), "lost": count(result.lost), "time": short_duration(result.half_s)}
    if result.lost:
        if isfinite(result.half_s):
            return tell("answered {n}, lost {lost}, half now within {time}", **fields)
        return tell("answered {n}, lost {lost}, none of late", **fields)
    if isfinite(result.half_s):
        return tell("answered {n}, half now within {time}", **fields)
    return tell("answered {n}, none of late", **fields)


def _factor(first: Result, second: Result) -> str:
    """How many times as fast the quicker one is; empty where that would say too little or praise too much."""
    quick, slow = sorted((first, second), key=lambda each: each.half_s)
    if not (isfinite(quick.half_s) and isfinite(slow.half_s)) or quick.half_s <= 0.0:
        return ""
    if quick.lost > slow.lost and quick.lost > TOO_MANY_LOST * max(quick.offered, 1):
        return ""
    factor = _as_shown(slow.half_s) / _as_shown(quick.half_s)
    if factor < SAYS_LITTLE:
        return tell("about equally fast")
    fields = {
        "letter": quick.snapshot.letter,
        "factor": count(factor) if factor >= WHOLE_FROM else to_places(factor, 1),
    }
    return tell("{letter} {factor} \N{MULTIPLICATION SIGN} as fast", **fields)


def _as_shown(seconds: float) -> float:
    """Rounded: whoever divides the figures that are shown comes to the same factor."""
    shown, unit = short_figure(seconds)
    return float(shown) * unit.worth
