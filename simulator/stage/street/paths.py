"""Ways over a street: from how far a request is on its way to the cell where its mark is drawn.

What to watch: every way runs over cells that nothing is written on. Requests walk in over the dots between clients and
queue; they go to the desks down the line; whatever comes from there goes up the line and left along the answers' row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.stage.street.places import Street
from simulator.trace.playback import LaneGroup

Cells = NDArray[np.intp]
Floats = NDArray[np.float64]
Corner = tuple[Floats | Cells | int, Floats | Cells | int]
"""Row and column of each, or of all."""

TALL = 2.0
"""Times as high as wide is a cell."""
BLINK = 0.15
"""Of the way of a request that is lost in the queue, spent in its cell."""
STRAIGHT = 0.85
"""Of the way in, walked in the row of one's kind."""
UP = 0.18
"""Of the way back, spent between the desk and the answers' row."""


def eased(done: Floats) -> Floats:
    """Slowly at first and at the end."""
    smooth: Floats = done * done * (3.0 - 2.0 * done)
    return smooth


def along(corners: Sequence[Corner], done: Floats, shares: Sequence[float] = ()) -> tuple[Cells, Cells]:
    """Cells on ways from corner to corner, at one speed; or with some share of the time for each stretch."""
    count = len(done)
    rows = [np.broadcast_to(np.asarray(row, np.float64), count) for row, _ in corners]
    cols = [np.broadcast_to(np.asarray(col, np.float64), count) for _, col in corners]
    if shares:
        lengths = [np.full(count, share) for share in shares]
    else:
        lengths = [
            TALL * np.abs(rows[i + 1] - rows[i]) + np.abs(cols[i + 1] - cols[i]) for i in range(len(corners) - 1)
        ]
    left = done * np.sum(lengths, axis=0)
    row, col = rows[0].copy(), cols[0].copy()
    for i, length in enumerate(lengths):
        part = np.clip(left / np.maximum(length, 1e-9), 0.0, 1.0)
        row += part * (rows[i + 1] - rows[i])
        col += part * (cols[i + 1] - cols[i])
        left = left - length
    return np.rint(row).astype(np.intp), np.rint(col).astype(np.intp)


def walked(start: Corner, end: Corner, done: Floats, free_from: int) -> tuple[Cells, Cells]:
    """Cells of those who walk to the right; they change rows at the end, and where no words are any more.

    Who changes rows earlier would walk through the rows of those who try again, or are lost.
    """
    col = start[1] + eased(done) * (np.asarray(end[1]) - start[1])
    turn = np.maximum(np.asarray(start[1]) + STRAIGHT * (np.asarray(end[1]) - start[1]), free_from)
    turned = np.clip((col - turn) / np.maximum(np.asarray(end[1]) - turn, 1.0), 0.0, 1.0)
    row = start[0] + turned * (np.asarray(end[0]) - start[0])
    return np.rint(row).astype(np.intp), np.rint(col).astype(np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """The corners of the ways on one street."""

    street: Street
    desk_row: Cells
    """By number of the lane; -1 where it is not in sight."""
    line_end: int
    """The column in which marks come out of the desks, or of the window of the loop."""
    has_desks: bool
    """Whether there is a way from the queue to the desks: the window of a loop is right beside it."""
    lost_row: int

    @classmethod
    def of(cls, street: Street, groups: tuple[LaneGroup, ...], lost_row: int) -> "Landmarks":
        """Where they are."""
        rows = np.full(max(sum(group.lanes for group in groups), 1), street.others_row, np.intp)
        for lane in street.lanes:
            rows[lane.number] = lane.row
        window = bool(street.window.width)
        line_end = street.line_col - 1 if window else street.line_col
        return cls(street, rows, line_end, not window, lost_row)

    @property
    def way_start(self) -> int:
        """The column in which clients begin to walk, answers arrive, and the lost ones end."""
        return self.street.way.col

    @property
    def room_col(self) -> int:
        """Below the middle of the room."""
        return self.street.room.col + self.street.room.width // 2

    @property
    def room_rows(self) -> tuple[int, int]:
        """The first and the last row inside of its frame."""
        return self.street.room.row + 1, self.street.room.row + max(self.street.room.height - 2, 1)

    def to_desk(self, lanes: Cells, done: Floats) -> tuple[Cells, Cells]:
        """From the head of the queue down the line."""
        street, row = self.street, self.desk_row[lanes]
        head = street.queue.row
        end = np.where(row == street.others_row, street.line_col, street.desk_col)
        return along(
            [
                (head, street.queue.col + street.queue.width),
                (head, street.line_col),
                (row, street.line_col),
                (row, end),
            ],
            done,
        )

    def back(self, lanes: Cells, done: Floats, end_col: int) -> tuple[Cells, Cells]:
        """From the desk up the line, then left."""
        corners = [*self._out(lanes), (self.street.answers_row, end_col)]
        if not self.has_desks:
            return along(corners, done)
        return along(corners, done, (UP * 0.2, UP * 0.8, 1.0 - UP))

    def _out(self, lanes: Cells) -> list[Corner]:
        """From the desk to the answers' row."""
        gate = (self.street.answers_row, self.line_end)
        if not self.has_desks:
            return [gate]
        row = self.desk_row[lanes]
        start = np.where(row == self.street.others_row, self.street.line_col, self.street.desk_col)
        return [(row, start), (row, self.street.line_col), gate]

    def lost_at_desk(self, lanes: Cells, done: Floats) -> tuple[Cells, Cells]:
        """From the desk out, and left to where the lost ones are counted."""
        return along([*self._out(lanes), *self._to_lost()], done)

    def lost_in_queue(self, start: tuple[Cells, Cells], done: Floats) -> tuple[Cells, Cells]:
        """In its own cell for a blink, then out of the queue below, past nobody else who stands there, and left."""
        left = np.clip((done - BLINK) / (1.0 - BLINK), 0.0, 1.0)
        row, col = self.lost_behind(start[1], left)
        return np.where(done < BLINK, start[0], row), col

    def lost_behind(self, col: Cells | int, done: Floats) -> tuple[Cells, Cells]:
        """From a column of the answers' row left to where the lost ones are counted."""
        return along([(self.street.answers_row, col), *self._to_lost()], done)

    def lost_before(self, start: Corner, done: Floats) -> tuple[Cells, Cells]:
        """From where there is no queue yet: straight to where the lost ones are counted."""
        return along([start, (self.lost_row, start[1]), (self.lost_row, self.way_start)], done)

    def _to_lost(self) -> list[Corner]:
        return [(self.street.answers_row, self.way_start), (self.lost_row, self.way_start)]
