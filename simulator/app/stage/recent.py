"""Averages over the last few seconds: at one moment a core is busy or not, and only an average says how much."""

from simulator.app.stage.kept import kept
from simulator.app.stage.sight import Sight

RECENT_S = 5.0


def recent(sight: Sight, series: str) -> float:
    """The average of a figure in the last seconds before the moment; 0 at the start of the run."""
    end = sight.read_s
    start = max(end - RECENT_S, 0.0)
    if end <= start:
        return 0.0
    playback = sight.playback
    return kept(playback, ("recent", series, end), lambda: float(playback.series(series, start, end, 1)[0]))


def so_far(sight: Sight, series: str, number: int | None = None) -> float:
    """A percentile of everything that was completed up to the moment, of this view or another; nan if nothing was."""
    t_s = sight.read_s
    if t_s <= 0.0:
        return float("nan")
    playback = sight.playback if number is None else sight.scene.views[number].playback
    return kept(playback, ("so far", series, t_s), lambda: float(playback.series(series, 0.0, t_s, 1, window_s=t_s)[0]))
