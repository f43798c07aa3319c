"""The clients: who there is, where requests come from, and what becomes of them: legend, counters and doors at once.

What to watch: what is zero is faint, and its place is kept: rows never move. A count changes when it happens, whoever
is still seen walking there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import Loss, Outcome, lost_by
from simulator.stage.cache import kept
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import WHO, Style
from simulator.stage.canvas.text import Piece, Words, clipped, fitting, piece, put_pieces, with_figure
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.figures import headed
from simulator.stage.street.lineup import waiting
from simulator.stage.street.places import Street
from simulator.stage.street.shares import Form
from simulator.stage.street.who import GONE, Who, who
from simulator.trace.playback import Playback
from simulator.words.language import later, tell, translated
from simulator.words.numbers import count

CLIENTS = later("CLIENTS")
LOSSES = (
    (later("{n} refused"), lost_by(Loss.NOT_CONNECTED, Loss.LIMIT)),
    (later("{n} gave up"), lost_by(Loss.CLIENT_LEFT)),
    (later("{n} timed out"), lost_by(Loss.GATEWAY)),
    (later("{n} lost in a crash"), lost_by(Loss.CRASH)),
    (later("{n} broken off"), lost_by(Loss.BROKEN)),
)
KEPT = 64


@dataclass(frozen=True, slots=True)
class ClientRows:
    """In which row what stands; several kinds may share one, and so may those that try again and those lost."""

    kinds: tuple[int, ...]
    again: int
    lost: int
    left: int
    """For those who have left but are still in the queue; -1 where there is no room for them."""


@lru_cache(KEPT)
def client_rows(street: Street, kinds: int) -> ClientRows:
    """The rows on a street for so many kinds."""
    top, height = street.clients.row, street.clients.height
    last = top + max(height - 1, 0)
    spare = height >= kinds + 2
    rows = tuple(min(top + kind, last if spare else max(last - 1, top)) for kind in range(kinds))
    again = top + kinds if spare else last
    return ClientRows(rows, again, again + spare, again + 2 if height >= kinds + 3 else -1)


def ways_in(snapshot: Snapshot, street: Street) -> int:
    """How many rows of the queue somebody walks in on; behind a room all come out of one door."""
    return 1 if street.room.width else len(set(client_rows(street, len(who(snapshot.playback).names)).kinds))


def put_clients(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """All rows, and the one of the answers."""
    if not street.clients.height or not street.clients.width:
        return
    its, rows = who(snapshot.playback), client_rows(street, len(who(snapshot.playback).names))
    if headed(snapshot, street):
        _put_heading(sheet, street)
    _put_kinds(sheet, street, its, rows)
    room = street.clients.width + (street.way.width - 1 if street.form is Form.WIDE else 0)
    again, lost = _again(sheet, snapshot, its, room), _lost(sheet, snapshot, room)
    if rows.again == rows.lost:
        both = fitting([*_short(sheet, snapshot)], street.clients.width)
        put_pieces(sheet, rows.again, street.clients.col, both)
    else:
        put_pieces(sheet, rows.again, street.clients.col, [again])
        put_pieces(sheet, rows.lost, street.clients.col, [lost])
    if rows.left >= 0:
        put_pieces(sheet, rows.left, street.clients.col, list(_left(sheet, snapshot, its, room)))


def _put_heading(sheet: Sheet, street: Street) -> None:
    words, col = translated(CLIENTS), street.label_col
    if street.form is Form.WIDE:
        sheet.put(street.heading_row, col, words, Style.PLACE)
    else:
        col = sheet.put(street.heading_row, col, " ", Style.STREET)
        sheet.put(street.heading_row, sheet.put(street.heading_row, col, words, Style.PLACE), " ", Style.STREET)


def _put_kinds(sheet: Sheet, street: Street, its: Who, rows: ClientRows) -> None:
    """Marks, names, and where they walk in; kinds that share a row share its cells."""
    end, room = street.clients.col, street.way.col - street.clients.col
    for row in sorted(set(rows.kinds)):
        kinds = [kind for kind in range(len(its.names)) if rows.kinds[kind] == row]
        each = room // len(kinds)
        for number, kind in enumerate(kinds):
            col = sheet.put(row, street.clients.col + number * each, f"{sheet.look.glyphs.who[kind]} ", WHO[kind])
            name = clipped(its.name(kind), max(each - 3, 0), sheet.look)
            end = max(end, sheet.put(row, col, name, Style.TEXT) + 1)
    stop = street.way.col + street.way.width - (1 if street.room.width else 0)
    for row in set(rows.kinds):
        sheet.put(row, end + 1, sheet.look.glyphs.empty * (stop - end - 1), Style.WAY_IN)


def _again(sheet: Sheet, snapshot: Snapshot, its: Who, room: int) -> Piece:
    number = trying_again(snapshot)
    marks = [(mark, WHO[kind] if number else Style.FAINT) for kind, mark in enumerate(_again_marks(sheet, its))]
    legend: list[Words] = []
    for mark, style in marks:
        legend += [(f"{mark} ", style)]
    if not number:
        return _first_fitting(
            [[*legend, (tell("trying again"), Style.FAINT)], [*legend[:1], (tell("again"), Style.FAINT)]], room
        )
    n = count(number)
    long, short = tell("{n} trying again", n=n), tell("{n} again", n=n)
    only = [*legend[:1], (n, Style.STRONG)]
    return _first_fitting([[*legend, *_counted(long, n)], [*legend[:1], *_counted(short, n)], only], room)


def _again_marks(sheet: Sheet, its: Who) -> str:
    return sheet.look.glyphs.who_again[: min(len(its.names), 2)]


def _counted(words: str, figure: str, style: Style = Style.STRONG) -> list[Words]:
    return with_figure(words, figure, style)


def _first_fitting(wordings: list[list[Words]], room: int) -> Piece:
    pieces = [piece(*words) for words in wordings]
    return next((each for each in pieces if each.width <= room), piece())


def _lost(sheet: Sheet, snapshot: Snapshot, room: int) -> Piece:
    """By how they were lost, where there is room for it."""
    mark = f"{sheet.look.glyph(Style.DROPPED)} "
    ways = list(_losses(snapshot))
    total = sum(number for _, number in ways)
    words = tell("{n} lost", n=count(total))
    if not total:
        return _first_fitting([[(mark + words, Style.FAINT)]], room)
    split: list[Words] = [(mark, Style.DROPPED)]
    for message, number in ways:
        split += [("  ", Style.DIM)] if len(split) > 1 else []
        split += [(tell(message, n=count(number)), Style.DROPPED)]
    return _first_fitting([split, [(mark + words, Style.DROPPED)], [(mark + count(total), Style.DROPPED)]], room)


def _losses(snapshot: Snapshot) -> Iterator[tuple[str, int]]:
    """How many were lost in each way so far; only ways in which somebody was."""
    ended = snapshot.now.ended
    for message, outcomes in LOSSES:
        number = sum(ended[outcome] for outcome in outcomes)
        if number:
            yield message, number


def _short(sheet: Sheet, snapshot: Snapshot) -> Iterator[Piece]:
    """Both in a few cells."""
    again, lost = trying_again(snapshot), sum(number for _, number in _losses(snapshot))
    for mark, number, style in (
        (sheet.look.glyphs.who_again[0], again, Style.STRONG),
        (sheet.look.glyph(Style.DROPPED), lost, Style.DROPPED),
    ):
        yield piece((f"{mark} {count(number)}", style if number else Style.FAINT))


def _left(sheet: Sheet, snapshot: Snapshot, its: Who, room: int) -> Iterator[Piece]:
    """Those for whom nobody waits, though they are still in line."""
    rows = waiting(snapshot).rows
    gone = rows[its.fills(rows, snapshot.t_s) == GONE]
    if len(gone):
        mark = sheet.look.glyphs.who_gone[int(np.bincount(its.kind[gone]).argmax())]
        n = count(len(gone))
        long, short = tell("{n} left, still queued", n=n), tell("{n} left", n=n)
        legend = (f"{mark} ", Style.GONE)
        yield _first_fitting([[legend, *_counted(long, n)], [legend, *_counted(short, n)]], room)


# The answers' row.


def put_answers(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """How many were served, and the way on which answers come back."""
    row, look = street.answers_row, sheet.look
    if row < 0:
        return
    n = count(snapshot.now.ended[Outcome.COMPLETED])
    words = tell("{n} served", n=n)
    mark = (f"{look.glyph(Style.DONE)} ", Style.GOOD)
    put_pieces(
        sheet,
        row,
        street.label_col,
        [_first_fitting([[mark, (words, Style.TEXT)], [mark, (n, Style.TEXT)]], street.way.col - street.label_col - 1)],
    )
    stop = street.line_col if not street.window.width else street.queue.col + street.queue.width
    start = street.way.col + (1 if street.form is Form.WIDE else 0)
    sheet.put(row, start, look.glyphs.back, Style.FAINT)
    sheet.put(row, start + 1, look.glyphs.horizontal * (stop - start - 1), Style.WAY_BACK)


# Clients between two tries.


def trying_again(snapshot: Snapshot) -> int:
    """How many wait to try again: whose connecting is not answered, or whose request failed."""
    playback, t_s = snapshot.playback, snapshot.t_s
    failed, tried = kept(playback, "tries", lambda: _tries(playback))
    between = failed.searchsorted(t_s, "right") - tried.searchsorted(t_s, "right")
    backlogs = snapshot.now.backlogs
    return int(between) + (len(backlogs[0].retrying) if backlogs else 0)


def _tries(playback: Playback) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When whoever tried again had failed, and when it did; each in order."""
    trace = playback.trace
    rows = np.flatnonzero((trace.attempt > 0) & (trace.parent >= 0))
    failed, tried = trace.finished[trace.parent[rows]], trace.arrival[rows]
    known = ~np.isnan(failed) & ~np.isnan(tried)
    return np.sort(failed[known]), np.sort(tried[known])
