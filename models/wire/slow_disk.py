"""A disk that takes its time: pipes whose writers have to wait for as long as they say.

What to look at: a call that blocks must hold a thread of libuv from when that thread takes it up, and nobody but the
thread knows when that is. A pipe that is full tells: its reader sees the first page then, and takes the next one later.
"""

import fcntl
import os
import signal
import struct
import threading
import time

PAGE = 4096
"""Bytes that a pipe holds; a writer has three times as many."""
SPARE = 12
"""Pipes of a process beside those of its threads: as many calls wait for a thread, and not for a pipe."""


def slow_disk(count: int) -> list[int]:
    """So many pipes to a process that reads them, a thread for each: a disk that serves many at once is only slow."""
    pipes = [os.pipe() for _ in range(count)]
    writers = [writer for _, writer in pipes]
    for writer in writers:
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PAGE)
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends when nobody can write any more
        for writer in writers:
            os.close(writer)
        for reader, _ in pipes:
            threading.Thread(target=_read_slowly, args=(reader,), daemon=True).start()
        threading.Event().wait()
    return writers


def _read_slowly(reader: int) -> None:
    """The first page of three says how long the second one has to wait."""
    page = b""
    while data := os.read(reader, PAGE - len(page)):
        page += data
        if len(page) == PAGE:
            time.sleep(*struct.unpack_from("<d", page))
            page = b""
    os._exit(0)
