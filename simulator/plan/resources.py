"""What requests compete for: slots, locks, cores and the accept queue.

A resource is only described here; how it behaves in time is written in ``simulator.engine.reference.server``.
A resource that exists once in every process has ``processes`` copies; a step then means
"that of the process which serves this request".
"""

from dataclasses import dataclass
from typing import Literal

from simulator.plan.words import Outcome


@dataclass(frozen=True, slots=True)
class Pool:
    """A number of equal slots (workers, threads, connections) with one queue in front of each copy.

    The slot that has been idle longest is given first.
    """

    name: str
    """What one slot is called, for example ``worker``."""
    size: int
    """Slots in each copy."""
    processes: int = 1
    """Number of copies; with more than one, a request uses the copy of its own process."""
    slots_per_process: int | None = None
    """If given, a slot decides the request's process: slot // slots_per_process."""
    queue_limit: int | None = None
    """Requests that may wait in one copy's queue; None means no limit."""
    when_full: Outcome = Outcome.QUEUE_FULL
    """How a request ends that finds the queue full."""
    order: Literal["fifo", "lifo"] = "fifo"
    """Who is served first when a slot becomes free."""
    first: tuple[str, ...] = ()
    """Classes of requests that are served before all others, the first of them before the second; only with fifo."""
    renege: bool = False
    """Whether a waiting request leaves the queue when its client gives up."""
    frees_when_client_leaves: bool = False
    """Whether the slot becomes free when the client gives up, though inner steps go on (nginx: status 499)."""


@dataclass(frozen=True, slots=True)
class Gil:
    """A lock that threads hold while they compute; one for each process.

    A thread that waits has a clock of its own. After a whole switch interval it asks the holder to yield, unless
    somebody else got the lock meanwhile; either way its clock starts again, and it queues behind the others. The holder
    then lets go, and queues with a fresh clock. Source: CPython Python/ceval_gil.c.
    """

    name: str
    processes: int = 1
    switch_interval_s: float = 0.005
    """Seconds; CPython's default (DEFAULT_INTERVAL is 5000 microseconds)."""
    permits: int = 1
    """How many threads may hold it at once: one in CPython, GOMAXPROCS in Go (where a thread is a goroutine, and the
    interval 0.01 s). With several, it is taken from who has held it longest."""
    asker_wins: float | None = None
    """How often the thread that asked gets the lock; otherwise one of the others that wait does, any of them. None:
    whoever has waited longest gets it, and the interval counts from the last hand-over, as in Go."""
    release_loss: float = 0.0
    """How often a call that lets go of the lock for a moment loses it, if somebody waits for it."""

    @property
    def units(self) -> int:
        """How many may hold it at once, in all processes."""
        return self.processes * self.permits


@dataclass(frozen=True, slots=True)
class Processors(Gil):
    """What Go's scheduler gives goroutines to compute with, its Ps: as many of them compute at once as it has permits.

    A goroutine that has computed for a whole interval while others wait makes room for the first of them, and queues
    behind the last. Source: runtime/proc.go (``retake``, ``forcePreemptNS``).
    """


@dataclass(frozen=True, slots=True)
class Loop:
    """An event loop: one callback at a time, first come first served, never interrupted; one for each process."""

    name: str
    processes: int = 1
    gil: Gil | None = None
    """The GIL that callbacks need besides, where threads of the same process compute too: who has the loop waits for
    it as any thread does, and keeps the loop meanwhile. Native code and calls that wait have the loop alone."""

    @property
    def units(self) -> int:
        """How many may have it at once, in all processes."""
        return self.processes


Lock = Gil | Loop


def gil_of(lock: Lock | None) -> Gil | None:
    """The GIL that computing under a lock needs: that lock itself, or that of a loop beside which threads compute."""
    return lock.gil if isinstance(lock, Loop) else lock


@dataclass(frozen=True, slots=True)
class Backlog:
    """The kernel's bounded accept queue: connections that are established but not accepted yet."""

    name: str
    limit: int
    """As passed to listen(); Linux admits one more than this (its test for "full" is `>`)."""
    refuses: bool = False
    """When full: True answers with a reset at once, False drops what comes and lets the client repeat it."""
    processes: int = 1
    """Number of copies; with more than one, every process listens on a socket of its own (SO_REUSEPORT), and a request
    connects to that of the process that was chosen for it."""
    defer_s: float = 0.0
    """For about so long an ACK without data is not enough to get in (TCP_DEFER_ACCEPT; uWSGI: 4 s). 0: it is."""
    remembers: int | None = None
    """Handshakes that each copy may have half open; those beyond get a cookie. None: as many as there are places."""

    @property
    def places(self) -> int:
        """How many connections fit, in all copies; Linux's test for "full" is `>`."""
        return (self.limit + 1) * self.processes


QUOTA_PERIOD_S = 0.1
"""How often a container gets its quota anew (cpu.cfs_period_us; Docker and Kubernetes leave it at that)."""
QUOTA_CLOSE, QUOTA_SPENT_S = 1e-9, 1e-12
"""A period has begun, and a quota is used up, also where rounding leaves the smallest part of it."""


@dataclass(frozen=True, slots=True)
class Cores:
    """The processor: every runnable thread gets an equal share of all cores, and at most one core.

    While more threads than cores are runnable, each time slice also costs one context switch, so that the cores do
    time_slice / (time_slice + switch_cost) of useful work.
    """

    count: int
    time_slice_s: float = 0.003
    switch_cost_s: float = 0.0
    name: str = "core"
    """Those of another machine, such as a database's, need a name of their own."""
    quota: float = 0.0
    """A container's: seconds of computing that all threads together may do in a second, counted in periods of 100 ms.
    When those of a period are used up, all of them stop until the next one begins. 0: there is none."""
    wake_cost_s: float = 0.0
    """Computing more, for a process that has not computed for ``wake_after_s`` or longer and begins again; after a
    shorter sleep a part of it, in proportion. 0: waking is free."""
    wake_after_s: float = 0.0

    def waking_s(self, slept_s: float) -> float:
        """Seconds of computing more, after such a sleep."""
        return self.wake_cost_s * min(slept_s / self.wake_after_s, 1.0) if self.wake_cost_s else 0.0

    def rate(self, runnable: int) -> float:
        """Seconds of work that each of ``runnable`` threads gets done in one second."""
        if runnable <= self.count:
            return 1.0
        return self.count / runnable * (self.time_slice_s / (self.time_slice_s + self.switch_cost_s))


@dataclass(frozen=True, slots=True)
class Upstreams:
    """Several servers of one kind, of which every request is given one: what balances counts how many each has in hand.

    What exists once in every upstream has as many ``processes``; where each upstream has processes of its own, what
    exists once in every one of those has that many times as many.
    """

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that a process, or the machine, may have in use."""

    name: str
    size: float
    """Bytes of each copy."""
    processes: int = 1
    """Number of copies; with more than one, a request uses that of its own process."""
    in_use: float = 0.0
    """Bytes that each copy needs before any request comes."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A rate limit: tokens come in at a steady rate, up to a number that may be saved; a request takes one.

    The bucket is full at the start. Who finds none waits for the next, first come first served.
    """

    name: str
    rate: float
    """Tokens per second."""
    burst: float = 1.0
    """Tokens that can be saved."""
    queue_limit: int | None = 0
    """Requests that may wait; None means no limit."""
    when_empty: Outcome = Outcome.QUEUE_FULL
    """How a request ends that finds neither a token nor room to wait."""


Resource = Pool | Gil | Loop | Backlog | Cores | Upstreams | Memory | Bucket
