"""The state of one run. Everything else in this package is functions over it."""

from typing import Any

from simulator.engine.kernel.entries import Event, Grant, Hop, Job, Ring, Stretch
from simulator.engine.kernel.layout import (
    Awake,
    Clock,
    Code,
    Copy,
    Cpu,
    Guard,
    Handshake,
    Instance,
    Member,
    Scaler,
    Station,
    Timers,
    Walk,
    Walker,
    Worker,
)
from simulator.engine.uncompiled import cython


@cython.final
@cython.cclass
class Kernel:
    """Clock, sources of events, nouns, and the columns of the workload and of the record."""

    now: cython.double
    seq: cython.longlong
    failed: cython.bint
    error: Any
    """Why an array could not grow; nothing after that has a meaning."""
    # sources of events
    next_row: cython.int
    open_rows: cython.int
    coming: cython.double
    heap: Event[::1]
    heap_size: cython.int
    heap_hole: cython.bint
    hops: Hop[::1]
    hop_head: cython.int
    hop_size: cython.int
    hop_mask: cython.int
    rings: Ring[::1]
    ring_count: cython.int
    ring_events: Event[::1]
    ring_room: cython.int
    ring_due: cython.double
    ring_seq: cython.longlong
    ring_order: cython.int[::1]
    rings_waiting: cython.int
    first_syn_ring: cython.int
    first_half_open_ring: cython.int
    cpus: Cpu[::1]
    cpu_count: cython.int
    cpu_due: cython.double
    cpu_seq: cython.longlong
    cpu_next: cython.int
    jobs: Job[::1]
    job_room: cython.int
    awake: Awake[::1]
    """Of each process, from 1 on; first of whoever has none."""
    waking: cython.bint
    """Whether it costs anything."""
    wake_cost: cython.double
    wake_after: cython.double
    # programs
    code: Code[::1]
    place_of: cython.int[::1]
    starts: cython.int[::1]
    places: cython.int
    timeline: cython.int
    # nouns
    rows: cython.int
    walkers: Walker[::1]
    workers: Worker[::1]
    entered: cython.double[::1]
    """Since when each walker has a loop beside which threads compute."""
    loop_of: cython.int[::1]
    """The station of such a loop, from 1 on for each place that needs one and their GIL; -1: none."""
    clocks: Clock[::1]
    handshakes: Handshake[::1]
    members: Member[::1]
    stations: Station[::1]
    station_count: cython.int
    copies: Copy[::1]
    idle: cython.int[::1]
    away: cython.int[::1]
    pools: cython.int
    frees: cython.bint
    instances: Instance[::1]
    lost: cython.int[::1]
    processes: cython.int
    walks: Walk[::1]
    acceptors: cython.int
    sleepers: cython.int[::1]
    asleep: cython.int
    herd: cython.int[::1]
    """Acceptors that were woken at this very moment, several at once: those from ``herd_first`` on."""
    herd_first: cython.int
    herd_end: cython.int
    herds: cython.int[::1]
    herd_count: cython.int
    """How many there are in each herd, the first one first."""
    accept_limit: cython.int
    accept_queue: cython.int
    own_queues: cython.bint
    """Whether each process has one of its own, from that number on."""
    accept_by: cython.int
    """The station of which an acceptor holds a slot while it accepts; -1: of none."""
    acceptor_start: cython.int
    in_hand: cython.longlong
    # time limits, ranks, upstreams, memory
    guards: Guard[::1]
    guard_count: cython.int
    guard_seq: cython.longlong[::1]
    rank_of: cython.int[::1]
    rank_tails: cython.int[::1]
    luck: cython.double[::1]
    # rows that are made during the run
    requests: cython.int
    made: cython.int[::1]
    parent: cython.int[::1]
    attempt: cython.short[::1]
    voidable: cython.bint
    """Whether what follows may turn out not to: an answer that was under way is not completed after all."""
    followed: cython.bint
    """Whether something follows a request: its client's next one, or another attempt."""
    joining: cython.bint
    """Whether somebody waits for the end of a job."""
    retry_outcomes: cython.longlong
    retry_count: cython.int
    retry_backoff: cython.double[::1]
    retry_jitter: cython.double
    followed_by: cython.int[::1]
    job_starts: cython.int[::1]
    job_count: cython.int
    job_of: cython.schar[::1]
    unacknowledged: cython.longlong[::1]
    joined_by: cython.int[::1]
    answer: cython.schar[::1]
    # pools that grow and shrink
    scalers: Scaler[::1]
    looking: cython.int
    """Of them so many have not ended; each of these has one event to come."""
    present: cython.longlong
    """Rows that have begun and not left yet."""
    # a backlog that was full
    stretches: Stretch[::1]
    stretch_head: cython.int
    stretch_size: cython.int
    stretch_mask: cython.int
    longest_trip: cython.double
    # what may happen at all
    mortal: cython.bint
    timed: cython.bint
    timeline_at: cython.double
    io_factor: cython.double
    start_seq: cython.longlong[::1]
    behind_proxy: cython.bint
    sends: cython.int[::1]
    """Where responses are handed over, in the order of the walk."""
    connects: cython.int[::1]
    """The places reached when the client's connection stands."""
    main_station: cython.int
    # the workload; a step is 0 where all rows are alike, and only one of them is there
    loop_clients: cython.int
    limited: cython.bint
    """Whether the clients of a closed loop share its rows: whoever is free takes the next one."""
    phase_step: cython.longlong
    duration: cython.double
    request_class: cython.short[::1]
    request_class_step: cython.longlong
    client: cython.short[::1]
    client_step: cython.longlong
    upload: cython.double[::1]
    upload_step: cython.longlong
    response: cython.double[::1]
    response_step: cython.longlong
    phases: cython.double[::1]
    rtt: cython.double[::1]
    rtt_step: cython.longlong
    patience: cython.double[::1]
    patience_step: cython.longlong
    think: cython.double[::1]
    coin: cython.double[::1]
    coin_step: cython.longlong
    acceptor_coins: cython.double[::1]
    up_rate: cython.double[::1]
    down_rate: cython.double[::1]
    retries: cython.double[::1]
    timers: Timers[::1]
    # the record
    due: cython.double[::1]
    arrival: cython.double[::1]
    reached: cython.double[::1]
    left: cython.double[::1]
    finished: cython.double[::1]
    outcome: cython.schar[::1]
    process: cython.int[::1]
    group: cython.int[::1]
    slot: cython.int[::1]
    syn_retries: cython.short[::1]
    data_retries: cython.short[::1]
    lock_wait: cython.double[::1]
    lock_columns: cython.int
    woken: cython.double[::1]
    detail: cython.bint
    grants: Grant[::1]
    grant_count: cython.longlong
    shortage: cython.int
    """Of which rows there were too few; the run is for nothing then."""
