"""Event loops that run callbacks, for real. Read connection.py beside model.py; loop.py is all there is below.

What to look at: no thread, worker or lock anywhere. A thousand connections are a thousand objects in a set.
"""

import time

from models.callback.config import Config
from models.callback.connection import Connection
from models.callback.loop import Loop
from models.wire.blocking import NO_ROOM, NO_ROOM_S
from models.wire.stage import Stage, open_stage, stop_signal


class Server:
    """One process: one loop, and all its connections."""

    def __init__(self, stage: Stage[Config], number: int) -> None:
        self.stage, self.number = stage, number
        self.loop, self.connections = Loop(), set[Connection]()
        self.stop = stop_signal()

    def run(self) -> None:
        """Until SIGTERM, and then until the last request is served."""
        self.stage.listener.setblocking(False)
        self.loop.on_readable(self.stop, self.finish)
        self.loop.later(self.stage.options.idle_timeout / 4, self.drop_the_silent)
        self.listen()
        self.loop.run()

    def listen(self) -> None:
        """Be called for each batch of connections."""
        if self.stage.listener.fileno() >= 0:
            self.loop.on_readable(self.stage.listener, self.accept)

    def accept(self) -> None:
        """All that wait in the kernel: they cost nothing here until they say something."""
        for _ in range(self.stage.config.backlog + 1):
            try:
                sock, _ = self.stage.listener.accept()
            except OSError as error:
                if error.errno in NO_ROOM:  # the loop would turn without end
                    self.loop.forget(self.stage.listener)
                    self.loop.later(NO_ROOM_S, self.listen)
                return
            self.connections.add(Connection(self.loop, sock, self.stage.visit(self.number), self.gone))

    def gone(self, connection: Connection) -> None:
        """A connection is closed."""
        self.connections.discard(connection)
        self.stop_if_empty()

    def stop_if_empty(self) -> None:
        """The end of a server that has been asked to finish."""
        if self.stage.listener.fileno() < 0 and not self.connections:
            self.loop.stop()

    def finish(self) -> None:
        """SIGTERM: accept nothing, close what is idle, finish what has begun."""
        self.loop.forget(self.stop, self.stage.listener)
        self.stage.listener.close()
        for connection in list(self.connections):
            connection.finish()
        self.stop_if_empty()

    def drop_the_silent(self) -> None:
        """Clients that have done nothing for too long."""
        for connection in list(self.connections):
            connection.silent(time.monotonic() - self.stage.options.idle_timeout)
        self.loop.later(self.stage.options.idle_timeout / 4, self.drop_the_silent)


def main() -> None:
    """Fork the processes, replace those that die, until stdin ends."""
    stage = open_stage(Config, __doc__)
    stage.perform(stage.config.processes, lambda number: Server(stage, number).run())


if __name__ == "__main__":
    main()
