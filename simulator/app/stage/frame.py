"""A frame: a scene as a grid of cells. Nothing else decides what it looks like.

There is no clock in it, and what is kept from one frame to the next only saves time.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from math import ceil

from simulator.app.stage.fittings import fittings
from simulator.app.stage.grid import CellGrid
from simulator.app.stage.key_bar import key_section, message_section
from simulator.app.stage.layout import (
    Claim,
    Rank,
    Section,
    Withheld,
    claims_of,
    granted_beside,
    heights,
    stack,
    together,
)
from simulator.app.stage.legend_row import legend_section
from simulator.app.stage.log_rows import log_section
from simulator.app.stage.look import Look
from simulator.app.stage.scene import LaneRef, Scene, Size, View
from simulator.app.stage.sheet import Sheet
from simulator.app.stage.sight import Sight
from simulator.app.stage.style import Style
from simulator.app.stage.target import Target
from simulator.app.stage.time_bar import time_sections
from simulator.app.stage.top_line import top_section
from simulator.app.stage.view_sections import draw_view, view_sections

LEAST_WIDTH = 55
"""Views stand side by side where each is at least so wide."""


def frame(scene: Scene, size: Size, look: Look) -> CellGrid:
    """The picture of a scene, exactly as large as asked; any size will do, down to nothing."""
    return _drawn(scene, size, look).grid


def target_at(scene: Scene, size: Size, row: int, col: int) -> Target | None:
    """What lies under a cell of ``frame(scene, size, ...)``; None where there is nothing to point at."""
    return _drawn(scene, size, Look()).target(row, col)


def lane_count(view: View) -> int:
    """Lanes of a view in all, shown or not."""
    return len(lanes_of(view))


def lanes_of(view: View) -> tuple[LaneRef, ...]:
    """The lanes of a view, top to bottom."""
    return fittings(view.playback).lanes


def visible_lanes(scene: Scene, size: Size, view: int) -> range:
    """The lanes of a view that are drawn one by one, counted through all groups."""
    return _drawn(scene, size, Look()).lanes.get(view, range(0))


def _drawn(scene: Scene, size: Size, look: Look) -> Sheet:
    sheet = Sheet(*size, look)
    if sheet.width and sheet.height:
        sights = [Sight(scene=scene, number=number) for number in scene.shown]
        above, log = list(_upper(scene, sights, sheet.width)), log_section(sights)
        below = [legend_section(sights), *time_sections(sights), key_section(scene)]
        sections = [*above, log, *below]
        if scene.message and not heights(sections, sheet.height)[len(above)]:
            sections[-1] = message_section(scene)
        stack(sheet, sections)
    return sheet


def _upper(scene: Scene, sights: list[Sight], width: int) -> Iterator[Section]:
    """The top line and the views."""
    yield top_section(scene, sights)
    blocks = ceil(len(sights) / max(width // LEAST_WIDTH, 1))
    beside = ceil(len(sights) / max(blocks, 1))  # four are two and two, not three and one
    for first in range(0, len(sights), max(beside, 1)):
        if first:
            yield Section(claims=(Claim(Rank.RULE),), draw=_rule)
        yield _block(sights[first : first + beside], width)
    yield Section(claims=(Claim(Rank.RULE),), draw=_rule)


def _block(row: Sequence[Sight], width: int) -> Section:
    """Views side by side."""
    narrowest = min(_widths(width, len(row)))  # one column more or less must not make views unlike
    columns = [view_sections(sight, narrowest) for sight in row]
    divide = partial(_draw_block, row=row, columns=columns)
    return Section(claims=together(columns), divide=divide, stretches=True)


def _widths(width: int, count: int) -> list[int]:
    """Equal parts, with a column for the rule between each two."""
    inner = max(width - (count - 1), 0)
    return [inner // count + (i < inner % count) for i in range(count)]


def _draw_block(
    sheet: Sheet, withheld: Withheld, *, row: Sequence[Sight], columns: Sequence[Sequence[Section]]
) -> None:
    shares = granted_beside(claims_of(columns), sheet.height, withheld)
    col = 0
    for sight, sections, granted, width in zip(row, columns, shares, _widths(sheet.width, len(row)), strict=True):
        if col:
            sheet.grid.fill(0, col - 1, sheet.height, 1, sheet.look.glyphs.vertical, style=Style.RULE)
        part = sheet.part(0, col, width, sheet.height)
        draw_view(part, sight, sections, granted)
        sheet.paste(part)
        col += width + 1


def _rule(sheet: Sheet) -> None:
    sheet.grid.fill(0, 0, 1, sheet.width, sheet.look.glyphs.horizontal, style=Style.RULE)
