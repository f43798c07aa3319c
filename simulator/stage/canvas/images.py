"""Grids over time as an animated GIF.

What to watch: of every picture but the first only those pixels are sent that changed, in the rectangle around them; all
others are transparent. That makes the file a quarter as large. And the file is made piece by piece, because Pillow's
own way of writing one keeps all pictures in memory, which for a minute of a large screen is a gigabyte.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from simulator.stage.canvas.grid import CellGrid, Frame
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.raster import COLOURS, Pixels, inks_of, raster

if TYPE_CHECKING:
    from PIL.Image import Image


LEAST_MS = 20
"""Viewers show a frame that is shorter than this for 100 ms instead."""
UNCHANGED = COLOURS
"""The entry of the palette that lets the picture before show through."""
TABLE_BYTES = 3 * (COLOURS + 1)
FOR_EVER = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
END = b";"


def gif(frames: Iterable[Frame], look: Look, *, scale: int = 1, hold_s: float = 2.0) -> Iterator[bytes]:
    """The file piece by piece, about one a picture; repeated for ever, a cell is 8 x 16 pixels times ``scale``.

    ``frames`` are in the order of their times, and the last stays for ``hold_s``. A GIF counts in hundredths of a
    second; of frames that follow each other faster than two of them, only the last is shown. All frames are asked for
    before the first piece comes: which colours there are is said at the beginning of the file.
    """
    grids, durations_ms = _timed(list(frames), hold_s)
    inks = inks_of(grids, look.theme)
    before: Pixels | None = None
    for grid, duration_ms in zip(grids, durations_ms, strict=True):
        pixels = np.asarray(raster(grid, inks, scale))
        if before is None:
            yield _header(pixels, inks.palette)
            yield _picture(pixels, (0, 0), duration_ms)
        else:
            yield _changes(pixels, before, duration_ms)
        before = pixels
    yield END


def _timed(frames: Sequence[Frame], hold_s: float) -> tuple[list[CellGrid], list[int]]:
    """What is seen for how many milliseconds; equal neighbours are one, and the whole lasts as long as asked."""
    if not frames:
        raise ValueError("a moving picture needs a frame")
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


def _header(pixels: Pixels, palette: bytes) -> bytes:
    """The size, and one palette of 256 colours for all pictures."""
    height, width = pixels.shape
    screen = struct.pack("<6sHHBBB", b"GIF89a", width, height, 0b1_111_0_111, 0, 0)
    return screen + palette.ljust(TABLE_BYTES, b"\0") + FOR_EVER


def _changes(pixels: Pixels, before: Pixels, duration_ms: int) -> bytes:
    """What differs from the picture before; where nothing does, one pixel that takes its time."""
    changed = pixels != before
    rows, cols = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    top, left = (int(rows[0]), int(cols[0])) if len(rows) else (0, 0)
    inside = np.s_[top : int(rows[-1]) + 1, left : int(cols[-1]) + 1] if len(rows) else np.s_[:1, :1]
    return _picture(np.where(changed, pixels, UNCHANGED).astype(np.uint8)[inside], (left, top), duration_ms)


def _picture(pixels: Pixels, left_top: tuple[int, int], duration_ms: int) -> bytes:
    from PIL.GifImagePlugin import getdata

    return b"".join(getdata(_image(pixels), left_top, duration=duration_ms, transparency=UNCHANGED, disposal=1))


def _image(pixels: Pixels) -> "Image":
    from PIL import Image

    return Image.fromarray(np.ascontiguousarray(pixels), "P")


# A grid as PNG.


def png(grid: CellGrid, look: Look, *, scale: int = 2) -> bytes:
    """The bytes of the file; a cell is 8 x 16 pixels times ``scale``."""
    file = BytesIO()
    raster(grid, inks_of([grid], look.theme), scale).save(file, "PNG", optimize=True)
    return file.getvalue()
