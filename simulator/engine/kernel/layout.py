"""What the kernel keeps in its arrays: one struct for each noun, declared once.

What to watch: from these classes come the C structs of the compiled kernel, the NumPy types of its arrays, and the
objects of the uncompiled one. Uncompiled, an assignment copies nothing: entries that move are written whole
(``heap[i] = Event(...)``), only rows that stay where they are may be written field by field.
"""

from simulator.engine.uncompiled import cython


class Code(cython.struct):
    """One micro-step of a program."""

    op: cython.int
    a: cython.int
    b: cython.int
    c: cython.int
    d: cython.int
    col: cython.int
    """The place of the walk that begins here, which is noted in ``reached``; -1: none."""
    x: cython.double


class Walker(cython.struct):
    """Whoever goes through a program: a row of the workload; from ``rows`` on the acceptors, then the scalers."""

    held: cython.longlong
    """Which stations it holds a unit of, as bits."""
    pc: cython.int
    """Where it waits. Negative: it will have given up when it wakes."""
    link: cython.int
    back: cython.int
    """Its neighbours in a queue, behind it and in front; -1: none."""
    flags: cython.int


class Worker(cython.struct):
    """What a walker that computes under a lock remembers."""

    left: cython.double
    """Seconds of work still to do."""
    since: cython.double
    """Since when it waits for the lock; or, at the step at which it computes, has it."""


class Clock(cython.struct):
    """What a walker remembers that waits for a GIL, or lets go of it for a moment."""

    since: cython.double
    """When it joined the queue, or its clock ran out last, as far as that was looked at."""
    draws: cython.int
    """How many numbers of its luck are used up."""
    calls: cython.int
    """Calls behind it, of the piece of computing that it is at."""


class Handshake(cython.struct):
    """What a client remembers who found a backlog full."""

    began: cython.double
    """When it sent its first SYN ..."""
    sent: cython.double
    """... and its last."""
    dropped: cython.double
    """When its ACK was."""
    data_sent: cython.double
    """When it will have sent its data next ..."""
    data_after: cython.double
    """... and by how much later, by its schedule, once more."""
    timer: cython.double
    """When the server will repeat its SYN-ACK, or forget ..."""
    timer_after: cython.double
    """... and how long it has waited for that."""
    answer: cython.double
    """When the answer to its SYN-ACK will be there."""
    data_at: cython.double
    passed_on_at: cython.double
    """When the data come for which a connection waits: its own, and a proxy's."""
    tries: cython.longlong
    """SYNs repeated so far, and, once half open, everything."""
    timeouts: cython.longlong
    """SYN-ACKs repeated, or left out, so far."""


class Timers(cython.struct):
    """When what a full backlog dropped comes again, in seconds, and how often (``HandshakeTimers``)."""

    least_timeout: cython.double
    syn_ack: cython.double
    syn_acks: cython.double
    fewest_syn_acks: cython.double
    cookie_valid: cython.double
    tick: cython.double


class Member(cython.struct):
    """The links of a walker in the list of those inside of an instance; -1: none."""

    before: cython.int
    after: cython.int
    of: cython.int
    """The number of the instance plus 1; 0: of none, as where nothing was written yet."""


class Station(cython.struct):
    """Something limited, once or in several copies: pools, locks, an eager backlog."""

    first: cython.int
    """Its first copy."""
    copies: cython.int
    size: cython.int
    """Slots in each copy."""
    slots: cython.int
    """Where its slots begin among all slots."""
    column: cython.int
    """Of ``slot``, the first of its own; -1: not a pool."""
    columns: cython.int
    """So many: one for each place of the walk at which its slots are taken."""
    limit: cython.int
    full: cython.int
    lifo: cython.int
    renege: cython.int
    frees: cython.int
    decides: cython.int
    """Whether a slot, or an upstream, decides the process, or the group."""
    span: cython.int
    """Slots that belong to one process, or group, and die with it; 0: they survive."""
    per_copy: cython.int
    """To how many the slots of each copy belong."""
    dies_with: cython.int
    """The first instance that slots die with."""
    width: cython.int
    allowed: cython.int
    """Of so many slots, those from this number on are closed."""
    ranks: cython.int
    """Waiting requests are served by rank; 0: first come, first served."""
    rank_from: cython.int
    """Where the ranks of the classes begin."""
    tails_from: cython.int
    """Where the last waiting requests of each rank begin."""
    turn: cython.int
    """Which upstream was chosen last."""
    rate: cython.double
    """Tokens per second."""
    most: cython.double
    """Tokens that can be saved; bytes of memory."""


class Copy(cython.struct):
    """A queue and what it guards. Slots in a ring: the one that has been idle longest is the first."""

    head: cython.int
    tail: cython.int
    size: cython.int
    fills: cython.int
    """So many make the backlog full; -1: it is not one."""
    idle: cython.int
    idle_first: cython.int
    holder: cython.int
    """Who has the lock; of several, the one that has had it longest."""
    last_holder: cython.int
    held: cython.int
    permits: cython.int
    """How many have it, and how many may; only counted where several may."""
    half_open: cython.int
    young: cython.int
    """Handshakes that a backlog has to remember, and for how many of them no SYN-ACK was repeated."""
    station: cython.int
    ring: cython.int
    """Of its switch interval; -1: the lock is never taken away."""
    load: cython.int
    """Requests in hand, of an upstream."""
    switch_seq: cython.longlong
    """The number of the event that takes a lock away, or brings a token; 0: there is none."""
    switched_at: cython.double
    """When a lock was handed over last, where every waiter has a clock."""
    asker: cython.double
    """How often who asks for the lock gets it; -1: waiters have no clocks; LOOKED_AT: somebody looks at the holders."""
    full_since: cython.double
    level: cython.double
    """Tokens, as they were when last looked at; bytes in use."""
    at: cython.double
    """When that was."""


class Cpu(cython.struct):
    """Cores shared by whoever runs on them; its jobs are a heap of their own."""

    due: cython.double
    seq: cython.longlong
    virtual: cython.double
    updated: cython.double
    efficiency: cython.double
    next_job: cython.longlong
    jobs: cython.int
    cores: cython.int
    quota: cython.double
    """Of cores; 0: there is none."""
    budget: cython.double
    """Seconds of computing that are left of this period."""
    period: cython.longlong
    throttled: cython.int
    turns: cython.int
    """Whether the next thing to happen is that the quota is used up, or there anew."""


class Awake(cython.struct):
    """Whether a process computes: one that has slept needs more to begin."""

    busy: cython.int
    """How many of its walkers are on the cores."""
    since: cython.double
    """Since when nobody is, where nobody is."""


class Instance(cython.struct):
    """What dies together: a process, or a group of processes."""

    seq: cython.longlong
    """Of the event that brings it back."""
    down: cython.int
    load: cython.int
    """Connections in hand."""
    taken: cython.int
    """Connections of this batch."""
    slot: cython.int
    """That its acceptor holds."""
    serving: cython.int
    asleep: cython.int
    """Whether its acceptor is, where each has a queue of its own."""
    first: cython.int
    """The first of its members; -1: none."""
    from_process: cython.int
    to_process: cython.int
    """The processes that die with it: itself, or those of the group."""
    served: cython.int
    retiring: cython.int
    was_down: cython.int
    boot: cython.double
    """Until it is back, once it has retired."""


class Walk(cython.struct):
    """The processes that requests are served by, or one kind of job."""

    groups: cython.int
    before: cython.int
    groups_before: cython.int
    """So many processes, and groups, are counted before these."""


class Guard(cython.struct):
    """A time limit for a stretch of steps."""

    work: cython.int
    """Whether what is too late stops, goes on for nobody, or kills its process."""
    outcome: cython.int
    boot: cython.double


class Scaler(cython.struct):
    """What a pool that grows and shrinks is looked at for."""

    station: cython.int
    least: cython.int
    every: cython.double
    grow_at: cython.double
    shrink_at: cython.double
    boot: cython.double
