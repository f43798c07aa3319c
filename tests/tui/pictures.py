"""Kept pictures of whole screens of the running program, as SVG: what a person would see after these keys."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from simulator.lab.lab import open_lab
from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.look import THEMES, Look
from simulator.stage.canvas.svg import svg
from simulator.tui import home_screen, lab_screen
from simulator.tui.app import StageApp
from simulator.tui.screen import GridScreen
from tests.tui.labs import ManualClock, shown

DARK = Look()
FOLDER = Path(__file__).parent / "pictures"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One picture."""

    servers: tuple[str, ...] = ()
    """Written as after ``simulate compare``; none for the first screen."""
    t_s: float = 18.75
    lane: int | None = None
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = (120, 36)
    look: Look = DARK

    def drawn(self) -> str:
        now = ManualClock()
        lab = open_lab(shown(*self.servers, load="slow-clients"), now) if self.servers else None
        if lab is not None:
            lab.playhead.seek(self.t_s)
            lab.change_pane(lane=self.lane)
        app = StageApp(lab, self.look, fps=1, now=now)

        async def played() -> str:
            async with app.run_test(size=self.size) as pilot:
                for key in self.keys:
                    await pilot.press(key)
                await app.workers.wait_for_complete()
                await pilot.pause()
                screen = app.screen
                assert isinstance(screen, GridScreen)
                assert screen.canvas.grid is not None
                return svg(screen.canvas.grid, self.look, title=screen.about)

        # The stage beside it has pictures of its own, and nobody's last time belongs into one.
        with patch.object(home_screen, "LOAD_AFTER_S", 3600.0), patch.object(lab_screen, "remember"):
            return asyncio.run(played())


PICTURES: Mapping[str, Kept] = {
    "first-screen": Kept(),
    "knobs-and-a-killed-worker": Kept(servers=("prefork:workers=8",), lane=2, keys=("k", "right", "a", "down", "down")),
    "two-servers-one-behind-nginx": Kept(
        servers=("prefork:workers=8", "coroutine"), keys=("n", "tab"), look=Look(theme=THEMES["light"])
    ),
    "saving-in-ascii": Kept(
        servers=("threaded:threads=8",), keys=("e", "down", "down", "down"), size=(80, 24), look=Look(glyphs=ASCII)
    ),
    "source-beside-the-stage": Kept(servers=("prefork:workers=4",), keys=("v",), size=(160, 45)),
}


def path_of(name: str) -> Path:
    return FOLDER / f"{name}.svg"
