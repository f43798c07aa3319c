"""Forked workers, one connection each from accept to close: what a worker waits for, the worker cannot leave.

What to watch: a worker that listens to a slow client looks exactly as busy as one that computes. As many slow
clients as workers stop the whole server, while every core is idle and the backlog fills.
"""

from models.prefork.config import Config
from simulator.plan import (
    Accept,
    Choose,
    Compute,
    Connect,
    Handle,
    Linger,
    Machine,
    Plan,
    Pool,
    Receive,
    Release,
    Send,
    Upstreams,
)


def plan(config: Config, machine: Machine) -> Plan:
    """The life of a request: one worker belongs to it from accept to close."""
    own = config.sharing == "reuseport" and config.workers > 1  # a socket and a queue for each worker
    backlog = machine.backlog(config.backlog, config.workers if own else 1)
    worker = Pool("worker", 1, config.workers) if own else Pool("worker", config.workers, slots_per_process=1)
    packet, layer_s = config.protocol == "uwsgi", config.middlewares * machine.middleware_cost_s / 2
    parse_s = machine.accept_cost_s + machine.reading_s(config.protocol)  # uwsgi: nginx has read the text
    linger = (Linger(machine.linger_s),) if machine.linger_s > 0 else ()  # worker held until the client has closed
    return Plan(
        steps=(
            *((Choose(Upstreams("socket", config.workers), "hashed"),) if own else ()),
            Connect(backlog, retries_s=machine.retries_s, timeout_s=machine.syn_timeout_s),
            Accept(backlog, worker),  # a worker accepts only when it is idle: one queue for all
            Receive(buffer_bytes=machine.receive_buffer),  # worker held, core free
            Compute(parse_s, what="parse uwsgi" if packet else "parse", mebibyte_s=machine.mebibyte_cost_s),
            *((Compute(layer_s, what="middleware in"),) if config.middlewares else ()),  # a call each, in the worker
            Handle(io_late_s=machine.io_late_s),  # computing: worker and core held; waiting: worker held, core free
            *((Compute(layer_s, what="middleware out"),) if config.middlewares else ()),
            Compute(machine.response_cost_s, what="respond"),  # a core once more, to build the response and write it
            Send(buffer_bytes=machine.send_buffer, most_bytes=machine.send_buffer_most),  # until the rest fits
            *linger,
            Release(worker),
        ),
        cores=machine.processor,
    )
