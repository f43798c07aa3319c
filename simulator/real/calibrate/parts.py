"""One request after another, taken apart by its client: it connects, pauses, asks, and pauses again while it is served.

What to watch: whoever sends everything at once sees only a sum, and cannot say what of it was accepting a connection
and what was reading the request. But while a client is silent a server does what it can do without a word of it, and no
more; and it is silent itself while its handler waits. In between, the processor time of its processes is read.
"""

import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from simulator.experiments.deployment import Deployment
from simulator.real.calibrate.regimes import LONGEST_S, used_s
from simulator.real.calibrate.samples import Samples
from simulator.real.measure import scratch_folder
from simulator.real.messages import request_head
from simulator.real.servers import start

LOOK_S = 0.002
"""Between two looks at the clocks of its processes; a server that sleeps for so long is not cold yet."""
MOST_LOOKS = 20
WAIT_S = 0.06
"""In the handler: longer than all that is done until then."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Processor time of all processes of a server for each request in a row. Seconds."""

    connected: Samples
    """For a connection on which nothing comes yet: accepted, and handed over by whoever does that before it reads."""
    asked: Samples
    """From the bytes of its request to the wait in its handler."""
    answered: Samples
    """From the end of that wait to the end of the connection."""

    def shares(self) -> tuple[float, float, float]:
        """Of all that a request needs; they add up to 1."""
        connected, asked, answered = (median(each) for each in (self.connected, self.asked, self.answered))
        whole = connected + asked + answered
        return connected / whole, asked / whole, answered / whole


def parts(deployment: Deployment, requests: int) -> Parts:
    """Ask a server so many times. Raises MeasureError."""
    head, body = request_head(0, f"io={WAIT_S:g}", 1024, 10240)
    said = (b"", head + bytes(body))
    with scratch_folder() as folder, ExitStack() as stack:
        running = start(deployment, folder, stack)
        rounds = [_round(running.port, running.processes[0].pid, said) for _ in range(requests + 1)]
    connected, asked, answered = (list(column) for column in zip(*rounds[1:], strict=True))  # the first warms it up
    return Parts(connected=connected, asked=asked, answered=answered)


def _round(port: int, group: int, said: Sequence[bytes]) -> tuple[float, ...]:
    looks = [used_s(group)]
    with socket.create_connection(("127.0.0.1", port), timeout=LONGEST_S) as client:
        for words in said:
            client.sendall(words)
            looks.append(_used_in_the_end(group))
        while client.recv(65536):  # to the end of what it sends
            pass
    looks.append(_used_in_the_end(group))
    return tuple(until - since for since, until in pairwise(looks))


def _used_in_the_end(group: int) -> float:
    """What its processes have used when they have nothing more to do."""
    before = used_s(group)
    for _ in range(MOST_LOOKS):
        time.sleep(LOOK_S)
        now = used_s(group)
        if now == before:
            break
        before = now
    return before
