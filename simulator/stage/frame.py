"""A frame: a scene as a grid of cells. Nothing else decides what it looks like.

There is no clock in it, and what is kept from one frame to the next only saves time.
"""

from collections.abc import Callable, Sequence
from functools import partial

from simulator.stage.canvas.box import Box, put_box
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import draw_keys
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import Piece, clipped, piece
from simulator.stage.end_card import put_end_card
from simulator.stage.inventory import inventory
from simulator.stage.panes.below import put_below
from simulator.stage.panes.claim import put_claim
from simulator.stage.panes.column import put_column
from simulator.stage.panes.layout import Panes, panes_of
from simulator.stage.panes.presented import put_large_figures
from simulator.stage.panes.title import put_title
from simulator.stage.scene import LaneRef, Scene, Target, View, ViewTarget, caption_now
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.axis import legend
from simulator.stage.street.figures import headed
from simulator.stage.street.places import Street, street_of
from simulator.stage.street.shares import Form
from simulator.stage.street.street import put_street
from simulator.stage.street.tape import visible_lanes as lanes_in_sight
from simulator.stage.time_bar import put_bar, put_marks


def frame(scene: Scene, size: Size, look: Look) -> CellGrid:
    """The picture of a scene, exactly as large as asked; any size will do, down to nothing."""
    return _drawn(scene, size, look).grid


def target_at(scene: Scene, size: Size, row: int, col: int) -> Target | None:
    """What lies under a cell of ``frame(scene, size, ...)``; None where there is nothing to point at."""
    found = _drawn(scene, size, Look()).target(row, col)
    return found if isinstance(found, Target) else None


def lane_count(view: View) -> int:
    """Lanes of a view in all, shown or not."""
    return len(lanes_of(view))


def lanes_of(view: View) -> tuple[LaneRef, ...]:
    """The lanes of a view, top to bottom."""
    return inventory(view.playback).lanes


def visible_lanes(scene: Scene, size: Size, view: int) -> range:
    """The lanes of a view that are drawn one by one, counted through all groups."""
    panes = _panes(scene, size)
    for number, place in zip(scene.shown, panes.places, strict=True):
        if number == view:
            street = street_of(Snapshot(scene=scene, number=number), place.street.width, place.street.height)
            return lanes_in_sight(street)
    return range(0)


def _panes(scene: Scene, size: Size) -> Panes:
    keys = bool(scene.keys) and not scene.presenting
    caption, presenting = bool(scene.captions), scene.presenting
    return panes_of(*size, len(scene.shown), keys=keys, caption=caption, presenting=presenting)


def _drawn(scene: Scene, size: Size, look: Look) -> Sheet:
    sheet = Sheet(*size, look)
    if not (sheet.width and sheet.height):
        return sheet
    snapshots = [Snapshot(scene=scene, number=number) for number in scene.shown]
    panes = _panes(scene, size)
    named = _put_streets(sheet, snapshots, panes)
    _put(sheet, panes.title, lambda part: put_title(part, scene, names=not named))
    _put(sheet, panes.figures, lambda part: put_large_figures(part, snapshots))
    _put(sheet, panes.caption, lambda part: _put_caption(part, scene))
    _put_time(sheet, snapshots, panes.time)
    _put(sheet, panes.below, lambda part: put_below(part, snapshots, log=not panes.column.height))
    _put(sheet, panes.column, lambda part: put_column(part, snapshots))
    _put(sheet, panes.keys, lambda part: draw_keys(part, scene.keys))
    if scene.card is not None:
        put_end_card(sheet, scene.card)
    return sheet


def _put(sheet: Sheet, area: Area, draw: Callable[[Sheet], None]) -> None:
    """Draw on a part, where there is one."""
    if area.height > 0 and area.width > 0:
        part = sheet.part(area.row, area.col, area.width, area.height)
        draw(part)
        sheet.paste(part)


# The streets, each in a frame with its title, and the claims below them.


def _put_streets(sheet: Sheet, snapshots: Sequence[Snapshot], panes: Panes) -> bool:
    """Returns whether the servers have their names in the frames of their streets."""
    named = True
    for snapshot, place in zip(snapshots, panes.places, strict=True):
        street = street_of(snapshot, place.street.width, place.street.height)
        named &= street.form is not Form.TINY and (street.form is not Form.MEDIUM or len(snapshots) > 1)
        _put(sheet, place.street, partial(_put_pane, snapshot=snapshot, street=street))
        _put(sheet, place.claim, partial(put_claim, snapshot=snapshot))
    return named


def _put_pane(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    sheet.offer(Area(0, 0, sheet.height, sheet.width), lambda _row, _col: ViewTarget(view=snapshot.number))
    if street.framed:
        rule = Style.STREET if snapshot.scene.focus == snapshot.number else Style.RULE
        title = () if street.form is Form.MEDIUM and headed(snapshot, street) else _title(snapshot)
        box = Box(title=title, bottom=legend(snapshot, sheet.look.glyphs), rule=rule)
        put_box(sheet, Area(0, 0, sheet.height, sheet.width), box)
    put_street(sheet, snapshot)


def _title(snapshot: Snapshot) -> tuple[Piece, ...]:
    view = snapshot.view
    letter = [(f"{snapshot.letter}  ", snapshot.spark)] if snapshot.letter else []
    note = view.busy or view.note
    words = [*letter, (view.title, Style.HEADING)]
    noted = [piece((note, Style.WARN if view.busy else Style.DIM), rank=1)] if note else []
    costs = [piece((view.costs, Style.DIM), rank=2)] if view.costs else []
    return (piece(*words), *noted, *costs)


# What somebody wants to be read.


def _put_caption(sheet: Sheet, scene: Scene) -> None:
    """One row, kept free where there are captions at all."""
    text = caption_now(scene)
    if text:
        sheet.lay(Area(0, 0, sheet.height, sheet.width), Ground.CLIENTS)
        sheet.put(0, 2, clipped(text, sheet.width - 4, sheet.look), Style.ON_BRIGHT)


# The time, at the bottom.


def _put_time(sheet: Sheet, snapshots: Sequence[Snapshot], area: Area) -> None:
    if not snapshots:
        return
    if area.height > 1:
        _put(sheet, area._replace(height=area.height - 1), lambda part: put_marks(part, snapshots))
    _put(
        sheet,
        Area(area.row + area.height - 1, area.col, min(area.height, 1), area.width),
        lambda part: put_bar(part, snapshots),
    )
