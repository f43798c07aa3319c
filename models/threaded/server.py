"""Threads under the GIL, for real, in one or more processes. Read it beside model.py; accepting.py has both ways in.

What to look at: ``serve`` is prefork's, line by line. What differs is who else wants the GIL: every call that can block
gives it up, and to go on after it a thread has to get it back from whoever computes.
"""

import socket
from collections.abc import Callable, Mapping
from functools import partial

from models.threaded.accepting import eager, idle
from models.threaded.buffering import buffered
from models.threaded.config import Config
from models.wire.blocking import receive, send
from models.wire.outgoing import response
from models.wire.report import Visit
from models.wire.stage import Stage, open_stage
from models.wire.work import do, parse


def serve(connection: socket.socket, visit: Visit) -> None:
    """One connection, by one thread, from accept to close."""
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
    visit.reach("release_thread")


WAYS: Mapping[str, Callable[[Stage[Config], int], None]] = {
    "idle": partial(idle, serve=serve),
    "eager": partial(eager, serve=serve),
    "buffered": buffered,
}


def main() -> None:
    """Fork the processes, replace those that die, until stdin ends."""
    stage = open_stage(Config, __doc__, lingers=lambda config: config.accept == "eager")
    stage.perform(stage.config.processes, partial(WAYS[stage.config.accept], stage))


if __name__ == "__main__":
    main()
