"""The machine that the server runs on: its cores, and the fixed costs that no configuration removes.

The defaults are what a small cloud machine (2 vCPUs, Linux 6.18, CPython 3.11) was measured to need; trust their ratios
more than their absolute values. A scenario's ``[machine]`` table overrides any of them.
"""

from dataclasses import dataclass, replace
from typing import Literal

from simulator.plan.resources import Backlog, Cores, Gil

LINEAR_RETRIES_S = (1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 11.0, 19.0, 35.0, 67.0)
"""Linux 6.5 and later: tcp_syn_linear_timeouts = 4, tcp_syn_retries = 6; gives up after 131 s (ip-sysctl.rst)."""
CLASSIC_RETRIES_S = (1.0, 3.0, 7.0, 15.0, 31.0, 63.0)
"""Exponential backoff from 1 s, tcp_syn_retries = 6; gives up after 127 s (RFC 6298, ip-sysctl.rst)."""
SYN_TIMEOUT_S = {"linear": 131.0, "classic": 127.0}


SHARES = ("gil_asker_wins", "gil_release_loss", "free_threading_cost")
"""Fields that are neither times nor sizes."""


PYTHON_COSTS_S = (
    *("accept_cost_s", "request_cost_s", "response_cost_s", "hand_over_cost_s", "loop_turn_cost_s"),
    *("task_switch_cost_s", "middleware_cost_s", "http_text_cost_s", "mebibyte_cost_s"),
)
"""Fields that say what Python code computes."""
COUNTS = ("accept_releases", "request_releases", "close_releases", "accept_batch")
KNOWN = (*COUNTS, "defer_accept_s")
"""Fields that count what a server does; they, and how it listens, are known from its code, and from no measurement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Cores and fixed costs. Times in seconds, sizes in bytes."""

    cores: int = 2
    """Processor cores; 0.5 or 1.5 in a file or a flag is the CPU quota of a container, counted in periods of 100 ms."""
    cpu_quota: float = 0.0
    """A container's quota in cores, which files and flags say as ``cores = 0.5`` or ``1.5``; 0: there is none."""
    time_slice_s: float = 0.0014
    """How long a thread runs before another runnable one gets the core (EEVDF base slice, Linux 6.15, 2 cores)."""
    switch_cost_s: float = 2e-6
    """Computing lost at every switch between threads or processes (pipe ping-pong on one core: 2.0 microseconds)."""
    gil_switch_interval_s: float = 0.005
    """How long a thread waits for the GIL before it asks the holder to yield (sys.getswitchinterval)."""
    gil_asker_wins: float = 0.6
    """How often a thread that asked for the GIL gets it, from 0 to 1; otherwise another one that waits does."""
    gil_release_loss: float = 0.1
    """How often a call that lets go of the GIL for a moment loses it, from 0 to 1, while another waits."""
    free_threading_cost: float = 0.08
    """How much more a thread computes for the same in a build of Python without a GIL (3.14 on x86-64; 3.13: 0.4)."""
    cpu_factor: float = 1.0
    """So many times as long does the code of an application compute, which is no key of its own."""
    accept_releases: int = 1
    """Calls of an eagerly accepting thread for one connection that let go of the GIL (accept4; gthread has more)."""
    request_releases: int = 1
    """Calls of a thread that reads a request which is there already (recv; gthread has more)."""
    close_releases: int = 2
    """Calls of an eagerly accepting thread that closes a connection (read, close; gthread has more)."""
    accept_batch: int = 0
    """Connections that an event loop accepts in one turn (uvloop: 1); 0: all that wait."""
    accept_cost_s: float = 20e-6
    """Computing for accept() and for setting a connection up in Python."""
    request_cost_s: float = 145e-6
    """Computing to read and parse a request in Python, before its handler."""
    response_cost_s: float = 85e-6
    """Computing to build and write a response in Python, after the handler."""
    hand_over_cost_s: float = 235e-6
    """Computing to hand a connection from one Python thread to another and back (executor, wake-up, selector)."""
    loop_turn_cost_s: float = 15e-6
    """Computing for one turn of an event loop: the selector and the callback."""
    task_switch_cost_s: float = 2.7e-6
    """Computing to suspend and resume a coroutine."""
    middleware_cost_s: float = 1.5e-6
    """Computing of one layer of middleware, on the way in and out together (a call and a header; Django's: 6 us)."""
    http_text_cost_s: float = 2e-6
    """What of request_cost reads HTTP as text, saved where a request comes as a uwsgi packet (uWSGI: 0.5 us)."""
    proxy_cost_s: float = 150e-6
    """Computing that nginx needs to take in a request, pass it on, and pass the response back."""
    io_late_s: float = 0.0
    """How much later a wait ends than it should: the timer, and the waking."""
    wake_cost_s: float = 0.0
    """Computing more, for a process that has slept for long and computes again: caches and the core are cold."""
    wake_after_s: float = 0.08
    """A process that has slept for so long pays all of wake_cost, after a shorter sleep a part in proportion."""
    receive_buffer: float = 65536.0
    """Bytes that the kernel takes in for a connection nobody reads from (window at Linux's default tcp_rmem)."""
    send_buffer: float = 131072.0
    """Bytes that the kernel takes from a writer at once: the send buffer and what the client's window lets go."""
    send_buffer_most: float = 4194304.0
    """Bytes to which the send buffer grows while the client reads (tcp_wmem); below send_buffer: it does not grow."""
    defer_accept_s: float = 0.0
    """For about so long an ACK without data lets nobody into the backlog (TCP_DEFER_ACCEPT; uWSGI: 4 s); 0: it does."""
    linger_s: float = 0.0
    """How long a server waits for its client to close after the response (gunicorn >= 26: 2 s); 0: it closes first."""
    mebibyte_cost_s: float = 0.0
    """Computing for each MiB of a request's body, where it is parsed (a good Python server: 1.6 ms)."""
    syn_retries: Literal["linear", "classic"] = "linear"
    """When a dropped SYN is repeated: at 1, 2, 3, 4, 5, 7 s ... (linear) or at 1, 3, 7, 15 s ... (classic)."""
    full_backlog: Literal["drop", "refuse"] = "drop"
    """Who finds the backlog full is not heard, and has to repeat it, or is refused (tcp_abort_on_overflow)."""

    @property
    def cores_as_typed(self) -> float:
        """As files and flags say them: those of the quota, where there is one."""
        return self.cpu_quota or self.cores

    @property
    def processor(self) -> Cores:
        """The cores as a resource of a plan."""
        return Cores(
            self.cores,
            self.time_slice_s,
            self.switch_cost_s,
            wake_cost_s=self.wake_cost_s,
            wake_after_s=self.wake_after_s,
            quota=self.cpu_quota,
        )

    @property
    def without_gil(self) -> "Machine":
        """What the same costs are in a build of Python without a GIL; no call has one to let go of."""
        slower = 1.0 + self.free_threading_cost
        costs = {name: getattr(self, name) * slower for name in PYTHON_COSTS_S}
        return replace(self, **costs, cpu_factor=slower, accept_releases=0, request_releases=0, close_releases=0)

    def reading_s(self, protocol: str) -> float:
        """Computing to read and parse a request: less of it where a front has read the text and sends a packet."""
        return max(self.request_cost_s - (self.http_text_cost_s if protocol == "uwsgi" else 0.0), 0.0)

    def gil(self, processes: int) -> Gil:
        """CPython's lock, in so many processes."""
        wins, loss = self.gil_asker_wins, self.gil_release_loss
        return Gil("GIL", processes, self.gil_switch_interval_s, asker_wins=wins, release_loss=loss)

    def backlog(self, limit: int, processes: int = 1) -> Backlog:
        """What a server listens on; with several processes, a socket for each.

        Before 6.14, Linux remembered one half-open handshake less than a backlog has places.
        """
        remembers = None if self.syn_retries == "linear" else limit
        return Backlog("backlog", limit, self.refuses, processes, self.defer_accept_s, remembers)

    @property
    def refuses(self) -> bool:
        """Whether a full backlog refuses connections."""
        return self.full_backlog == "refuse"

    @property
    def retries_s(self) -> tuple[float, ...]:
        """Seconds after the first SYN at which a dropped one is repeated."""
        return LINEAR_RETRIES_S if self.syn_retries == "linear" else CLASSIC_RETRIES_S

    @property
    def syn_timeout_s(self) -> float:
        """Seconds after the first SYN at which connecting fails."""
        return SYN_TIMEOUT_S[self.syn_retries]
