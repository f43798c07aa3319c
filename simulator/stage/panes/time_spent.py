"""What most of the workers' time is spent on, over time: the share of all slots that are held for it.

What to watch: it is one thing for a whole run, that which slots are held for longest, so that the pane does not change
its subject while one looks at it. Of an event loop it is how much of its time it computes.
"""

from dataclasses import dataclass
from functools import partial

from simulator.plan.resources import Pool
from simulator.plan.words import State
from simulator.stage.cache import kept
from simulator.stage.canvas.braille import Floats, Series
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.panes.curve_plot import CurvePlot, Scale, figure, put_plot, titled
from simulator.stage.panes.time_window import TimeWindow, mean_values
from simulator.stage.snapshot import Snapshot, recent_average
from simulator.stage.states import STATE_STYLES
from simulator.trace.playback import Playback
from simulator.trace.playback.slot_uses import series_of
from simulator.words.language import later, tell
from simulator.words.numbers import percent
from simulator.words.phrases import plural

SPENT = {
    State.UPLOAD: later("{workers}: time spent listening to uploads"),
    State.DOWNLOAD: later("{workers}: time spent on downloads"),
    State.CLOSING: later("{workers}: time spent waiting for clients to close"),
    State.IO: later("{workers}: time spent waiting for I/O"),
    State.BLOCKS: later("{workers}: time spent blocking the event loop"),
    State.COMPUTING: later("{workers}: time spent computing"),
    State.CONNECTING: later("{workers}: time spent connecting"),
    State.QUEUED: later("{workers}: time spent waiting for a place"),
    State.GIL: later("{workers}: time spent waiting for the GIL"),
    State.CORE: later("{workers}: time spent waiting for a core"),
    State.THROTTLED: later("{workers}: time spent throttled"),
    State.GIL_OR_CORE: later("{workers}: time spent waiting for the GIL or a core"),
    State.PROCESSOR: later("{workers}: time spent waiting for a P"),
    State.LOOP: later("{workers}: time spent waiting for the loop"),
}
"""What slots can be held for."""
BUSY = later("{loop}: time spent computing")
WHOLE = Scale(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Use:
    """What is shown of a run."""

    title: str
    """A message with the field ``workers`` or ``loop``."""
    name: str
    number: int
    series: str
    style: Style


def put_time_spent(sheet: Sheet, snapshot: Snapshot) -> None:
    """One run; an empty pane where there is neither a worker nor a loop."""
    use = main_use(snapshot)
    if use is None:
        put_plot(sheet, snapshot, CurvePlot(title=(), right=(), low="", high=""), lambda _window: ())
        return
    fields = {"workers": plural(use.name, use.number), "loop": plural(use.name, use.number)}
    plot = CurvePlot(
        title=titled(tell(use.title, **fields)),
        right=(figure("", percent(recent_average(snapshot, use.series)), use.style),),
        low="0",
        high="100 %",
        depends_on=("time spent", use.series),
    )
    put_plot(sheet, snapshot, plot, partial(_curves, playback=snapshot.playback, use=use))


def _curves(window: TimeWindow, playback: Playback, use: Use) -> list[Series]:
    shares: Floats = kept(playback, (use.series, window), lambda: mean_values(playback, (use.series,), window))
    return [Series(WHOLE.shares(shares), (use.style,), filled=True)]


def main_use(snapshot: Snapshot) -> Use | None:
    """What the last pool of workers is held for longest in this run; or how busy the first event loop is."""
    return kept(snapshot.playback, "main use", lambda: _main_use(snapshot))


def _main_use(snapshot: Snapshot) -> Use | None:
    there, playback = snapshot.inventory, snapshot.playback
    if there.slots:
        return _of_slots(playback, there.slots[-1])
    for loop in there.loops:
        return Use(BUSY, loop.name, loop.units, f"{loop.name}: in use", Style.CPU)
    return None


def _of_slots(playback: Playback, pool: Pool) -> Use | None:
    seconds = playback.seconds_held_for(pool.name)
    state = max((each for each in SPENT if each in seconds), key=lambda each: seconds[each], default=None)
    if state is None:
        return None
    return Use(SPENT[state], pool.name, pool.size * pool.processes, series_of(pool.name, state), STATE_STYLES[state])
