"""Greenlets: the code blocks as prefork's does, and a hub runs somebody else whenever it does.

What to watch: waiting gives the hub away, computing keeps it, and nothing in the code says which call is which. Code
that was written for a process of its own waits side by side here; one library that waits without the hub stops all.
"""

from typing import Literal

from models.greenlet.config import Config
from simulator.plan import (
    AcceptEagerly,
    Choose,
    Compute,
    Connect,
    Handle,
    Kind,
    Loop,
    Machine,
    Plan,
    Receive,
    Send,
    Upstreams,
)

AT_ONCE = 100
"""Connections that a hub accepts in one turn (``max_accept`` of gevent's BaseServer), where no other process would."""
KEEPS: dict[str, tuple[Kind, ...]] = {"patched": (), "unpatched": ("io", "block")}
"""Which waiting does not go to the hub."""


def plan(config: Config, machine: Machine) -> Plan:
    """The life of a request: a greenlet that has the hub while it computes, and nothing while it waits."""
    order: Literal["even", "warm"] = "even" if config.sharing == "even" else "warm"
    own = config.sharing == "reuseport" and config.processes > 1  # a socket and a queue for each process
    backlog = machine.backlog(config.backlog, config.processes if own else 1)
    hub = Loop("hub", config.processes)
    batch = machine.accept_batch or (1 if config.processes > 1 else AT_ONCE)
    switch = machine.loop_turn_cost_s + machine.task_switch_cost_s  # into the hub, and back into the greenlet
    keeps = KEEPS[config.libraries]
    return Plan(
        steps=(
            *((Choose(Upstreams("socket", config.processes), "hashed"),) if own else ()),
            Connect(backlog, retries_s=machine.retries_s, timeout_s=machine.syn_timeout_s),
            AcceptEagerly(backlog, hub, machine.accept_cost_s, batch=batch, limit=config.pool, order=order),
            Receive(buffer_bytes=machine.receive_buffer),  # a greenlet that waits: some kilobytes, and no hub
            Compute(machine.request_cost_s + switch, hub, what="parse", mebibyte_s=machine.mebibyte_cost_s),
            Handle(hub, visit_cost_s=switch, io_late_s=machine.io_late_s, keeps=keeps),  # an ordinary call that waits
            Compute(machine.response_cost_s + switch, hub, what="respond"),
            Send(buffer_bytes=machine.send_buffer, most_bytes=machine.send_buffer_most),
        ),
        cores=machine.processor,
    )
