"""WHY: the one claim of the picture, in the only frame with an accent, and its figures quietly below.

What to watch: which cause is named, and for how long, is the trace's business. The accent is the cause: blue for the
lines of clients, orange for computing, yellow for a lock, magenta for losses, green where nothing is wrong.
"""

import re
from collections.abc import Iterator

from simulator.plan.resources import Gil
from simulator.stage.cache import kept, still
from simulator.stage.canvas.box import Box, put_box
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import Words, clipped_lines, piece, put_pieces, wrapped
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import Activity
from simulator.trace.playback.claims import Dropped, Named
from simulator.trace.playback.why import Why
from simulator.words.language import later, tell, translated

LABEL = later("WHY")
FRAMED, LEAST_FRAMED = 4, 50
"""Rows and columns from which on the claim has a frame."""
FIGURE = re.compile(r"#?\d[\d\u00a0 .,]*\d?(?: ?(?:ms|µs|s|%|/s|KiB|MiB)\b)?|\d")
"""A figure with its unit, or the number of a request."""
ACCENTS = {
    Style.BY_CLIENTS: Ground.CLIENTS,
    Style.BY_COMPUTING: Ground.COMPUTING,
    Style.BY_LOCK: Ground.LOCK,
    Style.RELIEF: Ground.RELIEF,
    Style.BY_LOSS: Ground.LOSS,
}


def put_claim(sheet: Sheet, snapshot: Snapshot) -> None:
    """Draw it over the whole sheet."""
    if not sheet.height or not sheet.width:
        return
    why = _reason(snapshot)
    accent = Style.BY_LOSS if why.loss else _accent(snapshot)
    if sheet.height < FRAMED or sheet.width < LEAST_FRAMED:
        sheet.grid.fill(0, 0, sheet.height, 1, sheet.look.glyphs.full, style=accent)
        letter = f"{snapshot.letter} {snapshot.view.title}: " if snapshot.letter else ""
        _put_sentences(sheet, Area(0, 2, sheet.height, sheet.width - 3), snapshot, why, letter)
        return
    title = tell("WHY {letter}", letter=snapshot.letter) if snapshot.letter else translated(LABEL)
    proposal = snapshot.view.proposal
    box = Box(
        title=(piece((title, accent)),),
        bottom_right=(proposal,) if proposal is not None else (),
        rule=accent,
        ground=Ground.RAISED,
        keycap=Style.ON_BRIGHT,
        keycap_ground=ACCENTS[accent],
        key_words=accent,
    )
    inside = put_box(sheet, Area(0, 0, sheet.height, sheet.width), box)
    room = Area(inside.row, inside.col + 1, inside.height, max(inside.width - 2, 0))
    _put_sentences(sheet, room, snapshot, why, "")


def _put_sentences(sheet: Sheet, room: Area, snapshot: Snapshot, why: Why, before: str) -> None:
    """They are broken into lines once, for as long as they stay the same."""
    if room.width > 0 and room.height > 0:
        part = sheet.part(room.row, room.col, room.width, room.height)
        still(part, snapshot.playback, ("claim", why, before), lambda fresh: _write(fresh, why, before))
        sheet.paste(part)


def _write(sheet: Sheet, why: Why, before: str) -> None:
    """The claim in bold; then as many of the other sentences as have room whole, with their figures in white."""
    claim = clipped_lines(before + why.claim, sheet.width, sheet.height, sheet.look)
    for row, line in enumerate(claim):
        sheet.put(row, 0, line, Style.CLAIM)
    left = sheet.height - len(claim)
    gap = int(left > 4 and sheet.height > 6)
    told = _others(why, sheet.width, left - gap)
    for row, line in enumerate(told, len(claim) + gap):
        put_pieces(sheet, row, 0, [piece(*_with_figures(sheet.look.spelled(line)))])


def _others(why: Why, width: int, height: int) -> list[str]:
    """As many of the other sentences as have room, in their order; one that is too long is left out."""
    kept: list[str] = []
    lines: list[str] = []
    for each in why.more:
        longer = wrapped(str(Why(*_first_and_rest([*kept, each]))), width)
        if len(longer) <= height:
            kept, lines = [*kept, each], longer
    return lines


def _first_and_rest(sentences: list[str]) -> tuple[str, tuple[str, ...]]:
    return sentences[0], tuple(sentences[1:])


def _with_figures(line: str) -> Iterator[Words]:
    start = 0
    for found in FIGURE.finditer(line):
        yield line[start : found.start()], Style.DIM
        yield found.group(), Style.TEXT
        start = found.end()
    yield line[start:], Style.DIM


def _reason(snapshot: Snapshot) -> Why:
    if snapshot.view.why is not None:
        return Why(snapshot.view.why)
    playback, t_s, speed = snapshot.playback, snapshot.read_s, snapshot.scene.speed
    return kept(playback, ("why", t_s, speed), lambda: playback.reason(t_s, speed))


def _accent(snapshot: Snapshot) -> Style:
    """By the cause that is named."""
    playback, t_s, speed = snapshot.playback, snapshot.read_s, snapshot.scene.speed
    named = kept(playback, ("cause", t_s, speed), lambda: playback.cause(t_s, speed))
    return accent_of(named, gils={lock.name for lock in snapshot.inventory.locks if isinstance(lock, Gil)})


def accent_of(named: Named, gils: set[str]) -> Style:
    """The style that a cause is shown in."""
    if named is None:
        return Style.RELIEF
    if isinstance(named, Dropped):
        return Style.BY_LOSS
    if named.resource in gils:
        return Style.BY_LOCK
    if named.use in (Activity.UPLOAD, Activity.DOWNLOAD, Activity.CLOSING, Activity.IO):
        return Style.BY_CLIENTS
    return Style.BY_COMPUTING
