"""What a request meets at one place of its walk: what it waits for, takes, frees and computes under, and whose line.

What to watch: whoever measures, draws or explains a run asks the place, never the step that it comes from. Which places
a step has is said in ``places``.
"""

from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import Literal

from simulator.plan.blocks import Enqueue
from simulator.plan.resources import Backlog, Bucket, Cores, Gil, Lock, Loop, Memory, Pool, Processors, Upstreams
from simulator.plan.steps import Link, Step
from simulator.plan.words import IN_TURNS, WITH_LOCK, Kind, State

Kinds = tuple[Kind | Literal["crash"], ...]
"""Kinds of phases; a crash is nothing that somebody else could do."""


class Way(Enum):
    """In which direction bytes go over a line."""

    UP = "up"
    """The request, from its client."""
    DOWN = "down"
    """The response, to its client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place of the walk. What does not concern it has its default."""

    name: str
    """Unique within the walk, for example ``accept worker``, ``handle.2``."""
    step: Step | Enqueue
    """The step that it comes from: read it to run a plan or to change one, not to find out what happens here."""
    state: State
    """What a request does there. Where it computes: State.COMPUTING, and part of the time may be spent waiting for the
    lock or for a core."""
    phase: int | None = None
    """For the request's own work: which of its phases, from 0."""
    piece: int | None = None
    """Which phase all that happens here is about, be it only a slot that is taken for it; None: no certain one."""
    kinds: Kinds | None = None
    """Whoever has no such phase, or one of another kind than these, has no business here. None: of any kind."""

    waits_for: Pool | Lock | Backlog | Bucket | None = None
    """What must have room, or be free, before a request goes on. What it computes under is ``lock``."""
    queue: Pool | Backlog | Bucket | None = None
    """Where it stands in line meanwhile: for a worker in the backlog, say. None for who only knocks at a backlog: those
    are in no line of the server."""
    takes: Pool | None = None
    """Of what it holds a slot when it goes on."""
    frees: Pool | None = None
    """Of what it gives its slot back."""
    chooses: Upstreams | None = None
    """Of what it is given one here."""
    leaves: Upstreams | None = None
    """Of what it gives back the one it was given."""
    allocates: Memory | None = None
    """Where it takes memory."""
    deallocates: Memory | None = None
    """Where it gives its memory back."""
    decides_among: int | None = None
    """The request's process is decided here, among so many: of its upstream, if it has been given one."""

    about_process: bool = False
    """Whether the request's process may die of what happens here, or start anew."""

    lock: Lock | None = None
    """The lock that computing here needs."""
    cores: Cores | None = None
    """The cores that it computes on, where they are not those of the server."""
    work_s: float = 0.0
    """Seconds on a core that every request computes here; for a phase, what is added to it where it computes."""
    mebibyte_s: float = 0.0
    """Seconds on a core that are added for every MiB of its body."""
    cpu_factor: float = 1.0
    """For a phase: so many times as long as the load says does it compute, where that is not native code."""
    visits: int = 1
    """In how many turns under the lock."""
    keeps: tuple[Kind, ...] = ()
    """Where the lock is a loop: kinds of waiting that do not let go of it."""
    releases: int = 0
    """Calls at its end that let go of a GIL for a moment."""
    what: str | None = None
    """What is computed, where the model says it."""
    by: Pool | None = None
    """Whose slot the acceptor needs too that a request waits for: while others hold it, nobody is accepted."""
    acceptor: bool = False
    """Whether the acceptor computes here, that took the request out of its queue, and the request waits for it."""
    most_in_hand: int | None = None
    """How many requests a process has between here and the end of their walk at most; None: no limit."""

    link: Link | None = None
    """Whose line is used, if any."""
    way: Way | None = None
    """What goes over the line; None where only the connection is made."""
    knocks_at: Backlog | None = None
    """Where a connection asks for a place."""
    retries_s: tuple[float, ...] = ()
    """Seconds after which it asks again."""
    timeout_s: float = inf
    """Seconds after which nobody tries here any longer."""

    @property
    def locks(self) -> tuple[Lock, ...]:
        """The lock, and behind a loop the GIL that its callbacks need besides."""
        if self.lock is None:
            return ()
        return (self.lock, self.lock.gil) if isinstance(self.lock, Loop) and self.lock.gil else (self.lock,)

    @property
    def lock_state(self) -> State | None:
        """What waiting for the lock is called here."""
        return None if self.lock is None else state_of(self.lock)


def state_of(lock: Lock) -> State:
    """What waiting for a lock is called."""
    if isinstance(lock, Processors):
        return State.PROCESSOR
    return State.GIL if isinstance(lock, Gil) else State.LOOP


def having(lock: Lock) -> tuple[State, ...]:
    """What somebody does who has a lock: who has a loop may wait for the GIL of the threads beside it."""
    return (*WITH_LOCK, *IN_TURNS, State.GIL_OR_CORE) if isinstance(lock, Loop) else WITH_LOCK
