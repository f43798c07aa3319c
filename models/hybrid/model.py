"""Processes times event loops: as many cores as there are processes, and waiting for nothing in each of them.

What to watch: who accepts a connection keeps it. A request that computes for long stops one process of several, and
whoever is in that process; those who are still outside go to another one, unless each process has a queue of its own.
"""

from typing import Literal

from models.hybrid.config import Config
from simulator.plan import (
    AcceptEagerly,
    Choose,
    Compute,
    Connect,
    Handle,
    Loop,
    Machine,
    Plan,
    Receive,
    Send,
    Step,
    Upstreams,
)


def plan(config: Config, machine: Machine) -> Plan:
    """The life of a request: first it gets to one of the processes, then all its turns are on that one's loop."""
    loop = Loop("event loop", config.processes)
    return Plan(steps=(*_get_in(config, machine, loop), *_be_served(machine, loop)), cores=machine.processor)


def _get_in(config: Config, machine: Machine, loop: Loop) -> tuple[Step, ...]:
    """Which process has it for the rest of its life: this is all that balances them."""
    timer_s, most_s, batch = machine.retries_s, machine.syn_timeout_s, machine.accept_batch or config.backlog + 1
    if config.sharing == "reuseport" and config.processes > 1:
        each = machine.backlog(config.backlog, config.processes)
        return (
            Choose(Upstreams("socket", config.processes), "hashed"),  # by the kernel, whoever is busy or blocked
            Connect(each, retries_s=timer_s, timeout_s=most_s),
            AcceptEagerly(each, loop, work_s=machine.accept_cost_s, batch=batch),
        )
    one = machine.backlog(config.backlog)
    order: Literal["even", "warm"] = "even" if config.sharing == "even" else "warm"
    return (
        Connect(one, retries_s=timer_s, timeout_s=most_s),
        AcceptEagerly(one, loop, work_s=machine.accept_cost_s, batch=batch, order=order),  # a loop that has a turn
    )


def _be_served(machine: Machine, loop: Loop) -> tuple[Step, ...]:
    """What one loop does with it; nothing of it can move to another one."""
    turn_s = machine.loop_turn_cost_s + machine.task_switch_cost_s
    return (
        Receive(buffer_bytes=machine.receive_buffer),
        Compute(machine.request_cost_s + turn_s, loop, what="parse", mebibyte_s=machine.mebibyte_cost_s),
        Handle(loop, visit_cost_s=turn_s, io_late_s=machine.io_late_s),
        Compute(machine.response_cost_s + turn_s, loop, what="respond"),
        Send(buffer_bytes=machine.send_buffer, most_bytes=machine.send_buffer_most),
    )
