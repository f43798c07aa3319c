"""A scheduler for coroutines, from scratch: what an ``await`` comes down to.

What to watch: a coroutine runs until it awaits something that is not there yet. A ``yield`` then comes out here and
says what it waits for; it is parked under that, and the next one that is ready goes on. That is all of it: tasks, a
queue of those that are ready, a heap of times, a selector for sockets.
"""

import heapq
import itertools
import selectors
import socket
import time
import types
from collections import deque
from collections.abc import Coroutine, Generator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Wait:
    """What a task waits for: a socket, a time, or whichever comes first."""

    sock: socket.socket | None
    event: int
    until: float | None


class Cancelled(BaseException):
    """Thrown into a task that is to end."""


@types.coroutine
def _until(wait: Wait) -> Generator[Wait, None, None]:
    """The only place where a coroutine really stops: the yield goes to Scheduler._step."""
    yield wait


class Task:
    """A coroutine on its way, and what it waits for."""

    def __init__(self, scheduler: "Scheduler", coroutine: Coroutine[Wait, None, None]) -> None:
        self.scheduler, self.coroutine = scheduler, coroutine
        self.wait: Wait | None = None

    def cancel(self) -> None:
        """End it where it waits."""
        if self.wait is not None:
            self.scheduler.wake(self, Cancelled())


class Scheduler:
    """Runs one task at a time, each from one wait to the next."""

    def __init__(self) -> None:
        self._ready: deque[tuple[Task, BaseException | None]] = deque()
        self._times: list[tuple[float, int, Task, Wait]] = []
        self._number = itertools.count()
        self._selector = selectors.DefaultSelector()
        self._sweep_at = 1000

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> Task:
        """Start a coroutine beside the others."""
        task = Task(self, coroutine)
        self._ready.append((task, None))
        return task

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Turn until ``coroutine`` is through."""
        main = self.spawn(coroutine)
        while main.coroutine.cr_frame is not None:  # type: ignore[attr-defined]
            self._collect()
            for _ in range(len(self._ready)):
                self._step(*self._ready.popleft())

    def wake(self, task: Task, error: BaseException | None = None) -> None:
        """What it waited for is there; or something else is, which it gets as an exception."""
        if task.wait is not None and task.wait.sock is not None:
            self._selector.unregister(task.wait.sock)
        task.wait = None
        self._ready.append((task, error))

    def _step(self, task: Task, error: BaseException | None) -> None:
        """Let a task go on to its next await."""
        try:
            wait = task.coroutine.throw(error) if error else task.coroutine.send(None)
        except (StopIteration, Cancelled):
            return
        if not isinstance(wait, Wait):  # of another loop's library: nobody would ever wake it
            self.wake(task, RuntimeError(f"this scheduler cannot wait for {wait!r}"))
            return
        task.wait = wait
        if wait.sock is not None:
            self._selector.register(wait.sock, wait.event, task)
        if wait.until is not None:
            heapq.heappush(self._times, (wait.until, next(self._number), task, wait))

    def _collect(self) -> None:
        """Wait for the first socket or time, unless somebody is ready already."""
        self._forget_old_times()
        pause = max(0.0, self._times[0][0] - time.monotonic()) if self._times else None
        for key, _ in self._selector.select(0 if self._ready else pause):
            self.wake(key.data)
        now = time.monotonic()
        while self._times and self._times[0][0] <= now:
            _, _, task, wait = heapq.heappop(self._times)
            if task.wait is wait:
                self.wake(task, TimeoutError() if wait.sock is not None else None)

    def _forget_old_times(self) -> None:
        """Most time limits are never reached: throw them out before they fill the heap."""
        if len(self._times) > self._sweep_at:
            self._times = [entry for entry in self._times if entry[2].wait is entry[3]]
            heapq.heapify(self._times)
            self._sweep_at = 2 * len(self._times) + 1000

    # What coroutines await. Each tries first, and waits only where there is nothing yet.

    async def sleep(self, seconds: float) -> None:
        """Let the others go on for so long."""
        await _until(Wait(None, 0, time.monotonic() + seconds))

    async def accept(self, listener: socket.socket) -> socket.socket:
        """The next connection. Raises OSError where the process has no room for it."""
        while True:
            try:
                connection, _ = listener.accept()
                connection.setblocking(False)
                return connection
            except (BlockingIOError, ConnectionAbortedError):
                await _until(Wait(listener, selectors.EVENT_READ, None))

    async def receive(self, sock: socket.socket, size: int, patience_s: float) -> bytes:
        """What is there, at most ``size`` bytes; raises TimeoutError where nothing comes."""
        while True:
            try:
                return sock.recv(size)
            except BlockingIOError:
                await _until(Wait(sock, selectors.EVENT_READ, time.monotonic() + patience_s))

    async def send(self, sock: socket.socket, data: memoryview, patience_s: float) -> None:
        """All of ``data``; raises TimeoutError where the other side takes nothing."""
        while data:
            try:
                data = data[sock.send(data) :]
            except BlockingIOError:
                await _until(Wait(sock, selectors.EVENT_WRITE, time.monotonic() + patience_s))
