"""What happened, line by line: the newest at the bottom, and bright."""

from collections.abc import Sequence
from heapq import nlargest

from simulator.stage.canvas.box import Box, put_box
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped
from simulator.stage.panes.curve_plot import titled
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import Event
from simulator.words.language import later, translated
from simulator.words.numbers import to_places

TITLE = later("what happened")
TIME_WIDTH = 8
"""``  17.6 s``; a run of an hour has ``3599.9 s``."""


def put_log(sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
    """The last things that happened in any of the runs, as many as there are rows."""
    if not (sheet.width and sheet.height and snapshots):
        return
    inside = put_box(sheet, Area(0, 0, sheet.height, sheet.width), Box(title=titled(translated(TITLE))))
    told = [(event, snapshot) for snapshot in snapshots for event in snapshot.playback.log(snapshot.t_s, inside.height)]
    latest = nlargest(inside.height, told, key=lambda each: each[0].time_s)
    for row, (event, snapshot) in enumerate(reversed(latest), inside.row):
        _put_event(sheet, row, event, snapshot, newest=event is latest[0][0])


def _put_event(sheet: Sheet, row: int, event: Event, snapshot: Snapshot, *, newest: bool) -> None:
    time = f"{to_places(event.time_s, 1)} s"
    sheet.put_right(row, 1 + TIME_WIDTH, time, Style.FAINT)
    col = 1 + TIME_WIDTH + 2
    if snapshot.letter:
        col = sheet.put(row, col, f"{snapshot.letter} ", snapshot.spark)
    style = Style.TEXT if newest else Style.DIM
    sheet.put(row, col, clipped(event.text, sheet.width - col - 2, sheet.look), style)
