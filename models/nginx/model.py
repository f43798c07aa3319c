"""nginx in front: the waiting for slow clients moves to where it costs a socket instead of a worker.

What to watch: with request buffering, the server behind sees a request only when its last byte is in; with response
buffering, it is rid of the response at once. Switch both off, and the server meets the slow clients itself again,
nearly as if nginx were not there.
"""

from dataclasses import replace

from models.nginx.config import Config
from simulator.plan import (
    Accept,
    Compute,
    Connect,
    Linger,
    Link,
    Machine,
    Outcome,
    Plan,
    Pool,
    Receive,
    Release,
    Send,
    Step,
)


def in_front(plan: Plan, config: Config, machine: Machine) -> Plan:
    """The plan of the same server behind nginx."""
    port = replace(machine.backlog(511), name="nginx backlog", defer_s=0.0)
    connection = Pool(
        "nginx connection",
        config.connections,
        queue_limit=0,
        when_full=Outcome.CONNECTION_LIMIT,
        frees_when_client_leaves=True,  # status 499
    )
    take_in = (Receive(buffer_bytes=machine.receive_buffer),) if config.request_buffering else ()
    send = Send(buffer_bytes=machine.send_buffer, most_bytes=machine.send_buffer_most)
    pass_on = (send,) if config.response_buffering else ()
    behind = plan.steps_after(lambda step: _behind(step, config, machine))
    return Plan(
        steps=(
            Connect(port, retries_s=machine.retries_s, timeout_s=machine.syn_timeout_s),
            Accept(port, connection),
            *take_in,
            Compute(machine.proxy_cost_s, what="proxy"),
            *behind,
            *pass_on,
            Release(connection),
        ),
        cores=plan.cores,
    )


def _behind(step: Step, config: Config, machine: Machine) -> Step:
    """A step of the server as it is when its client is nginx, on the same machine."""
    match step:
        case Connect():
            retries = tuple(t for t in step.retries_s if t < config.connect_timeout)
            return replace(
                step,
                link=Link.LOCAL,
                retries_s=retries,
                timeout_s=config.connect_timeout,
                on_timeout=Outcome.UPSTREAM_TIMEOUT,
            )
        case Receive() if config.request_buffering:
            return replace(step, link=Link.LOCAL)
        case Send() if config.response_buffering:
            memory = config.memory_buffers + machine.send_buffer
            return replace(step, link=Link.LOCAL, beside_bytes=memory, file_bytes=config.temp_file)
        case Send():
            return replace(step, beside_bytes=machine.send_buffer)  # nginx's socket, and besides the server's own
        case Linger():  # nginx closes as soon as it has everything
            memory, file = (config.memory_buffers, config.temp_file) if config.response_buffering else (0, 0)
            return Linger(step.most_s, Link.LOCAL, machine.send_buffer, machine.send_buffer_most, memory, file)
        case _:
            return step
