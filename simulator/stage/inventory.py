"""What the plan of a run puts on the stage: lanes, queues and counts, in the order in which they are drawn.

What to watch: everything is read from the plan, and no architecture is known by name.
"""

from simulator.plan.resources import Backlog, Gil, Lock, Loop, Pool, Processors
from simulator.plan.walk import sent_at
from simulator.stage.cache import kept
from simulator.stage.canvas.cells import cell_width
from simulator.stage.scene import LaneRef
from simulator.trace.playback import GroupKind, LaneGroup, Playback
from simulator.words.language import translated
from simulator.workload.interventions import Do


class Inventory:
    """Worked out once for each run."""

    def __init__(self, playback: Playback) -> None:
        """From the plan, and from what was done to the server."""
        trace = playback.trace
        plan, groups = trace.plan, playback.groups
        self.backlogs: tuple[Backlog, ...] = plan.backlogs
        self.locks: tuple[Lock, ...] = plan.locks
        self.loops: tuple[Loop | Processors, ...] = tuple(
            lock for lock in plan.locks if isinstance(lock, Loop | Processors)
        )
        """What requests need for a moment and hold in turn, beside nothing: event loops, or the Ps of goroutines."""
        self.processors: bool = any(isinstance(loop, Processors) for loop in self.loops)
        """Whether these are Ps."""
        unanswered = trace.places[: sent_at(trace.places)]
        self.queued_for: tuple[Pool, ...] = tuple(
            dict.fromkeys(place.queue for place in unanswered if isinstance(place.queue, Pool))
        )
        """The pools that requests wait for inside the server. Who waits to be closed is not in line: it is served."""
        self.counted: tuple[LaneGroup, ...] = tuple(group for group in groups if group.kind is GroupKind.COUNT)
        """What is drawn as counts: the connections of a proxy."""
        locks = tuple(group for group in groups if group.kind is GroupKind.LOCK)
        slots = tuple(group for group in groups if group.kind is GroupKind.SLOTS)
        self.baton: bool = bool(slots) and any(isinstance(group.resource, Gil) for group in locks)
        """Whether threads share a GIL: it has no lane, for it is handed on among theirs."""
        own = tuple(group for group in locks if not (slots and isinstance(group.resource, Gil)))
        self.lane_groups: tuple[LaneGroup, ...] = own + slots
        """What is drawn lane by lane: first the event loops, then workers and threads."""
        self.slots: tuple[Pool, ...] = tuple(group.resource for group in slots if isinstance(group.resource, Pool))
        self.lanes: tuple[LaneRef, ...] = tuple(
            LaneRef(group=group.name, lane=i) for group in self.lane_groups for i in range(group.lanes)
        )
        self.kills = tuple(each for each in trace.interventions if each.do is Do.KILL)


def label_of(group: LaneGroup, lane: int) -> str:
    """``worker 3``, counted from 0; without a number where there is only one."""
    name = translated(group.name)
    return name if group.lanes <= 1 else f"{name} {lane}"


def short_label_of(group: LaneGroup, lane: int) -> str:
    """``w3``, ``loop``; in Chinese, where the last word says what it is, ``进程 3``."""
    name = translated(group.name)
    if cell_width(name[-1:]) > 1:
        return name[-2:] if group.lanes <= 1 else f"{name[-2:]} {lane}"
    return name.rpartition(" ")[2] if group.lanes <= 1 else f"{name[:1]}{lane}"


def inventory(playback: Playback) -> Inventory:
    """The inventory of a run."""
    return kept(playback, "inventory", lambda: Inventory(playback))
