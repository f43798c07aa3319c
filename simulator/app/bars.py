"""Bars split by what was going on: every state has its own colour, and its own hatching where there is no colour."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.text import Text

from simulator.app.amounts import percent
from simulator.app.stage.style import PICTURES
from simulator.app.terminal import GLUE


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is drawn."""

    glyph: str
    style: str


LOOKS: dict[str, Look] = {
    **{state: Look(picture.hatching, picture.colour) for state, picture in PICTURES.items()},
    "down": Look("╌", "bright_black"),
    "idle": Look("·", "bright_black"),
}
UNKNOWN = Look("•", "white")


def look(state: str) -> Look:
    """How to draw a state, be it one of ``State``, ``down`` or ``idle``."""
    return LOOKS.get(state, UNKNOWN)


def split_bar(split: Mapping[str, float], width: int) -> Text:
    """A bar of exactly ``width`` cells; every state gets its share, rounded so that the sum fits."""
    bar = Text()
    for state, cells in zip(split, _cells(list(split.values()), width), strict=True):
        bar.append(look(state).glyph * cells, look(state).style)
    return bar


def legend(split: Mapping[str, float]) -> list[Text]:
    """What the parts of a bar mean, the largest first; what is less than half a percent is left out."""
    shown = sorted((item for item in split.items() if item[1] >= 0.005), key=lambda item: -item[1])
    return [
        Text.assemble((look(state).glyph, look(state).style), f" {percent(share)} {state}".replace(" ", GLUE))
        for state, share in shown
    ]


def _cells(shares: list[float], width: int) -> list[int]:
    """Largest remainders: whole cells that sum to the width wherever the shares sum to one."""
    total = sum(shares)
    if total <= 0.0:
        return [0 for _ in shares]
    exact = [share / max(total, 1.0) * width for share in shares]
    cells = [int(value) for value in exact]
    missing = round(sum(exact)) - sum(cells)
    by_rest = sorted(range(len(exact)), key=lambda i: cells[i] - exact[i])
    for i in by_rest[:missing]:
        cells[i] += 1
    return cells
