"""One loop, and a pool of threads behind it for what would stop it: files, hashing, compression, looking up names.

What to watch: computing stops everybody, as in every event loop. A password that is hashed does not, but it takes one
of four threads, and the fifth waits for one, as do a file and the name of a host that have nothing to do with it.
"""

from models.node.config import Config
from simulator.plan import (
    Accept,
    AcceptEagerly,
    Compute,
    Connect,
    Elsewhere,
    Handle,
    Loop,
    Machine,
    Plan,
    Pool,
    Receive,
    Release,
    Seize,
    Send,
    Step,
)

DEAL_S, TAKE_S = 0.1e-3, 0.25e-3
"""A connection over the pipe of a cluster: what the primary computes for it, and its process more than for one that it
accepts itself. Node 20.20 in a hot closed loop, a connection for each request."""


def plan(config: Config, machine: Machine) -> Plan:
    """The life of a request: the loop for each piece of computing, a thread for what libuv has threads for."""
    loop = Loop("event loop", config.processes)
    thread = Pool("libuv thread", config.pool, processes=config.processes)  # one queue in front of each process's
    turn = machine.loop_turn_cost_s
    threads = Elsewhere(("native", "block"), thread, cost_s=machine.hand_over_cost_s)  # crypto, zlib; files, names
    return Plan(
        steps=(
            *_accept(config, machine, loop),
            Receive(buffer_bytes=machine.receive_buffer),  # sockets need no thread
            Compute(machine.request_cost_s + turn, loop, what="parse", mebibyte_s=machine.mebibyte_cost_s),
            Handle(loop, visit_cost_s=turn, io_late_s=machine.io_late_s, elsewhere=(threads,)),
            Compute(machine.response_cost_s + turn, loop, what="respond"),  # after the last wait: the loop once more
            Send(buffer_bytes=machine.send_buffer, most_bytes=machine.send_buffer_most),
        ),
        cores=machine.processor,
    )


def _accept(config: Config, machine: Machine, loop: Loop) -> tuple[Step, ...]:
    """One process accepts by itself. Of several, a primary does, and gives each connection to one of them."""
    backlog = machine.backlog(config.backlog)
    connect = Connect(backlog, retries_s=machine.retries_s, timeout_s=machine.syn_timeout_s)
    if config.processes == 1:
        batch = machine.accept_batch or config.backlog + 1
        return connect, AcceptEagerly(backlog, loop, work_s=machine.accept_cost_s, batch=batch)
    primary = Pool("primary", 1)
    given = Pool("hand-over", config.processes, slots_per_process=1)  # longest without one first: in turn
    return (
        connect,
        Accept(backlog, primary),
        Compute(DEAL_S, what="deal"),
        Release(primary),
        Seize(given),  # a process that has not taken its last one yet is passed over
        Compute(machine.accept_cost_s + TAKE_S, loop, what="take"),
        Release(given),
    )
