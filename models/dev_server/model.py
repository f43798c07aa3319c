"""One process that serves one request at a time: everybody waits for everybody.

What to watch: a single client on a bad line, or a single query that takes long, stops the whole server, while its
core is idle. This is Python's wsgiref, or Django's runserver with --nothreading.
"""

from models.dev_server.config import Config
from simulator.plan import Accept, Compute, Connect, Handle, Machine, Plan, Pool, Receive, Release, Send


def plan(config: Config, machine: Machine) -> Plan:
    """The life of a request: the only process belongs to it from accept to close."""
    backlog = machine.backlog(config.backlog)
    process = Pool("process", size=1, slots_per_process=1)
    return Plan(
        steps=(
            Connect(backlog, retries_s=machine.retries_s, timeout_s=machine.syn_timeout_s),
            Accept(backlog, process),
            Receive(buffer_bytes=machine.receive_buffer),  # the process listens to this client, and to nobody else
            Compute(machine.accept_cost_s + machine.request_cost_s, what="parse", mebibyte_s=machine.mebibyte_cost_s),
            Handle(io_late_s=machine.io_late_s),
            Compute(machine.response_cost_s, what="respond"),
            Send(buffer_bytes=machine.send_buffer, most_bytes=machine.send_buffer_most),
            Release(process),
        ),
        cores=machine.processor,
    )
