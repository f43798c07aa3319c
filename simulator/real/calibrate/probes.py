"""Everything that needs no server, in a small process of its own: what it forks is small, and what it starts ends.

Run as ``python -m simulator.real.calibrate.probes FILE SAMPLES [MODULE ...]``; the modules are those of schedulers.
"""

import importlib
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from models.wire.blocking import send
from models.wire.outgoing import response
from simulator.real.calibrate import buffers, gil, switches
from simulator.real.calibrate.samples import LIMIT_S, Samples, batches, forked, in_child, memory_of, one_core, up_to

# What it costs to begin something: a thread, a process, a connection.

THREADS = 50
RESPONSE_BYTES = 10240


def thread_start(samples: int) -> Samples:
    """Seconds to start a thread that does nothing, and to wait for its end."""

    def start() -> None:
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()

    return batches(time.monotonic, samples, 20, start)


def fork(samples: int) -> Samples:
    """Seconds to fork a small Python process that ends at once, and to wait for its end."""

    def start() -> None:
        pid = os.fork()
        if not pid:
            os._exit(0)
        os.waitpid(pid, 0)

    return batches(time.monotonic, samples, 3, start)


def accept(samples: int) -> Samples:
    """Seconds of computing to accept a connection and make it ready for use."""
    return [_accepted(20) for _ in up_to(samples + 1)][1:]


def _accepted(count: int) -> float:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=count))
        for _ in range(count):
            stack.enter_context(socket.create_connection(listener.getsockname()))
        accepted = []
        start = time.thread_time()
        for _ in range(count):
            connection, _ = listener.accept()
            connection.setblocking(False)
            accepted.append(connection)
        used = time.thread_time() - start
        for connection in accepted:
            connection.close()
    return used / count


def respond(samples: int) -> Samples:
    """Seconds of computing to build a response, to write it, and to close the connection."""
    return [_responded(20) for _ in up_to(samples + 1)][1:]


def _responded(count: int) -> float:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=count))
        for _ in range(count):
            stack.enter_context(socket.create_connection(listener.getsockname()))
        accepted = [listener.accept()[0] for _ in range(count)]
        start = time.thread_time()
        for connection in accepted:
            send(connection, response(RESPONSE_BYTES))
            connection.close()
        return (time.thread_time() - start) / count


def thread_memory(samples: int) -> Samples:
    """Bytes for a thread that waits."""
    return [in_child(_memory_of_threads) for _ in up_to(samples)]


def _memory_of_threads() -> float:
    never = threading.Event()
    before = memory_of("self", "Anonymous")
    for _ in range(THREADS):
        threading.Thread(target=never.wait, daemon=True).start()
    return (memory_of("self", "Anonymous") - before) / THREADS


# How long others keep what they have: a core. The GIL has its own file.

GAP_S = 100e-6
"""Between two looks at the clock: somebody else had the core."""


def time_slice(samples: int) -> Samples:
    """Seconds that another process has the core which two want all the time."""
    found: Samples = []
    with ExitStack() as stack:
        stack.enter_context(one_core())
        stack.enter_context(forked(_spin))
        end = last = time.monotonic()
        end += LIMIT_S
        while len(found) < samples and last < end:
            now = time.monotonic()
            if now - last > GAP_S:
                found.append(now - last)
            last = now
    return found


def _spin() -> None:
    while True:
        pass


def _gil_waits(hogs: int, samples: int) -> Samples:
    """More of them than of anything else: it is their spread that matters."""
    return gil.waits(hogs, 8 * samples)


# What is measured, under which name.

BESIDE = (0, 1, 2, 4)
"""Threads that compute while one waits for the GIL."""

PROBES: dict[str, Callable[[int], Samples]] = {
    "accept": accept,
    "respond": respond,
    "process_switch": switches.process_switch,
    "thread_switch": switches.thread_switch,
    "time_slice": time_slice,
    **{f"gil_waits_{hogs}": partial(_gil_waits, hogs) for hogs in BESIDE},
    "gil_calls": gil.calls_lost,
    "loop_turn": switches.loop_turn,
    "asyncio_switch": switches.asyncio_switch,
    "thread_start": thread_start,
    "fork": fork,
    "thread_memory": thread_memory,
    "receive_buffer": partial(buffers.receive_buffer, slow=True),
    "receive_buffer_fast": partial(buffers.receive_buffer, slow=False),
    "send_buffer": partial(buffers.send_buffer, slow=True),
    "send_buffer_most": buffers.send_buffer_most,
    "send_buffer_fast": partial(buffers.send_buffer, slow=False),
}
SCHEDULER = "scheduler "
"""Begins the key of a scheduler; its module follows."""


def main(file: str, samples: str, *schedulers: str) -> None:
    """Take the samples and write them as JSON."""
    found = {name: probe(int(samples)) for name, probe in PROBES.items()}
    for module in schedulers:
        scheduler = importlib.import_module(module).Scheduler
        found[SCHEDULER + module] = switches.scheduler_switch(scheduler, int(samples))
    Path(file).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
