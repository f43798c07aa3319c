"""How many wait, over time: the area that says at a glance whether a server keeps up."""

from functools import partial
from weakref import ref

from simulator.stage.cache import kept
from simulator.stage.canvas.braille import Floats, Series
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import piece
from simulator.stage.fixed_width import short_count
from simulator.stage.panes.curve_plot import CurvePlot, Scale, figure, put_plot, scale_to, titled
from simulator.stage.panes.time_window import TimeWindow, mean_values, most, queues
from simulator.stage.snapshot import Snapshot, count_now
from simulator.trace.playback import Playback
from simulator.words.language import later, tell, translated
from simulator.words.numbers import count

HEIGHTS = (Style.AREA_LOW, Style.AREA_MIDDLE, Style.AREA_HIGH, Style.AREA_TOP)
LEAST = 10.0
"""A scale that ends below would make one or two who wait look like a crowd."""
WAITING = later("waiting")
FOR_LOOP = later("waiting for the loop")


def put_waiting(sheet: Sheet, snapshot: Snapshot) -> None:
    """One run; behind it, in grey, the run before the last change."""
    playback, ghost = snapshot.playback, snapshot.view.ghost
    scale = waiting_scale(snapshot)
    right = [figure("", count(count_now(snapshot, playback, queues(playback))), Style.STRONG)]
    if ghost is not None:
        before = count(count_now(snapshot, ghost, queues(ghost)))
        right.insert(0, piece((tell("was {figure}", figure=before), Style.GHOST), rank=1))
    plot = CurvePlot(
        title=titled(_title(snapshot)),
        right=tuple(right),
        low="0",
        high=short_count(scale.high),
        depends_on=("waiting", scale, None if ghost is None else ref(ghost)),
    )
    put_plot(sheet, snapshot, plot, partial(_curves, playback=playback, ghost=ghost, scale=scale))


def _title(snapshot: Snapshot) -> str:
    there = snapshot.inventory
    if there.slots or not there.loops:
        return translated(WAITING)
    return tell("waiting for a P") if there.processors else translated(FOR_LOOP)


def _curves(window: TimeWindow, playback: Playback, ghost: Playback | None, scale: Scale) -> list[Series]:
    runs: list[tuple[Playback, tuple[Style, ...]]] = [(playback, HEIGHTS)]
    if ghost is not None:
        runs.insert(0, (ghost, (Style.GHOST,)))
    return [Series(scale.shares(waiting(run, window)), styles, filled=True) for run, styles in runs]


def waiting(playback: Playback, window: TimeWindow) -> Floats:
    """How many wait, on average, in each column."""
    key = ("waiting", window)
    return kept(playback, key, lambda: mean_values(playback, queues(playback), window))


def waiting_scale(snapshot: Snapshot) -> Scale:
    """The same for all runs that are shown, and for what they were before the last change."""
    views = snapshot.scene.views
    runs = [view.playback for view in views] + [view.ghost for view in views if view.ghost is not None]
    return scale_to(max(most(run, "waiting", waiting) for run in runs), LEAST)
