"""What it costs to begin something: a thread, a process, a connection."""

import os
import re
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from simulator.app.calibrate.clock import Samples, batches, in_child, up_to

THREADS = 50


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


def thread_memory(samples: int) -> Samples:
    """Bytes for a thread that waits."""
    return [in_child(_memory_of_threads) for _ in up_to(samples)]


def _memory_of_threads() -> float:
    never = threading.Event()
    before = _own_memory()
    for _ in range(THREADS):
        threading.Thread(target=never.wait, daemon=True).start()
    return (_own_memory() - before) / THREADS


def _own_memory() -> int:
    """Bytes in pages that belong to no file: what this process has asked for itself."""
    rollup = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    found = re.search(r"^Anonymous: +(\d+) kB", rollup, re.MULTILINE)
    return 1024 * int(found[1]) if found else 0
