"""Actions that change what is looked at: the moment, the speed, the lane, the scale. The run stays as it is."""

from simulator.lab.changes import turn_selected
from simulator.lab.lab import Sitting
from simulator.lab.scenes import view
from simulator.stage.frame import lane_count
from simulator.stage.scene import coarser as coarser_step
from simulator.stage.scene import finer as finer_step


def play(sitting: Sitting) -> None:
    """Play, or pause."""
    sitting.clock.toggle()


def seek(sitting: Sitting, seconds: float) -> None:
    """By so many seconds; in the list of knobs it turns the selected one."""
    if sitting.panel is not None:
        turn_selected(sitting, 1 if seconds > 0 else -1)
    else:
        sitting.clock.seek(sitting.clock.t_s + seconds)


def start(sitting: Sitting) -> None:
    """To the start of the run."""
    sitting.clock.seek(0.0)


def end(sitting: Sitting) -> None:
    """To its end."""
    sitting.clock.seek(sitting.clock.end_s)


def step(sitting: Sitting, direction: int) -> None:
    """To the nearest event of any of the runs that are shown."""
    sitting.clock.pause()
    playbacks, t_s = sitting.shown.playbacks, sitting.clock.t_s
    moments = [p.next_event(t_s) if direction > 0 else p.previous_event(t_s) for p in playbacks]
    known = [moment for moment in moments if moment is not None]
    if known:
        sitting.clock.seek(min(known) if direction > 0 else max(known))


def jump(sitting: Sitting) -> None:
    """The next telling moment of the server in focus; after the last one the first again."""
    playback = sitting.shown.playbacks[sitting.focus]
    event = playback.next_interesting(sitting.clock.t_s) or next(iter(playback.interesting), None)
    if event is None:
        sitting.say("nothing stands out in this run")
        return
    sitting.clock.pause()
    sitting.clock.seek(event.look_s)
    sitting.say(f"#{event.request} {event.words}" if event.request >= 0 else event.words)


def speed(sitting: Sitting, direction: int) -> None:
    """The next higher or lower one."""
    if direction > 0:
        sitting.clock.faster()
    else:
        sitting.clock.slower()


def select(sitting: Sitting, direction: int) -> None:
    """The next lane, or the next line of the list."""
    panel = sitting.panel_state()
    if panel is not None:
        sitting.panel = (panel.selected + direction) % panel.count
        return
    count = lane_count(view(sitting, sitting.focus))
    if count:
        lane = sitting.pane.lane
        sitting.look(lane=0 if lane is None else (lane + direction) % count)


def focus(sitting: Sitting, direction: int) -> None:
    """The next server."""
    sitting.focus = (sitting.focus + direction) % len(sitting.panes)


def zoom_pane(sitting: Sitting) -> None:
    """The server in focus alone, or all."""
    sitting.zoomed = not sitting.zoomed


def finer(sitting: Sitting) -> None:
    """Less time in a column."""
    sitting.column_s = finer_step(sitting.column_s)


def coarser(sitting: Sitting) -> None:
    """More time in a column."""
    sitting.column_s = coarser_step(sitting.column_s)


def log_scale(sitting: Sitting) -> None:
    """A logarithmic scale, or a linear one."""
    sitting.log_s = not sitting.log_s
