"""Threads under the GIL, for real, in one or more processes. Read it beside model.py; accepting.py has both ways in.

What to look at: ``serve`` is prefork's, line by line. What differs is who else wants the GIL: every call that can block
gives it up, and to go on after it a thread has to get it back from whoever computes.
"""

import socket
from collections.abc import Callable, Mapping
from functools import partial

from models.threaded.accepting import Serve, eager, idle
from models.threaded.buffering import buffered
from models.threaded.config import Config
from models.wire.application import Receive, gateway, receiver
from models.wire.blocking import send
from models.wire.outgoing import response
from models.wire.report import Visit
from models.wire.stage import Stage, open_stage
from models.wire.work import do, parse


def serve(receive: Receive, connection: socket.socket, visit: Visit) -> None:
    """One connection, by one thread, up to the last byte of its response."""
    visit.reach("receive")
    request = receive(connection, visit)  # thread held, GIL and core free
    visit.reach("parse")
    job = parse(request)
    visit.row = job.row
    for n, phase in enumerate(job.phases, 1):
        visit.reach(f"handle.{n}")
        do(phase)  # computing: thread, GIL and core held; waiting: only the thread
    visit.reach("respond")
    outgoing = response(job.response_bytes)
    visit.reach("send")
    send(connection, outgoing)


def released(serve: Serve, connection: socket.socket, visit: Visit) -> None:
    """And then the thread is free."""
    serve(connection, visit)
    visit.reach("release_thread")


WAYS: Mapping[str, Callable[[Stage[Config], int, Serve], None]] = {
    "idle": idle,
    "eager": eager,
    "buffered": lambda stage, process, _: buffered(stage, process),  # there no thread meets a client
}


def main() -> None:
    """Fork the processes, replace those that die, until stdin ends."""
    stage = open_stage(Config, __doc__, lingers=lambda c: c.accept == "eager", calls=lambda c: c.accept != "buffered")
    config = stage.config
    application = gateway(stage, processes=config.processes, threads=config.threads)  # in place of the load's own work
    each = partial(released, application.serve if application else partial(serve, receiver(stage)))
    stage.perform(config.processes, lambda number: WAYS[config.accept](stage, number, each))


if __name__ == "__main__":
    main()
