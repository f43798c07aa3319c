"""What one would see: the stage of a server at the moment that matters, for the first screen.

What to watch: it takes as long as a run and a picture of it, so whoever wants one asks for it beside the screen.
"""

from dataclasses import replace
from functools import lru_cache

from simulator.experiments.run import run_checked
from simulator.experiments.setup import prepared
from simulator.lab.first_moment import LEAD_S, first_moment
from simulator.lab.history import Result
from simulator.lab.home_menus import Prospect
from simulator.lab.lab import open_lab
from simulator.lab.scenes import scene
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.look import Look
from simulator.stage.frame import frame
from simulator.words.language import tell
from simulator.words.numbers import short_duration

KEPT = 12
"""Runs that are remembered: to go back to a line is to see it at once."""


def preview(of: Prospect, size: Size, look: Look) -> tuple[CellGrid, str]:
    """The picture of the first server, and whose it is. Raises RefusalError or InvariantError where it cannot be."""
    lab = open_lab(_run(replace(of, setup=replace(of.setup, sides=of.setup.sides[:1]))))
    at_s = of.question.worst_s if of.question else first_moment(lab.shown.playbacks) + LEAD_S
    lab.playhead.seek(at_s)
    about = tell("{server} at {time}", server=of.setup.sides[0].title, time=short_duration(lab.playhead.t_s))
    return frame(scene(lab), size, look), about


@lru_cache(KEPT)
def _run(of: Prospect) -> Result:
    ready = prepared(of.setup)
    return Result.of(run_checked(ready, detail=True), ready)
