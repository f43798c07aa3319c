"""Forked workers around one listening socket, for real: each blocks in accept(). Read it beside model.py.

What to look at: a worker serves as the development server does; ``perform`` forks it N times. From ``receive`` to
``release`` the worker cannot do anything else, whatever it waits for.
"""

import signal
import socket
from functools import partial

from models.prefork.config import Config
from models.wire.blocking import accepted, attending, linger, receive, send
from models.wire.outgoing import response
from models.wire.report import Visit
from models.wire.stage import Stage, open_stage
from models.wire.work import do, parse


def worker(stage: Stage[Config], number: int) -> None:
    """One forked process. It accepts only when it is idle, so the kernel keeps one queue for all of them."""
    signal.signal(signal.SIGTERM, lambda *_: stage.listener.close())  # finish this request, then accept fails
    for connection in accepted(stage.listener):
        visit = stage.visit(number, slot=number)
        with attending(connection, visit, stage.options.idle_timeout):
            serve(connection, visit, stage.options.linger)


def serve(connection: socket.socket, visit: Visit, linger_s: float) -> None:
    """One connection from accept to close, and nothing beside it."""
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
    if linger_s:
        visit.reach("linger")
        linger(connection, linger_s)  # worker held until the client closes: a round trip of the client
    visit.reach("release_worker")


def main() -> None:
    """Fork the workers, replace those that die, until stdin ends."""
    stage = open_stage(Config, __doc__, lingers=lambda _: True)
    stage.perform(stage.config.workers, partial(worker, stage))


if __name__ == "__main__":
    main()
