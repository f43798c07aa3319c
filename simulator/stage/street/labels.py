"""Beside the tapes: the name of each lane.

What to watch: names get shorter before they are cut, ``worker 3``, ``w3``, ``3``, and are measured in cells, so that
Chinese ones take the room that they have.
"""

from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import filled, first_that_fits
from simulator.stage.inventory import label_of, short_label_of
from simulator.stage.scene import LaneRef
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.places import Street, lane_at
from simulator.trace.playback import GroupKind, LaneGroup


def put_labels(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """The names of the lanes in sight."""
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


def _request(snapshot: Snapshot, group: LaneGroup, lane: int) -> int:
    now = snapshot.now
    requests = now.pool(group.name).request if group.kind is GroupKind.SLOTS else now.lock(group.name).holder
    return int(requests[lane])


def short_label(group: LaneGroup, lane: int, width: int) -> str:
    """``worker 3``, or as much of it as there is room for."""
    shorter = (label_of(group, lane), short_label_of(group, lane), str(lane) if group.lanes > 1 else "")
    return first_that_fits(shorter, width)
