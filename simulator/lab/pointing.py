"""What the mouse does on the stage: select a lane and open who is there, seek on the time bar, press the keys below."""

from dataclasses import dataclass

from simulator.lab.lab import Lab
from simulator.lab.scenes import lane_number, request_on
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.key_bar import KeyTarget
from simulator.stage.frame import target_at
from simulator.stage.scene import LaneTarget, RequestTarget, Scene, TimeTarget, ViewTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What is left to do for the screen."""

    request: int | None = None
    """To be inspected."""
    action: str = ""
    """To be performed, as if its key had been pressed."""


def point(lab: Lab, scene: Scene, size: Size, cell: tuple[int, int], *, dragged: bool) -> Pressed:
    """Somebody pressed the mouse on a cell of the stage (row, column), or moved it there while it was pressed."""
    target = target_at(scene, size, *cell)
    if isinstance(target, TimeTarget):
        lab.playhead.seek(target.t_s)
        return Pressed()
    if dragged:
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
