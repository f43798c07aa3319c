"""What keys and the mouse do in the lab: one line for every action; each has its row in ``keys`` too.

What to watch: no action runs anything or draws anything. Those that want another run are in ``changes``; here are those
that change only what is looked at: the moment, the speed, the lane, the scale.
"""

from collections.abc import Callable, Mapping
from functools import partial

from simulator.lab import changes
from simulator.lab.captions import captions_of
from simulator.lab.knobs import SIZE
from simulator.lab.lab import Lab
from simulator.lab.scenes import (
    first_busy_lane,
    request_on,
    selected_lane_of,
    stage_size,
    view,
)
from simulator.stage.canvas.grid import Size
from simulator.stage.frame import lane_count, visible_lanes
from simulator.stage.moments import ROUNDING_S, moments_before, stops
from simulator.stage.scene import Scene
from simulator.stage.scene import coarser as coarser_step
from simulator.stage.scene import finer as finer_step
from simulator.words.language import said, translated

SEEK_S = 1.0
Action = Callable[[Lab], None]


def play(lab: Lab) -> None:
    """Play, or pause."""
    lab.playhead.toggle()


def chosen_request(lab: Lab) -> int | None:
    """The request on the selected lane, or else on the first that has one; where there is none it is said."""
    lane = selected_lane_of(lab, lab.focus)
    if lane is None:
        lab.change_pane(lane=first_busy_lane(lab, lab.focus))
        lane = selected_lane_of(lab, lab.focus)
    if lane is None:
        lab.say(said("No request is on any lane now."))
        return None
    request = request_on(lab.shown.playbacks[lab.focus], lane, lab.playhead.t_s)
    if request is None:
        lab.say(said("No request is on {group} {lane} now.", group=translated(lane.group), lane=lane.lane))
    return request


def seek(lab: Lab, seconds: float) -> None:
    """By so many seconds; in the list of knobs it turns the selected one."""
    if lab.panel is not None:
        changes.turn_selected(lab, 1 if seconds > 0 else -1)
    else:
        lab.playhead.seek(lab.playhead.t_s + seconds)


def start(lab: Lab) -> None:
    """To the start of the run."""
    lab.playhead.seek(0.0)


def end(lab: Lab) -> None:
    """To its end."""
    lab.playhead.seek(lab.playhead.end_s)


def step(lab: Lab, direction: int) -> None:
    """To the nearest event of any of the runs that are shown."""
    lab.playhead.pause()
    playbacks, t_s = lab.shown.playbacks, lab.playhead.t_s
    moments = [p.next_event(t_s) if direction > 0 else p.previous_event(t_s) for p in playbacks]
    known = [moment for moment in moments if moment is not None]
    if known:
        lab.playhead.seek(min(known) if direction > 0 else max(known))


def jump(lab: Lab, direction: int = 1) -> None:
    """The next telling moment of any server that is shown, or the one before; after the last one the first again."""
    playbacks, t_s = lab.shown.playbacks, lab.playhead.t_s
    known = stops(playbacks, captions_of(lab.captions, playbacks[0].trace.labels))
    if not known:
        lab.say(said("Nothing stands out in this run."))
        return
    number = moments_before(known, t_s)
    if direction < 0:
        number = sum(each.look_s < t_s - ROUNDING_S for each in known) - 1
    number %= len(known)
    moment = known[number]
    lab.playhead.pause()
    lab.playhead.seek(moment.look_s)
    fields = {"number": number + 1, "of": len(known), "event": lambda: moment.text}
    if len(lab.panes) > 1 and not moment.shared:
        lab.focus = moment.view
        lab.say(said("moment {number} of {of} ({letter}): {event}", letter="ABCD"[moment.view], **fields))
    else:
        lab.say(said("moment {number} of {of}: {event}", **fields))


def speed(lab: Lab, direction: int) -> None:
    """The next higher or lower one."""
    if direction > 0:
        lab.playhead.faster()
    else:
        lab.playhead.slower()


def select(lab: Lab, direction: int) -> None:
    """The next lane, or the next line of the list."""
    panel = lab.open_panel()
    if panel is not None:
        lab.choose_line((panel.selected + direction) % panel.count)
        return
    count = lane_count(view(lab, lab.focus))
    if count:
        lane = lab.pane.lane
        lab.change_pane(lane=0 if lane is None else (lane + direction) % count)


def keep_in_sight(lab: Lab, scene: Scene, size: Size) -> None:
    """Scroll as far as needed to see the selected lane on a screen of that size."""
    lane = lab.pane.lane
    if lane is None:
        return
    shown = visible_lanes(scene, stage_size(lab, size), lab.focus)
    if lane < shown.start:
        lab.change_pane(first=lane)
    elif len(shown) and lane >= shown.stop:
        lab.change_pane(first=lane - len(shown) + 1)


def scroll(lab: Lab, scene: Scene, size: Size, pages: float) -> None:
    """Through the lanes, by pages; by one lane for less than a page."""
    shown = visible_lanes(scene, stage_size(lab, size), lab.focus)
    lines = round(pages * max(len(shown) - 1, 1)) if abs(pages) >= 1 else (1 if pages > 0 else -1)
    lab.change_pane(first=max(shown.start + lines, 0))


def focus(lab: Lab, direction: int) -> None:
    """The next server."""
    lab.focus = (lab.focus + direction) % len(lab.panes)


def zoom_pane(lab: Lab) -> None:
    """The server in focus alone, or all."""
    lab.zoomed = not lab.zoomed


def finer(lab: Lab) -> None:
    """Less time in a column."""
    lab.column_s = finer_step(lab.column_s)


def coarser(lab: Lab) -> None:
    """More time in a column."""
    lab.column_s = coarser_step(lab.column_s)


def card(lab: Lab) -> None:
    """Open the card with the verdict, or close it."""
    lab.card = not lab.card


def log_scale(lab: Lab) -> None:
    """Of charts and lives; the curves on the stage choose theirs by what they show."""
    lab.log_s = not lab.log_s
    logarithmic = said("Charts (h) and lives (enter) have a logarithmic scale now.")
    lab.say(logarithmic if lab.log_s else said("Charts (h) and lives (enter) have a linear scale now."))


def present(lab: Lab) -> None:
    """Only what many people can read from afar, or all."""
    lab.presenting = not lab.presenting


def menu(lab: Lab) -> None:
    """Open the list of all keys, or close it."""
    lab.menu_page = None if lab.menu_page is not None else 0


ACTIONS: Mapping[str, Action] = {
    "play": play,
    "step-back": partial(step, direction=-1),
    "step": partial(step, direction=1),
    "back": partial(seek, seconds=-SEEK_S),
    "forward": partial(seek, seconds=SEEK_S),
    "start": start,
    "end": end,
    "slower": partial(speed, direction=-1),
    "faster": partial(speed, direction=1),
    "jump": jump,
    "jump-back": partial(jump, direction=-1),
    "select-up": partial(select, direction=-1),
    "select-down": partial(select, direction=1),
    "next-pane": partial(focus, direction=1),
    "previous-pane": partial(focus, direction=-1),
    "zoom-pane": zoom_pane,
    "finer": finer,
    "coarser": coarser,
    "log-scale": log_scale,
    "card": card,
    "present": present,
    "menu": menu,
    "more-load": partial(changes.turn, id="rate", direction=1),
    "less-load": partial(changes.turn, id="rate", direction=-1),
    "more-slow": partial(changes.turn, id="slow", direction=1),
    "less-slow": partial(changes.turn, id="slow", direction=-1),
    "more-io": partial(changes.turn, id="io", direction=1),
    "less-io": partial(changes.turn, id="io", direction=-1),
    "more-cpu": partial(changes.turn, id="cpu", direction=1),
    "less-cpu": partial(changes.turn, id="cpu", direction=-1),
    "next-seed": partial(changes.turn, id="seed", direction=1),
    "larger": partial(changes.turn, id=SIZE, direction=1),
    "smaller": partial(changes.turn, id=SIZE, direction=-1),
    "front": changes.front,
    "front-beside": changes.front_beside,
    "next-model": partial(changes.next_model, direction=1),
    "previous-model": partial(changes.next_model, direction=-1),
    "compare": changes.compare,
    "fewer-panes": changes.fewer_panes,
    "panel": changes.panel,
    "kill": changes.kill,
    "burst": changes.burst,
    "slow-io": changes.slow_io,
    "shrink": partial(changes.resize, direction=-1),
    "grow": partial(changes.resize, direction=1),
    "undo": changes.undo,
    "redo": changes.redo,
    "remove": changes.remove,
}


def perform(lab: Lab, id: str) -> None:
    """Do what the key does."""
    ACTIONS[id](lab)
    lab.touch()
