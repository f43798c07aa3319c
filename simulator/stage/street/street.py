"""The street of one server, drawn part by part onto the sheet of its pane.

What to watch: the order. Ways and tapes lie below, then who stands in the queue and at the desks, then who travels.
"""

from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
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
from simulator.stage.street.others import put_others
from simulator.stage.street.parked import put_parked
from simulator.stage.street.places import Street, street_of
from simulator.stage.street.queue import put_queue, put_queue_words
from simulator.stage.street.room import put_room
from simulator.stage.street.shares import Form
from simulator.stage.street.tape import put_tapes


def put_street(sheet: Sheet, snapshot: Snapshot) -> Street:
    """All of it; returns where everything lies."""
    street = street_of(snapshot, sheet.width, sheet.height)
    travelling = travellers(snapshot, street).request
    _put_ways(sheet, street)
    put_clients(sheet, snapshot, street)
    put_answers(sheet, snapshot, street)
    put_room(sheet, snapshot, street, travelling)
    put_queue_words(sheet, snapshot, street)
    put_figures(sheet, snapshot, street)
    put_tapes(sheet, snapshot, street)
    put_labels(sheet, snapshot, street)
    put_others(sheet, snapshot, street)
    put_axis(sheet, snapshot, street)
    put_baton(sheet, snapshot, street)
    put_loop_tapes(sheet, snapshot, street)
    put_window(sheet, snapshot, street)
    put_parked(sheet, snapshot, street, travelling)
    put_queue(sheet, snapshot, street, ways_in(snapshot, street), travelling)
    put_desks(sheet, snapshot, street, travelling)
    put_travellers(sheet, snapshot, street)
    return street


# The ways: all of them lie still, and whoever walks there is drawn on top.


def _put_ways(sheet: Sheet, street: Street) -> None:
    """The line down, with a branch to every desk; then the way back."""
    glyphs, queue = sheet.look.glyphs, street.queue
    end = queue.col + queue.width
    if street.window.width or street.form is Form.TINY:
        row = queue.row + (queue.height // 2 if street.window.width else 0)
        sheet.put(row, street.line_col - int(street.window.width > 0), glyphs.play, Style.STREET)
    elif street.lanes and queue.height:
        rule, last = glyphs.horizontal, street.lanes[-1].row
        sheet.put(queue.row, end, rule * (street.line_col - end) + glyphs.round_corners[1], Style.STREET)
        for row in range(queue.row + 1, last):
            sheet.put(row, street.line_col, glyphs.vertical, Style.STREET)
        for lane in street.lanes:
            turn = glyphs.round_corners[2] if lane.row == last else glyphs.branches[0]
            sheet.put(lane.row, street.line_col, turn + rule * (street.desk_col - street.line_col - 1), Style.STREET)
    if street.answers_row >= 0 and not street.window.width and street.lanes:
        sheet.put(street.answers_row, street.line_col, glyphs.branches[1], Style.STREET)
