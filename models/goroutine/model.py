"""Goroutines: a connection has a stack of its own to wait on, and a processor only while it computes.

What to watch: the code blocks like prefork's and waits like a coroutine's, and a long computation stops nobody: after
10 ms it makes room. Nothing limits how many are in hand, so too much to compute makes all of them late together.
"""

from models.goroutine.config import Config
from simulator.plan import AcceptEagerly, Compute, Connect, Handle, Machine, Plan, Processors, Receive, Send

SLICE_S = 0.010
"""How long a goroutine computes while others wait (``forcePreemptNS``, runtime/proc.go)."""


def plan(config: Config, machine: Machine) -> Plan:
    """The life of a request: a goroutine that needs a P for each piece of computing, and holds nothing in between."""
    backlog = machine.backlog(config.backlog)
    processor = Processors("P", switch_interval_s=SLICE_S, permits=config.gomaxprocs or machine.cores)
    return Plan(
        steps=(
            Connect(backlog, retries_s=machine.retries_s, timeout_s=machine.syn_timeout_s),
            AcceptEagerly(backlog, processor, work_s=machine.accept_cost_s, batch=config.backlog + 1),  # go serve(c)
            Receive(buffer_bytes=machine.receive_buffer),  # parked by the netpoller
            Compute(machine.request_cost_s, processor, what="parse", mebibyte_s=machine.mebibyte_cost_s),
            Handle(processor, io_late_s=machine.io_late_s),  # computing: P and core; waiting, system calls, cgo: no P
            Compute(machine.response_cost_s, processor, what="respond"),  # a P once more
            Send(buffer_bytes=machine.send_buffer, most_bytes=machine.send_buffer_most),  # parked until it fits
        ),
        cores=machine.processor,
    )
