"""The legend: the glyphs that can occur under the plans in sight, and no others."""

from collections.abc import Mapping, Sequence, Set

from simulator.app.stage.kept import still
from simulator.app.stage.layout import Claim, Rank, Section
from simulator.app.stage.marks import LEGEND
from simulator.app.stage.pieces import Piece, piece, put_line
from simulator.app.stage.sheet import Sheet
from simulator.app.stage.sight import Sight
from simulator.app.stage.style import Style


def legend_section(sights: Sequence[Sight]) -> Section:
    """One row."""
    return Section(claims=(Claim(Rank.LEGEND),), draw=lambda sheet: _draw(sheet, sights))


def _draw(sheet: Sheet, sights: Sequence[Sight]) -> None:
    if sights:
        styles = frozenset(style for sight in sights for style in sight.fittings.styles)
        still(sheet, sights[0].playback, ("legend", styles), lambda part: _draw_styles(part, styles))


def _draw_styles(sheet: Sheet, styles: Set[Style]) -> None:
    pieces = _entries(sheet, {style: mark.legend for style, mark in LEGEND.items() if style in styles})
    if sum(each.width + 2 for each in pieces) > sheet.width:
        pieces = _entries(sheet, {style: mark.short for style, mark in LEGEND.items() if style in styles})
    put_line(sheet, 0, pieces)


def _entries(sheet: Sheet, words: Mapping[Style, str]) -> list[Piece]:
    return [piece((sheet.look.glyph(style), style), (f" {text}", Style.DIM)) for style, text in words.items()]
