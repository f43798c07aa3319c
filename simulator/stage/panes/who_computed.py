"""Who computed in the last seconds, thread by thread: under a GIL all of them together get one core."""

from math import ceil

from simulator.plan.resources import Gil, Pool
from simulator.stage.cache import kept, still
from simulator.stage.canvas.box import Box, put_box
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped
from simulator.stage.panes.curve_plot import titled
from simulator.stage.snapshot import RECENT_S, Snapshot
from simulator.words.language import tell, translated
from simulator.words.numbers import exact_duration, percent

FIGURE_WIDTH = 6
MOST_BAR = 40
"""Cells."""


def under_a_gil(snapshot: Snapshot) -> Pool | None:
    """The threads of this run that serve and share a GIL; None where there is none."""
    there = snapshot.inventory
    return there.slots[0] if there.slots and any(isinstance(lock, Gil) for lock in there.locks) else None


def sees_turns(snapshot: Snapshot) -> bool:
    """Whether somebody looks at it so closely that they see the GIL change hands: then who computed is the question."""
    gils = [lock for lock in snapshot.inventory.locks if isinstance(lock, Gil)]
    return under_a_gil(snapshot) is not None and all(snapshot.column_s < gil.switch_interval_s for gil in gils)


def put_who_computed(sheet: Sheet, snapshot: Snapshot) -> None:
    """A thin bar for each thread; where there are more than rows, the last row is the mean of the others."""
    pool = under_a_gil(snapshot)
    if pool is None or not (sheet.width and sheet.height):
        return
    shares = kept(snapshot.playback, ("who computed", snapshot.read_s), lambda: _shares(snapshot, pool))
    still(sheet, snapshot.playback, ("who computed", shares), lambda part: _draw(part, pool, shares))


def _shares(snapshot: Snapshot, pool: Pool) -> tuple[float, ...]:
    end_s = snapshot.read_s
    start_s = max(end_s - RECENT_S, 0.0)
    if end_s <= start_s:
        return (0.0,) * (pool.size * pool.processes)
    seconds = snapshot.playback.seconds_computed(pool.name, start_s, end_s)
    return tuple((seconds / (end_s - start_s)).tolist())


def _draw(sheet: Sheet, pool: Pool, shares: tuple[float, ...]) -> None:
    title = tell("who computed in the last {span}", span=exact_duration(RECENT_S))
    put_box(sheet, Area(0, 0, sheet.height, sheet.width), Box(title=titled(title)))
    rows, width = max(sheet.height - 2, 0), sheet.width - 4
    shown = len(shares) if len(shares) <= rows else max(rows - 1, 0)
    name = translated(pool.name)
    lines = [(f"{name} {number}", share) for number, share in enumerate(shares[:shown])]
    others = shares[shown:]
    if others and rows:
        lines.append((tell("{n} more, each", n=len(others)), sum(others) / len(others)))
    label = min(max((cell_width(words) for words, _ in lines), default=0), max(width // 2, 0))
    most = min(max(width - label - FIGURE_WIDTH - 2, 0), MOST_BAR)
    for row, (words, share) in enumerate(lines, 1):
        sheet.put(row, 2, clipped(words, label, sheet.look), Style.DIM)
        filled = min(ceil(share * most - 1e-9), most)
        col = sheet.put(row, 2 + label + 1, sheet.look.glyphs.track * filled, Style.CPU)
        sheet.put(row, col, sheet.look.glyphs.track_ahead * (most - filled), Style.FAINT)
        if width > label + FIGURE_WIDTH:
            sheet.put_right(row, 2 + label + 1 + most + 1 + FIGURE_WIDTH, percent(share), Style.TEXT)
