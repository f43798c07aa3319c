"""Figures about the moment, and averages over the seconds before it.

What to watch: of how many there are, the moment has a number; but then a core is busy or not, and only an average says
how much.
"""

from simulator.stage.cache import kept
from simulator.stage.sight import Sight
from simulator.trace.playback import Playback

RECENT_S = 5.0
INSTANT_S = 1e-6
"""So short that hardly anything happens in it, and long enough for the difference of two running integrals."""


def at_once(sight: Sight, playback: Playback, series: tuple[str, ...]) -> float:
    """How many there are at the moment, of several things together; of this run, or of another one."""
    start = sight.read_s

    def worked_out() -> float:
        known = [name for name in series if name in playback.series_names]
        return float(sum(playback.series(name, start, start + INSTANT_S, 1)[0] for name in known))

    return kept(playback, ("at once", series, start), worked_out)


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
