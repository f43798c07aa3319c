"""Who does what an event loop hands over: threads of the process, or other processes, as many as the pool has.

What to look at: the loop awaits a future, as for any I/O. Between ``submit`` and the first line of ``work`` lies the
queue of the pool; what a thread computes there it computes under the GIL that the loop needs too.
"""

import asyncio
import ctypes
import signal
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

from models.offloading.config import Config
from models.wire.report import Visit
from models.wire.work import Phase, do

Moments = list[float]
"""When each phase began, and when the last one was over: all processes of a machine have one clock."""


class ThreadForEach(Executor):
    """A new thread for every call, as many as there are calls."""

    def submit(self, call, /, *args, **named):  # type: ignore[no-untyped-def]  # as in Executor
        """Nobody waits in a queue; what is paid is the start of a thread."""
        future: Future[Moments] = Future()
        threading.Thread(target=lambda: future.set_result(call(*args, **named)), daemon=True).start()
        return future


class Helpers:
    """Those of one process."""

    def __init__(self, config: Config) -> None:
        self.name = config.helper.replace(" ", "_")
        self.pooled = config.pool > 0
        if config.executor == "processes":
            self.executor: Executor = ProcessPoolExecutor(config.pool or None, initializer=_die_with_the_server)
        else:
            self.executor = ThreadPoolExecutor(config.pool) if self.pooled else ThreadForEach()

    async def piece(self, phase: Phase, number: int, visit: Visit) -> None:
        """One phase, and where it was meanwhile."""
        again = f"_#{number}" if number > 1 else ""
        visit.reach(f"hand_over.{number}")
        visit.reach(f"seize_{self.name}{again}")
        begun, over = await self._done((phase,))
        visit.reach(f"handle.{number}_in_{self.name}" if self.pooled else f"handle.{number}_elsewhere", begun)
        visit.reach(f"release_{self.name}{again}", over)

    async def whole(self, phases: Sequence[Phase], visit: Visit) -> None:
        """All phases, one after the other, with one helper."""
        visit.reach("hand_over")
        visit.reach(f"seize_{self.name}")
        *begun, over = await self._done(phases)
        for number, moment in enumerate(begun, 1):
            visit.reach(f"handle.{number}", moment)
        visit.reach(f"release_{self.name}", over)

    async def _done(self, phases: Sequence[Phase]) -> Moments:
        return await asyncio.get_running_loop().run_in_executor(self.executor, work, tuple(phases))

    def end(self) -> None:
        """Nobody waits for them any more."""
        self.executor.shutdown(wait=False, cancel_futures=True)


def work(phases: Sequence[Phase]) -> Moments:
    """In a helper: it waits and computes as any ordinary function does."""
    moments = [time.monotonic()]
    for phase in phases:
        do(phase)
        moments.append(time.monotonic())
    return moments if phases else [*moments, *moments]


def _die_with_the_server() -> None:
    """Processes of a pool would outlive a server that is killed: nobody tells them."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
