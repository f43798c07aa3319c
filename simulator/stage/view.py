"""A view from top to bottom: its head, the queues on the way in, the lanes, and what came of it."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Pool
from simulator.plan.words import State
from simulator.stage.activities import styles_of
from simulator.stage.cache import kept
from simulator.stage.canvas.layout import Claim, Granted, Section, stack
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, clipped_lines, fitting, piece, put_pieces, wrapped
from simulator.stage.client_rows import client_section, proxy_sections
from simulator.stage.fixed_width import fixed_percent
from simulator.stage.lane_columns import axis_section
from simulator.stage.lane_rows import lane_section
from simulator.stage.parked_rows import parked_sections
from simulator.stage.queue_rows import backlog_sections, pool_queue_sections
from simulator.stage.ranks import Rank
from simulator.stage.scene import Target, ViewTarget
from simulator.stage.snapshot import RECENT_S, Snapshot, recent_average
from simulator.stage.sparks import own_section, spark_sections
from simulator.stage.view_header import header_sections
from simulator.trace.playback import Activity
from simulator.trace.playback.why import Why
from simulator.words.language import later, tell, tell_many, translated
from simulator.words.numbers import exact_duration
from simulator.words.phrases import plural

WIDE = 100
"""In narrower views a sentence has rows of its own to spare, which part it from what follows."""
NARROW = 60
"""In narrower views its sentences may need a row more."""


def view_sections(snapshot: Snapshot, width: int) -> list[Section]:
    """The sections of a view; which there are follows from its plan."""
    backlogs = list(backlog_sections(snapshot, width))
    return [
        *header_sections(snapshot),
        why_section(snapshot, width),
        *([_space()] if width >= WIDE else []),
        client_section(snapshot),
        *backlogs[:-1],
        *proxy_sections(snapshot),
        *backlogs[-1:],
        *pool_queue_sections(snapshot, width),
        _space(),
        lane_section(snapshot),
        axis_section(snapshot),
        *parked_sections(snapshot),
        meter_section(snapshot),
        own_section(snapshot, width),
        *spark_sections(snapshot, width),
    ]


def draw_view(sheet: Sheet, snapshot: Snapshot, sections: Sequence[Section], granted: Granted) -> None:
    """Draw the sections of a view onto a sheet of its own, with so many rows of each rank."""
    sheet.offer(Area(0, 0, sheet.height, sheet.width), lambda _row, _col: _whole(snapshot))
    stack(sheet, sections, granted)


def _whole(snapshot: Snapshot) -> Target:
    return ViewTarget(view=snapshot.number)


def _space() -> Section:
    return Section(claims=(Claim(Rank.SPACE),))


# Why it looks as it does: who keeps others waiting at the moment, from the trace.
# What to watch: which cause is named, and for how long, is the trace's business; its figures stand still as all others.

LABEL = later("WHY")


def why_section(snapshot: Snapshot, width: int) -> Section:
    """Up to three rows, in a narrow view four, kept free even where the sentence of the moment is short."""
    narrow = Claim(Rank.WHY_THIRD, int(width < WIDE)), Claim(Rank.WHY_FOURTH, int(width < NARROW))
    claims = (Claim(Rank.WHY_FIRST), Claim(Rank.WHY_SECOND), *narrow)
    return Section(claims=claims, draw=lambda sheet: _draw_why(sheet, snapshot))


def _draw_why(sheet: Sheet, snapshot: Snapshot) -> None:
    col = sheet.put(0, 1, translated(LABEL), Style.ACCENT) + 1
    for row, line in enumerate(_whole_sentences(_reason(snapshot), sheet.width - col - 1, sheet)):
        sheet.put(row, col, line, Style.TEXT)


def _whole_sentences(why: Why, width: int, sheet: Sheet) -> list[str]:
    """As many sentences as there is room for; only a claim that is alone too long is cut."""
    fitting_lines = (lines for told in why.shorter() if len(lines := wrapped(told, width)) <= sheet.height)
    return next(fitting_lines, None) or clipped_lines(why.claim, width, sheet.height, sheet.look)


def _reason(snapshot: Snapshot) -> Why:
    if snapshot.view.why is not None:
        return Why(snapshot.view.why)
    playback, t_s, speed = snapshot.playback, snapshot.read_s, snapshot.scene.speed
    return kept(playback, ("why", t_s, speed), lambda: playback.reason(t_s, speed))


# How busy the server is, and with what: slots that are taken, those of them that compute, and the cores.
# What to watch: all workers taken while hardly one computes is a server that stands still without being loaded.

LEAST_BAR, MOST_BAR = 6, 24
CORES_BAR = 4


def meter_section(snapshot: Snapshot) -> Section:
    """One row."""
    return Section(claims=(Claim(Rank.METER),), draw=lambda sheet: _draw_meter(sheet, snapshot))


def _draw_meter(sheet: Sheet, snapshot: Snapshot) -> None:
    pieces = [words for pool in snapshot.inventory.slots for words in _of_pool(snapshot, pool)]
    pieces += [_of_lock(snapshot, lock.name) for lock in snapshot.inventory.locks]
    pieces.append(_of_cores(sheet, snapshot))
    pieces.append(piece((tell("in {span}", span=exact_duration(RECENT_S)), Style.DIM), rank=3))
    kept = fitting(pieces, sheet.width - 2)
    col = put_pieces(sheet, 0, 1, kept)
    width = min(sheet.width - col - 5, MOST_BAR)
    if snapshot.inventory.slots and width >= LEAST_BAR:
        _bar(sheet, col + 2, width, snapshot.now.pool(snapshot.inventory.slots[-1].name).activity)


def _of_pool(snapshot: Snapshot, pool: Pool) -> Iterator[Piece]:
    now = snapshot.now.pool(pool.name)
    size = pool.size * pool.processes
    digits = len(str(size))
    computing = now.counts().get(Activity.COMPUTING, 0)
    full = now.taken == size
    words = tell("{names} busy", names=plural(pool.name, size))
    yield piece((f"{words} ", Style.DIM), (f"{now.taken:>{digits}}/{size}", Style.BAD if full else Style.TEXT))
    yield piece(
        (translated(State.COMPUTING.short) + " ", Style.DIM), (f"{computing:>{digits}}/{size}", Style.TEXT), rank=1
    )


def _of_lock(snapshot: Snapshot, name: str) -> Piece:
    share = recent_average(snapshot, f"{name}: in use")
    words = tell("{names} busy", names=translated(name))
    return piece((f"{words} ", Style.DIM), (fixed_percent(share), Style.BAD if share > 0.95 else Style.TEXT), rank=2)


def _of_cores(sheet: Sheet, snapshot: Snapshot) -> Piece:
    count = snapshot.now.cores
    share = recent_average(snapshot, "cores: in use")
    filled = round(share * CORES_BAR)
    bar = sheet.look.glyphs.full * filled, sheet.look.glyphs.empty * (CORES_BAR - filled)
    cores = tell_many("{n} core busy", "{n} cores busy", count, n=count)
    words = ((f"{cores} ", Style.DIM), (fixed_percent(share), Style.TEXT))
    return piece(*words, (" ", Style.TEXT), (bar[0], Style.CPU), (bar[1], Style.TRACK), rank=1)


def _bar(sheet: Sheet, col: int, width: int, activity: NDArray[np.uint8]) -> None:
    """What the slots do now, each kind as long as its share."""
    slots = np.sort(activity)[::-1]
    styles = styles_of(slots[np.arange(width) * len(slots) // width])
    end = sheet.put(0, col, "[", Style.RULE)
    sheet.grid.put_cells(0, end, sheet.look.characters(styles), styles)
    sheet.put(0, end + width, "]", Style.RULE)
