"""One process that serves one request at a time, for real. Read it beside model.py.

What to look at: there is a single ``for``, and everything is inside it. Whoever is served, everybody else waits in the
kernel, while the client dawdles as much as while the process computes.
"""

import signal
import socket
from collections.abc import Callable
from functools import partial

from models.dev_server.config import Config
from models.wire.application import gateway
from models.wire.blocking import accepted, attending, receive, send
from models.wire.options import always
from models.wire.outgoing import response
from models.wire.report import Visit
from models.wire.stage import Stage, open_stage
from models.wire.work import do, parse


def process(stage: Stage[Config], serve: Callable[[socket.socket, Visit], None], number: int) -> None:
    """The only process that serves."""
    signal.signal(signal.SIGTERM, lambda *_: stage.listener.close())  # finish this request, then accept fails
    for connection in accepted(stage.listener):
        visit = stage.visit(number, slot=number)
        with attending(connection, visit, stage.options.idle_timeout):
            serve(connection, visit)
            visit.reach("release_process")


def serve(connection: socket.socket, visit: Visit) -> None:
    """One connection, while all others wait."""
    visit.reach("receive")
    request = receive(connection, visit)  # listens to this client, and to nobody else
    visit.reach("parse")
    job = parse(request)
    visit.row = job.row
    for n, phase in enumerate(job.phases, 1):
        visit.reach(f"handle.{n}")
        do(phase)
    visit.reach("respond")
    outgoing = response(job.response_bytes)
    visit.reach("send")
    send(connection, outgoing)


def main() -> None:
    """Serve until stdin ends."""
    stage = open_stage(Config, __doc__, calls=always)
    application = gateway(stage, processes=1, threads=1)  # in place of the load's own work
    stage.perform(1, partial(process, stage, application.serve if application else serve))


if __name__ == "__main__":
    main()
