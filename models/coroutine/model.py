"""An event loop that runs coroutines: the code reads like prefork's, the waiting works like callbacks'.

What to watch: every ``await`` gives the loop to somebody else, and only an ``await`` does; computing between two of
them stops everybody. Against callbacks each step costs a task switch more: measurable, and hardly ever the reason.
"""

from typing import Literal

from models.coroutine.config import Config
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
    Upstreams,
)


def plan(config: Config, machine: Machine) -> Plan:
    """The life of a request: a task that needs the loop between its awaits, and nothing while it awaits."""
    order: Literal["even", "warm"] = "even" if config.sharing == "even" else "warm"
    own = config.sharing == "reuseport" and config.processes > 1  # a socket and a queue for each process
    backlog = machine.backlog(config.backlog, config.processes if own else 1)
    loop = Loop("event loop", config.processes)
    batch = machine.accept_batch or config.backlog + 1  # in one turn: all that wait, or what the loop takes
    resume = machine.loop_turn_cost_s + machine.task_switch_cost_s
    return Plan(
        steps=(
            *((Choose(Upstreams("socket", config.processes), "hashed"),) if own else ()),
            Connect(backlog, retries_s=machine.retries_s, timeout_s=machine.syn_timeout_s),
            AcceptEagerly(backlog, loop, work_s=machine.accept_cost_s, batch=batch, order=order),
            Receive(buffer_bytes=machine.receive_buffer),  # await reader.read()
            Compute(machine.request_cost_s + resume, loop, what="parse", mebibyte_s=machine.mebibyte_cost_s),
            Handle(loop, visit_cost_s=resume, io_late_s=machine.io_late_s),  # await between two pieces of computing
            Compute(machine.response_cost_s + resume, loop, what="respond"),  # resumed for the last time
            Send(buffer_bytes=machine.send_buffer, most_bytes=machine.send_buffer_most),  # await writer.drain()
        ),
        cores=machine.processor,
    )
