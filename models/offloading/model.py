"""An event loop that hands what would stop it to helpers: threads of its process, or other processes.

What to watch: the loop is free while a helper waits, or hashes a password; but threads compute Python under the GIL
that the loop needs too. And whatever needs a helper waits in one queue for it, health checks as well.
"""

from typing import Literal

from models.offloading.config import HANDED, Config
from simulator.plan import (
    AcceptEagerly,
    Choose,
    Compute,
    Connect,
    Elsewhere,
    Gil,
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
    Upstreams,
)

PIPE_S = 100e-6
"""Handing over to a process needs so much more than to a thread: pickling, two pipes, and a thread beside the loop for
them. 1 500 calls of ``run_in_executor`` one after the other, CPython 3.11: 130 us of a core each, with threads 30."""


def plan(config: Config, machine: Machine) -> Plan:
    """The life of a request: a task of the loop, and a helper while there is something for one to do."""
    order: Literal["even", "warm"] = "even" if config.sharing == "even" else "warm"
    own = config.sharing == "reuseport" and config.processes > 1  # a socket and a queue for each process
    backlog = machine.backlog(config.backlog, config.processes if own else 1)
    machine, free = (machine.without_gil, True) if config.free_threaded else (machine, config.executor != "threads")
    gil = None if free else machine.gil(config.processes)  # helper processes have their own
    loop = Loop("event loop", config.processes, gil)
    resume = machine.loop_turn_cost_s + machine.task_switch_cost_s
    batch = machine.accept_batch or config.backlog + 1  # in one turn: all that wait, or what the loop takes
    return Plan(
        steps=(
            *((Choose(Upstreams("socket", config.processes), "hashed"),) if own else ()),
            Connect(backlog, retries_s=machine.retries_s, timeout_s=machine.syn_timeout_s),
            AcceptEagerly(backlog, loop, work_s=machine.accept_cost_s, batch=batch, order=order),
            Receive(buffer_bytes=machine.receive_buffer),  # await reader.read()
            Compute(machine.request_cost_s + resume, loop, what="parse", mebibyte_s=machine.mebibyte_cost_s),
            *_handler(config, machine, loop, gil),
            Compute(machine.response_cost_s + resume, loop, what="respond"),  # resumed for the last time
            Send(buffer_bytes=machine.send_buffer, most_bytes=machine.send_buffer_most),  # await writer.drain()
        ),
        cores=machine.processor,
    )


def _handler(config: Config, machine: Machine, loop: Loop, gil: Gil | None) -> tuple[Step, ...]:
    """Some pieces with a helper, each time anew; or all of it with one, who is held while it waits as well."""
    helper = Pool(config.helper, config.pool, config.processes) if config.pool else None
    cost_s, late_s, factor = machine.hand_over_cost_s, machine.io_late_s, machine.cpu_factor
    cost_s += PIPE_S if config.executor == "processes" else 0.0
    if config.hand_over != "whole":
        resume = machine.loop_turn_cost_s + machine.task_switch_cost_s
        handed = Elsewhere(HANDED[config.hand_over], helper, gil, cost_s)  # await asyncio.to_thread(...)
        return (Handle(loop, visit_cost_s=resume, io_late_s=late_s, elsewhere=(handed,), cpu_factor=factor),)
    hand_over, work = Compute(cost_s, loop, what="hand over"), Handle(gil, io_late_s=late_s, cpu_factor=factor)
    return (hand_over, work) if helper is None else (hand_over, Seize(helper), work, Release(helper))
