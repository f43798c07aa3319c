"""The master of a server: forks its processes, replaces the dead, and takes them all along when it ends.

What to watch: the master never touches a client. SIGKILL of a process loses what that process was doing and nothing
else; SIGKILL of the master ends all of them, because the kernel tells them.
"""

import ctypes
import mmap
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable

from models.wire.work import before_a_crash

_BOOT_S = 0.5
"""A process that fails by itself within this time would fail again: give up instead of forking in circles."""
_REMIND_S = 0.05
"""SIGTERM is repeated this often: one that comes a moment before a blocking call does not interrupt that call."""
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)


class Family:
    """``count`` processes that run ``child(number)``, for as long as stdin is open.

    ``forked(number)`` is called in the master, each time that one has been forked.
    """

    def __init__(
        self, count: int, child: Callable[[int], None], grace_s: float, forked: Callable[[int], None] = lambda _: None
    ) -> None:
        self._count, self._child, self._grace_s, self._forked = count, child, grace_s, forked
        self._children: dict[int, tuple[int, float]] = {}  # pid -> number, when it was forked
        self._master = os.getpid()
        self._prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None
        self._reminder, self._bell = socket.socketpair()
        self._failed = False
        self._boots = memoryview(mmap.mmap(-1, 8 * count)).cast("d")
        """Shared by all: for how long the successor of each boots, where a process died of a request that says so."""

    def live(self) -> int:
        """Run until stdin ends or a signal comes; returns the exit code."""
        rung: set[signal.Signals] = set()
        self._listen_for_signals(rung)
        try:
            for number in range(self._count):
                self._fork(number)
            while not self._failed and not rung & {signal.SIGTERM, signal.SIGINT}:
                if self._stdin_ended():
                    break
                self._bury(replace=True)
            if signal.SIGTERM in rung and not self._failed:
                self._finish(rung)
        finally:
            self._kill()
        return int(self._failed)

    def _listen_for_signals(self, rung: set[signal.Signals]) -> None:
        for end in (self._reminder, self._bell):
            end.setblocking(False)
        for number in _SIGNALS:
            signal.signal(number, lambda rang, _frame: rung.add(signal.Signals(rang)))
        signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)

    def _stdin_ended(self, patience_s: float | None = None) -> bool:
        """Wait for stdin or a signal, perhaps not for ever; whether stdin is at its end."""
        if sys.stdin is None:
            return True
        stdin, reminder = 0, self._reminder.fileno()
        ready, _, _ = select.select([stdin, reminder], [], [], patience_s)
        if reminder in ready:
            self._reminder.recv(4096)
        return stdin in ready and not os.read(stdin, 4096)

    def _fork(self, number: int) -> None:
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            self._children[pid] = (number, time.monotonic())
            self._forked(number)
            return
        code = 1
        try:
            self._become_child()
            self._boot(number)
            self._child(number)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _become_child(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches everybody; the master decides
        self._reminder.close()
        self._bell.close()
        if self._prctl is not None:
            self._prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
        if os.getppid() != self._master:  # it died before the line above
            os._exit(1)

    def _boot(self, number: int) -> None:
        """As long as its predecessor was told; a fork alone takes milliseconds."""

        def leave_word(boot_s: float) -> None:
            self._boots[number] = boot_s

        boot_s, self._boots[number] = self._boots[number], 0.0
        before_a_crash(leave_word)
        time.sleep(boot_s)

    def _bury(self, *, replace: bool) -> None:
        """Take note of processes that have ended, and fork anew."""
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            number, born = self._children.pop(pid)
            if os.WIFEXITED(status) and os.WEXITSTATUS(status) and time.monotonic() - born < _BOOT_S:
                self._failed = True
            elif replace:
                self._fork(number)

    def _finish(self, rung: set[signal.Signals]) -> None:
        """Let the processes finish what they are doing, up to the time of grace; stdin or Ctrl-C ends it earlier."""
        end = time.monotonic() + self._grace_s
        while self._children and time.monotonic() < end and signal.SIGINT not in rung:
            for pid in self._children:
                os.kill(pid, signal.SIGTERM)
            if self._stdin_ended(_REMIND_S):
                return
            self._bury(replace=False)

    def _kill(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
        for pid in self._children:
            os.waitpid(pid, 0)
