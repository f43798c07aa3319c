"""The pictures that are kept: every shipped scenario with a server that fits it, as text, and its styles as letters."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from simulator.stage.canvas.glyphs import ASCII, UNICODE
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.svg import svg
from simulator.stage.frame import frame
from tests.stage.plays import Play, play, scene

FOLDER = Path(__file__).parent / "frames"
HINT = "if this is meant: python -m tests.stage.refresh"
README_PICTURE = Path(__file__).parents[2] / "docs" / "stage.svg"
SIZES = (Size(120, 36), Size(80, 24), Size(40, 12))
LARGE = Size(240, 67)
LETTERS = ".-T=|kngbwaCSBtuvxyzGcdefh______i0UPlkqID3+!X#"
"""One for each number of a style; chrome may share some, what a slot does may not."""

SHOWN: dict[str, tuple[float, tuple[Play, ...]]] = {
    "steady": (30.0, (play("prefork", "steady"),)),
    "slow-clients": (18.75, (play("prefork", "slow-clients", workers=8),)),
    "slow-clients-nginx": (
        18.75,
        (play("prefork", "slow-clients", workers=8), play("prefork", "slow-clients", nginx=True, workers=8)),
    ),
    "io-heavy": (30.0, (play("threaded", "io-heavy", threads=8),)),
    "cpu-heavy": (30.0, (play("threaded", "cpu-heavy", processes=2, accept="eager"),)),
    "mixed": (29.88, (play("callback", "mixed"), play("prefork", "mixed"))),
    "spike": (26.0, (play("prefork", "spike", backlog=32, overrides={"arrivals.rate": "60"}),)),
    "crash": (20.5, (play("prefork", "crash"), play("callback", "crash"))),
    "think-time": (30.0, (play("coroutine", "think-time"), play("dev-server", "think-time"))),
}


@dataclass(frozen=True)
class Golden:
    """One picture."""

    name: str
    size: Size
    look: Look

    @property
    def stem(self) -> str:
        ascii_only = "-ascii" if self.look.glyphs is ASCII else ""
        return f"{self.name}-{self.size.width}x{self.size.height}{ascii_only}"

    def drawn(self) -> CellGrid:
        t_s, plays = SHOWN[self.name]
        return frame(scene(*plays, t_s=t_s), self.size, self.look)


def goldens() -> Iterator[Golden]:
    for name in SHOWN:
        yield from (Golden(name, size, Look(UNICODE)) for size in SIZES)
    yield Golden("slow-clients", Size(80, 24), Look(ASCII))
    yield Golden("mixed", Size(120, 36), Look(ASCII))
    yield Golden("slow-clients-nginx", LARGE, Look(UNICODE))
    yield Golden("mixed", LARGE, Look(UNICODE))


def readme_picture() -> str:
    """What README shows of the screen."""
    golden = Golden("slow-clients", SIZES[0], Look(UNICODE))
    return svg(golden.drawn(), golden.look, title="Eight prefork workers under slow clients, at 18.75 s of the run")


def as_text(grid: CellGrid) -> str:
    return "".join(f"{grid.text(row).rstrip()}\n" for row in range(grid.height))


def as_styles(grid: CellGrid) -> str:
    """The letter of each cell's style."""
    return "".join("".join(LETTERS[code] for code in row).rstrip(".") + "\n" for row in grid.styles.tolist())


def letter(style: Style) -> str:
    return LETTERS[style]
