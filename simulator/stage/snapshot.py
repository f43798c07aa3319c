"""A view at the moment of the scene: what every part of it is drawn from."""

from dataclasses import dataclass
from functools import cached_property
from math import floor

from simulator.stage.cache import kept
from simulator.stage.canvas.style import SPARKS, Style
from simulator.stage.inventory import Inventory, inventory
from simulator.stage.scene import Scene, View
from simulator.trace.playback import Moment, Playback

READING_S = 0.5
"""Wall seconds for which figures and sentences stand still while the run plays: faster than that nobody reads."""
ROUNDING = 1e-6
"""Of a column."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot:
    """One view of a scene, ready to be drawn."""

    scene: Scene
    number: int
    """Of the view, from 0."""

    @cached_property
    def view(self) -> View:
        """What is drawn."""
        return self.scene.views[self.number]

    @cached_property
    def playback(self) -> Playback:
        """The run."""
        return self.view.playback

    @cached_property
    def letter(self) -> str:
        """A name for the view beside others; empty for a single one."""
        return "ABCD"[self.number] if len(self.scene.views) > 1 else ""

    @cached_property
    def spark(self) -> Style:
        """The colour of the view."""
        return SPARKS[self.number % len(SPARKS)]

    @cached_property
    def t_s(self) -> float:
        """The moment."""
        return self.scene.now_s

    @cached_property
    def now(self) -> Moment:
        """Who is where."""
        return self.playback.at(self.t_s)

    @cached_property
    def column_s(self) -> float:
        """Seconds that a column stands for."""
        return self.scene.column_s

    @cached_property
    def newest(self) -> int:
        """The number of the column in which the moment lies; column 0 begins with the run."""
        return floor(self.t_s / self.column_s + ROUNDING)

    @cached_property
    def read_s(self) -> float:
        """The moment that figures and sentences are about: it moves on twice a second while the run plays."""
        if not self.scene.playing:
            return self.t_s
        stride = max(READING_S * self.scene.speed, self.column_s)
        return floor(self.t_s / stride) * stride

    @cached_property
    def inventory(self) -> Inventory:
        """What there is to be drawn."""
        return inventory(self.playback)


# Figures about the moment, and averages over the seconds before it.
# What to watch: of how many there are, the moment has a number; but then a core is busy or not, and only an average
# says how much.

RECENT_S = 5.0
"""Averages, shares and percentiles are those of so many seconds before the moment."""
INSTANT_S = 1e-6
"""So short that hardly anything happens in it, and long enough for the difference of two running integrals."""


def count_now(snapshot: Snapshot, playback: Playback, series: tuple[str, ...]) -> float:
    """How many there are at the moment, of several things together; of this run, or of another one."""
    start = snapshot.read_s

    def worked_out() -> float:
        known = [name for name in series if name in playback.series_names]
        return float(sum(playback.series(name, start, start + INSTANT_S, 1)[0] for name in known))

    return kept(playback, ("at once", series, start), worked_out)


def recent_average(snapshot: Snapshot, series: str) -> float:
    """The average of a figure in the last seconds before the moment; 0 at the start of the run."""
    end = snapshot.read_s
    start = max(end - RECENT_S, 0.0)
    if end <= start:
        return 0.0
    playback = snapshot.playback
    return kept(playback, ("recent", series, end), lambda: float(playback.series(series, start, end, 1)[0]))
