"""Set-up: a lowered program, a workload and an empty record become the state of a run."""

from typing import Any

import numpy as np

from simulator.engine.kernel.further import begin_later
from simulator.engine.kernel.loop import look_ahead
from simulator.engine.kernel.numbers import (
    CLOCKS,
    HALF_OPEN_RINGS,
    INFINITY,
    LAST,
    OF_FURTHER,
    OF_ROUNDS,
    QUOTA_PERIOD_S,
    SWITCHES,
    WAKES,
)
from simulator.engine.kernel.program import go
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.stations import rearrange
from simulator.engine.kernel.storage import blank, doubles, flat, ints, one_or_all, structured, table, with_known


def set_up(program: Any, workload: Any, record: Any, detail: bool) -> Kernel:
    """Everything is idle; ``record`` holds the NumPy columns to fill (see ``columns`` when uncompiled)."""
    k = Kernel()
    k.now, k.seq, k.failed, k.error, k.detail = 0.0, 1, False, None, detail
    read_workload(k, workload, program)
    read_record(k, record)
    read_program(k, program)
    read_sources(k, program)
    read_walkers(k, program)
    read_further(k, program)
    k.longest_trip = float(workload.rtt.max()) if k.rows else 0.0
    look_ahead(k)
    for client, at in enumerate(workload.begins() if k.loop_clients else ()):
        if at < k.duration:
            begin_later(k, k.rows + client if k.limited else client, at)
    if program.scalers:  # the slots beyond the first size are away
        rearrange(k)
    for scaler, start in enumerate(program.scalers):
        go(k, k.rows + k.acceptors + scaler, start.begins)
    return k


def read_workload(k: Kernel, load: Any, program: Any) -> None:
    """The columns of the workload."""
    k.rows, k.requests, k.loop_clients = len(load), max(load.requests, 1), load.clients_in_loop
    k.open_rows, k.next_row = 0 if load.clients_in_loop else load.requests, 0
    k.duration, k.limited = load.duration, load.limit > 0
    k.due = flat(load.arrival)
    k.request_class, k.request_class_step = one_or_all(load.request_class)
    k.client, k.client_step = one_or_all(load.client)
    k.upload, k.upload_step = one_or_all(load.upload)
    k.response, k.response_step = one_or_all(load.response)
    k.phases, k.phase_step = one_or_all(with_known(load.phases, [*program.known.values()]))
    jobs = bool(program.plan.jobs)  # they have no client, so its line and its patience are written over
    k.rtt, k.rtt_step = one_or_all(load.rtt, own=jobs)
    k.patience, k.patience_step = one_or_all(load.patience, own=jobs)
    k.coin, k.coin_step = one_or_all(load.coin)
    k.acceptor_coins = doubles([*map(load.acceptor_coin, range(program.acceptors)), 0.0])
    k.think = flat(load.think) if load.think is not None else doubles([0.0])
    k.up_rate, k.down_rate = flat(load.up_rate), flat(load.down_rate)
    lucks = [load.luck(number) for number in range(program.lucks)]
    k.luck = doubles(np.concatenate(lucks) if lucks else [0.0])


def read_record(k: Kernel, record: Any) -> None:
    """The columns to fill; a rare one that takes no room is read-only, and nobody will write to it."""
    k.arrival, k.reached = flat(record.arrival), flat(record.reached)
    k.left, k.finished, k.outcome = flat(record.left), flat(record.finished), flat(record.outcome)
    k.process, k.slot = flat(record.process), flat(record.slot)
    k.syn_retries, k.data_retries = flat(record.syn_retries), flat(record.data_retries)
    k.lock_wait, k.lock_columns = flat(record.lock_wait), record.lock_wait.shape[1]
    k.woken = flat(record.woken if record.woken.flags.writeable else np.zeros(0))
    k.group, k.parent = (flat(c if c.flags.writeable else c[:0].copy()) for c in (record.group, record.parent))
    k.attempt = flat(record.attempt if record.attempt.flags.writeable else np.zeros(k.rows, np.int16))
    k.places, k.pools = record.reached.shape[1], record.slot.shape[1]
    k.grants, k.grant_count, k.shortage = blank("Grant", 64), 0, 0


def read_program(k: Kernel, program: Any) -> None:
    """Steps and stations."""
    rows = [micro.row() for micro in program.code]
    k.code, k.place_of, k.starts = table("Code", rows), ints(program.place_of), ints(program.starts)
    k.retries, k.timers = doubles([*program.retries_s, 0.0]), table("Timers", program.timers_s)
    stations = program.stations.all
    k.stations, k.station_count = table("Station", [station.row() for station in stations]), len(stations)
    k.copies = table("Copy", [copy.row() for copy in program.stations.copies])
    k.idle = ints([slot for station in stations for slot in range(station.copies * station.size)])
    k.away, k.frees = ints([0] * program.stations.slots), any(station.frees for station in stations)
    k.rank_of, k.rank_tails = ints([*program.stations.rank_of, 0]), ints([-1] * (program.stations.tails + 1))
    k.mortal, k.timed, k.behind_proxy = program.mortal, program.timed, program.inside.behind_proxy
    k.connects, k.sends = ints(program.connects), ints(program.sends)
    k.main_station = program.main_station
    k.acceptors, k.acceptor_start, k.accept_limit = program.acceptors, program.acceptor_start, program.accept_limit
    k.accept_queue, k.in_hand, k.accept_by = 0, 0, program.accept_by
    if program.acceptors:
        k.accept_queue = program.code[program.acceptor_start + 1].a
        k.in_hand = 1 << k.copies[k.accept_queue].station
    k.own_queues = program.own_queues
    k.timeline, k.timeline_at, k.io_factor = program.timeline, program.code[program.timeline].x, 1.0


def read_sources(k: Kernel, program: Any) -> None:
    """The heap, the hops, the rings and the cores, all empty."""
    k.heap, k.heap_size, k.heap_hole = blank("Event", 64), 0, False
    k.hops, k.hop_head, k.hop_size, k.hop_mask = blank("Hop", 64), 0, 0, 63
    rings = [
        *((lag, SWITCHES) for lag in program.stations.rings),
        *((g.lag, i) for i, g in enumerate(program.guards)),
    ]
    k.first_syn_ring, k.first_half_open_ring = len(rings), len(rings) + len(program.retries_s)
    if program.retries_s:
        rings += [(0.0, WAKES)] * (len(program.retries_s) + HALF_OPEN_RINGS)
    k.ring_count, k.ring_room = len(rings), 64
    stored = [(lag, INFINITY, 0, 0, 0, guard) for lag, guard in rings]
    clocks = [(lag, INFINITY, LAST + i, copy, 0, CLOCKS) for i, (copy, lag) in enumerate(program.stations.clocks)]
    k.rings = table("Ring", stored + clocks)
    for ring, (_, _, _, copy, _, _) in enumerate(clocks, k.ring_count):
        k.copies[copy].ring = ring
    k.ring_order, k.rings_waiting = ints([0] * (len(k.rings) + 1)), 0
    k.ring_events, k.ring_due, k.ring_seq = blank("Event", 64 * max(k.ring_count, 1)), INFINITY, 0
    k.stretches, k.stretch_head, k.stretch_size, k.stretch_mask = blank("Stretch", 64), 0, 0, 63
    cpus = [
        (
            *(INFINITY, 0, 0.0, 0.0, c.time_slice_s / (c.time_slice_s + c.switch_cost_s), 0, 0, c.count),
            *(c.quota, c.quota * QUOTA_PERIOD_S, 0, 0, 0),
        )
        for c in program.plan.processors
    ]
    k.cpus, k.cpu_count = table("Cpu", cpus), len(cpus)
    k.cpu_due, k.cpu_seq, k.cpu_next = INFINITY, 0, 0
    k.jobs, k.job_room = blank("Job", 64 * k.cpu_count), 64
    own = program.plan.cores
    k.waking, k.wake_cost, k.wake_after = own.wake_cost_s > 0, own.wake_cost_s, own.wake_after_s
    k.awake = table("Awake", [(0, -INFINITY)] * (max(program.processes, program.acceptors) + 1 if k.waking else 0))


def read_walkers(k: Kernel, program: Any) -> None:
    """Requests, none of which has come; acceptors, all of which sleep; instances, all of which are up."""
    acceptors = program.acceptors
    walkers = k.rows + acceptors + len(program.scalers)
    k.walkers, k.workers = blank("Walker", walkers), blank("Worker", walkers if program.plan.locks else 0)
    k.loop_of = ints([-1, *program.loops])
    k.entered = flat(np.zeros(walkers if max(program.loops, default=-1) >= 0 else 0))
    k.clocks = blank("Clock", walkers if program.stations.clocked else 0)
    k.handshakes = blank("Handshake", k.rows if program.retries_s else 0)
    k.members, k.lost = blank("Member", k.rows if program.mortal else 0), ints([0] * 64)
    k.guards, k.guard_count = table("Guard", [guard.row() for guard in program.guards]), len(program.guards)
    k.guard_seq = flat(np.zeros(k.rows * k.guard_count, np.int64))
    k.processes = program.processes
    k.walks = table("Walk", [(each.groups, each.before, each.groups_before) for each in program.every_inside])
    k.instances = blank("Instance", len(program.instances))
    for instance, (first, last) in enumerate(program.instances):
        k.instances[instance].first = -1
        k.instances[instance].from_process, k.instances[instance].to_process = first, last
    k.sleepers, k.asleep = ints([*range(acceptors), 0]), acceptors
    k.herd, k.herd_first, k.herd_end = ints([0] * (2 * acceptors + 1)), 0, 0
    k.herds, k.herd_count = ints([0] * (acceptors + 1)), 0
    for acceptor in range(acceptors):
        k.instances[acceptor].asleep = 1
        k.walkers[k.rows + acceptor].pc = program.acceptor_start
    k.scalers = table("Scaler", [scaler.row() for scaler in program.scalers])
    k.looking, k.present = len(program.scalers), 0


def read_further(k: Kernel, program: Any) -> None:
    """What may follow a request: another attempt, the client's next one, a job."""
    retry, jobs = program.plan.retry, program.plan.jobs
    k.made = ints([0] * (k.requests if retry or jobs else 0))
    k.retry_outcomes = sum(1 << int(outcome) for outcome in retry.outcomes) if retry else 0
    k.retry_count = len(retry.backoff_s) if retry else 0
    k.retry_backoff = doubles([*retry.backoff_s] if retry else [0.0])
    k.retry_jitter, k.followed = retry.jitter if retry else 0.0, bool(k.loop_clients or retry)
    k.voidable = k.followed and (k.mortal or k.guard_count > 0)
    following = k.rows + k.loop_clients if k.voidable else 0
    k.start_seq, k.followed_by = flat(np.zeros(following, np.int64)), flat(np.zeros(following, np.int32))
    k.job_starts, k.job_count = ints([*program.job_starts, 0]), len(jobs)
    k.job_of = flat(np.zeros(k.rows if jobs else 0, np.int8))
    masks = [0 if job.unacknowledged is None else 1 << program.stations.number(job.unacknowledged) for job in jobs]
    k.unacknowledged = flat(np.array([*masks, 0], np.int64))
    k.joining = any(job.joined for job in jobs)
    k.joined_by = flat(np.zeros(k.rows if k.joining else 0, np.int32))
    k.answer = flat(np.zeros(k.rows if k.joining else 0, np.int8))


def time(k: Kernel) -> float:
    """Simulated seconds so far."""
    return float(k.now)


def ran_out(k: Kernel) -> tuple[bool, bool]:
    """Whether a closed loop needed more rounds, and whether requests needed more further rows, than there are."""
    return k.shortage == OF_ROUNDS, k.shortage == OF_FURTHER


def columns(k: Kernel) -> dict[str, Any]:
    """The columns as they are now, by the names of the record; needed when they are lists."""
    return {
        "arrival": k.arrival,
        "reached": k.reached,
        "left": k.left,
        "finished": k.finished,
        "outcome": k.outcome,
        "process": k.process,
        "slot": k.slot,
        "syn_retries": k.syn_retries,
        "data_retries": k.data_retries,
        "lock_wait": k.lock_wait,
        "woken": k.woken,
        "group": k.group,
        "parent": k.parent,
        "attempt": k.attempt,
    }


def grants_so_far(k: Kernel) -> tuple[Any, Any, Any, Any, Any]:
    """Every time that a lock was held: requests, places, stations, starts and ends, in order of their ends."""
    grants = structured("Grant", k.grants, k.grant_count)
    return grants["row"], grants["place"], grants["station"], grants["start"], grants["end"]
