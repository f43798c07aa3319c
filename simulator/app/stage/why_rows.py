"""Why it looks as it does: one sentence about the moment, from the trace."""

from simulator.app.stage.kept import kept
from simulator.app.stage.layout import Claim, Rank, Section
from simulator.app.stage.sheet import Sheet
from simulator.app.stage.sight import Sight
from simulator.app.stage.style import Style
from simulator.app.stage.writing import clipped_lines

LABEL = " WHY "


def why_section(sight: Sight, width: int) -> Section:
    """Up to three rows, kept free even where the sentence of the moment is short."""
    claims = (Claim(Rank.WHY_FIRST), Claim(Rank.WHY_SECOND), Claim(Rank.WHY_THIRD, int(width < 100)))
    return Section(claims=claims, draw=lambda sheet: _draw(sheet, sight))


def _draw(sheet: Sheet, sight: Sight) -> None:
    sheet.put(0, 0, LABEL, Style.ACCENT)
    playback, read_s = sight.playback, sight.read_s
    text = sight.view.why
    if text is None:
        text = kept(playback, ("why", read_s), lambda: playback.why(read_s))
    lines = clipped_lines(text, sheet.width - len(LABEL) - 1, sheet.height, sheet.look)
    for row, line in enumerate(lines):
        sheet.put(row, len(LABEL), line, Style.TEXT)
