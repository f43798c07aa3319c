"""A reactor that runs callbacks, and ten threads to which code can defer calls that block.

What to watch: a call that would stop everybody stops nobody once it is deferred, as long as there is a thread for it.
Computing in Python gains nothing by it and stays where it is: on the reactor, in everybody's way.
"""

from models.twisted.config import Config
from simulator.plan import (
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
    Send,
)


def plan(config: Config, machine: Machine) -> Plan:
    """The life of a request: the reactor for each piece of computing, a thread for each call that is deferred."""
    backlog = machine.backlog(config.backlog)
    gil = machine.gil(1)  # of the reactor and its threads
    reactor, thread = Loop("reactor", gil=gil), Pool("reactor thread", config.pool)
    batch = machine.accept_batch or config.backlog + 1
    turn = machine.loop_turn_cost_s
    threads = Elsewhere(("native", "block"), thread, gil, machine.hand_over_cost_s)  # deferToThread
    return Plan(
        steps=(
            Connect(backlog, retries_s=machine.retries_s, timeout_s=machine.syn_timeout_s),
            AcceptEagerly(backlog, reactor, work_s=machine.accept_cost_s, batch=batch),
            Receive(buffer_bytes=machine.receive_buffer),  # only a socket that the reactor watches
            Compute(machine.request_cost_s + turn, reactor, what="parse", mebibyte_s=machine.mebibyte_cost_s),
            Handle(reactor, visit_cost_s=turn, io_late_s=machine.io_late_s, elsewhere=(threads,)),
            Compute(machine.response_cost_s + turn, reactor, what="respond"),  # the reactor once more
            Send(buffer_bytes=machine.send_buffer, most_bytes=machine.send_buffer_most),
        ),
        cores=machine.processor,
    )
