"""The ways of a street: the line from the head of the queue down to the workers, and the way of the answers back.

What to watch: all of it lies still. Whoever walks there is drawn on top.
"""

from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.street.places import Street
from simulator.stage.street.shares import Form


def put_ways(sheet: Sheet, street: Street) -> None:
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
