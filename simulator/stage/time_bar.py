"""The time bar: the whole run in one line, where in it we are, and where something happened.

What to watch: above the bar stand the few moments that one should see, each in the colour of its kind; they are those
that ``j`` walks through.
"""

from collections.abc import Sequence
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from simulator.stage.cache import still
from simulator.stage.canvas.plotting import Floats
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.fixed_width import clock
from simulator.stage.moments import stops
from simulator.stage.scene import Target, TimeTarget
from simulator.stage.snapshot import Snapshot
from simulator.words.numbers import exact_duration

Cells = NDArray[np.intp]

TIME_WIDTH = 13
"""Cells of the moment before the bar."""


class _Bar:
    """Where the bar lies in a row."""

    def __init__(self, snapshots: Sequence[Snapshot], width: int) -> None:
        self.end_s = max(snapshots[0].scene.end_s, 1e-9)
        self.end_text = f" {exact_duration(round(self.end_s, 1))} "
        wide = width >= TIME_WIDTH + len(self.end_text) + 10
        self.first = TIME_WIDTH if wide else 1
        self.count = max(width - self.first - len(self.end_text), 1)

    def column(self, times: Floats | float) -> Cells:
        """The cells of the bar, from 0, in which moments lie."""
        return np.clip(np.asarray(times) / self.end_s * self.count, 0, self.count - 1).astype(np.intp)


def put_bar(sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
    """The bar, in one row."""
    bar, glyphs = _Bar(snapshots, sheet.width), sheet.look.glyphs
    now_s = snapshots[0].t_s
    at = int(bar.column(now_s))
    if bar.first > 1:
        sheet.put_right(0, bar.first - 1, clock(now_s), Style.TEXT)
    sheet.put(0, bar.first, glyphs.track * at, Style.BAR)
    sheet.put(0, bar.first + at, glyphs.playhead, Style.CURSOR)
    sheet.put(0, bar.first + at + 1, glyphs.track_ahead * (bar.count - at - 1), Style.TRACK)
    sheet.put(0, bar.first + bar.count, bar.end_text, Style.DIM)

    def find(_row: int, col: int) -> Target:
        return TimeTarget(t_s=(col + 0.5) / bar.count * bar.end_s)

    sheet.offer(Area(0, bar.first, 1, bar.count), find)


def put_marks(sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
    """What happened when, in one row above it."""
    runs = tuple(ref(snapshot.playback) for snapshot in snapshots)  # what is kept of a run must not keep the others
    still(
        sheet,
        snapshots[0].playback,
        ("marks", runs, snapshots[0].scene.end_s, snapshots[0].scene.captions),
        lambda part: _draw_all_marks(part, snapshots),
    )


def _draw_all_marks(sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
    bar = _Bar(snapshots, sheet.width)
    for each in reversed(stops([snapshot.playback for snapshot in snapshots], snapshots[0].scene.captions)):
        sheet.put(0, bar.first + int(bar.column(each.look_s)), sheet.look.glyphs.marker, each.style)
