"""The walk through a plan, place by place: the plan's steps with ``handle`` unfolded into the phases of the workload.

A place is a column of the trace: the moment at which a request reached it. Both engines and every view use this list.
"""

from dataclasses import dataclass

from simulator.plan.plan import Plan
from simulator.plan.resources import Gil, Lock
from simulator.plan.steps import Accept, AcceptEagerly, Compute, Connect, Handle, Receive, Release, Seize, Send, Step
from simulator.plan.words import State


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the walk."""

    name: str
    """Unique within the walk, for example ``accept worker``, ``handle.2``."""
    step: Step
    state: State
    """What a request does there. Where it computes: State.COMPUTING, and part of the time may be spent waiting for the
    lock or for a core."""
    phase: int | None = None
    """For a ``handle`` place: which phase of the request, from 0."""
    lock: Lock | None = None
    """The lock that computing here needs."""

    @property
    def lock_state(self) -> State | None:
        """What waiting for the lock is called here."""
        if self.lock is None:
            return None
        return State.GIL if isinstance(self.lock, Gil) else State.LOOP


def walk(plan: Plan, phase_count: int) -> tuple[Place, ...]:
    """The places of a plan for requests with up to ``phase_count`` phases."""
    places: list[Place] = []
    for step in plan.steps:
        for place in _places(step, phase_count):
            twins = sum(p.name.split(" #")[0] == place.name for p in places)
            name = f"{place.name} #{twins + 1}" if twins else place.name
            places.append(Place(name, place.step, place.state, place.phase, place.lock))
    return tuple(places)


def _places(step: Step, phase_count: int) -> list[Place]:
    match step:
        case Connect(backlog=backlog):
            return [Place(f"connect {backlog.name}", step, State.CONNECTING)]
        case Accept(pool=pool):
            return [Place(f"accept {pool.name}", step, State.BACKLOG)]
        case AcceptEagerly(backlog=backlog, lock=lock):
            waiting = Place(f"wait {backlog.name}", step, State.BACKLOG)
            return [waiting, Place(f"accept {lock.name}", step, State.COMPUTING, lock=lock)]
        case Seize(pool=pool):
            return [Place(f"seize {pool.name}", step, State.QUEUED)]
        case Release(pool=pool):
            return [Place(f"release {pool.name}", step, State.DELIVERY)]
        case Receive():
            return [Place("receive", step, State.UPLOAD)]
        case Compute(lock=lock, what=what):
            return [Place(what, step, State.COMPUTING, lock=lock)]
        case Handle(lock=lock):
            return [Place(f"handle.{n + 1}", step, State.COMPUTING, n, lock) for n in range(phase_count)]
        case Send():
            return [Place("send", step, State.DOWNLOAD)]
