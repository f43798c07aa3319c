"""A view from top to bottom: its head, the queues on the way in, the lanes, and what came of it."""

from collections.abc import Mapping, Sequence

from simulator.app.stage.client_row import client_section
from simulator.app.stage.lane_rows import axis_section, lane_section
from simulator.app.stage.layout import Claim, Rank, Section, stack
from simulator.app.stage.meter_row import meter_section
from simulator.app.stage.parked_rows import parked_sections
from simulator.app.stage.proxy_rows import proxy_sections
from simulator.app.stage.queue_rows import backlog_sections, pool_queue_sections
from simulator.app.stage.sheet import Area, Sheet
from simulator.app.stage.sight import Sight
from simulator.app.stage.sparks import own_section, spark_sections
from simulator.app.stage.target import Target, ViewTarget
from simulator.app.stage.view_header import header_sections
from simulator.app.stage.why_rows import why_section

WIDE = 100
"""In narrower views a sentence has rows of its own to spare, which part it from what follows."""


def view_sections(sight: Sight, width: int) -> list[Section]:
    """The sections of a view; which there are follows from its plan."""
    backlogs = list(backlog_sections(sight))
    return [
        *header_sections(sight),
        why_section(sight, width),
        *([_space()] if width >= WIDE else []),
        client_section(sight),
        *backlogs[:-1],
        *proxy_sections(sight),
        *backlogs[-1:],
        *pool_queue_sections(sight),
        _space(),
        lane_section(sight),
        axis_section(sight),
        *parked_sections(sight),
        meter_section(sight),
        own_section(sight, width),
        *spark_sections(sight, width),
    ]


def draw_view(sheet: Sheet, sight: Sight, sections: Sequence[Section], granted: Mapping[Rank, int]) -> None:
    """Draw the sections of a view onto a sheet of its own, with so many rows of each rank."""
    sheet.offer(Area(0, 0, sheet.height, sheet.width), lambda _row, _col: _whole(sight))
    stack(sheet, sections, granted)


def _whole(sight: Sight) -> Target:
    return ViewTarget(view=sight.number)


def _space() -> Section:
    return Section(claims=(Claim(Rank.SPACE),))
