"""A grid as plain text: what survives in a mail, a log or a test."""

from simulator.app.stage.grid import CellGrid


def plain(grid: CellGrid) -> str:
    """The characters line by line, without blanks at their ends."""
    return f"{grid}\n"
