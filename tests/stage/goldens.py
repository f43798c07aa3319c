"""The few pictures that are kept as text, so that whoever changes the look sees what changed, and approves of it.

Every kind of section, both sets of glyphs, narrow and wide, and every screen are among them once; all else is claimed
by tests in words. Below the characters of a picture stand the letters of its styles.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from simulator.stage.canvas.glyphs import ASCII, UNICODE
from simulator.stage.canvas.grid import CellGrid, Size, plain
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.svg import svg
from simulator.stage.frame import frame
from tests.stage.plays import FULL, LAB, NGINX, PREFORK, SMALL, Play, play, scene
from tests.stage.screens import SCREENS, Screen

FOLDER = Path(__file__).parent / "goldens"
HINT = "if this is meant: python -m tests.stage.refresh"
README_PICTURE = Path(__file__).parents[2] / "docs" / "stage.svg"
README_S = 20.5
"""All eight workers are held by phones: half of these upload, half have yet to close."""
LETTERS = (
    ".-T=|kngbwaCSBtuvxyzGcdefh______i0UPlkqID3+!X#oQ$"
    "_VHJ___________12345678*_______sjrpNFUIDYmmLBPo____WWWWWW____1234567"
)
"""One for each number of a style; chrome may share some, what a slot does may not."""
LOOK = Look(UNICODE)


@dataclass(frozen=True, kw_only=True)
class Golden:
    """One picture."""

    draw: Screen
    size: Size = LAB
    look: Look = LOOK
    styles: bool = True
    """Whether its styles are kept too; those of code are whatever Pygments makes of it."""

    def text(self) -> str:
        grid = self.draw(self.size, self.look)
        return f"{plain(grid)}\n{as_styles(grid)}" if self.styles else plain(grid)


def stage(*plays: Play, t_s: float, column_s: float = 0.05) -> Screen:
    return lambda size, look: frame(scene(*plays, t_s=t_s, column_s=column_s), size, look)


CROWDED = play("prefork", "spike", backlog=32, overrides={"arrivals.rate": "60"})
GOLDENS: Mapping[str, Golden] = {
    "stage-blocked-loop": Golden(draw=stage(play("callback", "mixed"), t_s=29.88, column_s=0.01)),
    "stage-two-servers": Golden(draw=stage(PREFORK, NGINX, t_s=FULL)),
    "stage-crash": Golden(draw=stage(play("prefork", "crash"), t_s=20.5), size=SMALL),
    "stage-gil-in-ascii": Golden(
        draw=stage(play("threaded", "cpu-heavy", threads=4), t_s=12.0, column_s=0.001), look=Look(ASCII)
    ),
    "stage-gave-up-wide": Golden(draw=stage(play("prefork", "spike", workers=4), t_s=33.0), size=Size(200, 50)),
    "stage-full-backlog-narrow": Golden(draw=stage(CROWDED, t_s=26.0), size=Size(40, 12)),
    "home": Golden(draw=SCREENS["home"], size=SMALL),
    "help-in-ascii": Golden(draw=SCREENS["help"], size=SMALL, look=Look(ASCII)),
    "life": Golden(draw=SCREENS["life-full-backlog"]),
    "charts": Golden(draw=SCREENS["charts-two"]),
    "source": Golden(draw=SCREENS["source-proxied"], styles=False),
}


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.txt"


def readme_picture() -> str:
    """What README shows of the screen: what is seen by whoever types the command that stands above it."""
    grid = frame(scene(replace(PREFORK, profile="gunicorn-sync"), t_s=README_S), LAB, LOOK)
    return svg(grid, LOOK, title=f"Eight prefork workers under slow clients, at {README_S} s of the run")


def as_styles(grid: CellGrid) -> str:
    """The letter of each cell's style."""
    return "".join("".join(LETTERS[code] for code in row).rstrip(".") + "\n" for row in grid.styles.tolist())


def letter(style: Style) -> str:
    return LETTERS[style]
