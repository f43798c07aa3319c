"""Where a server stands: its settings, its listening socket, its report, and the processes that serve.

The contract: the port is the first line on stdout, the server serves until stdin ends, and nothing stays behind.
"""

import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from models.wire.family import Family
from models.wire.options import Calls, Lingers, Options, never, parse_flags
from models.wire.report import HTTP, UWSGI, Report, Visit

C = TypeVar("C")


@dataclass(frozen=True)
class Stage(Generic[C]):
    """What every process of a server starts from."""

    config: C
    options: Options
    listener: socket.socket
    report: Report

    def visit(self, process: int, slot: int = -1) -> Visit:
        """A request has come to this process."""
        return Visit(self.report, process, slot, UWSGI if self.speaks_uwsgi else HTTP)

    @property
    def speaks_uwsgi(self) -> bool:
        """Whether what comes is uwsgi instead of HTTP."""
        return getattr(self.config, "protocol", "http") == "uwsgi"

    def perform(self, processes: int, child: Callable[[int], None]) -> None:
        """Fork ``processes`` children that run ``child(number)``, and end the program with them."""
        sockets = _Sockets(self.listener, self._backlog, processes) if self.reuses_port else None
        try:
            print(self.listener.getsockname()[1], flush=True)  # noqa: T201
        except OSError:  # nobody is there to read the port
            sys.exit(1)
        if sockets is None:
            sys.exit(Family(processes, child, self.options.grace).live())

        def with_own_socket(number: int) -> None:
            sockets.take(number)
            child(number)

        sys.exit(Family(processes, with_own_socket, self.options.grace, sockets.give).live())

    @property
    def reuses_port(self) -> bool:
        """Whether each process listens on a socket of its own."""
        return getattr(self.config, "sharing", "") == "reuseport"

    @property
    def _backlog(self) -> int:
        return int(getattr(self.config, "backlog", 511))


class _Sockets:
    """One listening socket for each process, all of one port: the kernel hashes connections to them (SO_REUSEPORT).

    The master has no part in it: what waits for a process that dies is lost with its socket, and its successor listens
    on a new one. The master's own socket only keeps the port, and never listens.
    """

    def __init__(self, keeper: socket.socket, backlog: int, processes: int) -> None:
        self.keeper, self.backlog = keeper, backlog
        self.ready = {number: self._another() for number in range(processes)}  # before anybody knows the port

    def take(self, number: int) -> None:
        """In a process: its socket takes the place of the one that all had."""
        own = self.ready.pop(number, None) or self._another()
        for other in self.ready.values():
            other.close()
        os.dup2(own.fileno(), self.keeper.fileno(), inheritable=False)
        own.close()

    def give(self, number: int) -> None:
        """In the master: the process has it."""
        own = self.ready.pop(number, None)
        if own is not None:
            own.close()

    def _another(self) -> socket.socket:
        made = _socket(reuses_port=True)
        made.bind(self.keeper.getsockname())
        made.listen(self.backlog)
        return made


def _socket(*, reuses_port: bool) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it
    if reuses_port:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return made


def open_stage(
    config: type[C], description: str | None, *, lingers: Lingers[C] = never, calls: Calls[C] = never
) -> Stage[C]:
    """Read the flags of ``config`` and listen on a port of 127.0.0.1 that the kernel chooses."""
    settings, options = parse_flags(config, description, lingers=lingers, calls=calls)
    if getattr(settings, "free_threaded", False) and getattr(sys, "_is_gil_enabled", lambda: True)():
        why = "this Python has a GIL; start the server with one that has none, such as python3.14t"
        print(f"--free-threaded: {why}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    _allow_many_sockets()
    own = getattr(settings, "sharing", "") == "reuseport"
    listener = _socket(reuses_port=own)
    listener.bind(("127.0.0.1", 0))
    if not own:
        listener.listen(getattr(settings, "backlog", 511))
    try:
        report = Report(options.report_path)
    except OSError as error:
        why = f"cannot be opened ({error.strerror})"
        print(f"--report {options.report}: {why}; give a file in a folder that exists", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    return Stage(settings, options, listener, report)


def stop_signal() -> socket.socket:
    """A socket that becomes readable when this process is asked to finish (SIGTERM): for servers that wait on many."""
    readable, wakeup = socket.socketpair()
    readable.setblocking(False)
    wakeup.setblocking(False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(wakeup.detach(), warn_on_full_buffer=False)
    other = readable.dup()
    readable.detach()  # stays open: the master repeats SIGTERM, and a late one must not find a broken pipe
    return other


def _allow_many_sockets() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
