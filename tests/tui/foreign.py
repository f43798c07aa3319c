"""Whole screens of the running program, as cells, in whatever language is spoken."""

import asyncio
from collections.abc import Mapping

from simulator.lab.history import Result
from simulator.lab.lab import open_lab
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import Look
from simulator.tui.app import StageApp
from simulator.tui.screen import GridScreen
from tests.tui.labs import ManualClock, shown

SCREENS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "home": ((), ()),
    "help of the first screen": ((), ("question_mark",)),
    "stage": (("prefork:workers=8",), ()),
    "event loop": (("coroutine",), ()),
    "threads": (("threaded:processes=2,threads=4,accept=eager",), ()),
    "proxy": (("prefork+nginx:workers=8",), ()),
    "two servers": (("prefork:workers=8", "callback"), ()),
    "all keys": (("prefork:workers=8",), ("question_mark",)),
    "help": (("prefork:workers=8",), ("question_mark", "question_mark")),
    "help scrolled": (("prefork:workers=8",), ("f1", "f1", *["pagedown"] * 6)),
    "knobs": (("prefork+nginx:workers=8",), ("k", "a", *["down"] * 4)),
    "an entry": (("threaded",), ("k", "b", "f", "greater_than_sign", "a", "up")),
    "one request": (("prefork:workers=8",), ("down", "enter")),
    "charts": (("prefork:workers=8", "callback"), ("h",)),
    "one chart": (("prefork:workers=8",), ("h", "tab")),
    "saving": (("threaded",), ("e", "down", "down", "down")),
    "card": (("prefork:workers=8",), ("w",)),
    "a moment": (("coroutine",), ("j", "j")),
    "a mistake": (("coroutine",), ("S", "S", "S", "S", "S", "S", "S", "S", "S")),
}
"""The servers, as after ``simulate compare``, and the keys."""
SIZES = ((80, 24), (120, 36), (200, 50))


def screen(name: str, size: tuple[int, int], look: Look, load: str = "slow-clients", t_s: float = 18.75) -> CellGrid:
    """The cells of a screen."""
    servers, keys = SCREENS[name]
    return after(shown(*servers, load=load) if servers else None, keys, size, look, t_s)


def after(run: Result | None, keys: tuple[str, ...], size: tuple[int, int], look: Look, t_s: float) -> CellGrid:
    """The cells that are shown of a run after some keys; without one, of the first screen."""
    now = ManualClock()
    lab = open_lab(run, now) if run is not None else None
    if lab is not None:
        lab.playhead.seek(t_s)
    app = StageApp(lab, look, fps=1, now=now)

    async def played() -> CellGrid:
        async with app.run_test(size=size) as pilot:
            for key in keys:
                await pilot.press(key)
            await app.workers.wait_for_complete()
            await pilot.pause()
            seen = app.screen
            assert isinstance(seen, GridScreen)
            seen.tick()
            assert seen.canvas.grid is not None
            return seen.canvas.grid

    return asyncio.run(played())
