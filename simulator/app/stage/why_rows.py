"""Why it looks as it does: one sentence about the moment, from the trace.

What to watch: while the run plays, the figures in the sentence are those of the moment, like those beside it; but one
sentence gives way to another only now and then, or nobody could read any.
"""

import re
from math import floor

from simulator.app.stage.kept import kept
from simulator.app.stage.layout import Claim, Rank, Section
from simulator.app.stage.sheet import Sheet
from simulator.app.stage.sight import Sight
from simulator.app.stage.style import Style
from simulator.app.stage.writing import clipped_lines

LABEL = " WHY "
CLAIM_ENDS = re.compile("[:;,(]")
FIGURES_S = 0.1
"""Wall seconds for which figures in the sentence stand still."""
FIGURES = re.compile(r"\b(?:all|both|of|the)\b|[\d.,]+ ?(?:us|ms|s|min|h|%)?|\s", re.IGNORECASE)
"""What may change in a sentence that stays the same."""


def why_section(sight: Sight, width: int) -> Section:
    """Up to three rows, kept free even where the sentence of the moment is short."""
    claims = (Claim(Rank.WHY_FIRST), Claim(Rank.WHY_SECOND), Claim(Rank.WHY_THIRD, int(width < 100)))
    return Section(claims=claims, draw=lambda sheet: _draw(sheet, sight))


def _draw(sheet: Sheet, sight: Sight) -> None:
    sheet.put(0, 0, LABEL, Style.ACCENT)
    lines = clipped_lines(_sentence(sight), sheet.width - len(LABEL) - 1, sheet.height, sheet.look)
    for row, line in enumerate(lines):
        sheet.put(row, len(LABEL), line, Style.TEXT)


def _sentence(sight: Sight) -> str:
    if sight.view.why is not None:
        return sight.view.why
    held, now = _why(sight, sight.read_s), _why(sight, _shortly_before(sight))
    return now if _claim(now) == _claim(held) else held


def _claim(sentence: str) -> str:
    """What a sentence says first, without its figures: as long as that stays, the rest may change."""
    return CLAIM_ENDS.split(FIGURES.sub("", sentence), maxsplit=1)[0]


def _shortly_before(sight: Sight) -> float:
    """The moment whose figures are shown: while the run plays, some times a second."""
    stride_s = FIGURES_S * sight.scene.speed
    return max(floor(sight.t_s / stride_s) * stride_s, sight.read_s) if sight.scene.playing else sight.t_s


def _why(sight: Sight, t_s: float) -> str:
    playback = sight.playback
    return kept(playback, ("why", t_s), lambda: playback.why(t_s))
