"""Runs of the shipped scenarios, made once, and scenes that show them."""

import dataclasses
from functools import cache, partial
from typing import Any

from models.profiles import MINI, PROFILES
from simulator.experiments.catalogue import catalogue
from simulator.experiments.run import run
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.painting import Painting, changes
from simulator.stage.canvas.style import DOING
from simulator.stage.scene import Scene, View
from simulator.trace.playback import Playback
from simulator.trace.table import Trace
from simulator.workload.draw import draw
from simulator.workload.load import load

KEYS = tuple(
    KeyHint(key=key, does=does)
    for key, does in (
        ("space", "play"),
        (", .", "step"),
        ("[ ]", "speed"),
        ("+ -", "workers"),
        ("n", "nginx"),
        ("k", "kill"),
        ("e", "export"),
        ("?", "help"),
        ("q", "quit"),
    )
)

ACTIVITIES = DOING
"""What a slot or a request is doing."""


@dataclasses.dataclass(frozen=True)
class Play:
    """A server under a scenario."""

    model: str
    load: str
    settings: tuple[tuple[str, Any], ...] = ()
    nginx: bool = False
    overrides: tuple[tuple[str, str], ...] = ()
    profile: str = MINI
    """Whose costs it has."""

    @property
    def title(self) -> str:
        return f"nginx + {self.model}" if self.nginx else self.model


def play(
    model: str, load: str, *, nginx: bool = False, overrides: dict[str, str] | None = None, **settings: Any
) -> Play:
    return Play(model, load, tuple(settings.items()), nginx, tuple((overrides or {}).items()))


@cache
def playback(wanted: Play) -> Playback:
    return Playback(trace_of(wanted))


def trace_of(wanted: Play, *, detail: bool = True) -> Trace:
    scenario = load(wanted.load, list(wanted.overrides))
    model, proxy = catalogue()[wanted.model], catalogue()["nginx"]
    machine = scenario.machine_with(PROFILES[wanted.profile].costs)
    plan = model.plan(model.config(**dict(wanted.settings)), machine)
    if wanted.nginx:
        plan = proxy.in_front(plan, proxy.config(), machine)
    return run(plan, draw(scenario), detail=detail, redraw=partial(draw, scenario))


def view(wanted: Play, **details: Any) -> View:
    note = ", ".join(f"{value} {name}" for name, value in wanted.settings)
    return View(playback=playback(wanted), title=wanted.title, note=note, **details)


def scene(*plays: Play, t_s: float, **details: Any) -> Scene:
    views = tuple(view(each) for each in plays)
    return Scene(**{"views": views, "load": plays[0].load, "t_s": t_s, "keys": KEYS, **details})


PREFORK = play("prefork", "slow-clients", workers=8)
NGINX = play("prefork", "slow-clients", nginx=True, workers=8)
THREADED = play("threaded", "mixed", processes=2, accept="eager")
CALLBACK = play("callback", "mixed")
MANY = play("prefork", "slow-clients", workers=40)
BEHIND = play("coroutine", "slow-clients", nginx=True)
FULL = 18.75
"""Seconds: seven of the eight workers wait for uploads then."""
LAB, SMALL = Size(120, 36), Size(80, 24)


def style_runs(grid: CellGrid, look: Look | None = None) -> int:
    """How many pieces of one look a terminal is told for the whole grid: what painting it costs."""
    return changes(Painting((look or Look()).theme).looks(grid)) + grid.height


def row_of(grid: CellGrid, text: str) -> int:
    return next(row for row in range(grid.height) if text in grid.text(row))
