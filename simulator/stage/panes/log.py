"""What happened, line by line: the newest at the bottom, and bright; at the right which of the moments this is."""

from collections.abc import Iterator, Sequence
from heapq import nlargest

from simulator.plan.words import Outcome
from simulator.stage.cache import kept
from simulator.stage.canvas.box import Box, put_box
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, clipped_lines, piece
from simulator.stage.moments import moments_before, stops
from simulator.stage.panes.curve_plot import titled
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import Event, EventKind
from simulator.words.language import later, tell, tell_many, translated
from simulator.words.numbers import count, short_duration, to_places

TITLE = later("what happened")
TIME_WIDTH = 8
"""``  17.6 s``; a run of an hour ends at ``3600.0 s``."""
WORDS_COL = 1 + TIME_WIDTH + 1
MOST_LINES = 3
"""Of one event."""


def put_log(sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
    """The last things that happened in any of the runs, as many as there are rows."""
    if not (sheet.width and sheet.height and snapshots):
        return
    box = Box(title=titled(translated(TITLE)), right=_number(snapshots))
    inside = put_box(sheet, Area(0, 0, sheet.height, sheet.width), box)
    told = [(event, snapshot) for snapshot in snapshots for event in _told(snapshot, inside.height)]
    latest = nlargest(inside.height, told, key=lambda each: each[0].time_s)
    row = inside.row
    if not told:  # an empty box looks broken
        for line in clipped_lines(tell("nothing yet"), inside.width, min(1, inside.height), sheet.look):
            sheet.put(row, inside.col, line, Style.FAINT)
    for event, snapshot, lines in reversed(list(_fitting(sheet, latest, inside.height))):
        _put_event(sheet, row, event, snapshot, lines, newest=event is latest[0][0])
        row += len(lines)


def _fitting(
    sheet: Sheet, latest: Sequence[tuple[Event, Snapshot]], rows: int
) -> Iterator[tuple[Event, Snapshot, list[str]]]:
    """As many of the latest as there are rows for, none of them cut while a few rows are enough for it."""
    for event, snapshot in latest:
        room = max(sheet.width - WORDS_COL - 2 * bool(snapshot.letter) - 2, 0)
        lines = (
            clipped_lines(_brief(event, snapshot), room, min(MOST_LINES, max(rows, 1)), sheet.look) if room else [""]
        )
        rows -= len(lines)
        if rows < 0:
            return
        yield event, snapshot, lines


def _told(snapshot: Snapshot, rows: int) -> list[Event]:
    """The last lines of one run, made once for as long as no further one comes."""
    playback, t_s = snapshot.playback, snapshot.t_s
    return kept(playback, ("told", playback.log_length(t_s), rows), lambda: playback.log(t_s, rows))


def _number(snapshots: Sequence[Snapshot]) -> tuple[Piece, ...]:
    """Where in the moments of the run we are."""
    scene = snapshots[0].scene
    known = stops([view.playback for view in scene.views], scene.captions)
    if not known:
        return ()
    at = moments_before(known, snapshots[0].t_s)
    if at:
        where = tell("{number} of {of}", number=at, of=len(known))
    else:
        where = tell_many("{n} moment", "{n} moments", len(known), n=len(known))
    return (piece(("j ", Style.KEY_NAME), (where, Style.DIM), rank=1),)


def _put_event(sheet: Sheet, row: int, event: Event, snapshot: Snapshot, lines: Sequence[str], *, newest: bool) -> None:
    sheet.put_right(row, 1 + TIME_WIDTH, f"{to_places(event.time_s, 1)} s", Style.FAINT)
    col = WORDS_COL
    if snapshot.letter:
        col = sheet.put(row, col, f"{snapshot.letter} ", snapshot.spark)
    style = Style.TEXT if newest else Style.DIM
    for number, line in enumerate(lines):
        sheet.put(row + number, col, line, style)


def _brief(event: Event, snapshot: Snapshot) -> str:
    """In as few words as a narrow log has room for."""
    fields = {"request": event.request, "n": count(event.others), "time": short_duration(event.seconds)}
    match event.kind:
        case EventKind.BLOCKED:
            return tell("#{request} kept {n} waiting for {time}", **fields)
        case EventKind.SLOWEST:
            return tell("#{request} took longest: {time}", **fields)
        case EventKind.CROWDED:
            return tell("most requests at once: {n}", **fields)
        case EventKind.FAILED:
            outcome = Outcome(int(snapshot.playback.trace.outcome[event.request]))
            return tell("#{request} {outcome}", outcome=translated(outcome.words), **fields)
        case EventKind.SYN_DROPPED:
            return tell("#{request} SYN dropped: backlog full", **fields)
        case EventKind.INTERVENED:  # when a process will be back is told when it is
            return event.text.replace("；", ";").partition(";")[0]
        case _:
            return event.text
