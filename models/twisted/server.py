"""Twisted, for real: one reactor, its threads, and all connections. Read connection.py beside model.py.

What to look at: one thread serves everybody, and ten others are there for calls that block. Nobody has a thread of
their own for longer than such a call.
"""

import signal
import socket
import sys

from models.twisted.config import NEEDS, Config
from models.wire.options import is_installed
from models.wire.stage import Stage, open_stage

if not is_installed(NEEDS):
    sys.exit(2)

from twisted.internet.protocol import Factory

from models.twisted.connection import Connection


class Server(Factory):  # type: ignore[misc]  # Twisted may be missing, and is Any
    """The process: one reactor, its threads, and all connections."""

    noisy = False

    def __init__(self, stage: Stage[Config]) -> None:
        from twisted.internet import reactor  # its selector must be this process's own

        self.stage, self.reactor = stage, reactor
        self.connections = set[Connection]()
        self.stopping = False

    def run(self) -> None:
        """Until SIGTERM, and then until the last request is served."""
        self.stage.listener.setblocking(False)
        self.reactor.suggestThreadPoolSize(self.stage.config.pool)
        self.port = self.reactor.adoptStreamPort(self.stage.listener.fileno(), socket.AF_INET, self)
        signal.signal(signal.SIGTERM, lambda *_: self.reactor.callFromThread(self.finish))
        self.reactor.run(installSignalHandlers=False)

    def buildProtocol(self, addr: object) -> Connection:  # noqa: ARG002, N802
        """For each that is accepted."""
        return Connection(self)

    def finish(self) -> None:
        """SIGTERM: accept nothing, close what is idle, finish what has begun."""
        if self.stopping:
            return
        self.stopping = True
        self.port.stopListening()
        for connection in list(self.connections):
            if connection.doing == "receive" and not connection.parser.begun:
                connection.transport.abortConnection()
        self.stop_if_empty()

    def stop_if_empty(self) -> None:
        """The end of a server that has been asked to finish."""
        if self.stopping and not self.connections and self.reactor.running:
            self.reactor.stop()


def main() -> None:
    """Fork the process, replace it when it dies, until stdin ends."""
    stage = open_stage(Config, __doc__)
    stage.perform(1, lambda _: Server(stage).run())


if __name__ == "__main__":
    main()
