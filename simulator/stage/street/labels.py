"""Beside the tapes: the name of each lane, and one row for the lanes that do not fit.

What to watch: names get shorter before they are cut, ``worker 3``, ``w3``, ``3``, and are measured in cells, so that
Chinese ones take the room that they have.
"""

import numpy as np

from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, filled, first_that_fits, fitting, piece, put_pieces
from simulator.stage.inventory import label_of, short_label_of
from simulator.stage.scene import LaneRef
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.doing import DOING, mark
from simulator.stage.street.places import Street, lane_at
from simulator.stage.street.tape import visible_lanes
from simulator.trace.playback import Activity, GroupKind, LaneGroup
from simulator.words.language import tell_many, translated


def put_labels(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """The names of the lanes in sight, and the row of the others."""
    view, width = snapshot.view, street.label_width
    for place, group, lane in lane_at(street, snapshot.inventory.lane_groups):
        request = _request(snapshot, group, lane)
        style = Style.TEXT if request >= 0 else Style.DIM
        if request >= 0 and request == view.selected_request:
            style = Style.ACCENT
        text = short_label(group, lane, width)
        if view.selected_lane == LaneRef(group=group.name, lane=lane):
            style, text = Style.SELECTED, filled(text, width)
        sheet.put(place.row, street.label_col, text, style)
    if street.others_row >= 0:
        _put_others(sheet, snapshot, street)


def _request(snapshot: Snapshot, group: LaneGroup, lane: int) -> int:
    now = snapshot.now
    requests = now.pool(group.name).request if group.kind is GroupKind.SLOTS else now.lock(group.name).holder
    return int(requests[lane])


def short_label(group: LaneGroup, lane: int, width: int) -> str:
    """``worker 3``, or as much of it as there is room for."""
    shorter = (label_of(group, lane), short_label_of(group, lane), str(lane) if group.lanes > 1 else "")
    return first_that_fits(shorter, width)


def _put_others(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """How many lanes there is no room for, and what they do now: what most do comes first."""
    seen = visible_lanes(street)
    activities = np.concatenate([_activities(snapshot, group) for group in snapshot.inventory.lane_groups])
    hidden = np.concatenate([activities[: seen.start], activities[seen.stop :]])
    number = len(hidden)
    if not number:
        return
    pieces = [piece((tell_many("{n} more:", "{n} more:", number, n=number), Style.DIM))]
    counts = np.bincount(hidden, minlength=len(Activity))
    for activity in np.argsort(-counts, kind="stable").tolist():
        if counts[activity]:
            pieces.append(_count(sheet, Activity(activity), int(counts[activity]), len(pieces)))
    put_pieces(sheet, street.others_row, street.tape_col, fitting(pieces, street.columns))


def _activities(snapshot: Snapshot, group: LaneGroup) -> np.ndarray:
    now = snapshot.now
    return now.pool(group.name).activity if group.kind is GroupKind.SLOTS else now.lock(group.name).activity


def _count(sheet: Sheet, activity: Activity, number: int, rank: int) -> Piece:
    doing = DOING[activity]
    glyph = mark(activity, sheet.look.glyphs)
    return piece((f"{number} ", Style.TEXT), (glyph, doing.desk), (f" {translated(doing.word)}", Style.DIM), rank=rank)
