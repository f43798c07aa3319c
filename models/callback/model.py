"""An event loop that runs callbacks: nothing is held while a request waits, everything while it computes.

What to watch: a thousand slow clients cost a thousand sockets and no worker. But a callback is never interrupted:
one computation of 200 ms makes everybody behind it wait for 200 ms.
"""

from typing import Literal

from models.callback.config import Config
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
    """The life of a request: it needs the loop for each piece of computing, and nothing in between."""
    order: Literal["even", "warm"] = "even" if config.sharing == "even" else "warm"
    own = config.sharing == "reuseport" and config.processes > 1  # a socket and a queue for each process
    backlog = machine.backlog(config.backlog, config.processes if own else 1)
    loop = Loop("event loop", config.processes)
    batch = machine.accept_batch or config.backlog + 1  # in one turn: all that wait, or what the loop takes
    turn = machine.loop_turn_cost_s
    return Plan(
        steps=(
            *((Choose(Upstreams("socket", config.processes), "hashed"),) if own else ()),
            Connect(backlog, retries_s=machine.retries_s, timeout_s=machine.syn_timeout_s),
            AcceptEagerly(backlog, loop, work_s=machine.accept_cost_s, batch=batch, order=order),
            Receive(buffer_bytes=machine.receive_buffer),  # only a socket in the selector
            Compute(machine.request_cost_s + turn, loop, what="parse", mebibyte_s=machine.mebibyte_cost_s),
            Handle(loop, visit_cost_s=turn, io_late_s=machine.io_late_s),  # one callback for each piece of computing
            Compute(machine.response_cost_s + turn, loop, what="respond"),  # after the last wait: the loop once more
            Send(buffer_bytes=machine.send_buffer, most_bytes=machine.send_buffer_most),
        ),
        cores=machine.processor,
    )
