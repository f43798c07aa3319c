"""The street of one server, drawn part by part onto the sheet of its pane.

What to watch: the order. Ways and tapes lie below, then who stands in the queue and at the desks, then who travels.
"""

from simulator.stage.canvas.sheet import Sheet
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.axis import put_axis
from simulator.stage.street.baton import put_baton
from simulator.stage.street.clients import put_answers, put_clients, ways_in
from simulator.stage.street.desks import put_desks
from simulator.stage.street.figures import put_figures
from simulator.stage.street.journeys import put_travellers, travellers
from simulator.stage.street.labels import put_labels
from simulator.stage.street.loop_tape import put_loop_tapes
from simulator.stage.street.loop_window import put_window
from simulator.stage.street.parked import put_parked
from simulator.stage.street.places import Street, street_of
from simulator.stage.street.queue import put_queue, put_queue_words
from simulator.stage.street.room import put_room
from simulator.stage.street.tape import put_tapes
from simulator.stage.street.ways import put_ways


def put_street(sheet: Sheet, snapshot: Snapshot) -> Street:
    """All of it; returns where everything lies."""
    street = street_of(snapshot, sheet.width, sheet.height)
    travelling = travellers(snapshot, street).request
    put_ways(sheet, street)
    put_clients(sheet, snapshot, street)
    put_answers(sheet, snapshot, street)
    put_room(sheet, snapshot, street, travelling)
    put_queue_words(sheet, snapshot, street)
    put_figures(sheet, snapshot, street)
    put_tapes(sheet, snapshot, street)
    put_labels(sheet, snapshot, street)
    put_axis(sheet, snapshot, street)
    put_baton(sheet, snapshot, street)
    put_loop_tapes(sheet, snapshot, street)
    put_window(sheet, snapshot, street)
    put_parked(sheet, snapshot, street, travelling)
    put_queue(sheet, snapshot, street, ways_in(snapshot, street), travelling)
    put_desks(sheet, snapshot, street, travelling)
    put_travellers(sheet, snapshot, street)
    return street
