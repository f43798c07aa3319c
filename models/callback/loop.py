"""An event loop on ``selectors``: sockets and times on one side, callbacks on the other.

What to watch: ``run`` calls one callback after another, each to its end. While one computes, nothing else happens here:
no other callback, no look at a socket, no look at the clock.
"""

import heapq
import itertools
import selectors
import socket
import time
from collections.abc import Callable

Callback = Callable[[], None]


class Loop:
    """Calls back when a socket is ready, or when it is time."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Callback]] = []
        self._number = itertools.count()  # first come, first called, among timers for the same moment
        self._running = True

    def on_readable(self, sock: socket.socket, callback: Callback) -> None:
        """Call whenever ``sock`` has something to read, until told otherwise."""
        self._watch(sock, selectors.EVENT_READ, callback)

    def on_writable(self, sock: socket.socket, callback: Callback) -> None:
        """Call whenever ``sock`` takes bytes, until told otherwise."""
        self._watch(sock, selectors.EVENT_WRITE, callback)

    def forget(self, *socks: socket.socket) -> None:
        """No more calls for these."""
        for sock in socks:
            if sock in self._selector.get_map():
                self._selector.unregister(sock)

    def later(self, seconds: float, callback: Callback) -> None:
        """Call once, ``seconds`` from now."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._number), callback))

    def stop(self) -> None:
        """Return from ``run`` when the running callback is through."""
        self._running = False

    def run(self) -> None:
        """Turn until stopped: wait for the first thing to happen, call back everything that is due."""
        while self._running:
            wait = max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None
            ready = self._selector.select(wait)
            now = time.monotonic()
            for key, _ in ready:
                if self._selector.get_map().get(key.fileobj) is key:  # not changed by a callback before this one
                    key.data()
            while self._timers and self._timers[0][0] <= now:
                heapq.heappop(self._timers)[2]()

    def _watch(self, sock: socket.socket, event: int, callback: Callback) -> None:
        self.forget(sock)
        self._selector.register(sock, event, callback)
