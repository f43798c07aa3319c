"""The same coroutines on asyncio. Read it beside server.py.

What to look at: asyncio has every part of scheduler.py under another name: tasks, a queue of ready callbacks, a heap of
times, a selector. What it adds is a time limit around any await, threads, processes, and years of experience.
"""

import asyncio
import socket
from collections.abc import Coroutine
from typing import Any

from models.coroutine.config import Config
from models.coroutine.serving import Server
from models.wire.application import check
from models.wire.options import always
from models.wire.stage import Stage, open_stage, stop_signal


class Asyncio:
    """asyncio's running loop, in the words of serving.py."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._tasks = set[asyncio.Task[None]]()  # asyncio itself holds tasks only weakly

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a coroutine beside the others."""
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._through)
        return task

    async def sleep(self, seconds: float) -> None:
        """Let the others go on for so long."""
        await asyncio.sleep(seconds)

    async def accept(self, listener: socket.socket) -> socket.socket:
        """The next connection."""
        connection, _ = await self._loop.sock_accept(listener)
        return connection

    async def receive(self, sock: socket.socket, size: int, patience_s: float) -> bytes:
        """What is there; TimeoutError where nothing comes."""
        async with asyncio.timeout(patience_s):
            return await self._loop.sock_recv(sock, size)

    async def send(self, sock: socket.socket, data: memoryview, patience_s: float) -> None:
        """All of ``data``; TimeoutError where the other side takes too long."""
        async with asyncio.timeout(patience_s):
            await self._loop.sock_sendall(sock, data)

    def _through(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)


async def process(stage: Stage[Config], number: int) -> None:
    """One process with one loop of asyncio."""
    await Server(Asyncio(), stage, number).run(stop_signal())


def main() -> None:
    """Fork the processes, replace those that die, until stdin ends."""
    stage = open_stage(Config, __doc__, calls=always)
    check(stage)
    stage.perform(stage.config.processes, lambda number: asyncio.run(process(stage, number)))


if __name__ == "__main__":
    main()
