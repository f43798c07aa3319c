"""The street of one server, drawn part by part onto the sheet of its pane.

What to watch: the order. Ways and tapes lie below, then who stands in the queue and at the desks, then who travels.
"""

from simulator.stage.canvas.sheet import Sheet
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.places import Street, street_of


def put_street(sheet: Sheet, snapshot: Snapshot) -> Street:
    """All of it; returns where everything lies."""
    return street_of(snapshot, sheet.width, sheet.height)
