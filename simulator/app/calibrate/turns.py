"""How long others keep what they have: the GIL, and a core."""

import threading
import time
from contextlib import ExitStack

from simulator.app.calibrate.clock import LIMIT_S, Samples, forked, one_core, up_to

NAP_S = 0.0005
GAP_S = 100e-6
"""Between two looks at the clock: somebody else had the core."""


def gil_delay(hogs: int, samples: int) -> Samples:
    """Seconds that a thread waits for the GIL after a blocking call, while ``hogs`` others compute."""
    stop, turned, found = False, 0, list[float]()

    def hog() -> None:
        nonlocal turned
        while not stop:
            turned += 1

    threads = [threading.Thread(target=hog, daemon=True) for _ in range(hogs)]
    for thread in threads:
        thread.start()
    try:
        for _ in up_to(4 * samples):
            before, late = turned, _nap() - NAP_S
            if turned != before:  # else nobody had the GIL meanwhile, as on a busy machine
                found.append(late)
            if len(found) == samples:
                break
        return found
    finally:
        stop = True
        for thread in threads:
            thread.join()


def _nap() -> float:
    start = time.monotonic()
    time.sleep(NAP_S)
    return time.monotonic() - start


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
