"""Greenlets on gevent, for real: whatever blocks goes to the hub, which runs somebody else. Read it beside model.py.

What to look at: ``serve`` is prefork's, line by line. What it calls is not: ``monkey.patch_all`` has put functions in
the place of the standard library's that go to the hub and come back. What it cannot replace keeps the hub.
"""

import signal
import sys
from functools import partial

from models.greenlet.config import NEEDS, Config
from models.wire.blocking import accepted, attending, receive, send
from models.wire.options import is_installed
from models.wire.outgoing import response
from models.wire.report import Visit
from models.wire.stage import Stage, open_stage
from models.wire.work import do, parse

if not is_installed(NEEDS):
    sys.exit(2)

import gevent
from gevent import monkey, socket
from gevent.pool import Pool

AT_ONCE = 100
"""Connections taken before anybody else has a turn, where no other process takes them (gevent's ``max_accept``)."""


def process(stage: Stage[Config], number: int) -> None:
    """One process with one hub, until SIGTERM, and then until the last request is served."""
    monkey.patch_all(time=stage.config.libraries == "patched")  # unpatched: sleeping keeps the hub
    listener = socket.socket(fileno=stage.listener.detach())
    gevent.signal_handler(signal.SIGTERM, listener.close)  # then accept fails
    pool, visits = Pool(stage.config.pool), dict[gevent.Greenlet, Visit]()
    at_once = AT_ONCE if stage.config.processes == 1 else 1
    for taken, connection in enumerate(accepted(listener), 1):
        visit = stage.visit(number)
        visit.reach("accept_hub")
        greenlet = pool.spawn(attend, connection, visit, stage.options.idle_timeout)
        visits[greenlet] = visit
        greenlet.link(visits.pop)
        if taken % at_once == 0:
            gevent.sleep(0)  # everybody else has a turn
        pool.wait_available()  # at the limit the others wait in the backlog
    gevent.killall([greenlet for greenlet, visit in visits.items() if not visit.heard])
    pool.join()


def attend(connection: socket.socket, visit: Visit, idle_s: float) -> None:
    """A greenlet's life: some kilobytes, as long as the connection stands."""
    connection.settimeout(idle_s)
    with attending(connection, visit, idle_s):
        serve(connection, visit)


def serve(connection: socket.socket, visit: Visit) -> None:
    """One connection from accept to close."""
    visit.reach("receive")
    request = receive(connection, visit)  # to the hub, for as long as the client dawdles
    visit.reach("parse")
    job = parse(request)
    visit.row = job.row
    for n, phase in enumerate(job.phases, 1):
        visit.reach(f"handle.{n}")
        do(phase)  # computing: hub and core held; waiting: to the hub, if it is patched
    visit.reach("respond")
    outgoing = response(job.response_bytes)
    visit.reach("send")
    send(connection, outgoing)  # to the hub, until the kernel takes the last byte


def main() -> None:
    """Fork the processes, replace those that die, until stdin ends."""
    stage = open_stage(Config, __doc__)
    stage.perform(stage.config.processes, partial(process, stage))


if __name__ == "__main__":
    main()
