"""The stage: what a frame costs, how soon a turned knob shows, and how long a jump takes in a very long run."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice, product

import models.coroutine.config
import models.coroutine.model
from models.prefork.config import Config
from models.prefork.model import plan
from simulator.experiments.run import run
from simulator.plan import Plan
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.painting import Painting
from simulator.stage.frame import frame
from simulator.stage.scene import Scene, View
from simulator.trace.playback import Playback
from simulator.workload.draw import draw
from simulator.workload.load import load
from simulator.workload.table import Workload
from tests.bench.clock import Spent, in_turn, spent
from tests.bench.figure import Figure
from tests.bench.sizes import Sizes
from tests.stage.plays import play, scene, style_runs

SIZE = Size(160, 45)
LANES = 64
CORES = 8
RATE = 480
"""Requests per second under which about 500 are in the system."""
START_S, FRAMES_PER_S = 40.0, 30
MOST_OF_A_CORE = 40
"""Per cent."""
MOST_RUNS = 1500
LARGE = Size(240, 67)
BUSY = (("threaded", "crash"), ("prefork", "spike"), ("threaded", "mixed"))
"""Servers and loads whose frames have the most pieces."""
MOMENTS_S = (20.55, 26.0, 41.0)
MOST_MS = 100
"""From a key press, or a click on the time bar, to the new picture."""
LONG_RATE = 1667
"""A million requests in ten minutes."""
JUMPS = 7
LOOP = 100_000


@dataclass(frozen=True, eq=False)
class Deployment:
    """A server and its load: prefork under slow clients, or whatever else is said."""

    plan: Plan
    workload: Workload
    name: str = "prefork"

    @classmethod
    def of(cls, requests: int, rate: float, workers: int, cores: int) -> "Deployment":
        """About so many requests."""
        changed = {"duration": f"{requests / rate} s", "warmup": "0 s"}
        changed |= {"arrivals.rate": str(rate), "machine.cores": str(cores)}
        scenario = load("slow-clients", list(changed.items()))
        return cls(plan(Config(workers=workers, backlog=1024), scenario.machine), draw(scenario))

    @classmethod
    def loop(cls, requests: int) -> "Deployment":
        """An event loop, of which every turn is recorded."""
        rate = 40.0
        scenario = load(
            "mixed", [("duration", f"{requests / rate} s"), ("warmup", "0 s"), ("arrivals.rate", str(rate))]
        )
        made = models.coroutine.model.plan(models.coroutine.config.Config(), scenario.machine)
        return cls(made, draw(scenario), "coroutine")

    def view(self) -> View:
        """The run, made anew."""
        playback = Playback(run(self.plan, self.workload, detail=True))
        return View(playback=playback, title=self.name)


def figures(sizes: Sizes) -> Iterator[Figure]:
    """The rows of all four."""
    yield from _frames(Deployment.of(max(sizes.knob, 45 * RATE), RATE, LANES, CORES).view(), sizes)
    yield from _large()
    for deployment in (Deployment.of(sizes.knob, RATE, LANES, CORES), Deployment.loop(sizes.knob)):
        yield _knob(deployment, sizes.rounds)
    for what, workers, cores in (("keeping up", 512, 64), ("overloaded", 8, 4)):
        yield _jumps(Deployment.of(sizes.many, LONG_RATE, workers, cores).view(), what)


def _picture(view: View, t_s: float, *, playing: bool = False) -> CellGrid:
    return frame(Scene(views=(view,), load="slow-clients", t_s=t_s, playing=playing), SIZE, Look())


def _frames(view: View, sizes: Sizes) -> Iterator[Figure]:
    """A second of playing for each repetition, every frame with the changed rows as runs of one style."""
    pictures, painting = [_picture(view, START_S, playing=True)], Painting(Look().theme)
    times = (START_S + i / FRAMES_PER_S for i in range(1, 1 + FRAMES_PER_S * sizes.rounds))

    def play() -> None:
        for t_s in islice(times, FRAMES_PER_S):
            pictures.append(_picture(view, t_s, playing=True))
            looks = painting.looks(pictures[-1])
            for row in pictures[-1].changed_rows(pictures[-2]):
                pictures[-1].pieces(row, looks[row])

    frames, loops = in_turn(sizes.rounds, play, lambda: sum(i * i % 7 for i in range(LOOP)))
    present = len(view.playback.at(START_S).present)
    yield _figure(
        f"a frame, {SIZE.width}x{SIZE.height}, {LANES} lanes, {present} requests", frames, "ms", 1000 / FRAMES_PER_S
    )
    share = _figure(f"share of a core at {FRAMES_PER_S} frames/s", frames, "%", 100, at_most=MOST_OF_A_CORE)
    yield share
    yield _figure(f"Python adding {LOOP:,} numbers, to compare", loops, "ms", 1000)
    yield _runs("style runs in a frame, the most", pictures)


def _large() -> Iterator[Figure]:
    """What a terminal over a whole screen has to paint: one server, and the same beside itself behind nginx."""
    pictures = []
    for model, load_name in BUSY:
        plays = play(model, load_name), play(model, load_name, nginx=True)
        for shown, t_s in product((plays[:1], plays), MOMENTS_S):
            pictures.append(frame(scene(*shown, t_s=t_s), LARGE, Look()))
    yield _runs(f"style runs in a frame of {LARGE.width}x{LARGE.height}, the most", pictures)


def _runs(what: str, pictures: list[CellGrid]) -> Figure:
    return Figure(what=what, values=(max(map(style_runs, pictures)),), at_most=MOST_RUNS)


def _figure(what: str, taken: list[Spent], unit: str, each: float, at_most: float | None = None) -> Figure:
    values = tuple(s.cpu * each for s in taken)
    return Figure(what=what, values=values, elapsed=tuple(s.elapsed * each for s in taken), unit=unit, at_most=at_most)


def _knob(deployment: Deployment, rounds: int) -> Figure:
    """A run with everything that the stage shows, made ready and drawn: what every turn of a knob does."""
    middle = deployment.workload.duration / 2
    _picture(deployment.view(), middle)  # what only the first picture pays for
    taken = in_turn(rounds, lambda: _picture(deployment.view(), middle))[0]
    what = f"knob to picture, {deployment.name}, {len(deployment.workload):,} requests"
    return _figure(what, taken, "ms", 1000, at_most=MOST_MS)


def _jumps(view: View, what: str) -> Figure:
    """Pictures of moments far apart, none of which was looked at before."""
    end_s = view.playback.end_s
    _picture(view, end_s / 2)  # what is worked out once for the whole run
    moments = islice(cycle((0.13, 0.87, 0.31, 0.64, 0.23, 0.93, 0.41)), JUMPS)
    taken = [spent(partial(_picture, view, share * end_s)) for share in moments]
    return _figure(f"jump in {len(view.playback.trace):,} requests, {what}", taken, "ms", 1000, at_most=MOST_MS)
