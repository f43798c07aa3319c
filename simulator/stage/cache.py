"""What was worked out from a run once, and is asked for again by the next frame.

A run does not change, so this changes nothing but how long a frame takes. It is forgotten together with the run.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.sheet import Sheet
from simulator.trace.playback import Playback
from simulator.trace.playback.cache import BoundedCache
from simulator.words.language import language

T = TypeVar("T")

MOST = 512
"""Answers kept for each run; a frame needs a few dozen."""
MOMENTS = 4

_KEPT: WeakKeyDictionary[Playback, BoundedCache[Hashable, object]] = WeakKeyDictionary()


def kept(playback: Playback, key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` returned when it was called for this run, key and language; it is called if that is not known."""
    known, key = _KEPT.get(playback), (language(), key)
    if known is None:
        known = _KEPT[playback] = BoundedCache(MOST)
    known[key] = found = known.pop(key) if key in known else make()  # what was asked for last is forgotten last
    return cast(T, found)


def of_moment(playback: Playback, what: str, t_s: float, make: Callable[[], T]) -> T:
    """The same of something that is as large as a queue is long: the last few moments are remembered, and no others."""
    known: BoundedCache[float, T] = kept(playback, ("of moments", what), lambda: BoundedCache(MOMENTS))
    if t_s not in known:
        known[t_s] = make()
    return known[t_s]


def still(sheet: Sheet, playback: Playback, depends_on: Hashable, draw: Callable[[Sheet], None]) -> None:
    """Draw on a sheet what depends on a run, on ``depends_on``, and on the size and the look of the sheet alone.

    It is drawn once, and shown again for as long as nothing of that changes. It cannot offer targets: they would keep
    the run alive that they belong to.
    """
    look = sheet.look
    key = ("still", depends_on, sheet.width, sheet.height, look.glyphs.name, look.theme.name)

    def drawn() -> CellGrid:
        part = Sheet(sheet.width, sheet.height, look)
        draw(part)
        return part.grid

    sheet.grid.blit(kept(playback, key, drawn), 0, 0)
