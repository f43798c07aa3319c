"""What the mouse does: select a lane and open who is there, seek on the time bar, press keys, choose from lists."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.lab.lab import Lab
from simulator.lab.panel import line_at
from simulator.lab.scenes import lane_number, panel_width, request_on, stage_size
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.key_bar import KeyTarget
from simulator.stage.canvas.key_menu import KeyMenu, key_at
from simulator.stage.canvas.look import Look
from simulator.stage.frame import target_at
from simulator.stage.scene import LaneTarget, RequestTarget, Scene, TimeTarget, ViewTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What is left to do for the screen."""

    request: int | None = None
    """To be inspected."""
    action: str = ""
    """To be performed, as if its key had been pressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """Where somebody pressed the mouse, or moved it to while it was pressed."""

    cell: tuple[int, int]
    """Row and column on the screen."""
    dragged: bool
    cells: Size
    """Of the screen."""
    look: Look


def point(lab: Lab, at: Pointer, menu: KeyMenu | None, scene: Callable[[], Scene]) -> Pressed:
    """Do what belongs to the cell: of the list of all keys, of the list of knobs, or of the stage."""
    if menu is not None:
        found = None if at.dragged else key_at(menu, at.cells, at.cell, at.look)
        return Pressed() if at.dragged else Pressed(action="leave" if found is None else found.action)
    panel, width = lab.open_panel(), panel_width(lab, at.cells)
    if panel is not None and at.cell[1] >= at.cells.width - width:
        line = line_at(panel, (width, at.cells.height), at.cell[0])
        if line is not None:
            lab.choose_line(line)
        return Pressed()
    return Pressed() if lab.broken else _on_stage(lab, scene(), at)


def _on_stage(lab: Lab, scene: Scene, at: Pointer) -> Pressed:
    target = target_at(scene, stage_size(lab, at.cells), *at.cell)
    if isinstance(target, TimeTarget):
        lab.playhead.seek(target.t_s)
        return Pressed()
    if at.dragged:
        return Pressed()
    match target:
        case LaneTarget(view=view, lane=lane, t_s=t_s):
            lab.focus = view
            playback = lab.shown.playbacks[view]
            lab.change_pane(lane=lane_number(playback, lane))
            return Pressed(request=request_on(playback, lane, lab.playhead.t_s if t_s is None else t_s))
        case RequestTarget(view=view, request=request):
            lab.focus = view
            return Pressed(request=request)
        case ViewTarget(view=view):
            lab.focus = view
        case KeyTarget(hint=hint):
            return Pressed(action=hint.action)
        case _:
            pass
    return Pressed()
