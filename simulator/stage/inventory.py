"""What the plan of a run puts on the stage: lanes, queues and counts, in the order in which they are drawn.

What to watch: everything is read from the plan, and no architecture is known by name.
"""

from collections.abc import Iterator, Sequence

from simulator.plan.resources import Backlog, Gil, Lock, Loop, Pool
from simulator.plan.words import Loss, Outcome, State, lost_by
from simulator.stage.cache import kept
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.style import Style
from simulator.stage.scene import LaneRef
from simulator.stage.states import STATE_STYLES
from simulator.trace.playback import GroupKind, LaneGroup, Playback
from simulator.words.language import later, translated
from simulator.workload.interventions import Do

ALWAYS = (Style.IDLE, Style.WAITING, Style.CPU, Style.CORE, Style.DELIVERY, Style.DROPPED)
Lost = tuple[str, Sequence[Outcome]]
"""Ways of being lost under one word."""


class Inventory:
    """Worked out once for each run."""

    def __init__(self, playback: Playback) -> None:
        """From the plan, and from what was done to the server."""
        trace = playback.trace
        plan, groups = trace.plan, playback.groups
        self.backlogs: tuple[Backlog, ...] = plan.backlogs
        self.locks: tuple[Lock, ...] = plan.locks
        self.loops: tuple[Loop, ...] = tuple(lock for lock in plan.locks if isinstance(lock, Loop))
        self.queued_for: tuple[Pool, ...] = tuple(p.queue for p in trace.places if isinstance(p.queue, Pool))
        """The pools that requests wait for inside the server."""
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
        self.left = max((cell_width(label) for label in self._labels()), default=0) + 2
        """The column where lanes and queues begin, behind their labels."""
        self.kills = tuple(each for each in trace.workload.interventions if each.do is Do.KILL)
        self.losses: tuple[Lost, ...] = tuple(self._losses(bool((trace.outcome == Outcome.BROKEN).any())))
        """How a request can be lost here, so that nothing is counted that cannot happen."""
        self.styles = frozenset(self._styles(playback))
        """What can be seen here."""

    @property
    def lane_count(self) -> int:
        """How many lanes there are."""
        return len(self.lanes)

    def _labels(self) -> Iterator[str]:
        yield from (label_of(group, group.lanes - 1) for group in self.lane_groups)
        yield from (translated(backlog.name) for backlog in self.backlogs)
        yield from (translated(group.name) for group in self.counted)

    def _losses(self, broken: bool) -> Iterator[Lost]:
        yield later("refused"), lost_by(Loss.NOT_CONNECTED, Loss.LIMIT)
        yield later("gave up"), lost_by(Loss.CLIENT_LEFT)
        if self.counted:
            yield later("gateway timeout"), lost_by(Loss.GATEWAY)
        if self.kills:
            yield later("crashed"), lost_by(Loss.CRASH)
        if broken:
            yield later("broken"), lost_by(Loss.BROKEN)

    def _styles(self, playback: Playback) -> Iterator[Style]:
        trace = playback.trace
        yield from ALWAYS
        for place in trace.places:
            yield STATE_STYLES[place.state]
            if place.lock_state is not None:
                yield STATE_STYLES[place.lock_state]
        if trace.workload.phase_count > 1:
            yield STATE_STYLES[State.IO]
        if self.kills:
            yield from (Style.CRASHED, Style.DOWN)


def label_of(group: LaneGroup, lane: int) -> str:
    """``worker 3``, counted from 0; without a number where there is only one."""
    name = translated(group.name)
    return name if group.lanes <= 1 else f"{name} {lane}"


def inventory(playback: Playback) -> Inventory:
    """The inventory of a run."""
    return kept(playback, "inventory", lambda: Inventory(playback))
