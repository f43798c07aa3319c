"""The room of a proxy: whom it listens to and whom it feeds, each with its progress while there is room for that.

What to watch: a slow client costs a seat here, which is cheap, and nobody a worker. Whoever is with the server behind
stands in the queue or at a desk, and is only counted here.
"""

import json

import numpy as np
from numpy.typing import NDArray

from simulator.plan.resources import Pool
from simulator.stage.cache import kept
from simulator.stage.canvas.box import Box, put_box
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import Piece, piece, with_figure
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.crowd import marks_for, scale_words
from simulator.stage.street.followed import finder, light
from simulator.stage.street.lineup import NEARLY
from simulator.stage.street.places import Street
from simulator.stage.street.seats import Held, held, within
from simulator.stage.street.shares import Form
from simulator.stage.street.who import NOBODY, Rows, who
from simulator.trace.playback import LaneGroup
from simulator.words.language import tell, tell_many, translated
from simulator.words.numbers import count

BETWEEN = 5
"""Cells between the words in a frame, and what is left of its line."""
WIDE_BAR, NARROW_BAR = 6, 2
"""Cells."""
LATELY_S = 1.0
"""A proxy that refused somebody so lately is still called full."""
LEAST_PROGRESS_S = 1e-9


def put_room(sheet: Sheet, snapshot: Snapshot, street: Street, travelling: Rows = NOBODY) -> None:
    """The frame with its words, and everybody inside who is not on the way."""
    area = street.room
    if area.width < 2 or area.height < 1:
        return
    group = snapshot.inventory.counted[0]
    pool = group.resource
    if not isinstance(pool, Pool):
        return
    there = held(snapshot, pool)
    crowded = _is_crowded(there, area)
    inside = put_box(sheet, area, _box(sheet, snapshot, group, there, area))
    _put_door(sheet, street)
    inside = Area(inside.row, inside.col + 1, inside.height, max(inside.width - 2, 0))
    if not inside.width or not inside.height or not len(there.rows):
        return
    if crowded:
        _put_crowd(sheet, snapshot, there, inside)
    else:
        _put_seats(sheet, snapshot, street, there, inside, travelling)


def _is_crowded(there: Held, area: Area) -> bool:
    """Whether there are fewer cells than requests."""
    return len(there.rows) > max(area.width - 4, 0) * max(area.height - 2, 0)


# The frame.


def _box(sheet: Sheet, snapshot: Snapshot, group: LaneGroup, there: Held, area: Area) -> Box:
    room = area.width - 6
    title = piece((translated(group.name).split(" ")[0].upper(), Style.RELIEF))
    sending = int(np.count_nonzero(there.coming))
    full = _is_full(snapshot, group, there.total)
    rule = Style.BAD if full else Style.WAY_BACK
    short = [piece((count(sending), Style.STRONG))]
    n = count(sending)
    whole = [_counted(tell_many("{n} uploading", "{n} uploading", sending, n=n), n)]
    if full:
        n = count(group.lanes)
        whole = [piece((tell("full: {n} taken", n=n), Style.BAD))]
        short = [piece((tell("full"), Style.BAD))]
    right = next((each for each in (whole, short) if title.width + each[0].width + 3 <= room), [])
    return Box(
        title=(title, *_spoken(snapshot, room - title.width - sum(each.width for each in right) - BETWEEN)),
        right=tuple(right),
        bottom=tuple(_below(sheet, there, area)),
        rule=rule,
        ground=Ground.ROOM,
        gap=2,
    )


def _spoken(snapshot: Snapshot, room: int) -> list[Piece]:
    """What it speaks to the server behind, where that is not what clients speak to it."""
    settings = snapshot.playback.trace.labels.get("settings", "{}")
    protocol = kept(snapshot.playback, "spoken behind", lambda: json.loads(settings).get("protocol", "http"))
    if protocol == "http":
        return []
    each = [piece((words, Style.FAINT)) for words in (tell("speaks {protocol}", protocol=protocol), protocol)]
    return next(([words] for words in each if words.width <= room), [])


def _is_full(snapshot: Snapshot, group: LaneGroup, total: int) -> bool:
    """It stays full in the short whiles between one who leaves and the next one: else the word would flicker."""
    pool = group.resource
    if total >= group.lanes or not isinstance(pool, Pool):
        return total >= group.lanes
    trace, t_s = snapshot.playback.trace, snapshot.t_s
    refused = kept(
        snapshot.playback, ("refused", pool), lambda: np.sort(trace.finished[trace.outcome == pool.when_full])
    )
    lately = int(np.diff(refused.searchsorted((t_s - LATELY_S, t_s), "right"))[0])
    return lately > 0 and total >= group.lanes - max(group.lanes // NEARLY, 1)


def _counted(words: str, figure: str, rank: int = 0) -> Piece:
    return piece(*with_figure(words, figure, Style.STRONG if figure != "0" else Style.FAINT), rank=rank)


def _below(sheet: Sheet, there: Held, area: Area) -> list[Piece]:
    """Who else is here, and what marks are worth."""
    reading, others = int(np.count_nonzero(~there.coming)), there.behind
    said = [
        _counted(tell("{n} passed on", n=count(others)), count(others)),
        _counted(tell("{n} downloading", n=count(reading)), count(reading), rank=1),
    ]
    if area.width < 26:
        said = []
    if _is_crowded(there, area):
        marks = marks_for(len(there.rows), max(area.width - 4, 0) * max(area.height - 2, 0))
        said.insert(0, piece((scale_words(marks, sheet.look.glyphs.who[0], sheet.look, " "), Style.FAINT)))
    return said


def _put_door(sheet: Sheet, street: Street) -> None:
    """Into the queue behind."""
    start, end = street.room.col + street.room.width, street.queue.col
    row = street.room.row + street.room.height // 2
    if end - start > 1:
        glyphs = sheet.look.glyphs
        sheet.put(row, start, glyphs.horizontal * (end - start - 2) + glyphs.play, Style.WAY_IN)


# Who is inside.


def _put_seats(sheet: Sheet, snapshot: Snapshot, street: Street, there: Held, inside: Area, travelling: Rows) -> None:
    """Each on a seat, with a bar beside it if all have room for one."""
    bar = WIDE_BAR if street.form is Form.WIDE else NARROW_BAR
    blank = int(street.form is Form.WIDE)
    pitch = bar + 2 + 2 * blank
    across = max((inside.width + pitch - bar - 1 - blank) // pitch, 1)
    bars = len(there.rows) <= across * inside.height and inside.width > bar + blank
    if not bars:
        pitch, across = 1, inside.width
    seats = within(there.seats, across * inside.height)
    row, col = inside.row + seats // across, inside.col + seats % across * pitch
    characters, styles = who(snapshot.playback).marks(there.rows, snapshot.t_s, sheet.look.glyphs)
    seen = np.flatnonzero(~np.isin(there.rows, travelling))
    sheet.grid.characters[row[seen], col[seen]] = characters[seen]
    sheet.grid.styles[row[seen], col[seen]] = styles[seen]
    if bars:
        done = _progress(snapshot, there.rows)
        for i in seen.tolist():
            if np.isfinite(done[i]):
                style = Style.UPLOAD if there.coming[i] else Style.DOWNLOAD
                _put_bar(sheet, int(row[i]), int(col[i]) + 1 + blank, bar, float(done[i]), style)
    for i in np.flatnonzero(there.rows == snapshot.view.selected_request).tolist():
        light(sheet, int(row[i]), int(col[i]))
    sheet.offer(inside, finder(there.rows[seen], row[seen] - inside.row, col[seen] - inside.col, snapshot.number))


def _put_bar(sheet: Sheet, row: int, col: int, cells: int, done: float, style: Style) -> None:
    glyphs, full = sheet.look.glyphs, min(max(round(cells * done), 0), cells)
    sheet.put(row, sheet.put(row, col, glyphs.track * full, style), glyphs.track_ahead * (cells - full), Style.TRACK)


def _progress(snapshot: Snapshot, rows: Rows) -> NDArray[np.float64]:
    """Which part of its transfer each has behind it: the trace knows when it ends; nan where it does not."""
    reached = snapshot.playback.trace.reached[rows]
    before = np.where(reached <= snapshot.t_s, reached, -np.inf).max(axis=1)
    after = np.where(reached > snapshot.t_s, reached, np.inf).min(axis=1)
    done = (snapshot.t_s - before) / np.maximum(after - before, LEAST_PROGRESS_S)
    return np.where(np.isfinite(after), done, np.nan)


def _put_crowd(sheet: Sheet, snapshot: Snapshot, there: Held, inside: Area) -> None:
    """More than there are cells: a mark for each, then coarser ones from the tail on."""
    marks = marks_for(len(there.rows), inside.width * inside.height)
    rows = there.rows[np.argsort(there.seats, kind="stable")]
    glyphs = sheet.look.glyphs
    characters, styles = np.full(marks.length, glyphs.who[0], "<U1"), np.full(marks.length, Style.TEXT, np.uint8)
    if marks.level:
        characters[: marks.fine] = glyphs.crowds[marks.level - 1]
    else:
        characters[: marks.fine], styles[: marks.fine] = who(snapshot.playback).marks(
            rows[: marks.fine], snapshot.t_s, glyphs
        )
    if marks.coarse:
        characters[marks.fine :] = glyphs.crowds[marks.level]
    numbers = np.arange(marks.length)
    row, col = inside.row + numbers // inside.width, inside.col + numbers % inside.width
    sheet.grid.characters[row, col], sheet.grid.styles[row, col] = characters, styles
