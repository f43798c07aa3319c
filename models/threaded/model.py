"""Threads under the GIL: waiting is done side by side, computing in turns.

What to watch: threads multiply what a process can wait for, and never what it can compute; one thread that computes
for long makes the others wait a switch interval, or several, each time they want the GIL back. With eager accept,
connections taken by a busy process stay with it while another is idle. With buffered accept no client holds a thread.
"""

from typing import Literal

from models.threaded.config import Config
from simulator.plan import (
    Accept,
    AcceptEagerly,
    Backlog,
    Choose,
    Compute,
    Connect,
    Handle,
    Linger,
    Lock,
    Loop,
    Machine,
    Plan,
    Pool,
    Receive,
    Release,
    Seize,
    Send,
    Step,
    Upstreams,
)

Steps = tuple[Step, ...]


def plan(config: Config, machine: Machine) -> Plan:
    """The life of a request: one thread belongs to it; the GIL only while it computes."""
    own = config.sharing == "reuseport" and config.processes > 1  # a socket and a queue for each process
    machine = machine.without_gil if config.free_threaded else machine
    backlog = machine.backlog(config.backlog, config.processes if own else 1)
    gil = None if config.free_threaded else machine.gil(config.processes)
    main = gil or Loop("main loop", config.processes)  # without a GIL, the main thread still does one thing at a time
    taken, thread, closed = _take(config, machine, backlog, main)
    hand_over_s = machine.hand_over_cost_s if config.accept == "buffered" else 0.0  # of what is complete
    its, packet = main if config.accept == "buffered" else gil, config.protocol == "uwsgi"  # nginx has read the text
    parse_s = machine.reading_s(config.protocol) + hand_over_s
    mebibyte_s, calls, layers = machine.mebibyte_cost_s, machine.request_releases, config.middlewares
    layer_s = layers * machine.middleware_cost_s / 2  # a call each, in the same thread, and its return
    receive = (
        Receive(buffer_bytes=machine.receive_buffer),  # thread held, GIL and core free
        Compute(parse_s, its, what="parse uwsgi" if packet else "parse", mebibyte_s=mebibyte_s, releases=calls),
    )
    handle = (
        *((Compute(layer_s, gil, what="middleware in"),) if layers else ()),
        Handle(gil, io_late_s=machine.io_late_s, cpu_factor=machine.cpu_factor),  # waiting: only the thread is held
        *((Compute(layer_s, gil, what="middleware out"),) if layers else ()),
        Compute(machine.response_cost_s, gil, what="respond"),  # after the last wait: the GIL once more
    )
    send, free = Send(buffer_bytes=machine.send_buffer, most_bytes=machine.send_buffer_most), Release(thread)
    connect = Connect(backlog, retries_s=machine.retries_s, timeout_s=machine.syn_timeout_s)
    door = (Choose(Upstreams("socket", config.processes), "hashed"), connect) if own else (connect,)
    if config.accept == "buffered":  # the main thread meets the client: receiving and sending hold no thread
        return Plan(steps=(*door, taken[0], *receive, taken[1], *handle, free, send), cores=machine.processor)
    return Plan(steps=(*door, *taken, *receive, *handle, send, free, *closed), cores=machine.processor)


def _take(config: Config, machine: Machine, backlog: Backlog, lock: Lock) -> tuple[Steps, Pool, Steps]:
    """The steps from the backlog onto a thread, the pool of threads, and what is left to do when a thread is done."""
    thread = Pool("thread", config.threads, processes=config.processes)  # one queue in front of each process
    if config.accept == "idle":
        if backlog.processes == 1:  # one queue in front of all
            thread = Pool("thread", config.processes * config.threads, slots_per_process=config.threads)
        return (Accept(backlog, thread),), thread, ()
    main = Pool("main thread", 1, processes=config.processes) if config.accept == "eager" else None
    back_s = machine.hand_over_cost_s / 2 if main else 0.0  # there, and back again
    order: Literal["even", "warm"] = "even" if config.sharing == "even" else "warm"
    work_s, calls = machine.accept_cost_s + back_s, machine.accept_releases  # each may cost the main thread the GIL
    main_thread = AcceptEagerly(backlog, lock, work_s, limit=config.connections, releases=calls, order=order, by=main)
    close = Compute(back_s, lock, what="close", releases=machine.close_releases), Linger(machine.linger_s)
    return (main_thread, Seize(thread)), thread, (Seize(main), *close, Release(main)) if main else ()
