"""A buffering reverse proxy, for real: a mini nginx. Read exchange.py beside model.py.

What to look at: a slow client is a coroutine that awaits, here, in one process. The server behind gets its requests
complete and is rid of its responses at once, because this process waits in its place.
"""

import asyncio
from functools import partial
from math import inf

from models.nginx.balancing import Balancer, ProxyConfig
from models.nginx.exchange import Exchange
from models.nginx.stream import Stream
from models.wire.report import Visit
from models.wire.stage import Stage, open_stage, stop_signal
from models.wire.syntax import Refused

FINISHED_S = 0.02  # a proxy that is about to end looks this often whether the last request is served


class Proxy:
    """One process with one event loop, and all its clients."""

    def __init__(self, stage: Stage[ProxyConfig], number: int) -> None:
        self.stage, self.number, self.balancer = stage, number, Balancer(stage.config)
        self.clients: dict[Visit, asyncio.Task[None] | None] = {}

    async def run(self) -> None:
        """Until SIGTERM, and then until the last request is served."""
        stop = stop_signal()
        server = await asyncio.start_server(self.accept, sock=self.stage.listener, backlog=511)
        await asyncio.get_running_loop().sock_recv(stop, 1)
        server.close()
        for visit, task in list(self.clients.items()):
            if task is not None and not visit.heard:
                task.cancel()
        while self.clients:
            await asyncio.sleep(FINISHED_S)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A client: served, or dropped where there are too many."""
        visit = self.stage.visit(self.number)
        in_memory = self.stage.config.memory_buffers if self.stage.config.temp_file else inf
        client = Stream(reader, writer, self.stage.options.idle_timeout, in_memory)
        outcome = "connection_limit"
        try:
            if len(self.clients) < self.stage.config.connections:
                self.clients[visit] = asyncio.current_task()
                outcome = await self.attend(client, visit)
        finally:
            client.close()
            visit.leave(outcome)
            self.clients.pop(visit, None)

    async def attend(self, client: Stream, visit: Visit) -> str:
        """How it ended; faults of the client or of the server behind end here."""
        try:
            await Exchange(self.stage.config, self.balancer, client, visit, self.stage.options.idle_timeout).serve()
        except Refused as refused:
            if not client.sent:  # else the missing rest tells it
                await client.turn_away(refused.status)
            return refused.outcome
        except (OSError, asyncio.CancelledError):
            return "gave_up"
        return "completed"


def process(stage: Stage[ProxyConfig], number: int) -> None:
    """The process that all clients share."""
    asyncio.run(Proxy(stage, number).run())


def main() -> None:
    """Serve until stdin ends."""
    stage = open_stage(ProxyConfig, __doc__)
    stage.perform(1, partial(process, stage))


if __name__ == "__main__":
    main()
