"""What a request meets at one place of its walk: what it waits for, takes, frees and computes under, and whose line.

What to watch: this is where a step is recognised by its class, and the only such place outside of the engines. Whoever
measures, draws or explains a run asks the place, so a new kind of step is understood everywhere once its places say so.
"""

from dataclasses import dataclass, replace
from enum import Enum
from math import inf

from simulator.plan.blocks import Enqueue
from simulator.plan.resources import Backlog, Bucket, Cores, Gil, Lock, Loop, Memory, Pool, Processors, Upstreams
from simulator.plan.steps import (
    Accept,
    AcceptEagerly,
    Allocate,
    Choose,
    Compute,
    Connect,
    Crash,
    Die,
    End,
    Handle,
    Limit,
    Linger,
    Link,
    Receive,
    Release,
    Retire,
    Seize,
    Send,
    Step,
)
from simulator.plan.words import Kind, State


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
        if self.lock is None:
            return None
        if isinstance(self.lock, Processors):
            return State.PROCESSOR
        return State.GIL if isinstance(self.lock, Gil) else State.LOOP


def places_of(step: Step | Enqueue, phase_count: int) -> tuple[Place, ...]:
    """The places of one step, for requests with up to ``phase_count`` phases. Names may come again in other steps."""
    match step:
        case Connect():
            return (_connect(step),)
        case Accept(backlog=backlog, pool=pool):
            return (_take(f"accept {pool.name}", step, State.BACKLOG, pool, backlog),)
        case AcceptEagerly():
            return _accept_eagerly(step)
        case Seize(pool=pool):
            return (_take(f"seize {pool.name}", step, State.QUEUED, pool, pool),)
        case Release():
            return (_release(step),)
        case Receive() | Send() | Linger():
            return (_bytes(step),)
        case Compute():
            return (_compute(step),)
        case Handle():
            return tuple(_phase(step, phase) for phase in range(phase_count))
        case Limit() | Choose() | Allocate() | End() | Crash() | Retire() | Enqueue():
            return (_brief(step),)


def _brief(step: Limit | Choose | Allocate | End | Crash | Retire | Enqueue) -> Place:
    """A place that takes no time, unless a request waits there for a token or for its job."""
    match step:
        case Limit(bucket=bucket):
            name = f"limit {bucket.name}"
            return Place(name=name, step=step, state=State.QUEUED, waits_for=bucket, queue=bucket)
        case Choose(upstreams=upstreams):
            name = f"choose {upstreams.name}"
            return Place(name=name, step=step, state=State.DELIVERY, chooses=upstreams, decides_among=upstreams.count)
        case Allocate(memory=memory):
            name, kills = f"allocate {memory.name}", isinstance(step.when_full, Die)
            return Place(name=name, step=step, state=State.DELIVERY, allocates=memory, about_process=kills)
        case Enqueue(name=job):
            return Place(name=f"enqueue {job}", step=step, state=State.IO)
        case End() | Crash() | Retire():
            name, about = type(step).__name__.lower(), not isinstance(step, End)
            return Place(name=name, step=step, state=State.DELIVERY, about_process=about)


def _bytes(step: Receive | Send | Linger) -> Place:
    if isinstance(step, Receive):
        return Place(name="receive", step=step, state=State.UPLOAD, link=step.link, way=Way.UP)
    if isinstance(step, Linger):
        return Place(name="linger", step=step, state=State.CLOSING, link=step.link)
    return Place(name="send", step=step, state=State.DOWNLOAD, link=step.link, way=Way.DOWN)


def _release(step: Release) -> Place:
    place = Place(name=f"release {step.pool.name}", step=step, state=State.DELIVERY)
    match step.pool:
        case Pool():
            return replace(place, frees=step.pool)
        case Upstreams():
            return replace(place, leaves=step.pool)
        case Memory():
            return replace(place, deallocates=step.pool)


def _connect(step: Connect) -> Place:
    return Place(
        name=f"connect {step.backlog.name}",
        step=step,
        state=State.CONNECTING,
        waits_for=step.backlog,
        link=step.link,
        knocks_at=step.backlog,
        retries_s=step.retries_s,
        timeout_s=step.timeout_s,
    )


def _take(name: str, step: Step, state: State, pool: Pool, queue: Pool | Backlog) -> Place:
    span = pool.slots_per_process
    among = None if span is None else -(-pool.size // span)
    return Place(name=name, step=step, state=state, waits_for=pool, queue=queue, takes=pool, decides_among=among)


def _accept_eagerly(step: AcceptEagerly) -> tuple[Place, ...]:
    """First the request waits, then the acceptor works for it."""
    lock = step.lock
    waits = Place(
        name=f"wait {step.backlog.name}",
        step=step,
        state=State.BACKLOG,
        waits_for=lock,
        by=step.by,
        queue=step.backlog,
        decides_among=None if step.backlog.processes > 1 else lock.processes,
    )
    accepted = Place(
        name=f"accept {lock.name}",
        step=step,
        state=State.COMPUTING,
        lock=lock,
        work_s=step.work_s,
        visits=step.visits,
        releases=step.releases,
        acceptor=True,
        most_in_hand=step.limit,
    )
    return waits, accepted


def _compute(step: Compute) -> Place:
    return Place(
        name=step.what,
        step=step,
        state=State.COMPUTING,
        lock=step.lock,
        work_s=step.work_s,
        mebibyte_s=step.mebibyte_s,
        releases=step.releases,
        what=step.what,
        cores=step.on,
    )


def _phase(step: Handle, phase: int) -> Place:
    name, lock, cost_s = f"handle.{phase + 1}", step.lock, step.visit_cost_s
    return Place(name=name, step=step, state=State.COMPUTING, phase=phase, lock=lock, work_s=cost_s, keeps=step.keeps)
