"""A frame, and where on it the parts of a street are: for tests that say what somebody sees there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.frame import frame
from simulator.stage.panes.layout import panes_of
from simulator.stage.scene import Scene
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.places import Street, street_of
from tests.stage.plays import LAB


@dataclass(frozen=True, eq=False)
class Seen:
    """One server on a frame."""

    grid: CellGrid
    street: Street
    top: int
    left: int

    def text(self, area: Area) -> str:
        """The characters of an area of the street, line by line."""
        rows = range(area.row + self.top, area.row + self.top + area.height)
        cols = slice(area.col + self.left, area.col + self.left + area.width)
        return "\n".join("".join(self.grid.characters[row, cols]) for row in rows)

    def row(self, row: int) -> str:
        """A row of the street."""
        return self.text(Area(row, 0, 1, self.street.width))

    def lane(self, number: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """[rows, columns] styles and grounds of a tape in sight."""
        place = self.street.lanes[number]
        rows = slice(self.top + place.row, self.top + place.row + place.height)
        cols = slice(self.left + self.street.tape_col, self.left + self.street.tape_end)
        return self.grid.styles[rows, cols], self.grid.grounds[rows, cols]

    def on_ground(self, ground: Ground) -> float:
        """Of the columns of all tapes in sight, how many lie on it."""
        return float(np.mean([(self.lane(number)[1] == ground).mean() for number in range(len(self.street.lanes))]))

    def in_style(self, style: Style) -> float:
        """Of the cells of all tapes in sight, how many have it."""
        return float(np.mean([(self.lane(number)[0] == style).mean() for number in range(len(self.street.lanes))]))

    @property
    def queue(self) -> str:
        """What is drawn of the queue."""
        return self.text(self.street.queue)


def seen(shown: Scene, size: Size = LAB, look: Look | None = None, view: int = 0) -> Seen:
    """A server of a scene."""
    keys = bool(shown.keys) and not shown.presenting
    panes = panes_of(*size, len(shown.shown), keys=keys, caption=bool(shown.captions), presenting=shown.presenting)
    place = panes.places[shown.shown.index(view)]
    street = street_of(Snapshot(scene=shown, number=view), place.street.width, place.street.height)
    return Seen(frame(shown, size, look or Look()), street, place.street.row, place.street.col)
