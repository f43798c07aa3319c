"""How much comes and is answered each second; and where answers are made for nobody, how many are of use."""

from functools import partial

import numpy as np

from simulator.stage.cache import kept
from simulator.stage.canvas.braille import Floats, Series
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.fixed_width import short_count
from simulator.stage.panes.curve_plot import CurvePlot, Scale, figure, put_plot, scale_to, titled
from simulator.stage.panes.time_window import TimeWindow, in_last_second, most, per_second
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import Playback
from simulator.words.language import later, translated
from simulator.words.numbers import count

CAME, ANSWERED = ("arrivals_rps",), ("completions_rps",)
MADE = ("completions_rps", "for_nobody_rps")
EACH_SECOND, ANSWERS = later("each second"), later("answers a second")
CAME_WORD, ANSWERED_WORD = later("came"), later("answered")
MADE_WORD, OF_USE_WORD = later("made"), later("of use")
LEAST = 5.0
"""A second: where a scale ends at least."""


def put_each_second(sheet: Sheet, snapshot: Snapshot) -> None:
    """Grey: what came, or every answer that was made; green: the answers that somebody got."""
    playback, wasted = snapshot.playback, makes_for_nobody(snapshot.playback)
    upper = MADE if wasted else CAME
    words = (MADE_WORD, OF_USE_WORD) if wasted else (CAME_WORD, ANSWERED_WORD)
    scale = rate_scale(snapshot, upper)
    plot = CurvePlot(
        title=titled(translated(ANSWERS if wasted else EACH_SECOND)),
        right=(
            figure(translated(words[0]), _now(snapshot, upper), Style.TEXT, rank=1),
            figure(translated(words[1]), _now(snapshot, ANSWERED), Style.GOOD),
        ),
        low="0",
        high=short_count(scale.high),
        depends_on=("each second", scale),
    )
    put_plot(sheet, snapshot, plot, partial(_curves, playback=playback, upper=upper, scale=scale))


def makes_for_nobody(playback: Playback) -> bool:
    """Whether this run has answers for clients who had left."""
    return kept(
        playback, "for nobody", lambda: bool(playback.series("for_nobody_rps", 0.0, playback.end_s, 1)[0] > 0.0)
    )


def _now(snapshot: Snapshot, names: tuple[str, ...]) -> str:
    playback, t_s = snapshot.playback, snapshot.read_s
    return count(kept(playback, ("a second", names, t_s), lambda: in_last_second(playback, names, t_s)))


def _curves(window: TimeWindow, playback: Playback, upper: tuple[str, ...], scale: Scale) -> list[Series]:
    lines = ((upper, Style.CAME), (ANSWERED, Style.GOOD))
    return [Series(scale.shares(rates(playback, window, names)), (style,)) for names, style in lines]


def rates(playback: Playback, window: TimeWindow, names: tuple[str, ...]) -> Floats:
    """For each column, how many there were in the second before its end."""
    return kept(playback, ("each second", names, window), lambda: per_second(playback, names, window))


def rate_scale(snapshot: Snapshot, *of: tuple[str, ...]) -> Scale:
    """The same for all runs that are shown."""
    runs = [view.playback for view in snapshot.scene.views]
    tops = [most(run, str(names), partial(rates, names=names)) for run in runs for names in (*of, ANSWERED)]
    return scale_to(max(np.array(tops).max(), LEAST))
