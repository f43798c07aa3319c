"""The kernel set up: what the lowered program, the workload and the record say."""

from typing import Any

import numpy as np

from simulator.engine.kernel.acceptors import fall_asleep
from simulator.engine.kernel.endings import send_later
from simulator.engine.kernel.events import look_ahead
from simulator.engine.kernel.numbers import INFINITY, SLOW_IO
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.storage import doubles, flat, ints, longs
from simulator.engine.operations import CONNECT


def read_workload(k: Kernel, load: Any) -> None:
    k.n = len(load)
    k.loop_clients = load.clients_in_loop
    k.open_rows = 0 if load.clients_in_loop else k.n
    k.phase_count, k.duration = load.phase_count, load.duration
    k.request_class, k.client = flat(load.request_class), flat(load.client)
    k.upload, k.response, k.phases = flat(load.upload), flat(load.response), flat(load.phases)
    k.phase_kinds, k.rtt, k.patience = flat(load.phase_kinds), flat(load.rtt), flat(load.patience)
    k.think = flat(load.think) if load.think is not None else doubles([0.0])
    k.coin, k.up_rate, k.down_rate = flat(load.coin), flat(load.up_rate), flat(load.down_rate)


def read_record(k: Kernel, record: Any) -> None:
    k.arrival, k.reached = flat(record.arrival), flat(record.reached)
    k.left, k.finished, k.outcome = flat(record.left), flat(record.finished), flat(record.outcome)
    k.process, k.slot = flat(record.process), flat(record.slot)
    k.syn_retries, k.data_retries = flat(record.syn_retries), flat(record.data_retries)
    k.lock_wait = flat(record.lock_wait)
    k.lock_columns = record.lock_wait.shape[1]


def read_places(k: Kernel, program: Any) -> None:
    rows = program.places
    k.places, k.upload_place, k.send_place = len(rows), program.upload_place, program.send_place
    k.op, k.resource = ints([r.op for r in rows]), ints([r.resource for r in rows])
    k.on_client, k.phase = ints([r.client for r in rows]), ints([r.phase for r in rows])
    k.seconds, k.buffer = doubles([r.seconds for r in rows]), doubles([r.buffer for r in rows])
    k.lock_column = ints([r.lock_column for r in rows])
    k.retry_from, k.retry_to = ints([r.retry_from for r in rows]), ints([r.retry_to for r in rows])
    k.limit, k.refuses = ints([r.limit for r in rows]), ints([r.refuses for r in rows])
    k.on_timeout, k.retries = ints([r.on_timeout for r in rows]), doubles(program.retries_s)


def read_resources(k: Kernel, program: Any) -> None:
    pools, locks = program.pools, program.locks
    k.queue_head, k.queue_tail = ints([-1] * program.queues), ints([-1] * program.queues)
    k.queue_size = ints([0] * program.queues)
    k.pools = len(pools)
    k.pool_size, k.pool_copies = ints([p.size for p in pools]), ints([p.copies for p in pools])
    k.pool_first, k.pool_limit = ints([p.first_copy for p in pools]), ints([p.queue_limit for p in pools])
    k.pool_full, k.pool_lifo = ints([p.when_full for p in pools]), ints([p.lifo for p in pools])
    k.pool_renege, k.pool_frees = ints([p.renege for p in pools]), ints([p.frees for p in pools])
    k.pool_span = ints([p.span for p in pools])
    sizes = [p.size * p.copies for p in pools]
    k.pool_slots = ints([sum(sizes[:i]) for i in range(len(sizes))])
    k.free = ints([slot for size in sizes for slot in range(size)])
    copies = [p.size for p in pools for _ in range(p.copies)]
    k.free_head, k.free_size = ints([0] * len(copies)), ints(copies)
    k.timed = bool(k.loop_clients) or any(p.renege or p.frees for p in pools)
    k.lock_copies, k.lock_first = ints([lock.copies for lock in locks]), ints([lock.first_copy for lock in locks])
    k.lock_queue = len(copies)
    intervals = [lock.interval_s for lock in locks for _ in range(lock.copies)]
    k.interval, k.holder = doubles(intervals), ints([-1] * len(intervals))
    k.switch_seq = longs(len(intervals))


def read_backlogs(k: Kernel, program: Any, load: Any) -> None:
    fills_at = [-1] * program.queues  # how many make it full; -1: not a backlog
    for place in program.places:
        if place.op == CONNECT:
            fills_at[place.resource] = place.limit + 1
    k.fills_at, k.half_open = ints(fills_at), ints([0] * program.queues)
    k.full_since = doubles([-INFINITY if fill == 0 else INFINITY for fill in fills_at])
    k.log_from, k.log_to, k.log_queue = doubles([0.0] * 64), doubles([0.0] * 64), ints([0] * 64)
    k.log_head = k.log_size = 0
    k.longest_trip = float(load.rtt.max()) if k.n else 0.0
    knocking = k.n if k.longest_trip > 0 else 0
    k.dropped, k.data_at = flat(np.zeros(knocking)), flat(np.zeros(knocking))
    k.data_after, k.ack_after = flat(np.zeros(knocking)), flat(np.zeros(knocking))


def read_acceptors(k: Kernel, program: Any) -> None:
    eager = program.eager
    k.acceptors = k.sleepers = 0
    if eager is not None:
        k.accept_queue, k.accept_place, k.accept_lock = eager.queue, eager.place, eager.lock_first
        k.accept_work, k.accept_visits = eager.work_s, eager.visits
        k.accept_batch, k.accept_limit = eager.batch, eager.limit
        k.acceptors = eager.copies
    k.in_hand, k.taken, k.visit, k.serving, k.asleep = (ints([0] * k.acceptors) for _ in range(5))
    walkers = k.n + k.acceptors
    computing = walkers if program.locks or k.intervened else 0
    k.at, k.tries = flat(np.zeros(walkers, np.int16)), flat(np.zeros(walkers, np.int16))
    k.flags = flat(np.zeros(walkers, np.int8))
    k.held, k.link = flat(np.zeros(walkers, np.int32)), flat(np.full(walkers, -1, np.int32))
    # otherwise nobody leaves the middle of a queue
    k.two_way = k.intervened or any(p.renege for p in program.pools)
    k.back = flat(np.full(walkers if k.two_way else 0, -1, np.int32))
    k.asked, k.left_over = flat(np.zeros(computing)), flat(np.zeros(computing))
    k.since = flat(np.full(computing, -1.0))


def read_interventions(k: Kernel, program: Any, entries: Any) -> None:
    k.interventions, k.next_intervention = len(entries), 0
    k.intervened = k.interventions > 0
    k.done_at, k.done_until = doubles([e.at for e in entries]), doubles([e.until for e in entries])
    k.done_what, k.done_number = ints([e.do for e in entries]), ints([e.number for e in entries])
    k.done_factor = doubles([e.factor for e in entries])
    k.done_lasting = doubles([e.lasting for e in entries])
    k.slow_io = any(e.do == SLOW_IO for e in entries)
    k.processes, k.behind_proxy = program.processes, bool(program.behind_proxy)
    k.inside_from, k.inside_to = program.inside_from, program.inside_to
    k.down, k.back_seq = ints([0] * k.processes), longs(k.processes)
    k.start_seq = longs(k.n if k.intervened and k.loop_clients else 0)
    k.main_pool = program.main_pool
    k.pool_mortal = ints([p.mortal for p in program.pools])
    k.pool_width = ints([p.width for p in program.pools])
    k.allowed = program.pools[k.main_pool].width if k.main_pool >= 0 else 0
    k.slots = sum(p.size * p.copies for p in program.pools)
    k.away = ints([0] * (k.slots if k.intervened else 0))


def begin(k: Kernel) -> None:
    """The acceptors sleep, and the clients of a closed loop think."""
    for acceptor in range(k.acceptors):
        fall_asleep(k, acceptor)
    if k.loop_clients:
        for row in range(min(k.loop_clients, k.n)):
            send_later(k, row, 0.0)


def set_up(program: Any, workload: Any, record: Any, cores: Any, detail: bool) -> Kernel:
    """Everything is idle. ``record`` holds the NumPy columns to fill (uncompiled: see ``columns``)."""
    k = Kernel()
    k.failed, k.error = False, None
    k.now = k.virtual = k.updated = 0.0
    k.seq, k.next_job = 1, 0
    k.next_row = k.heap_size = k.hop_head = k.hop_size = k.jobs = 0
    k.core_due, k.core_seq = INFINITY, 0
    k.cores = cores.count
    k.efficiency = cores.time_slice_s / (cores.time_slice_s + cores.switch_cost_s)
    k.heap_time, k.heap_seq = doubles([0.0] * 64), longs(64)
    k.heap_what = longs(64)
    k.hop_mask = k.log_mask = 63
    k.hop_seq, k.hop_walker, k.hop_kind = longs(64), ints([0] * 64), ints([0] * 64)
    k.job_mark, k.job_number, k.job_walker = doubles([0.0] * 64), longs(64), ints([0] * 64)
    k.detail, k.grants, k.rows_ran_out = detail, 0, False
    k.grant_row, k.grant_place = ints([0] * 64), ints([0] * 64)
    k.grant_from, k.grant_to = doubles([0.0] * 64), doubles([0.0] * 64)
    read_workload(k, workload)
    read_record(k, record)
    read_places(k, program)
    read_resources(k, program)
    read_interventions(k, program, workload.interventions)
    read_backlogs(k, program, workload)
    read_acceptors(k, program)
    look_ahead(k)
    begin(k)
    return k
