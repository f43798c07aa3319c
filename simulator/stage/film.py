"""A stretch of a run as a film: which moments are shown, and when.

What to watch: there are two clocks. The run goes from ``start_s`` to ``end_s``; whoever watches the film sees that in
``lasts_s``, which is longer where the film shows the run slowed down.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from simulator.stage.canvas.frames import Frame
from simulator.stage.canvas.look import Look
from simulator.stage.frame import frame
from simulator.stage.scene import Scene, Size

FPS = 10.0
"""Pictures per second, as long as they do not become too many."""
MOST_PICTURES = 600
"""As a GIF of 120 x 36 cells these are 8 MB, made in half a minute."""
MOST_S = 600.0
"""Longer films would have less than one picture per second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """What is shown of the run, and how fast."""

    start_s: float
    """On the clock of the run, like ``end_s``."""
    end_s: float
    speed: float = 1.0
    """Simulated seconds in a second of the film."""

    @property
    def lasts_s(self) -> float:
        """How long it takes to watch it."""
        return (self.end_s - self.start_s) / self.speed

    @property
    def too_long(self) -> bool:
        """Whether it would be a slide show."""
        return self.lasts_s > MOST_S

    @property
    def fps(self) -> float:
        """Pictures per second: fewer where the film is long."""
        return min(FPS, MOST_PICTURES / self.lasts_s) if self.lasts_s > 0.0 else FPS

    @property
    def pictures(self) -> int:
        """How many there are, the first and the last moment included."""
        return math.ceil(self.lasts_s * self.fps - 1e-6) + 1

    def frames(self, scene: Scene, size: Size, look: Look) -> Iterator[Frame]:
        """Drawn one after another when asked for; ``scene`` says of whom, and its moment does not matter."""
        playing = replace(scene, playing=True, speed=self.speed)
        for number in range(self.pictures):
            shown_s = min(number / self.fps, self.lasts_s)
            t_s = min(self.start_s + shown_s * self.speed, self.end_s)
            yield shown_s, frame(replace(playing, t_s=t_s), size, look)
