"""Charts as files: a page that needs no network, or a picture, by the ending of the file's name.

What to watch: Altair and vl-convert do not come with loopfork but with its extra ``[report]``, and they are loaded only
when something is drawn.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from simulator.app.refusal import RefusalError

if TYPE_CHECKING:
    import altair as alt

Format = Literal["html", "svg", "png"]
SHARP = 2.0
"""Pixels of a picture for each point of the chart."""
NEEDED = ("altair", "vl_convert")


def format_of(path: Path) -> Format:
    """What to draw. Raises RefusalError for an ending that says nothing, and where nothing can be drawn at all."""
    ending = path.suffix.removeprefix(".").lower()
    if ending not in get_args(Format):
        known = ", ".join(f".{each}" for each in get_args(Format))
        raise RefusalError(f"--report {path}: expected a name that ends in one of {known}")
    if not all(map(find_spec, NEEDED)):
        raise RefusalError("--report needs Altair and vl-convert. Type first: pip install 'loopfork[report]'")
    chosen: Format = ending  # type: ignore[assignment]  # it is one of them
    return chosen


def draw(chart: "alt.VConcatChart", chosen: Format, path: Path) -> None:
    """Write the chart to the path, whatever its name is."""
    if chosen == "html":
        chart.save(path, format="html", inline=True)
    elif chosen == "svg":
        chart.save(path, format="svg")
    else:
        chart.save(path, format="png", scale_factor=SHARP)
