"""The screens around the stage: first screen, one request, charts, source, help."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint
from simulator.stage.canvas.look import Look
from simulator.stage.charts import Chart, Charts, charts
from simulator.stage.code import code_of
from simulator.stage.help import Help, KeyGroup, help_screen
from simulator.stage.home import Asked, Choice, Home, Menu, home
from simulator.stage.plot import Figures
from simulator.stage.source import Source, source
from simulator.stage.waterfall import waterfall
from simulator.trace.playback.life_story import LifeStories, LifeStory
from tests.stage.plays import Play, play, playback

KEYS = tuple(
    KeyHint(key=key, does=does) for key, does in (("tab", "next"), ("enter", "look"), ("?", "help"), ("q", "quit"))
)
Screen = Callable[[Size, Look], CellGrid]

HOME = Home(
    start=Asked(
        asks="Two servers, the same visitors",
        short="Two servers",
        about="You see who waits for whom.",
        sees="Watch the workers: each listens to a slow phone, all others queue.",
    ),
    questions=tuple(
        Asked(
            asks=f"Why does my site hang, {n} times in a row?", short="Why?", about=f"in front {n}", sees=f"Watch {n}."
        )
        for n in range(1, 5)
    ),
    menus=(
        Menu(
            title="load",
            choices=(
                Choice(name="slow-clients", idea="One visitor in five is on a bad phone line."),
                Choice(
                    name="慢速客户",
                    idea="五分之一的访客使用很差的电话线路。他们上传的照片要花好几秒钟。这段时间里工作进程一直被占用。",
                ),
            ),
            selected=1,
        ),
        Menu(
            title="server",
            choices=(
                Choice(name="prefork", idea="Forked workers, one connection each from accept to close."),
                Choice(name="callback", idea="An event loop that runs callbacks."),
            ),
        ),
    ),
    keys=KEYS,
    begin=KeyHint(key="enter", does="begin", action="inspect"),
    command="simulate --model prefork --load slow-clients --watch",
)
HELP = Help(
    about="lab",
    groups=(
        KeyGroup(title="time", keys=(("space", "play, pause"), (", .", "one event back, forward"))),
        KeyGroup(title="server", keys=(("n", "nginx in front, or not"), ("k", "kill the selected worker"))),
    ),
)
SLOW = play("prefork", "slow-clients", workers=4, overrides={"duration": "30 s"})
LOOP = play("callback", "mixed", overrides={"duration": "30 s"})
FULL = play("prefork", "spike", backlog=32, overrides={"duration": "30 s", "arrivals.rate": "60"})
PROXIED = play("prefork", "slow-clients", nginx=True, overrides={"duration": "10 s"})


@cache
def slowest(wanted: Play) -> LifeStory:
    """The life of the completed request that took longest."""
    trace = playback(wanted).trace
    return LifeStories(trace).of(int(np.nanargmax(np.where(trace.outcome == 1, trace.finished - trace.arrival, -1.0))))


@cache
def most_retried(wanted: Play) -> LifeStory:
    """The life of the request that repeated its SYN most often."""
    trace = playback(wanted).trace
    return LifeStories(trace).of(int(trace.syn_retries.argmax()))


def _life(told: Callable[[Play], LifeStory], wanted: Play) -> Screen:
    return lambda size, look: waterfall(told(wanted), size, look, t_s=told(wanted).arrival_s + 0.1, keys=KEYS)


def _charts(*plays: Play, shown: Chart | None = None) -> Screen:
    def screen(size: Size, look: Look) -> CellGrid:
        runs = tuple(Figures(playback(each), f"{'ABCD'[i]} {each.title}") for i, each in enumerate(plays))
        return charts(Charts(runs=runs, load=plays[0].load, shown=shown, t_s=12.0, keys=KEYS), size, look)

    return screen


def _source(wanted: Play, *active: str) -> Screen:
    fronts = ("nginx",) if wanted.nginx else ()
    code = cache(lambda: code_of(wanted.model, "", fronts, playback(wanted).trace.places))
    return lambda size, look: source(Source(code=code(), active=active, keys=KEYS), size, look)


SCREENS: Mapping[str, Screen] = {
    "home": lambda size, look: home(HOME, size, look),
    "help": lambda size, look: help_screen(HELP, size, look),
    "life-slow-client": _life(slowest, SLOW),
    "life-behind-others": _life(slowest, LOOP),
    "life-full-backlog": _life(most_retried, FULL),
    "charts-one": _charts(SLOW),
    "charts-two": _charts(SLOW, LOOP),
    **{f"chart-{chart.name.lower()}": _charts(SLOW, LOOP, shown=chart) for chart in Chart},
    "source": _source(SLOW, "accept worker", "receive"),
    "source-proxied": _source(PROXIED, "receive", "handle.2"),
}
