"""Set-up: a lowered program, a workload and an empty record become the state of a run."""

from typing import Any

import numpy as np

from simulator.engine.kernel.life import send_later
from simulator.engine.kernel.loop import look_ahead
from simulator.engine.kernel.numbers import INFINITY
from simulator.engine.kernel.state import Kernel
from simulator.engine.kernel.storage import blank, doubles, flat, ints, structured, table


def set_up(program: Any, workload: Any, record: Any, cores: Any, detail: bool) -> Kernel:
    """Everything is idle; ``record`` holds the NumPy columns to fill (see ``columns`` when uncompiled)."""
    k = Kernel()
    k.now, k.seq, k.failed, k.error, k.detail = 0.0, 1, False, None, detail
    read_workload(k, workload)
    read_record(k, record)
    read_program(k, program)
    read_sources(k, program, cores)
    read_walkers(k, program)
    k.longest_trip = float(workload.rtt.max()) if k.rows else 0.0
    look_ahead(k)
    if k.loop_clients:
        for row in range(min(k.loop_clients, k.rows)):
            send_later(k, row, 0.0)
    return k


def read_workload(k: Kernel, load: Any) -> None:
    """The columns of the workload."""
    k.rows, k.loop_clients = len(load), load.clients_in_loop
    k.open_rows, k.next_row = 0 if load.clients_in_loop else len(load), 0
    k.phase_count, k.duration = load.phase_count, load.duration
    k.request_class, k.client = flat(load.request_class), flat(load.client)
    k.upload, k.response, k.phases = flat(load.upload), flat(load.response), flat(load.phases)
    k.rtt, k.patience = flat(load.rtt), flat(load.patience)
    k.think = flat(load.think) if load.think is not None else doubles([0.0])
    k.coin, k.up_rate, k.down_rate = flat(load.coin), flat(load.up_rate), flat(load.down_rate)


def read_record(k: Kernel, record: Any) -> None:
    """The columns to fill."""
    k.arrival, k.reached = flat(record.arrival), flat(record.reached)
    k.left, k.finished, k.outcome = flat(record.left), flat(record.finished), flat(record.outcome)
    k.process, k.slot = flat(record.process), flat(record.slot)
    k.syn_retries, k.data_retries = flat(record.syn_retries), flat(record.data_retries)
    k.lock_wait, k.lock_columns = flat(record.lock_wait), record.lock_wait.shape[1]
    k.places, k.pools = record.reached.shape[1], record.slot.shape[1]
    k.grants, k.grant_count, k.rows_ran_out = blank("Grant", 64), 0, False


def read_program(k: Kernel, program: Any) -> None:
    """Steps and stations."""
    k.code, k.place_of, k.starts = (
        table("Code", [m.row() for m in program.code]),
        ints(program.place_of),
        ints(program.starts),
    )
    k.retries, k.timers = doubles([*program.retries_s, 0.0]), table("Timers", program.timers_s)
    stations = program.stations.all
    k.stations, k.station_count = table("Station", [station.row() for station in stations]), len(stations)
    k.copies = table("Copy", [copy.row() for copy in program.stations.copies])
    k.idle = ints([slot for station in stations for slot in range(station.copies * station.size)])
    k.away, k.frees = ints([0] * program.stations.slots), any(station.frees for station in stations)
    k.mortal, k.timed, k.behind_proxy = program.mortal, program.timed, program.inside.behind_proxy
    k.upload_place, k.send_place = program.upload_place, program.send_place
    k.main_station = program.main_station
    k.acceptor_start, k.accept_limit = program.acceptor_start, program.accept_limit
    if program.acceptors:
        k.accept_queue = program.code[program.acceptor_start + 1].a
        k.in_hand = 1 << k.copies[k.accept_queue].station
    else:
        k.accept_queue, k.in_hand = 0, 0
    k.timeline, k.timeline_at, k.io_factor = program.timeline, program.code[program.timeline].x, 1.0


def read_sources(k: Kernel, program: Any, cores: Any) -> None:
    """The heap, the hops, the rings and the cores, all empty."""
    k.heap, k.heap_size, k.heap_hole = blank("Event", 64), 0, False
    k.hops, k.hop_head, k.hop_size, k.hop_mask = blank("Hop", 64), 0, 0, 63
    k.rings, k.ring_count, k.ring_room = (
        table("Ring", [(lag, 0, 0) for lag in program.stations.rings]),
        len(program.stations.rings),
        64,
    )
    k.ring_events, k.ring_due, k.ring_seq = blank("Event", 64 * max(k.ring_count, 1)), INFINITY, 0
    k.stretches, k.stretch_head, k.stretch_size, k.stretch_mask = blank("Stretch", 64), 0, 0, 63
    efficiency = cores.time_slice_s / (cores.time_slice_s + cores.switch_cost_s)
    k.cpus, k.cpu_count = table("Cpu", [(INFINITY, 0, 0.0, 0.0, efficiency, 0, 0, cores.count)]), 1
    k.cpu_due, k.cpu_seq, k.cpu_next = INFINITY, 0, 0
    k.jobs, k.job_room = blank("Job", 64), 64


def read_walkers(k: Kernel, program: Any) -> None:
    """Requests, none of which has come; acceptors, all of which sleep; processes, all of which are up."""
    walkers, acceptors = k.rows + program.acceptors, program.acceptors
    computing = walkers if program.plan.locks else 0
    k.walkers, k.workers = blank("Walker", walkers), blank("Worker", computing)
    k.handshakes = blank("Handshake", k.rows if program.retries_s else 0)
    k.members, k.lost = blank("Member", k.rows if program.mortal else 0), ints([0] * 64)
    k.start_seq = flat(np.zeros(k.rows if program.mortal and k.loop_clients else 0, np.int64))
    k.instances = table("Instance", [(0, 0, 0, 0, -1, -1)] * max(program.inside.count, 1))
    k.sleepers, k.asleep = ints([*range(acceptors), 0]), acceptors
    for acceptor in range(acceptors):
        k.walkers[k.rows + acceptor].pc = program.acceptor_start


def time(k: Kernel) -> float:
    """Simulated seconds so far."""
    return float(k.now)


def ran_out(k: Kernel) -> bool:
    """Whether a closed loop needed more rows than the workload has."""
    return bool(k.rows_ran_out)


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
    }


def grants_so_far(k: Kernel) -> tuple[Any, Any, Any, Any]:
    """Every time that a lock was held: columns of requests, places, starts and ends, in order of their ends."""
    grants = structured("Grant", k.grants, k.grant_count)
    return grants["row"], grants["place"], grants["start"], grants["end"]
