"""How long a thread waits for the GIL beside threads that compute, and how often a call loses it.

What to watch: naps have a length of their own each time, so that they keep no step with the switch interval; and a nap
is late by itself, which is measured with nobody beside it and taken off.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import fmean, median

from simulator.real.calibrate.samples import Samples

NAPS_S = (0.001, 0.02)
GAP_S = 100e-6
"""At most between two calls; gunicorn makes one every 20 to 100 us."""
LOST_S = 0.001
"""A call that takes longer has lost the GIL, or the core; the latter is measured with nobody beside."""
WAITS_LIMIT_S, CALLS_LIMIT_S = 3.0, 1.0
CALLS_A_SAMPLE = 40


@contextmanager
def computing(threads: int) -> Iterator[None]:
    """So many threads that want the GIL all the time."""
    stop = False

    def hog() -> None:
        turned = 0
        while not stop:
            turned += 1

    hogs = [threading.Thread(target=hog, daemon=True) for _ in range(threads)]
    for thread in hogs:
        thread.start()
    try:
        yield
    finally:
        stop = True
        for thread in hogs:
            thread.join()


def waits(hogs: int, samples: int) -> Samples:
    """Seconds until a thread has the GIL back after a nap, while ``hogs`` others compute."""
    usual = median(_naps(samples, WAITS_LIMIT_S))
    with computing(hogs):
        return [max(late - usual, 0.0) for late in _naps(samples, WAITS_LIMIT_S)]


def _naps(count: int, limit_s: float) -> Samples:
    random, end, late = Random(1), time.monotonic() + limit_s, list[float]()
    while len(late) < count and (len(late) < 3 or time.monotonic() < end):
        nap = random.uniform(*NAPS_S)
        start = time.monotonic()
        time.sleep(nap)
        late.append(time.monotonic() - start - nap)
    return late


def calls_lost(samples: int) -> Samples:
    """Of every few system calls beside one computing thread, the share that lost the GIL."""
    ours, theirs = socket.socketpair()
    with ours, theirs, Path(os.devnull).open("wb") as nowhere:
        theirs.send(b"." * 4096)
        calls: tuple[Callable[[], object], ...] = (
            ours.getsockname,
            lambda: ours.setblocking(True),
            lambda: os.fstat(nowhere.fileno()),
            lambda: ours.recv(1, socket.MSG_PEEK),
            lambda: ours.send(b"", socket.MSG_DONTWAIT),
        )
        usual = fmean(_lost(calls, samples))
        with computing(1):
            return [max(share - usual, 0.0) for share in _lost(calls, samples)]


def _lost(calls: tuple[Callable[[], object], ...], samples: int) -> Samples:
    random, end, shares = Random(1), time.monotonic() + CALLS_LIMIT_S, list[float]()
    while len(shares) < samples and (len(shares) < 3 or time.monotonic() < end):
        lost = 0
        for number in range(CALLS_A_SAMPLE):
            go_on = time.monotonic() + random.uniform(0.0, GAP_S)
            while time.monotonic() < go_on:
                pass
            start = time.monotonic()
            calls[number % len(calls)]()
            lost += time.monotonic() - start > LOST_S
        shares.append(lost / CALLS_A_SAMPLE)
    return shares
