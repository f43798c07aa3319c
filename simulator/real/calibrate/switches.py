"""What it costs that somebody else goes on: another process, another thread, another callback, another coroutine."""

import asyncio
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from simulator.real.calibrate.samples import Samples, batches, forked, one_core, up_to

ROUNDS = 200
TASKS = 100
"""So many coroutines share a turn of their loop that what the turn costs hardly counts."""


def process_switch(samples: int) -> Samples:
    """Seconds lost at a switch between processes: ping-pong through pipes on one core, less reads and writes."""
    with one_core():
        return _ping_pong(samples, forked)


def thread_switch(samples: int) -> Samples:
    """The same between two threads of a process, which hand the GIL over too."""
    with one_core():
        return _ping_pong(samples, _started)


def _ping_pong(samples: int, beside: Callable[[Callable[[], None]], Any]) -> Samples:
    (hear, call), (listen, answer) = os.pipe(), os.pipe()

    def echo() -> None:
        while os.read(hear, 1) == b".":
            os.write(answer, b".")

    def there_and_back() -> None:
        os.write(call, b".")
        os.read(listen, 1)

    def here() -> None:
        os.write(answer, b".")
        os.read(listen, 1)

    try:
        alone = batches(time.monotonic, samples, ROUNDS, here)
        with beside(echo):
            together = batches(time.monotonic, samples, ROUNDS, there_and_back)
            os.write(call, b"x")
    finally:
        for end in (hear, call, listen, answer):
            os.close(end)
    reading = 2 * sorted(alone)[len(alone) // 2]
    return [max(round_trip - reading, 0.0) / 2 for round_trip in together]


class _started:  # noqa: N801 - stands where forked() can stand
    """A thread that is through when the block is."""

    def __init__(self, run: Callable[[], None]) -> None:
        self.thread = threading.Thread(target=run, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.thread.join()


def loop_turn(samples: int) -> Samples:
    """Seconds of computing for one wait in an event loop: register, select, call back, unregister."""
    selector = selectors.DefaultSelector()
    ours, theirs = socket.socketpair()
    with selector, ours, theirs:
        theirs.send(b".")  # and nobody reads it: always ready

        def turn() -> None:
            selector.register(ours, selectors.EVENT_READ, ours.fileno)
            for key, _ in selector.select():
                key.data()
            selector.unregister(ours)

        return batches(time.thread_time, samples, ROUNDS, turn)


def asyncio_switch(samples: int) -> Samples:
    """Seconds of computing from one coroutine of asyncio to the next."""

    async def rounds(count: int) -> None:
        for _ in range(count):
            await asyncio.sleep(0)

    async def batch() -> float:
        start = time.thread_time()
        await asyncio.gather(*(rounds(TASKS) for _ in range(TASKS)))
        return (time.thread_time() - start) / TASKS**2

    async def all_batches() -> Samples:
        return [await batch() for _ in up_to(samples)]

    return asyncio.run(all_batches())


def scheduler_switch(scheduler: Callable[[], Any], samples: int) -> Samples:
    """The same for a scheduler with ``run``, ``spawn`` and ``sleep``; each sleep also sets a timer."""

    async def rounds(its: Any) -> None:
        for _ in range(TASKS):
            await its.sleep(0)

    def batch() -> float:
        its = scheduler()
        for _ in range(TASKS - 1):
            its.spawn(rounds(its))
        start = time.thread_time()
        its.run(rounds(its))
        return (time.thread_time() - start) / TASKS**2

    return [batch() for _ in up_to(samples)]
