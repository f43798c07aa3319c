"""A view at the moment of the scene: what every part of it is drawn from."""

from dataclasses import dataclass
from functools import cached_property
from math import floor

from simulator.stage.canvas.style import Style
from simulator.stage.fittings import Fittings, fittings
from simulator.stage.scene import Scene, View
from simulator.trace.playback import Moment, Playback

SPARKS = (Style.SPARK_A, Style.SPARK_B, Style.SPARK_C, Style.SPARK_D)
READING_S = 0.5
"""Wall seconds for which figures and sentences stand still while the run plays: faster than that nobody reads."""
ROUNDING = 1e-6
"""Of a column."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sight:
    """One view of a scene, ready to be drawn."""

    scene: Scene
    number: int
    """Of the view, from 0."""

    @property
    def view(self) -> View:
        """What is drawn."""
        return self.scene.views[self.number]

    @property
    def playback(self) -> Playback:
        """The run."""
        return self.view.playback

    @property
    def letter(self) -> str:
        """A name for the view beside others; empty for a single one."""
        return "ABCD"[self.number] if len(self.scene.views) > 1 else ""

    @property
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
    def fittings(self) -> Fittings:
        """What there is to be drawn."""
        return fittings(self.playback)
