"""The screen while somebody looks at it: what playing and being paused cost, and how soon a key shows on a slow line.

The whole program is measured, in a terminal of its own: with all that Textual and Python do around a picture. Here and
nowhere else a figure is by the clock on the wall: what a person waits for is also the line.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.figure import Figure
from tests.bench.program import RUN
from tests.bench.sizes import Sizes
from tests.bench.stage import CORES, FRAMES_PER_S, LANES, MOST_OF_A_CORE, RATE

if TYPE_CHECKING:  # these import what Windows does not have
    from tests.tui.link import Link

SIZE = (160, 45)
"""Columns and rows."""
ARGUMENTS = (
    *(*RUN, "--watch", "--fps", str(FRAMES_PER_S), "--workers", str(LANES), "--backlog", "1024"),
    *("--rate", str(RATE), "--duration", "60 s", "--set", "warmup=0 s", "--set", f"machine.cores={CORES}"),
)
SEEK_S = 25
"""Where it is watched; about 500 requests are in the system from there on."""
MOST_PAUSED = 1
"""Per cent of a core."""
QUICK, SLOW = float("inf"), 60_000.0
"""Bytes per second."""
PROMISED_S = 1.5
PLAYING, PAUSED = "►".encode(), "‖".encode()
STAT = "/proc/{}/stat"


def figures(sizes: Sizes) -> Iterator[Figure | str]:
    """The rows of all, or a remark where they cannot be measured."""
    if not hasattr(os, "forkpty"):
        yield "Found no pseudo-terminals, so nobody watched the screen."
        return
    if Path(STAT.format(os.getpid())).exists():
        yield from _shares(sizes)
    else:
        yield "Found no /proc, so what the program costs while it is watched was not measured."
    yield _keys(sizes.rounds)


def _shares(sizes: Sizes) -> Iterator[Figure]:
    """Per cent of a core, and pictures: playing and paused."""
    from tests.tui.link import Link
    from tests.tui.window import window

    with window(SIZE, *ARGUMENTS) as opened:
        link = Link(opened.terminal, QUICK)
        link.until_drawn(lambda: link.said(PLAYING))
        _turn(link, PAUSED)
        for _ in range(SEEK_S):
            link.press(b"\x1b[C")
            link.until_drawn(lambda: True)
        link.carry_on(1.0)  # what only the first pictures pay for is over
        paused = [_share(link, opened.program.pid, sizes.watch)[0] for _ in range(sizes.rounds)]
        _turn(link, PLAYING)
        link.carry_on(1.0)
        played = [_share(link, opened.program.pid, sizes.watch) for _ in range(sizes.rounds)]
    # A core that others want too draws fewer pictures, and then a share of it would say too little.
    full = tuple(share / max(pictures, 1.0) * FRAMES_PER_S for share, pictures in played)
    yield Figure(what=f"the program playing {FRAMES_PER_S} pictures/s", values=full, unit="%", at_most=MOST_OF_A_CORE)
    yield Figure(what="the program paused", values=tuple(paused), unit="%", at_most=MOST_PAUSED)
    yield Figure(what="pictures that arrived", values=tuple(pictures for _, pictures in played), unit="/s")


def _share(link: "Link", process: int, seconds: float) -> tuple[float, float]:
    """Per cent of a core, and pictures per second, for so long."""
    before, begin_s, drawn = _processor_s(process), time.perf_counter(), link.pictures
    link.carry_on(seconds)
    took_s = time.perf_counter() - begin_s
    return 100.0 * (_processor_s(process) - before) / took_s, (link.pictures - drawn) / took_s


def _processor_s(process: int) -> float:
    """Seconds of processor time that a process has had, its threads included."""
    fields = Path(STAT.format(process)).read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _keys(rounds: int) -> Figure:
    """Seconds from a key to what it changes, pressed at the worst moment: when a whole picture is before it."""
    from tests.tui.link import Link
    from tests.tui.window import window

    taken = []
    with window(SIZE, *ARGUMENTS) as opened:
        link = Link(opened.terminal, SLOW)
        link.until_drawn(lambda: link.said(PLAYING))
        for _ in range(rounds):
            link.until_picture_begins()
            taken.append(_turn(link, PAUSED))
            link.until_drawn(lambda: True)
            _turn(link, PLAYING)
    what = f"key to what it changes, on a line of {SLOW / 1000:g} KB/s"
    return Figure(what=what, values=tuple(taken), unit="s", at_most=PROMISED_S)


def _turn(link: "Link", change: bytes) -> float:
    """Press the key that plays and pauses; seconds until that can be seen."""
    begin_s = time.perf_counter()
    link.press(b" ")
    link.until(lambda: link.said(change))
    return time.perf_counter() - begin_s
