"""The line at the top: under which load, at which moment, how fast, and what has been turned."""

from simulator.app.stage.figures import clock, fixed_rate
from simulator.app.stage.layout import Claim, Rank, Section
from simulator.app.stage.pieces import piece, put_line
from simulator.app.stage.recent import recent
from simulator.app.stage.scene import Scene
from simulator.app.stage.sheet import Sheet
from simulator.app.stage.sight import Sight
from simulator.app.stage.style import Style

BULLET = "·"
"""Between knobs; not every terminal can show it."""


def top_section(scene: Scene, sights: list[Sight]) -> Section:
    """One row."""
    return Section(claims=(Claim(Rank.TOP),), draw=lambda sheet: _draw(sheet, scene, sights))


def _draw(sheet: Sheet, scene: Scene, sights: list[Sight]) -> None:
    glyphs = sheet.look.glyphs
    sheet.grid.fill(0, 0, 1, sheet.width, style=Style.TITLE)
    state = f"{glyphs.play if scene.playing else glyphs.pause} {speed_text(scene.speed, glyphs.times)}"
    time = clock(scene.now_s).rjust(len(clock(scene.end_s)))
    names = " / ".join(sights_titles(scene))
    words = [(scene.load, 2), (names, 4), (state, 1), (time, 0)]
    if sights and sights[0].t_s > 0.0:
        words.append((f"arrivals {fixed_rate(arrivals_rps(sights[0]))}", 3))
    words.append((scene.knobs.replace(BULLET, glyphs.bullet), 5))
    put_line(sheet, 0, [piece((text, Style.TITLE), rank=rank) for text, rank in words if text], gap=3)


def sights_titles(scene: Scene) -> list[str]:
    """The names of the views."""
    return [view.title for view in scene.views]


def speed_text(speed: float, times: str) -> str:
    """``x0.25``, always as wide."""
    return f"{times}{speed:g}".ljust(6)


def arrivals_rps(sight: Sight) -> float:
    """Requests per second, over the last few seconds."""
    return recent(sight, "arrivals_rps")
