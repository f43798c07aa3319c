"""Grids over time as an animated GIF."""

from collections.abc import Sequence
from io import BytesIO

from simulator.app.picture.frames import Frame
from simulator.app.picture.raster import inks_of, raster
from simulator.app.stage.grid import CellGrid
from simulator.app.stage.look import Look

LEAST_MS = 20
"""Viewers show a frame that is shorter than this for 100 ms instead."""


def gif(frames: Sequence[Frame], look: Look, *, scale: int = 1, hold_s: float = 2.0) -> bytes:
    """The bytes of the file, repeated for ever; a cell is 8 x 16 pixels times ``scale``.

    ``frames`` are in the order of their times, and the last stays for ``hold_s``. A GIF counts in hundredths of a
    second; of frames that follow each other faster than two of them, only the last is shown.
    """
    if not frames:
        raise ValueError("a moving picture needs a frame")
    grids, durations_ms = _timed(frames, hold_s)
    inks = inks_of(grids, look.theme)
    later = (raster(grid, inks, scale) for grid in grids[1:])
    file = BytesIO()
    raster(grids[0], inks, scale).save(
        file, "GIF", save_all=True, append_images=later, duration=durations_ms, loop=0, optimize=False, disposal=1
    )
    return file.getvalue()


def _timed(frames: Sequence[Frame], hold_s: float) -> tuple[list[CellGrid], list[int]]:
    """What is seen for how many milliseconds; equal neighbours are one, and the whole lasts as long as asked."""
    grids: list[CellGrid] = []
    starts_ms: list[int] = []
    for time_s, grid in frames:
        start_ms = round((time_s - frames[0][0]) * 100) * 10
        if grids and start_ms - starts_ms[-1] < LEAST_MS:
            grids[-1] = grid
        elif not grids or grid != grids[-1]:
            grids.append(grid)
            starts_ms.append(start_ms)
    end_ms = round((frames[-1][0] - frames[0][0] + hold_s) * 100) * 10
    ends_ms = [*starts_ms[1:], max(end_ms, starts_ms[-1] + LEAST_MS)]
    return grids, [end - start for start, end in zip(starts_ms, ends_ms, strict=True)]
