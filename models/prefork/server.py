"""Forked workers around one listening socket, for real: each blocks in accept(). Read it beside model.py.

What to look at: a worker serves as the development server does; ``perform`` forks it N times. From ``receive`` to
``release`` the worker cannot do anything else, whatever it waits for. With ``--application`` the same worker calls a
WSGI application (wire/wsgi.py): that is a function call, and no other process; with ``--protocol uwsgi`` its client is
nginx, which has parsed the text of HTTP already (wire/uwsgi.py).
"""

import signal
import socket
from collections.abc import Callable
from functools import partial

from models.prefork.config import Config
from models.wire.application import Receive, gateway, receiver
from models.wire.blocking import accepted, attending, linger, send
from models.wire.options import always
from models.wire.outgoing import response
from models.wire.report import Visit
from models.wire.stage import Stage, open_stage
from models.wire.work import do, parse


def worker(stage: Stage[Config], serve: Callable[[socket.socket, Visit], None], number: int) -> None:
    """One forked process. It accepts only when it is idle, so the kernel keeps one queue for all of them."""
    signal.signal(signal.SIGTERM, lambda *_: stage.listener.close())  # finish this request, then accept fails
    for connection in accepted(stage.listener):
        visit = stage.visit(number, slot=number)
        with attending(connection, visit, stage.options.idle_timeout):
            serve(connection, visit)
            if stage.options.linger:
                visit.reach("linger")
                linger(connection, stage.options.linger)  # worker held until the client closes: its round trip
            visit.reach("release_worker")


def serve(receive: Receive, connection: socket.socket, visit: Visit) -> None:
    """One connection, and nothing beside it."""
    visit.reach("receive")
    request = receive(connection, visit)  # worker held for as long as the client dawdles
    visit.reach("parse")
    job = parse(request)
    visit.row = job.row
    for n, phase in enumerate(job.phases, 1):
        visit.reach(f"handle.{n}")
        do(phase)  # computing: worker and core held; waiting: worker held, core free
    visit.reach("respond")
    outgoing = response(job.response_bytes)
    visit.reach("send")
    send(connection, outgoing)  # worker held until the kernel takes the last byte


def main() -> None:
    """Fork the workers, replace those that die, until stdin ends."""
    stage = open_stage(Config, __doc__, lingers=always, calls=always)
    application = gateway(stage, processes=stage.config.workers, threads=1)  # in place of the load's own work
    each = application.serve if application else partial(serve, receiver(stage))
    stage.perform(stage.config.workers, partial(worker, stage, each))


if __name__ == "__main__":
    main()
