"""What a moving picture is made from: grids, and when each of them is shown."""

from simulator.stage.canvas.grid import CellGrid

Frame = tuple[float, CellGrid]
"""When it appears, in seconds on the clock of whoever watches, and what is seen then."""
