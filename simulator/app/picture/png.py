"""A grid as PNG."""

from io import BytesIO

from simulator.app.picture.raster import inks_of, raster
from simulator.app.stage.grid import CellGrid
from simulator.app.stage.look import Look


def png(grid: CellGrid, look: Look, *, scale: int = 2) -> bytes:
    """The bytes of the file; a cell is 8 x 16 pixels times ``scale``."""
    file = BytesIO()
    raster(grid, inks_of([grid], look.theme), scale).save(file, "PNG", optimize=True)
    return file.getvalue()
