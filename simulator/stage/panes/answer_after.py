"""How long answers take: the half of them that is quickest, and 99 in 100, of the last seconds."""

from functools import partial
from math import isnan

from simulator.stage.cache import kept
from simulator.stage.canvas.braille import Floats, Series
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.panes.curve_plot import CurvePlot, Scale, figure, put_plot, scale_of_times, titled
from simulator.stage.panes.time_window import TimeWindow, percentile_ends, percentile_values, recent_percentile
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import Playback
from simulator.words.language import later, translated
from simulator.words.numbers import short_duration, tick

ANSWER_AFTER = later("answer after")
HALF, MOST = later("half"), later("99 %")


def put_answer_after(sheet: Sheet, snapshot: Snapshot) -> None:
    """One run; both lines."""
    playback, scale = snapshot.playback, time_scale(snapshot)
    plot = CurvePlot(
        title=titled(translated(ANSWER_AFTER)),
        right=(
            figure(translated(HALF), short_duration(answered_after(snapshot, playback, "p50_s")), Style.HALF),
            figure(translated(MOST), short_duration(answered_after(snapshot, playback, "p99_s")), Style.MOST, rank=1),
        ),
        low=tick(scale.low),
        high=tick(scale.high),
        depends_on=("answer after", scale),
    )
    put_plot(sheet, snapshot, plot, partial(_curves, playback=playback, scale=scale))


def _curves(window: TimeWindow, playback: Playback, scale: Scale) -> list[Series]:
    lines = (("p99_s", Style.MOST), ("p50_s", Style.HALF))
    return [Series(scale.shares(after(playback, name, window)), (style,)) for name, style in lines]


def after(playback: Playback, name: str, window: TimeWindow) -> Floats:
    """A percentile for each column."""
    return kept(playback, (name, window), lambda: percentile_values(playback, name, window))


def answered_after(snapshot: Snapshot, playback: Playback, name: str) -> float:
    """A percentile of the last seconds; nan where nothing was answered."""
    t_s = snapshot.read_s
    return kept(playback, ("recent percentile", name, t_s), lambda: recent_percentile(playback, name, t_s))


def time_scale(snapshot: Snapshot) -> Scale:
    """The same for all runs that are shown."""
    ends = [percentile_ends(view.playback) for view in snapshot.scene.views]
    known = [end for end in ends if not isnan(end[0])]
    if not known:
        return scale_of_times(float("nan"), float("nan"))
    return scale_of_times(min(low for low, _ in known), max(high for _, high in known))
