"""One process that serves one request at a time, for real. Read it beside model.py.

What to look at: there is a single ``for``, and everything is inside it. Whoever is served, everybody else waits in the
kernel, while the client dawdles as much as while the process computes.
"""

import signal
from functools import partial

from models.dev_server.config import Config
from models.wire.blocking import accepted, attending, receive, send
from models.wire.outgoing import response
from models.wire.stage import Stage, open_stage
from models.wire.work import do, parse


def process(stage: Stage[Config], number: int) -> None:
    """The only process that serves."""
    signal.signal(signal.SIGTERM, lambda *_: stage.listener.close())  # finish this request, then accept fails
    for connection in accepted(stage.listener):
        visit = stage.visit(number, slot=number)
        with attending(connection, visit, stage.options.idle_timeout):
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
            visit.reach("release_process")


def main() -> None:
    """Serve until stdin ends."""
    stage = open_stage(Config, __doc__)
    stage.perform(1, partial(process, stage))


if __name__ == "__main__":
    main()
