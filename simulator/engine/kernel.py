"""The kernel: the same meaning as the reference engine, as one loop over arrays.

An ordinary Python file in Cython's pure-Python mode: compiled when the package is built, correct (and slow) when it is
not. Read ``simulator.engine.reference`` first; the methods here have its names, and do the same in the same order,
because ties in time are broken by the order of scheduling. Four sources of events, the earliest goes next:

* what is known before the run: interventions, then arrivals of an open loop, already sorted (``coming``);
* the heap of everything that was scheduled for a time (``push``);
* the one job that will leave the cores next (``core_due``);
* hops: walkers that were given something at this very moment (``hop``).

A walker is a request (its row) or, from ``n`` on, an acceptor. The methods are declared not to raise: asking after
every call whether one did costs a fifth of the speed, and nothing inside an event can fail (see ``make_room``).
"""

from typing import Any

try:
    import cython
except ImportError:
    from simulator.engine import uncompiled as cython

import numpy as np

COMPILED = cython.compiled

# operations of a place, as numbered in simulator.engine.lowering
CONNECT = cython.declare(cython.int, 0)
SEIZE = cython.declare(cython.int, 1)
WAIT = cython.declare(cython.int, 2)
TAKEN = cython.declare(cython.int, 3)
RELEASE = cython.declare(cython.int, 4)
RECEIVE = cython.declare(cython.int, 5)
COMPUTE = cython.declare(cython.int, 6)
PHASE = cython.declare(cython.int, 7)
SEND = cython.declare(cython.int, 8)

# what happens to a walker when its event comes
START = cython.declare(cython.int, 0)
GO_ON = cython.declare(cython.int, 1)
RETRY = cython.declare(cython.int, 2)
SYN_TIMEOUT = cython.declare(cython.int, 3)
GIVE_UP = cython.declare(cython.int, 4)
GRANTED = cython.declare(cython.int, 5)
COMPUTED = cython.declare(cython.int, 6)
INTERRUPTED = cython.declare(cython.int, 7)
SWITCH = cython.declare(cython.int, 8)
PATIENCE = cython.declare(cython.int, 9)
WAKE = cython.declare(cython.int, 10)
ACCEPTED = cython.declare(cython.int, 11)
SEATED = cython.declare(cython.int, 12)
SHAKEN = cython.declare(cython.int, 13)
BACK = cython.declare(cython.int, 14)
REPEATED = cython.declare(cython.int, 15)

# flags of a request
SETTLED = cython.declare(cython.int, 1)
ABORTED = cython.declare(cython.int, 2)
QUEUED = cython.declare(cython.int, 4)
EAGER = cython.declare(cython.int, 8)
HALF_OPEN = cython.declare(cython.int, 16)
DATA_LATE = cython.declare(cython.int, 32)

# how a request ends, as numbered in simulator.plan.words
COMPLETED = cython.declare(cython.int, 1)
REFUSED = cython.declare(cython.int, 2)
GAVE_UP = cython.declare(cython.int, 4)
CRASHED = cython.declare(cython.int, 8)
BAD_GATEWAY = cython.declare(cython.int, 9)
BROKEN = cython.declare(cython.int, 10)

# what an intervention does, as numbered in simulator.workload.interventions
KILL = cython.declare(cython.int, 0)
SLOW_IO = cython.declare(cython.int, 1)
SLOTS = cython.declare(cython.int, 3)
CORES = cython.declare(cython.int, 4)

CPU = cython.declare(cython.int, 1)
NOTHING = cython.declare(cython.int, 0)
INFINITY = cython.declare(cython.double, float("inf"))

# seconds, as named in simulator.engine.simpy_backlog
LEAST_TIMEOUT = cython.declare(cython.double, 0.2)
SYN_ACK = cython.declare(cython.double, 1.0)
LAST_SYN_ACK = cython.declare(cython.double, 31.0)
REMEMBERED = cython.declare(cython.double, 63.0)
COOKIE_VALID = cython.declare(cython.double, 120.0)


def _doubles(values: Any) -> Any:
    """A column the kernel may write: a NumPy array when compiled, a list (faster for plain Python) when not."""
    return np.array(values, np.float64) if COMPILED else [float(v) for v in values]


def _ints(values: Any) -> Any:
    return np.array(values, np.int32) if COMPILED else [int(v) for v in values]


def _longer(column: Any) -> Any:
    """Twice as long, for a column that turned out to be too short."""
    return np.concatenate([column, column]) if COMPILED else column + column


def _longs(size: int) -> Any:
    return np.zeros(size, np.int64) if COMPILED else [0] * size


def _flat(array: Any) -> Any:
    """A NumPy array as the kernel sees it: flat; in plain Python as a list, which the caller copies back."""
    return array.reshape(-1) if COMPILED else array.reshape(-1).tolist()


@cython.final
@cython.cclass
class Kernel:
    """One run. ``advance`` until it says that nothing is left to happen, then read the record."""

    # the clock and the sources of events
    now: cython.double
    seq: cython.longlong
    next_row: cython.int
    coming: cython.double
    heap_time: cython.double[::1]
    heap_seq: cython.longlong[::1]
    heap_what: cython.longlong[::1]
    heap_size: cython.int
    hop_seq: cython.longlong[::1]
    hop_walker: cython.int[::1]
    hop_kind: cython.int[::1]
    hop_head: cython.int
    hop_size: cython.int
    hop_mask: cython.int
    room: cython.int
    at_most: cython.int
    # the cores
    core_due: cython.double
    core_seq: cython.longlong
    cores: cython.int
    efficiency: cython.double
    virtual: cython.double
    updated: cython.double
    job_mark: cython.double[::1]
    job_number: cython.longlong[::1]
    job_walker: cython.int[::1]
    jobs: cython.int
    next_job: cython.longlong
    # the workload
    n: cython.int
    open_rows: cython.int
    loop_clients: cython.int
    phase_count: cython.int
    duration: cython.double
    request_class: cython.short[::1]
    client: cython.short[::1]
    upload: cython.double[::1]
    response: cython.double[::1]
    phases: cython.double[::1]
    phase_kinds: cython.schar[::1]
    rtt: cython.double[::1]
    patience: cython.double[::1]
    think: cython.double[::1]
    coin: cython.double[::1]
    up_rate: cython.double[::1]
    down_rate: cython.double[::1]
    # the record
    arrival: cython.double[::1]
    reached: cython.double[::1]
    left: cython.double[::1]
    finished: cython.double[::1]
    outcome: cython.schar[::1]
    process: cython.int[::1]
    slot: cython.int[::1]
    syn_retries: cython.short[::1]
    data_retries: cython.short[::1]
    lock_wait: cython.double[::1]
    detail: cython.bint
    grants: cython.int
    grants_room: cython.int
    grant_row: cython.int[::1]
    grant_place: cython.int[::1]
    grant_from: cython.double[::1]
    grant_to: cython.double[::1]
    rows_ran_out: cython.bint
    # the walkers
    at: cython.short[::1]
    flags: cython.schar[::1]
    tries: cython.short[::1]
    held: cython.int[::1]
    link: cython.int[::1]
    back: cython.int[::1]
    two_way: cython.bint
    dropped: cython.double[::1]
    data_after: cython.double[::1]
    ack_after: cython.double[::1]
    data_at: cython.double[::1]
    asked: cython.double[::1]
    left_over: cython.double[::1]
    since: cython.double[::1]
    # places
    places: cython.int
    op: cython.int[::1]
    resource: cython.int[::1]
    on_client: cython.int[::1]
    seconds: cython.double[::1]
    buffer: cython.double[::1]
    phase: cython.int[::1]
    lock_column: cython.int[::1]
    lock_columns: cython.int
    retry_from: cython.int[::1]
    retry_to: cython.int[::1]
    limit: cython.int[::1]
    refuses: cython.int[::1]
    on_timeout: cython.int[::1]
    retries: cython.double[::1]
    upload_place: cython.int
    send_place: cython.int
    # queues, pools, locks
    queue_head: cython.int[::1]
    queue_tail: cython.int[::1]
    queue_size: cython.int[::1]
    fills_at: cython.int[::1]
    full_since: cython.double[::1]
    half_open: cython.int[::1]
    log_from: cython.double[::1]
    log_to: cython.double[::1]
    log_queue: cython.int[::1]
    log_head: cython.int
    log_size: cython.int
    log_mask: cython.int
    longest_trip: cython.double
    pools: cython.int
    pool_size: cython.int[::1]
    pool_copies: cython.int[::1]
    pool_first: cython.int[::1]
    pool_limit: cython.int[::1]
    pool_full: cython.int[::1]
    pool_lifo: cython.int[::1]
    pool_renege: cython.int[::1]
    pool_frees: cython.int[::1]
    pool_span: cython.int[::1]
    pool_slots: cython.int[::1]
    free: cython.int[::1]
    free_head: cython.int[::1]
    free_size: cython.int[::1]
    timed: cython.bint
    lock_copies: cython.int[::1]
    lock_first: cython.int[::1]
    lock_queue: cython.int
    holder: cython.int[::1]
    interval: cython.double[::1]
    switch_seq: cython.longlong[::1]
    # acceptors
    accept_queue: cython.int
    accept_place: cython.int
    accept_lock: cython.int
    accept_work: cython.double
    accept_visits: cython.int
    accept_batch: cython.int
    accept_limit: cython.int
    acceptors: cython.int
    in_hand: cython.int[::1]
    taken: cython.int[::1]
    visit: cython.int[::1]
    serving: cython.int[::1]
    asleep: cython.int[::1]
    sleepers: cython.int
    # interventions
    intervened: cython.bint
    interventions: cython.int
    next_intervention: cython.int
    done_at: cython.double[::1]
    done_what: cython.int[::1]
    done_number: cython.int[::1]
    done_factor: cython.double[::1]
    done_until: cython.double[::1]
    done_lasting: cython.double[::1]
    slow_io: cython.bint
    processes: cython.int
    inside_from: cython.int
    inside_to: cython.int
    behind_proxy: cython.bint
    down: cython.int[::1]
    back_seq: cython.longlong[::1]
    start_seq: cython.longlong[::1]
    main_pool: cython.int
    allowed: cython.int
    pool_mortal: cython.int[::1]
    pool_width: cython.int[::1]
    away: cython.int[::1]
    slots: cython.int

    def __init__(self, program: Any, workload: Any, record: Any, cores: Any, detail: bool) -> None:
        """Everything is idle; ``record`` holds the NumPy columns to fill (see ``columns`` when uncompiled)."""
        self.now = self.virtual = self.updated = 0.0
        self.seq, self.next_job = 1, 0
        self.next_row = self.heap_size = self.hop_head = self.hop_size = self.jobs = 0
        self.core_due, self.core_seq = INFINITY, 0
        self.cores = cores.count
        self.efficiency = cores.time_slice_s / (cores.time_slice_s + cores.switch_cost_s)
        self.heap_time, self.heap_seq = _doubles([0.0] * 64), _longs(64)
        self.heap_what = _longs(64)
        self.hop_seq, self.hop_walker, self.hop_kind = _longs(64), _ints([0] * 64), _ints([0] * 64)
        self.job_mark, self.job_number, self.job_walker = _doubles([0.0] * 64), _longs(64), _ints([0] * 64)
        self.detail, self.grants, self.grants_room, self.rows_ran_out = detail, 0, 0, False
        self.grant_row, self.grant_place = _ints([0] * 64), _ints([0] * 64)
        self.grant_from, self.grant_to = _doubles([0.0] * 64), _doubles([0.0] * 64)
        self._read_workload(workload)
        self._read_record(record)
        self._read_places(program)
        self._read_resources(program)
        self._read_interventions(program, workload.interventions)
        self._read_backlogs(program, workload)
        self._read_acceptors(program)
        self.look_ahead()
        self._start()

    def _read_workload(self, load: Any) -> None:
        self.n = len(load)
        self.loop_clients = load.clients_in_loop
        self.open_rows = 0 if load.clients_in_loop else self.n
        self.phase_count, self.duration = load.phase_count, load.duration
        self.request_class, self.client = _flat(load.request_class), _flat(load.client)
        self.upload, self.response, self.phases = _flat(load.upload), _flat(load.response), _flat(load.phases)
        self.phase_kinds, self.rtt, self.patience = _flat(load.phase_kinds), _flat(load.rtt), _flat(load.patience)
        self.think = _flat(load.think) if load.think is not None else _doubles([0.0])
        self.coin, self.up_rate, self.down_rate = _flat(load.coin), _flat(load.up_rate), _flat(load.down_rate)

    def _read_record(self, record: Any) -> None:
        self.arrival, self.reached = _flat(record.arrival), _flat(record.reached)
        self.left, self.finished, self.outcome = _flat(record.left), _flat(record.finished), _flat(record.outcome)
        self.process, self.slot = _flat(record.process), _flat(record.slot)
        self.syn_retries, self.data_retries = _flat(record.syn_retries), _flat(record.data_retries)
        self.lock_wait = _flat(record.lock_wait)
        self.lock_columns = record.lock_wait.shape[1]

    def columns(self) -> dict[str, Any]:
        """The columns as they are now, by the names of the record; needed when they are lists."""
        return {
            "arrival": self.arrival,
            "reached": self.reached,
            "left": self.left,
            "finished": self.finished,
            "outcome": self.outcome,
            "process": self.process,
            "slot": self.slot,
            "syn_retries": self.syn_retries,
            "data_retries": self.data_retries,
            "lock_wait": self.lock_wait,
        }

    def time(self) -> float:
        """Simulated seconds so far."""
        return self.now

    def ran_out(self) -> bool:
        """Whether a closed loop needed more rows than the workload has."""
        return self.rows_ran_out

    def grants_so_far(self) -> tuple[Any, Any, Any, Any]:
        """Every time that a lock was held: columns of requests, places, starts and ends, in order of their ends."""
        return (
            np.asarray(self.grant_row)[: self.grants],
            np.asarray(self.grant_place)[: self.grants],
            np.asarray(self.grant_from)[: self.grants],
            np.asarray(self.grant_to)[: self.grants],
        )

    def _read_places(self, program: Any) -> None:
        rows = program.places
        self.places, self.upload_place, self.send_place = len(rows), program.upload_place, program.send_place
        self.op, self.resource = _ints([r.op for r in rows]), _ints([r.resource for r in rows])
        self.on_client, self.phase = _ints([r.client for r in rows]), _ints([r.phase for r in rows])
        self.seconds, self.buffer = _doubles([r.seconds for r in rows]), _doubles([r.buffer for r in rows])
        self.lock_column = _ints([r.lock_column for r in rows])
        self.retry_from, self.retry_to = _ints([r.retry_from for r in rows]), _ints([r.retry_to for r in rows])
        self.limit, self.refuses = _ints([r.limit for r in rows]), _ints([r.refuses for r in rows])
        self.on_timeout, self.retries = _ints([r.on_timeout for r in rows]), _doubles(program.retries_s)

    def _read_resources(self, program: Any) -> None:
        pools, locks = program.pools, program.locks
        self.queue_head, self.queue_tail = _ints([-1] * program.queues), _ints([-1] * program.queues)
        self.queue_size = _ints([0] * program.queues)
        self.pools = len(pools)
        self.pool_size, self.pool_copies = _ints([p.size for p in pools]), _ints([p.copies for p in pools])
        self.pool_first, self.pool_limit = _ints([p.first_copy for p in pools]), _ints([p.queue_limit for p in pools])
        self.pool_full, self.pool_lifo = _ints([p.when_full for p in pools]), _ints([p.lifo for p in pools])
        self.pool_renege, self.pool_frees = _ints([p.renege for p in pools]), _ints([p.frees for p in pools])
        self.pool_span = _ints([p.span for p in pools])
        sizes = [p.size * p.copies for p in pools]
        self.pool_slots = _ints([sum(sizes[:i]) for i in range(len(sizes))])
        self.free = _ints([slot for size in sizes for slot in range(size)])
        copies = [p.size for p in pools for _ in range(p.copies)]
        self.free_head, self.free_size = _ints([0] * len(copies)), _ints(copies)
        self.timed = bool(self.loop_clients) or any(p.renege or p.frees for p in pools)
        self.lock_copies, self.lock_first = _ints([k.copies for k in locks]), _ints([k.first_copy for k in locks])
        self.lock_queue = len(copies)
        intervals = [k.interval_s for k in locks for _ in range(k.copies)]
        self.interval, self.holder = _doubles(intervals), _ints([-1] * len(intervals))
        self.switch_seq = _longs(len(intervals))

    def _read_backlogs(self, program: Any, load: Any) -> None:
        fills_at = [-1] * program.queues  # how many make it full; -1: not a backlog
        for place in program.places:
            if place.op == CONNECT:
                fills_at[place.resource] = place.limit + 1
        self.fills_at, self.half_open = _ints(fills_at), _ints([0] * program.queues)
        self.full_since = _doubles([-INFINITY if fill == 0 else INFINITY for fill in fills_at])
        self.log_from, self.log_to, self.log_queue = _doubles([0.0] * 64), _doubles([0.0] * 64), _ints([0] * 64)
        self.log_head = self.log_size = 0
        self.longest_trip = float(load.rtt.max()) if self.n else 0.0
        knocking = self.n if self.longest_trip > 0 else 0
        self.dropped, self.data_at = _flat(np.zeros(knocking)), _flat(np.zeros(knocking))
        self.data_after, self.ack_after = _flat(np.zeros(knocking)), _flat(np.zeros(knocking))

    def _read_acceptors(self, program: Any) -> None:
        eager = program.eager
        self.acceptors = self.sleepers = 0
        if eager is not None:
            self.accept_queue, self.accept_place, self.accept_lock = eager.queue, eager.place, eager.lock_first
            self.accept_work, self.accept_visits = eager.work_s, eager.visits
            self.accept_batch, self.accept_limit = eager.batch, eager.limit
            self.acceptors = eager.copies
        self.in_hand, self.taken, self.visit, self.serving, self.asleep = (
            _ints([0] * self.acceptors) for _ in range(5)
        )
        walkers = self.n + self.acceptors
        computing = walkers if program.locks or self.intervened else 0
        self.at, self.tries = _flat(np.zeros(walkers, np.int16)), _flat(np.zeros(walkers, np.int16))
        self.flags = _flat(np.zeros(walkers, np.int8))
        self.held, self.link = _flat(np.zeros(walkers, np.int32)), _flat(np.full(walkers, -1, np.int32))
        # otherwise nobody leaves the middle of a queue
        self.two_way = self.intervened or any(p.renege for p in program.pools)
        self.back = _flat(np.full(walkers if self.two_way else 0, -1, np.int32))
        self.asked, self.left_over = _flat(np.zeros(computing)), _flat(np.zeros(computing))
        self.since = _flat(np.full(computing, -1.0))

    def _read_interventions(self, program: Any, entries: Any) -> None:
        self.interventions, self.next_intervention = len(entries), 0
        self.intervened = self.interventions > 0
        self.done_at, self.done_until = _doubles([e.at for e in entries]), _doubles([e.until for e in entries])
        self.done_what, self.done_number = _ints([e.do for e in entries]), _ints([e.number for e in entries])
        self.done_factor = _doubles([e.factor for e in entries])
        self.done_lasting = _doubles([e.lasting for e in entries])
        self.slow_io = any(e.do == SLOW_IO for e in entries)
        self.processes, self.behind_proxy = program.processes, bool(program.behind_proxy)
        self.inside_from, self.inside_to = program.inside_from, program.inside_to
        self.down, self.back_seq = _ints([0] * self.processes), _longs(self.processes)
        self.start_seq = _longs(self.n if self.intervened and self.loop_clients else 0)
        self.main_pool = program.main_pool
        self.pool_mortal = _ints([p.mortal for p in program.pools])
        self.pool_width = _ints([p.width for p in program.pools])
        self.allowed = program.pools[self.main_pool].width if self.main_pool >= 0 else 0
        self.slots = sum(p.size * p.copies for p in program.pools)
        self.away = _ints([0] * (self.slots if self.intervened else 0))

    def _start(self) -> None:
        self.at_most = self.acceptors + self.pools + 8  # what one event may schedule
        if self.intervened:
            self.at_most += self.slots
        self.make_room(self.at_most + self.loop_clients)
        for acceptor in range(self.acceptors):
            self.fall_asleep(acceptor)
        if self.loop_clients:
            for row in range(min(self.loop_clients, self.n)):
                self.send_later(row, 0.0)

    # --- time -----------------------------------------------------------------------------------------------------

    def advance(self, budget: cython.longlong) -> bool:
        """Let up to ``budget`` events happen. False when nothing is left to happen."""
        best: cython.double
        order: cython.longlong
        source: cython.int
        walker: cython.int
        kind: cython.int
        while budget > 0:
            budget -= 1
            if max(self.heap_size, max(self.hop_size, self.jobs)) > self.room or self.grants > self.grants_room:
                self.make_room(self.at_most)
            source, best, order = 4, INFINITY, 0
            if self.hop_size > 0:
                source, best, order = 1, self.now, self.hop_seq[self.hop_head]
            if self.heap_size > 0 and (
                self.heap_time[0] < best or (self.heap_time[0] == best and self.heap_seq[0] < order)
            ):
                source, best, order = 2, self.heap_time[0], self.heap_seq[0]
            if self.core_due < best or (self.core_due == best and self.jobs > 0 and self.core_seq < order):
                source, best = 3, self.core_due
            if self.coming <= best:
                source, best = 4, self.coming
                if best == INFINITY:
                    return False
            self.now = best
            if source == 1:
                walker, kind = self.hop_walker[self.hop_head], self.hop_kind[self.hop_head]
                self.hop_head = (self.hop_head + 1) & self.hop_mask
                self.hop_size -= 1
                self.happen(walker, kind, 0)
            elif source == 2:
                walker = cython.cast(cython.int, self.heap_what[0] >> 4)
                kind = cython.cast(cython.int, self.heap_what[0] & 15)
                self.pop()
                self.happen(walker, kind, order)
            elif source == 3:
                self.finish_job()
            elif self.intervened and self.intervention_is_next():
                self.intervene()
            else:
                self.start(self.next_arrival())
        return True

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def next_arrival(self) -> cython.int:
        """The row that arrives now; the one after it is looked up."""
        row: cython.int = self.next_row
        self.next_row += 1
        self.look_ahead()
        return row

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def look_ahead(self) -> cython.void:
        """When the next arrival comes, or an intervention before it."""
        self.coming = self.arrival[self.next_row] if self.next_row < self.open_rows else INFINITY
        if self.intervened and self.next_intervention < self.interventions:
            self.coming = min(self.coming, self.done_at[self.next_intervention])

    @cython.cfunc
    @cython.exceptval(check=False)
    def happen(self, walker: cython.int, kind: cython.int, order: cython.longlong) -> cython.void:
        """An event has come: the walker goes on from where it waited."""
        if self.intervened and self.is_void(walker, kind, order):
            return
        if kind == GO_ON:
            self.go_on(walker)
        elif kind == COMPUTED:
            self.computed(walker)
        elif kind == GRANTED:
            self.granted(walker)
        elif kind == SHAKEN:
            self.retry(walker)
        elif kind == SEATED:
            self.take(walker, self.resource[self.at[walker]])
            if self.intervened and self.pool_span[self.resource[self.at[walker]]] > 0:
                self.look_after_process(walker)
            self.go_on(walker)
        elif kind == RETRY:
            self.count_retry(walker)
            self.retry(walker)
        elif kind == START:
            self.start(walker)
        elif kind == INTERRUPTED:
            self.interrupted(walker)
        elif kind == SWITCH:
            self.switch(walker, order)
        elif kind == REPEATED:
            if self.repeated(walker) or self.wait_half_open(walker):
                self.go_on(walker)
        elif kind == GIVE_UP:
            self.forget(walker)
            self.abort(walker, GAVE_UP, self.now)
            self.go_on(walker)
        elif kind == SYN_TIMEOUT:
            self.abort(walker, self.on_timeout[self.at[walker]], self.now)
            self.go_on(walker)
        elif kind == WAKE:
            self.look_for_work(walker)
        elif kind == ACCEPTED:
            self.go_on(walker)
        elif kind == BACK:
            self.come_back(walker, order)
        else:
            self.lose_patience(walker)

    @cython.cfunc
    @cython.exceptval(check=False)
    def push(self, time: cython.double, walker: cython.int, kind: cython.int) -> cython.longlong:
        """Schedule an event."""
        i: cython.int = self.heap_size
        parent: cython.int
        seq: cython.longlong = self.seq
        self.seq += 1
        self.heap_size = i + 1
        while i > 0:  # a new entry has the highest seq, so at equal times it stays below
            parent = (i - 1) >> 1
            if self.heap_time[parent] <= time:
                break
            self.move(parent, i)
            i = parent
        self.heap_time[i], self.heap_seq[i] = time, seq
        self.heap_what[i] = cython.cast(cython.longlong, walker) << 4 | kind
        return seq

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def move(self, source: cython.int, target: cython.int) -> cython.void:
        self.heap_time[target], self.heap_seq[target] = self.heap_time[source], self.heap_seq[source]
        self.heap_what[target] = self.heap_what[source]

    @cython.cfunc
    @cython.exceptval(check=False)
    def pop(self) -> cython.void:
        """Drop the first entry of the heap."""
        self.heap_size -= 1
        size: cython.int = self.heap_size
        i: cython.int = 0
        child: cython.int = 1
        time: cython.double = self.heap_time[size]
        seq: cython.longlong = self.heap_seq[size]
        what: cython.longlong = self.heap_what[size]
        while child < size:
            if child + 1 < size and (
                self.heap_time[child + 1] < self.heap_time[child]
                or (
                    self.heap_time[child + 1] == self.heap_time[child]
                    and self.heap_seq[child + 1] < self.heap_seq[child]
                )
            ):
                child += 1
            if time < self.heap_time[child] or (time == self.heap_time[child] and seq < self.heap_seq[child]):
                break
            self.move(child, i)
            i = child
            child = 2 * i + 1
        self.heap_time[i], self.heap_seq[i], self.heap_what[i] = time, seq, what

    @cython.cfunc
    @cython.exceptval(check=False)
    def hop(self, walker: cython.int, kind: cython.int) -> cython.void:
        """Let a walker go on at this moment, after what is running now and what was scheduled before."""
        at: cython.int = (self.hop_head + self.hop_size) & self.hop_mask
        self.hop_seq[at], self.hop_walker[at], self.hop_kind[at] = self.seq, walker, kind
        self.seq += 1
        self.hop_size += 1

    def make_room(self, entries: cython.int) -> None:
        """Lengthen what the coming event might fill. Done here, so that nothing inside an event can fail."""
        filled: cython.int = max(max(self.heap_size, self.log_size), max(self.hop_size, self.jobs))
        while len(self.heap_time) < filled + entries:
            self.heap_time, self.heap_seq = _longer(self.heap_time), _longer(self.heap_seq)
            self.heap_what = _longer(self.heap_what)
            self.job_mark, self.job_number = _longer(self.job_mark), _longer(self.job_number)
            self.job_walker = _longer(self.job_walker)
            # doubled, a ring reads on past its old end
            self.log_from, self.log_to = _longer(self.log_from), _longer(self.log_to)
            self.log_queue = _longer(self.log_queue)
            self.hop_seq, self.hop_walker = _longer(self.hop_seq), _longer(self.hop_walker)
            self.hop_kind = _longer(self.hop_kind)
        self.hop_mask = self.log_mask = len(self.hop_seq) - 1
        self.room = len(self.heap_time) - entries
        if self.detail:
            while len(self.grant_row) < self.grants + entries:
                self.grant_row, self.grant_place = _longer(self.grant_row), _longer(self.grant_place)
                self.grant_from, self.grant_to = _longer(self.grant_from), _longer(self.grant_to)
            self.grants_room = len(self.grant_row) - entries

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def nothing_else_now(self) -> cython.bint:
        """Whether no other event is due at this very moment."""
        if self.hop_size > 0 or self.core_due <= self.now:
            return False
        if self.heap_size > 0 and self.heap_time[0] <= self.now:
            return False
        return self.coming > self.now

    # --- the life of a request --------------------------------------------------------------------------------------

    @cython.cfunc
    @cython.exceptval(check=False)
    def start(self, row: cython.int) -> cython.void:
        """The client starts to connect."""
        self.arrival[row] = self.now
        if self.timed and self.patience[row] < INFINITY:
            self.push(self.now + self.patience[row], row, PATIENCE)
        self.at[row] = -1
        self.go_on(row)

    @cython.cfunc
    @cython.exceptval(check=False)
    def go_on(self, row: cython.int) -> cython.void:
        """From the place where the request is to the next ones, until it has to wait."""
        i: cython.int = self.at[row]
        first: cython.longlong = cython.cast(cython.longlong, row) * self.places
        while True:
            i += 1
            if i == self.places:
                break
            if self.passes(row, i):
                continue
            self.reached[first + i] = self.now
            self.at[row] = i
            if not self.perform(row, i):
                return
        self.at[row] = i
        self.left[row] = self.now
        if not self.flags[row] & SETTLED:
            self.settle(row, COMPLETED, self.now)
        if self.flags[row] & EAGER:
            self.finished_one(self.process[row])

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def passes(self, row: cython.int, i: cython.int) -> cython.bint:
        """Whether the request has no business at this place."""
        op: cython.int = self.op[i]
        if self.flags[row] & ABORTED:
            return not (op == RELEASE and self.held[row] >> self.resource[i] & 1)
        if op == PHASE:
            return self.kind_of(row, i) == NOTHING
        return op == TAKEN

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def kind_of(self, row: cython.int, i: cython.int) -> cython.int:
        return self.phase_kinds[self.request_class[row] * self.phase_count + self.phase[i]]

    @cython.cfunc
    @cython.exceptval(check=False)
    def perform(self, row: cython.int, i: cython.int) -> cython.bint:
        """Do what the place is about. False if the request has to wait there."""
        op: cython.int = self.op[i]
        if op == COMPUTE:
            return self.compute(row, i, self.seconds[i])
        if op == PHASE:
            return self.handle(row, i)
        if op == SEIZE:
            return self.seize(row, i)
        if op == RELEASE:
            self.release(row, self.resource[i])
            return True
        if op == RECEIVE:
            return not self.on_client[i] or self.until(row, self.arrived_at(row, i), GO_ON)
        if op == SEND:
            return self.send(row, i)
        if op == CONNECT:
            self.tries[row] = 0
            if not self.until(row, self.now + 1.5 * self.rtt[row] if self.on_client[i] else self.now, SHAKEN):
                return False
            return self.connect(row, i)
        self.put(row)
        return False

    @cython.cfunc
    @cython.exceptval(check=False)
    def settle(self, row: cython.int, outcome: cython.int, finished: cython.double) -> cython.void:
        """The client has its answer, or none."""
        deadline: cython.double = self.arrival[row] + self.patience[row]
        if self.flags[row] & SETTLED:
            return
        self.flags[row] |= SETTLED
        if outcome == GAVE_UP or finished > deadline:
            outcome, finished = GAVE_UP, deadline
        self.outcome[row], self.finished[row] = outcome, finished
        if self.loop_clients > 0:
            self.send_later(row + self.loop_clients, finished)

    @cython.cfunc
    @cython.exceptval(check=False)
    def send_later(self, row: cython.int, since: cython.double) -> cython.void:
        """A client of a closed loop thinks, then sends its next request, unless the time is over."""
        at: cython.double
        if row >= self.n:
            self.rows_ran_out = True
            return
        at = since + self.think[row]
        if at < self.duration:
            at = self.now + max(at - self.now, 0.0)
            if self.intervened:
                self.start_seq[row] = self.push(at, row, START)
            else:
                self.push(at, row, START)

    @cython.cfunc
    @cython.exceptval(check=False)
    def abort(self, row: cython.int, outcome: cython.int, finished: cython.double) -> cython.void:
        """Nothing more is done for this request."""
        self.flags[row] |= ABORTED
        self.settle(row, outcome, finished)

    @cython.cfunc
    @cython.exceptval(check=False)
    def lose_patience(self, row: cython.int) -> cython.void:
        """The client leaves; most servers do not notice."""
        i: cython.int = self.at[row]
        pool: cython.int
        if self.flags[row] & SETTLED and self.outcome[row] != GAVE_UP:
            return
        self.settle(row, GAVE_UP, self.now)
        if self.flags[row] & QUEUED and self.pool_renege[self.resource[i]]:
            self.flags[row] = (self.flags[row] & ~QUEUED) | ABORTED
            self.leave_queue(row, self.queue_of(row, self.resource[i]))
            self.hop(row, GO_ON)
        for pool in range(self.pools):
            if self.pool_frees[pool]:
                self.release(row, pool)

    # --- steps ------------------------------------------------------------------------------------------------------

    @cython.cfunc
    @cython.exceptval(check=False)
    def until(self, row: cython.int, moment: cython.double, kind: cython.int) -> cython.bint:
        """Wait for a moment that the client has to see; it may leave before. True if there is nothing to wait for."""
        deadline: cython.double = self.arrival[row] + self.patience[row]
        end: cython.double = min(moment, deadline)
        if moment > deadline:
            kind = GIVE_UP
        if end > self.now:
            self.push(self.now + (end - self.now), row, kind)
            return False
        if kind == GIVE_UP:
            self.abort(row, GAVE_UP, self.now)
        return True

    @cython.cfunc
    @cython.exceptval(check=False)
    def connect(self, row: cython.int, i: cython.int) -> cython.bint:
        """The SYN, and the ACK that comes now, have to find a place in the backlog. True if connected, or aborted."""
        queue: cython.int = self.resource[i]
        full: cython.bint = self.queue_size[queue] > self.limit[i]
        trip: cython.double
        at: cython.int
        before: cython.double
        last: cython.double
        if self.flags[row] & ABORTED or (not full and self.log_size == 0):
            return True
        if self.refuses[i]:
            if full:
                self.abort(row, REFUSED, self.now)
            return True
        trip = self.rtt[row] if self.on_client[i] else 0.0
        while self.was_full(queue, self.now - trip):
            at = self.retry_from[i] + self.tries[row]
            before = self.retries[at - 1] if self.tries[row] > 0 else 0.0
            if at + 1 == self.retry_to[i]:
                last = self.reached[cython.cast(cython.longlong, row) * self.places + i] + self.retries[at]
                if not self.until(row, last, SYN_TIMEOUT):
                    return False
                self.abort(row, self.on_timeout[i], self.now)
                return True
            if not self.until(row, self.now + (self.retries[at] - before), RETRY):
                return False
            if self.flags[row] & ABORTED:
                return True
            self.count_retry(row)
        return not full or self.stay_half_open(row, i, trip)

    @cython.cfunc
    @cython.exceptval(check=False)
    def retry(self, row: cython.int) -> cython.void:
        """The SYN is sent again, or for the first time got through."""
        if self.connect(row, self.at[row]):
            self.go_on(row)

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def count_retry(self, row: cython.int) -> cython.void:
        if not self.flags[row] & ABORTED:
            self.tries[row] += 1
            self.syn_retries[row] += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def stay_half_open(self, row: cython.int, i: cython.int, trip: cython.double) -> cython.bint:
        """The client believes that it is connected; only what is repeated can still find a place."""
        queue: cython.int = self.resource[i]
        self.dropped[row] = self.now
        self.data_after[row], self.ack_after[row] = trip + max(LEAST_TIMEOUT, 2.0 * trip), INFINITY
        if self.half_open[queue] <= self.limit[i]:  # otherwise it was given a cookie
            self.half_open[queue] += 1
            self.flags[row] |= HALF_OPEN
            self.ack_after[row] = SYN_ACK
        return self.wait_half_open(row)

    @cython.cfunc
    @cython.exceptval(check=False)
    def wait_half_open(self, row: cython.int) -> cython.bint:
        """Wait for the next repetition of the data or of the SYN-ACK. True if seated, or aborted."""
        while self.until(row, self.dropped[row] + min(self.data_after[row], self.ack_after[row]), REPEATED):
            if self.flags[row] & ABORTED:
                self.forget(row)
                return True
            if self.repeated(row):
                return True
        return False

    @cython.cfunc
    @cython.exceptval(check=False)
    def repeated(self, row: cython.int) -> cython.bint:
        """Data, or an ACK without, have arrived once more. True if seated, or aborted."""
        i: cython.int = self.at[row]
        data: cython.double = self.data_after[row]
        ack: cython.double = self.ack_after[row]
        after: cython.double = min(data, ack)
        valid: cython.double = REMEMBERED if self.flags[row] & HALF_OPEN else COOKIE_VALID
        if ack == after:
            self.ack_after[row] = 2.0 * ack + 1.0 if ack < LAST_SYN_ACK else INFINITY
        if data <= ack:
            self.data_after[row] = 2.0 * data
            self.data_retries[row] += 1
        if after + self.rtt[row] >= valid:
            self.forget(row)
            self.turn_away(row, BROKEN)
            return True
        if self.queue_size[self.resource[i]] > self.limit[i]:
            return False
        self.forget(row)
        if data > ack:
            self.flags[row] |= DATA_LATE
            self.data_at[row] = self.dropped[row] + data
            self.data_retries[row] += 1
        return True

    @cython.cfunc
    @cython.exceptval(check=False)
    def forget(self, row: cython.int) -> cython.void:
        """The server has one handshake less to remember, if this was one."""
        if self.flags[row] & HALF_OPEN:
            self.flags[row] &= ~HALF_OPEN
            self.half_open[self.resource[self.at[row]]] -= 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def seize(self, row: cython.int, i: cython.int) -> cython.bint:
        """Take the slot that has been idle longest, or queue for one."""
        pool: cython.int = self.resource[i]
        queue: cython.int = self.queue_of(row, pool)
        if self.free_size[queue] > 0:
            self.slot[row * self.pools + pool] = self.pop_free(pool, queue)
            self.take(row, pool)
            return True
        if self.queue_size[queue] >= self.pool_limit[pool]:
            self.turn_away(row, self.pool_full[pool])
            return True
        self.flags[row] |= QUEUED
        if self.pool_lifo[pool]:
            self.enqueue_first(queue, row)
        else:
            self.enqueue(queue, row)
        return False

    @cython.cfunc
    @cython.exceptval(check=False)
    def take(self, row: cython.int, pool: cython.int) -> cython.void:
        """The request holds the slot that is noted in its record."""
        self.held[row] |= 1 << pool
        if self.pool_span[pool] > 0:
            self.process[row] = self.slot[row * self.pools + pool] // self.pool_span[pool]

    @cython.cfunc
    @cython.exceptval(check=False)
    def release(self, row: cython.int, pool: cython.int) -> cython.void:
        """Give the slot back, unless it is gone already; the next in the queue gets it."""
        if self.held[row] >> pool & 1:
            self.held[row] &= ~(1 << pool)
            self.give_back(pool, self.slot[row * self.pools + pool])

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def give_back(self, pool: cython.int, slot: cython.int) -> cython.void:
        """The slot passes to the next in the queue, or becomes the one that will have been idle longest, last."""
        queue: cython.int = self.pool_first[pool] + slot // self.pool_size[pool]
        waiting: cython.int
        if self.intervened and self.closed(pool, slot):
            self.away[self.pool_slots[pool] + slot] = 1
        elif self.queue_size[queue] > 0:
            waiting = self.dequeue(queue)
            self.slot[waiting * self.pools + pool] = slot
            self.flags[waiting] &= ~QUEUED
            self.hop(waiting, SEATED)
        else:
            self.push_free(pool, queue, slot)

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def pop_free(self, pool: cython.int, copy: cython.int) -> cython.int:
        """The slot of this copy that has been idle longest: the first of a ring."""
        first: cython.int = self.pool_slots[pool] + (copy - self.pool_first[pool]) * self.pool_size[pool]
        slot: cython.int = self.free[first + self.free_head[copy]]
        self.free_size[copy] -= 1
        self.free_head[copy] += 1
        if self.free_head[copy] == self.pool_size[pool]:
            self.free_head[copy] = 0
        return slot

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def push_free(self, pool: cython.int, copy: cython.int, slot: cython.int) -> cython.void:
        first: cython.int = self.pool_slots[pool] + (copy - self.pool_first[pool]) * self.pool_size[pool]
        last: cython.int = self.free_head[copy] + self.free_size[copy]
        if last >= self.pool_size[pool]:
            last -= self.pool_size[pool]
        self.free[first + last] = slot
        self.free_size[copy] += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def queue_of(self, row: cython.int, pool: cython.int) -> cython.int:
        return self.pool_first[pool] + (self.process[row] if self.pool_copies[pool] > 1 else 0)

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def enqueue(self, queue: cython.int, walker: cython.int) -> cython.void:
        self.link[walker] = -1
        if self.queue_size[queue] == 0:
            self.queue_head[queue] = walker
        else:
            self.link[self.queue_tail[queue]] = walker
            if self.two_way:
                self.back[walker] = self.queue_tail[queue]
        self.queue_tail[queue] = walker
        self.grow(queue)

    @cython.cfunc
    @cython.exceptval(check=False)
    def enqueue_first(self, queue: cython.int, walker: cython.int) -> cython.void:
        self.link[walker] = self.queue_head[queue]
        if self.queue_size[queue] == 0:
            self.link[walker] = -1
            self.queue_tail[queue] = walker
        elif self.two_way:
            self.back[self.queue_head[queue]] = walker
        self.queue_head[queue] = walker
        self.grow(queue)

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def dequeue(self, queue: cython.int) -> cython.int:
        walker: cython.int = self.queue_head[queue]
        self.queue_head[queue] = self.link[walker]
        self.shrink(queue)
        return walker

    @cython.cfunc
    @cython.exceptval(check=False)
    def leave_queue(self, walker: cython.int, queue: cython.int) -> cython.void:
        """Take a walker out of the middle of a queue."""
        before: cython.int = self.back[walker]
        after: cython.int = self.link[walker]
        if self.queue_head[queue] == walker:
            self.queue_head[queue] = after
        else:
            self.link[before] = after
        if self.queue_tail[queue] == walker:
            self.queue_tail[queue] = before
        else:
            self.back[after] = before
        self.shrink(queue)

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def grow(self, queue: cython.int) -> cython.void:
        self.queue_size[queue] += 1
        if self.queue_size[queue] == self.fills_at[queue]:
            self.full_since[queue] = self.now

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def shrink(self, queue: cython.int) -> cython.void:
        if self.queue_size[queue] == self.fills_at[queue]:
            self.note_full(queue)
        self.queue_size[queue] -= 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def note_full(self, queue: cython.int) -> cython.void:
        """A backlog has been full until now; whoever has a handshake under way may yet ask for that."""
        at: cython.int
        while self.log_size > 0 and self.log_to[self.log_head] <= self.now - self.longest_trip:
            self.log_head = (self.log_head + 1) & self.log_mask
            self.log_size -= 1
        if self.full_since[queue] < self.now:
            at = (self.log_head + self.log_size) & self.log_mask
            self.log_from[at], self.log_to[at], self.log_queue[at] = self.full_since[queue], self.now, queue
            self.log_size += 1
            if self.log_size > self.log_mask - self.at_most:
                self.room = -1  # more is made before the next event
        self.full_since[queue] = INFINITY

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def was_full(self, queue: cython.int, moment: cython.double) -> cython.bint:
        """Whether a backlog was full when all that happened at this moment had happened."""
        return self.full_since[queue] <= moment or (self.log_size > 0 and self.was_full_before(queue, moment))

    @cython.cfunc
    @cython.exceptval(check=False)
    def was_full_before(self, queue: cython.int, moment: cython.double) -> cython.bint:
        """The same, if it is known not to have been full from then until now."""
        k: cython.int = self.log_size
        at: cython.int
        while k > 0:
            k -= 1
            at = (self.log_head + k) & self.log_mask
            if self.log_to[at] <= moment:
                return False
            if self.log_queue[at] == queue and self.log_from[at] <= moment:
                return True
        return False

    @cython.cfunc
    @cython.exceptval(check=False)
    def turn_away(self, row: cython.int, outcome: cython.int) -> cython.void:
        """The server answers with an error, which takes half a round trip."""
        self.abort(row, outcome, self.now + self.rtt[row] / 2)

    @cython.cfunc
    @cython.exceptval(check=False)
    def arrived_at(self, row: cython.int, i: cython.int) -> cython.double:
        """When the last byte of the request is here, if it is read from now on."""
        size: cython.double = self.upload[row]
        rate: cython.double = self.up_rate[self.client[row]]
        start: cython.double = self.arrival[row]
        if self.upload_place > 0:
            start = self.reached[cython.cast(cython.longlong, row) * self.places + self.upload_place]
        if self.flags[row] & DATA_LATE:
            start = self.data_at[row]
        if size > self.buffer[i] and self.now > start + self.buffer[i] / rate:
            return self.now + (size - self.buffer[i]) / rate
        return start + size / rate

    @cython.cfunc
    @cython.exceptval(check=False)
    def handle(self, row: cython.int, i: cython.int) -> cython.bint:
        """One phase of the request's own work."""
        work: cython.double = self.phases[cython.cast(cython.longlong, row) * self.phase_count + self.phase[i]]
        if self.kind_of(row, i) == CPU:
            return self.compute(row, i, work + self.seconds[i])
        if work > 0:
            if self.slow_io:
                work = work * self.io_factor()
            self.push(self.now + work, row, GO_ON)
            return False
        return True

    @cython.cfunc
    @cython.exceptval(check=False)
    def send(self, row: cython.int, i: cython.int) -> cython.bint:
        """Blocked until the rest fits the buffer, or the client is gone. The last byte arrives later."""
        size: cython.double = self.response[row]
        rate: cython.double = self.down_rate[self.client[row]]
        start: cython.double = self.reached[cython.cast(cython.longlong, row) * self.places + self.send_place]
        end: cython.double
        if self.on_client[i]:
            self.settle(row, COMPLETED, start + self.rtt[row] / 2 + size / rate)
        end = min(start + max(size - self.buffer[i], 0.0) / rate, self.arrival[row] + self.patience[row])
        if end > self.now:
            self.push(self.now + (end - self.now), row, GO_ON)
            return False
        return True

    # --- the lock ---------------------------------------------------------------------------------------------------

    @cython.cfunc
    @cython.exceptval(check=False)
    def compute(self, row: cython.int, i: cython.int, work: cython.double) -> cython.bint:
        """So many seconds on a core, under the lock if the place needs one. True if there is nothing to do."""
        if work <= 0:
            return True
        if self.resource[i] < 0:
            self.run(row, work)
        else:
            self.left_over[row] = work
            if self.hold(row):
                self.work(row)
        return False

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def turn_of(self, walker: cython.int) -> cython.int:
        """Which copy of which lock a walker computes under."""
        lock: cython.int
        if walker >= self.n:
            return self.accept_lock + walker - self.n
        lock = self.resource[self.at[walker]]
        return self.lock_first[lock] + (self.process[walker] if self.lock_copies[lock] > 1 else 0)

    @cython.cfunc
    @cython.exceptval(check=False)
    def hold(self, walker: cython.int) -> cython.bint:
        """True if the lock was free and is now held; otherwise the walker queues for it."""
        turn: cython.int = self.turn_of(walker)
        self.asked[walker] = self.now
        if self.holder[turn] == walker:  # kept from the place before
            return True
        if self.holder[turn] < 0:
            self.holder[turn] = walker
            return True
        self.enqueue(self.lock_queue + turn, walker)
        if self.switch_seq[turn] == 0:
            self.set_switch(turn)
        return False

    @cython.cfunc
    @cython.exceptval(check=False)
    def set_switch(self, turn: cython.int) -> cython.void:
        """In one interval, the holder will have to let somebody else compute. No entry has the number 0."""
        if self.interval[turn] > 0:
            self.switch_seq[turn] = self.push(self.now + self.interval[turn], turn, SWITCH)

    @cython.cfunc
    @cython.exceptval(check=False)
    def let_go(self, turn: cython.int) -> cython.void:
        """The next in the queue holds the lock from now on."""
        queue: cython.int = self.lock_queue + turn
        self.switch_seq[turn] = 0
        self.holder[turn] = -1
        if self.queue_size[queue] > 0:
            self.holder[turn] = self.dequeue(queue)
            self.hop(self.holder[turn], GRANTED)
        if self.queue_size[queue] > 0:
            self.set_switch(turn)

    @cython.cfunc
    @cython.exceptval(check=False)
    def switch(self, turn: cython.int, order: cython.longlong) -> cython.void:
        """Somebody has waited a whole interval: the holder has to stop computing and to queue again."""
        walker: cython.int = self.holder[turn]
        if order != self.switch_seq[turn]:
            return
        self.switch_seq[turn] = 0
        if walker >= 0 and self.stop(walker):
            self.hop(walker, INTERRUPTED)
            self.let_go(turn)
        elif self.queue_size[self.lock_queue + turn] > 0:  # between two pieces of work at this very moment
            self.set_switch(turn)

    @cython.cfunc
    @cython.exceptval(check=False)
    def granted(self, walker: cython.int) -> cython.void:
        """The lock is free for this walker at last."""
        if walker >= self.n and self.visit[walker - self.n] == 0:
            self.take_next(walker)
            return
        self.note_wait(walker)
        self.work(walker)

    @cython.cfunc
    @cython.exceptval(check=False)
    def note_wait(self, walker: cython.int) -> cython.void:
        row: cython.int = walker if walker < self.n else self.serving[walker - self.n]
        i: cython.int = self.at[walker] if walker < self.n else self.accept_place
        at: cython.longlong = cython.cast(cython.longlong, row) * self.lock_columns + self.lock_column[i]
        self.lock_wait[at] += self.now - self.asked[walker]

    @cython.cfunc
    @cython.exceptval(check=False)
    def work(self, walker: cython.int) -> cython.void:
        """Compute while holding the lock."""
        self.since[walker] = self.now
        self.run(walker, self.left_over[walker])

    @cython.cfunc
    @cython.exceptval(check=False)
    def computed(self, walker: cython.int) -> cython.void:
        """The job has left the cores, finished."""
        if walker < self.n and self.resource[self.at[walker]] < 0:
            self.go_on(walker)
            return
        self.note_grant(walker)
        self.worked(walker)

    @cython.cfunc
    @cython.exceptval(check=False)
    def interrupted(self, walker: cython.int) -> cython.void:
        """The lock was taken away; what is left of the work needs it again."""
        self.note_grant(walker)
        if self.left_over[walker] <= 0:
            self.worked(walker)
        elif self.hold(walker):
            self.work(walker)

    @cython.cfunc
    @cython.exceptval(check=False)
    def worked(self, walker: cython.int) -> cython.void:
        """The work is done; the lock is let go if it is still held."""
        turn: cython.int
        if walker >= self.n:
            self.visited(walker)
            return
        turn = self.turn_of(walker)
        if self.holder[turn] == walker and not self.goes_on(walker):
            self.let_go(turn)
        self.go_on(walker)

    @cython.cfunc
    @cython.exceptval(check=False)
    def goes_on(self, row: cython.int) -> cython.bint:
        """Whether the next place computes under the same lock; then it is kept, for only waiting lets go of it."""
        i: cython.int = self.at[row] + 1
        lock: cython.int = self.resource[i - 1]
        while i < self.places and self.passes(row, i):
            i += 1
        if i == self.places or self.resource[i] != lock:
            return False
        if self.op[i] == PHASE and self.kind_of(row, i) == CPU:
            at: cython.longlong = cython.cast(cython.longlong, row) * self.phase_count + self.phase[i]
            return self.phases[at] + self.seconds[i] > 0
        return self.op[i] == COMPUTE and self.seconds[i] > 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def note_grant(self, walker: cython.int) -> cython.void:
        row: cython.int = walker if walker < self.n else self.serving[walker - self.n]
        if self.detail:
            self.grant_row[self.grants] = row
            self.grant_place[self.grants] = self.at[walker] if walker < self.n else self.accept_place
            self.grant_from[self.grants], self.grant_to[self.grants] = self.since[walker], self.now
            self.grants += 1
        self.since[walker] = -1.0

    # --- the cores --------------------------------------------------------------------------------------------------

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def rate(self) -> cython.double:
        """Seconds of work that each job gets done in one second."""
        if self.jobs <= self.cores:
            return 1.0
        return cython.cast(cython.double, self.cores) / self.jobs * self.efficiency

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def catch_up(self) -> cython.void:
        self.virtual += (self.now - self.updated) * self.rate()
        self.updated = self.now

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def expect(self) -> cython.void:
        """Note which job will finish next if nothing changes before."""
        if self.jobs == 0:
            self.virtual = 0.0
            self.core_due = INFINITY
            return
        self.core_due = self.now + max((self.job_mark[0] - self.virtual) / self.rate(), 0.0)
        self.core_seq = self.seq
        self.seq += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def run(self, walker: cython.int, work: cython.double) -> cython.void:
        """A walker becomes runnable, with so many seconds to do."""
        i: cython.int = self.jobs
        parent: cython.int
        mark: cython.double
        self.catch_up()
        mark = self.virtual + work
        self.jobs += 1
        while i > 0:
            parent = (i - 1) >> 1
            if self.job_mark[parent] <= mark:
                break
            self.move_job(parent, i)
            i = parent
        self.job_mark[i], self.job_number[i], self.job_walker[i] = mark, self.next_job, walker
        self.next_job += 1
        self.expect()

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def move_job(self, source: cython.int, target: cython.int) -> cython.void:
        self.job_mark[target], self.job_number[target] = self.job_mark[source], self.job_number[source]
        self.job_walker[target] = self.job_walker[source]

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def earlier_job(self, a: cython.int, b: cython.int) -> cython.bint:
        if self.job_mark[a] == self.job_mark[b]:
            return self.job_number[a] < self.job_number[b]
        return self.job_mark[a] < self.job_mark[b]

    @cython.cfunc
    @cython.exceptval(check=False)
    def drop_job(self, i: cython.int) -> cython.void:
        """Remove one entry of the heap of jobs: its last one takes the place, and finds its own."""
        self.jobs -= 1
        last: cython.int = self.jobs
        child: cython.int
        if i == last:
            return
        while i > 0 and self.earlier_job(last, (i - 1) >> 1):
            self.move_job((i - 1) >> 1, i)
            i = (i - 1) >> 1
        child = 2 * i + 1
        while child < last:
            if child + 1 < last and self.earlier_job(child + 1, child):
                child += 1
            if self.earlier_job(last, child):
                break
            self.move_job(child, i)
            i = child
            child = 2 * i + 1
        self.move_job(last, i)

    @cython.cfunc
    @cython.exceptval(check=False)
    def finish_job(self) -> cython.void:
        """The job with the lowest mark has got all its work done."""
        walker: cython.int = self.job_walker[0]
        mark: cython.double = self.job_mark[0]
        self.catch_up()
        self.drop_job(0)
        self.virtual = mark
        self.expect()
        if self.nothing_else_now():  # then the hop would be the next event: spare it the way there
            self.computed(walker)
        else:
            self.hop(walker, COMPUTED)

    @cython.cfunc
    @cython.exceptval(check=False)
    def stop(self, walker: cython.int) -> cython.bint:
        """Take a job off the cores before its end. False if it is not there (any more)."""
        i: cython.int
        for i in range(self.jobs):
            if self.job_walker[i] == walker:
                self.catch_up()
                self.left_over[walker] = max(self.job_mark[i] - self.virtual, 0.0)
                self.drop_job(i)
                self.expect()
                return True
        return False

    # --- eager accepting --------------------------------------------------------------------------------------------

    @cython.cfunc
    @cython.exceptval(check=False)
    def put(self, row: cython.int) -> cython.void:
        """A connection joins the backlog and wakes all who may take it, a random one first."""
        able: cython.int = 0
        first: cython.int
        i: cython.int
        k: cython.int
        self.flags[row] |= EAGER
        self.enqueue(self.accept_queue, row)
        for i in range(self.sleepers):
            able += self.in_hand[self.asleep[i]] < self.accept_limit
        first = cython.cast(cython.int, self.coin[row] * able) if COMPILED else int(self.coin[row] * able)
        for k in (1, 2):  # from the first one to the end, then from the start to the first one
            able = 0
            for i in range(self.sleepers):
                if self.in_hand[self.asleep[i]] < self.accept_limit:
                    if (able >= first) == (k == 1):
                        self.hop(self.n + self.asleep[i], WAKE)
                    able += 1
        able = 0
        for i in range(self.sleepers):
            if self.in_hand[self.asleep[i]] >= self.accept_limit:
                self.asleep[able] = self.asleep[i]
                able += 1
        self.sleepers = able

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def has_work_for(self, acceptor: cython.int) -> cython.bint:
        return self.queue_size[self.accept_queue] > 0 and self.in_hand[acceptor] < self.accept_limit

    @cython.cfunc
    @cython.exceptval(check=False)
    def fall_asleep(self, acceptor: cython.int) -> cython.void:
        self.asleep[self.sleepers] = acceptor
        self.sleepers += 1

    @cython.cfunc
    @cython.exceptval(check=False)
    def finished_one(self, process: cython.int) -> cython.void:
        """A connection was closed; its process may take another one."""
        i: cython.int
        at: cython.int = 0
        self.in_hand[process] -= 1
        while at < self.sleepers and self.asleep[at] != process:
            at += 1
        if at < self.sleepers and self.has_work_for(process):
            self.sleepers -= 1
            for i in range(at, self.sleepers):
                self.asleep[i] = self.asleep[i + 1]
            self.hop(self.n + process, WAKE)

    @cython.cfunc
    @cython.exceptval(check=False)
    def look_for_work(self, walker: cython.int) -> cython.void:
        """The acceptor is awake; perhaps there is still something to accept."""
        acceptor: cython.int = walker - self.n
        if not self.has_work_for(acceptor):
            self.fall_asleep(acceptor)
            return
        self.visit[acceptor] = 0
        if self.hold(walker):
            self.take_next(walker)

    @cython.cfunc
    @cython.exceptval(check=False)
    def take_next(self, walker: cython.int) -> cython.void:
        """The acceptor has its lock: it takes the oldest connection, if nobody else has."""
        self.taken[walker - self.n] = 0
        self.take_another(walker)

    @cython.cfunc
    @cython.exceptval(check=False)
    def take_another(self, walker: cython.int) -> cython.void:
        acceptor: cython.int = walker - self.n
        turn: cython.int = self.accept_lock + acceptor
        row: cython.int
        if self.holder[turn] == walker and self.taken[acceptor] < self.accept_batch and self.has_work_for(acceptor):
            row = self.dequeue(self.accept_queue)
            self.in_hand[acceptor] += 1
            self.taken[acceptor] += 1
            self.process[row] = acceptor
            self.reached[cython.cast(cython.longlong, row) * self.places + self.accept_place] = self.now
            self.serving[acceptor], self.visit[acceptor] = row, 1
            self.left_over[walker] = self.accept_work
            self.work(walker)
            return
        if self.holder[turn] == walker:
            self.let_go(turn)
        self.look_for_work(walker)

    @cython.cfunc
    @cython.exceptval(check=False)
    def visited(self, walker: cython.int) -> cython.void:
        """One visit's work is done; after the last one, the connection is handed over."""
        acceptor: cython.int = walker - self.n
        turn: cython.int = self.accept_lock + acceptor
        if self.visit[acceptor] < self.accept_visits:
            self.visit[acceptor] += 1
            if self.holder[turn] == walker:
                self.let_go(turn)
            self.left_over[walker] = self.accept_work
            if self.hold(walker):
                self.work(walker)
            return
        self.hop(self.serving[acceptor], ACCEPTED)
        self.take_another(walker)

    # --- interventions ----------------------------------------------------------------------------------------------

    @cython.cfunc
    @cython.exceptval(check=False)
    def intervention_is_next(self) -> cython.bint:
        """Whether it is an intervention, and not an arrival, that comes now; at equal times it goes first."""
        return self.next_intervention < self.interventions and self.done_at[self.next_intervention] <= self.coming

    @cython.cfunc
    @cython.exceptval(check=False)
    def is_void(self, walker: cython.int, kind: cython.int, order: cython.longlong) -> cython.bint:
        """Whether the event was for somebody whose process has died meanwhile."""
        if kind in (SWITCH, BACK):  # these are about a lock, and a process
            return False
        if walker >= self.n:
            return self.down[walker - self.n] != 0
        if kind == START:
            return order != self.start_seq[walker]
        return self.at[walker] == self.places

    def intervene(self) -> None:
        """It is time."""
        entry: cython.int = self.next_intervention
        number: cython.int = self.done_number[entry]
        what: cython.int = self.done_what[entry]
        self.next_intervention += 1
        self.look_ahead()
        if what == KILL and number < self.processes:
            self.make_room(self.at_most + (self.count_inside(number) + 1) * (self.pools + 8))
            self.kill(number, self.done_lasting[entry])
            self.make_room(self.at_most)
        elif what == SLOTS:
            self.allowed = number
            self.rearrange()
        elif what == CORES:
            self.catch_up()
            self.cores = number
            self.expect()

    @cython.cfunc
    @cython.exceptval(check=False)
    def io_factor(self) -> cython.double:
        """How many times as long I/O takes that starts now."""
        factor: cython.double = 1.0
        i: cython.int
        for i in range(self.interventions):
            if self.done_what[i] == SLOW_IO and self.done_at[i] <= self.now and self.now < self.done_until[i]:
                factor *= self.done_factor[i]
        return factor

    @cython.cfunc
    @cython.exceptval(check=False)
    @cython.inline
    def is_inside(self, row: cython.int, process: cython.int) -> cython.bint:
        """Whether a request is inside of this process, and not only leaving it."""
        at: cython.int = self.at[row]
        if self.process[row] != process or self.flags[row] & ABORTED:
            return False
        return self.inside_from <= at and at < self.inside_to

    @cython.cfunc
    @cython.exceptval(check=False)
    def count_inside(self, process: cython.int) -> cython.int:
        """How many requests a process holds."""
        found: cython.int = 0
        row: cython.int
        for row in range(self.n):
            found += self.is_inside(row, process)
        return found

    @cython.cfunc
    @cython.exceptval(check=False)
    def kill(self, process: cython.int, boot: cython.double) -> cython.void:
        """The process dies. If it was booting, it starts all over again."""
        alive: cython.bint = self.down[process] == 0
        row: cython.int
        self.down[process] = 1
        self.rearrange()
        for row in range(self.n):
            if self.is_inside(row, process):
                self.leave_queues(row)
        if self.acceptors > 0 and alive:
            self.lose_acceptor(process)
        for row in range(self.n):
            if self.is_inside(row, process):
                self.lose(row)
        self.back_seq[process] = self.push(self.now + boot, process, BACK)

    @cython.cfunc
    @cython.exceptval(check=False)
    def come_back(self, process: cython.int, order: cython.longlong) -> cython.void:
        """The process has booted, unless it was killed again meanwhile."""
        if order != self.back_seq[process]:
            return
        self.down[process] = 0
        self.rearrange()
        if self.acceptors > 0:
            self.look_for_work(self.n + process)

    @cython.cfunc
    @cython.exceptval(check=False)
    def lose(self, row: cython.int) -> cython.void:
        """Its process is down, and the connection with it. What was handed over completely still arrives."""
        i: cython.int = self.at[row]
        if self.op[i] == COMPUTE or self.op[i] == PHASE:
            self.stop_computing(row)
        self.forget(row)
        if self.op[i] == SEND and self.on_client[i]:
            self.unsettle(row)
        self.turn_away(row, self.loss(i))
        self.go_on(row)

    @cython.cfunc
    @cython.exceptval(check=False)
    def unsettle(self, row: cython.int) -> cython.void:
        """The answer that was under way will not be complete, so the client's next request comes at another time."""
        if self.finished[row] > self.now:
            self.flags[row] &= ~SETTLED
            if self.loop_clients > 0 and row + self.loop_clients < self.n:
                self.start_seq[row + self.loop_clients] = 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def loss(self, i: cython.int) -> cython.int:
        """A proxy answers for a server that died, unless the client has a part of the response already."""
        return BAD_GATEWAY if self.behind_proxy and (self.send_place < 0 or i < self.send_place) else CRASHED

    @cython.cfunc
    @cython.exceptval(check=False)
    def look_after_process(self, row: cython.int) -> cython.void:
        """A slot was just given; if its process died at this very moment, the request is lost."""
        if self.down[self.process[row]]:
            self.turn_away(row, self.loss(self.at[row]))

    @cython.cfunc
    @cython.exceptval(check=False)
    def leave_queues(self, row: cython.int) -> cython.void:
        """It stops waiting for a slot or a lock, or gives back the slot that it has just been given."""
        i: cython.int = self.at[row]
        if self.op[i] == SEIZE:
            if self.flags[row] & QUEUED:
                self.flags[row] &= ~QUEUED
                self.leave_queue(row, self.queue_of(row, self.resource[i]))
            else:
                self.held[row] |= 1 << self.resource[i]
        elif self.waits_for_lock(row, i):
            self.leave_lock_queue(row)

    @cython.cfunc
    @cython.exceptval(check=False)
    def waits_for_lock(self, row: cython.int, i: cython.int) -> cython.bint:
        """Whether a request at this place is in the queue for its lock."""
        if self.op[i] != COMPUTE and (self.op[i] != PHASE or self.kind_of(row, i) != CPU):
            return False
        return self.resource[i] >= 0 and self.since[row] < 0 and self.holder[self.turn_of(row)] != row

    @cython.cfunc
    @cython.exceptval(check=False)
    def leave_lock_queue(self, walker: cython.int) -> cython.void:
        """Somebody will never have the lock. Where nobody waits any more, the holder is not interrupted."""
        turn: cython.int = self.turn_of(walker)
        self.leave_queue(walker, self.lock_queue + turn)
        if walker < self.n or self.visit[walker - self.n] > 0:
            self.note_wait(walker)
        if self.queue_size[self.lock_queue + turn] == 0:
            self.switch_seq[turn] = 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def stop_computing(self, walker: cython.int) -> cython.void:
        """It leaves the cores at once, and lets go of its lock."""
        turn: cython.int
        self.stop(walker)
        if walker < self.n and self.resource[self.at[walker]] < 0:
            return
        turn = self.turn_of(walker)
        if self.since[walker] >= 0:
            self.note_grant(walker)
        elif self.holder[turn] == walker and (walker < self.n or self.visit[walker - self.n] > 0):
            self.note_wait(walker)  # it was given the lock at this very moment
        if self.holder[turn] == walker:
            self.let_go(turn)

    @cython.cfunc
    @cython.exceptval(check=False)
    def lose_acceptor(self, acceptor: cython.int) -> cython.void:
        """The acceptor of a process that died."""
        walker: cython.int = self.n + acceptor
        waiting: cython.int = self.queue_head[self.lock_queue + self.accept_lock + acceptor]
        left: cython.int = self.queue_size[self.lock_queue + self.accept_lock + acceptor]
        i: cython.int
        awake: cython.int = 0
        for i in range(self.sleepers):
            if self.asleep[i] != acceptor:
                self.asleep[awake] = self.asleep[i]
                awake += 1
        self.sleepers = awake
        while left > 0 and waiting != walker:
            waiting = self.link[waiting]
            left -= 1
        if left > 0:
            self.leave_lock_queue(walker)
        self.stop_computing(walker)

    @cython.cfunc
    @cython.exceptval(check=False)
    def closed(self, pool: cython.int, slot: cython.int) -> cython.bint:
        """Whether the slot's process is down, or the pool has become too small for it."""
        if self.pool_mortal[pool] > 0 and self.down[slot // self.pool_mortal[pool]]:
            return True
        return pool == self.main_pool and slot % self.pool_width[pool] >= self.allowed

    @cython.cfunc
    @cython.exceptval(check=False)
    def rearrange(self) -> cython.void:
        """What is closed has changed: idle slots go away, or come back in their order."""
        pool: cython.int
        copy: cython.int
        slot: cython.int
        i: cython.int
        for pool in range(self.pools):
            for copy in range(self.pool_first[pool], self.pool_first[pool] + self.pool_copies[pool]):
                for _ in range(self.free_size[copy]):
                    self.give_back_idle(pool, self.pop_free(pool, copy), copy)
            for slot in range(self.pool_size[pool] * self.pool_copies[pool]):
                i = self.pool_slots[pool] + slot
                if self.away[i] and not self.closed(pool, slot):
                    self.away[i] = 0
                    self.give_back(pool, slot)

    @cython.cfunc
    @cython.exceptval(check=False)
    def give_back_idle(self, pool: cython.int, slot: cython.int, copy: cython.int) -> cython.void:
        """An idle slot keeps its place in the order, or goes away."""
        if self.closed(pool, slot):
            self.away[self.pool_slots[pool] + slot] = 1
        else:
            self.push_free(pool, copy, slot)
