"""What lies below the street: curves of one server or of several, and the log where it has no place elsewhere.

What to watch: which panes there are follows from the plan and the size, never from the moment. All servers in sight
share their curves, for what is to be seen is how they differ.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import floor
from weakref import ref

from simulator.stage.cache import still
from simulator.stage.canvas.sheet import Area, Sheet, equal_parts
from simulator.stage.panes.answer_after import put_answer_after
from simulator.stage.panes.compared import (
    put_answered_of_all,
    put_half_of_all,
    put_most_of_all,
    put_verdict,
    put_waiting_of_all,
)
from simulator.stage.panes.each_second import makes_for_nobody, put_each_second
from simulator.stage.panes.log import put_log
from simulator.stage.panes.time_spent import put_time_spent
from simulator.stage.panes.waiting import put_waiting
from simulator.stage.panes.who_computed import put_who_computed, sees_turns, under_a_gil
from simulator.stage.snapshot import Snapshot

Draw = Callable[[Sheet], None]
LEAST_PANE = 24
"""Columns of a pane of curves."""
WITH_LOG = 100
"""From so many columns on the log has room beside two panes."""
TWO_ROWS = 13
"""From so many rows on there are two rows of panes."""
LEAST_ROWS = 3
"""Of a pane: a frame, and one row in it."""
LOG_SHARE = 0.37
"""Of the width."""
WAITING_SHARE = 0.4
"""Of what the log leaves: how long answers take needs more room than how many wait."""
VERDICT_ROWS = 3
"""Of the sentence that compares, with blank ones around it; one where there is little room."""


@dataclass(frozen=True, slots=True)
class Pane:
    """A pane, and where it lies."""

    area: Area
    draw: Draw


def put_below(sheet: Sheet, snapshots: Sequence[Snapshot], *, log: bool) -> None:
    """Draw all panes; ``log`` says whether the log belongs here."""
    seen = calm(snapshots)
    draw = partial(put_panes, panes=curve_panes(seen, sheet.width, sheet.height, log=log))
    if seen:
        still(sheet, seen[0].playback, ("below", log, *depends_on(seen)), draw)


def put_panes(sheet: Sheet, panes: Sequence[Pane]) -> None:
    """Draw each pane where it lies."""
    for pane in panes:
        if pane.area.height > 0 and pane.area.width > 0:
            part = sheet.part(pane.area.row, pane.area.col, pane.area.width, pane.area.height)
            pane.draw(part)
            sheet.paste(part)


CALM_S = 0.125
"""Wall seconds for which all panes stand still while a run plays: their columns and figures last longer."""


def calm(snapshots: Sequence[Snapshot]) -> list[Snapshot]:
    """The same servers at the last moment at which panes are drawn."""
    if not snapshots or not snapshots[0].scene.playing:
        return list(snapshots)
    scene = snapshots[0].scene
    stride_s = CALM_S * scene.speed
    scene = replace(scene, t_s=floor(scene.now_s / stride_s) * stride_s)
    return [Snapshot(scene=scene, number=each.number) for each in snapshots]


def depends_on(snapshots: Sequence[Snapshot]) -> tuple[Hashable, ...]:
    """All that panes are made from, besides the first run."""
    scene = snapshots[0].scene
    runs = [run for view in scene.views for run in (view.playback, view.ghost) if run is not None]
    ghosts = tuple(view.ghost is not None for view in scene.views)
    shown = tuple(each.number for each in snapshots)
    return (shown, ghosts, tuple(map(ref, runs)), scene.t_s, scene.playing, scene.speed, scene.column_s)


def curve_panes(snapshots: Sequence[Snapshot], width: int, height: int, *, log: bool) -> list[Pane]:
    """The panes for so many cells."""
    if not snapshots or height <= 0 or width <= 0:
        return []
    return _single(snapshots[0], width, height, log=log) if len(snapshots) == 1 else _several(snapshots, width, height)


def _single(snapshot: Snapshot, width: int, height: int, *, log: bool) -> list[Pane]:
    if height < LEAST_ROWS:
        return []
    draws: list[Draw] = [partial(put_waiting, snapshot=snapshot), partial(put_answer_after, snapshot=snapshot)]
    more: list[Draw] = [partial(put_each_second, snapshot=snapshot), partial(put_time_spent, snapshot=snapshot)]
    if under_a_gil(snapshot):
        more[1] = partial(put_who_computed, snapshot=snapshot)
    if height >= TWO_ROWS:
        beside = round(width * LOG_SHARE) if log and width >= WITH_LOG else 0
        upper = (height + 1) // 2
        panes = _row(draws, 0, width - beside, upper) + _row(more, upper, width - beside, height - upper)
        return panes + ([Pane(Area(0, width - beside, height, beside), _log([snapshot]))] if beside else [])
    if makes_for_nobody(snapshot.playback):
        draws[1] = more[0]
    if not log or width < WITH_LOG:
        return _row(draws, 0, width, height, first=WAITING_SHARE)
    beside = round(width * LOG_SHARE)
    third = more[1] if sees_turns(snapshot) else _log([snapshot])
    return [
        *_row(draws, 0, width - beside, height, first=WAITING_SHARE),
        Pane(Area(0, width - beside, height, beside), third),
    ]


def _several(snapshots: Sequence[Snapshot], width: int, height: int) -> list[Pane]:
    verdict: Draw = partial(put_verdict, snapshots=snapshots)
    rows = min(VERDICT_ROWS if height >= VERDICT_ROWS + 6 else 1, height)
    above = height - rows
    panes = [Pane(Area(above, 0, rows, width), verdict)]
    if above < LEAST_ROWS:
        return [Pane(Area(0, 0, height, width), verdict)]
    draws: list[Draw] = [
        partial(put_waiting_of_all, snapshots=snapshots),
        partial(put_half_of_all, snapshots=snapshots),
    ]
    if above < TWO_ROWS:
        return _row(draws, 0, width, above) + panes
    more: list[Draw] = [
        partial(put_answered_of_all, snapshots=snapshots),
        partial(put_most_of_all, snapshots=snapshots),
    ]
    upper = (above + 1) // 2
    return _row(draws, 0, width, upper) + _row(more, upper, width, above - upper) + panes


def _row(draws: Sequence[Draw], row: int, width: int, height: int, *, first: float = 0.5) -> list[Pane]:
    """Two panes side by side, or where there is no room only the first."""
    if width < 2 * LEAST_PANE:
        return [Pane(Area(row, 0, height, width), draws[0])]
    left = equal_parts(width, 2)[0] if first == 0.5 else round(width * first)
    return [
        Pane(Area(row, 0, height, left), draws[0]),
        Pane(Area(row, left, height, width - left), draws[1]),
    ]


def _log(snapshots: Sequence[Snapshot]) -> Draw:
    return partial(put_log, snapshots=snapshots)
