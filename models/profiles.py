"""What serving a request costs, by server: computing and waiting apart, hot and cold, each figure with its source.

What to watch: a server that is hot, in a closed loop, computes half of what it does when a request comes now and then
and finds its process asleep. So a profile says both: what a request costs where the process never sleeps, and what
waking adds where it does. Nothing here is fitted to a run: ``hot`` and ``cold`` are measured, the rest follows from
them by the rules below, which hold for all servers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp

from simulator.words.language import later

MINI = "mini"
"""The servers of this project: the costs that ``Machine`` has by itself."""

MEASURED = later(
    "Poisson arrivals at 12/s on an idle machine, and a hot closed loop; 2 vCPUs, Linux 6.18, CPython 3.11"
)
"""How the figures were taken, unless a profile says something else."""

BESIDE = later("beside gunicorn sync, in the same way on a faster machine: 0.17 of its hot and 0.25 of its cold figure")

OURS = later("`simulate calibrate` on the same machine")
PROXY = later(
    "nginx and gunicorn sync, less gunicorn sync alone: Poisson arrivals at 12/s on an idle machine, and a hot closed "
    "loop; 2 vCPUs, Linux 6.18, CPython 3.11"
)

# The cold figure, and how it becomes a cost of waking. A sleep of 2 ms makes the computing that follows 3 to 5 us
# dearer for each wake-up in it, 10 ms 8 to 10 us, 80 ms 65 to 80 us: in proportion to the sleep, up to about 80 ms.

WAKE_AFTER_S = 0.080
ARRIVALS = 12.0
"""Requests a second of the cold measurement, at random."""
OWN_WAIT_S = 0.020
"""What each of its requests waited for, in one piece, between parsing and responding."""


def _wakes(rate: float, wait_s: float, whole_s: float) -> float:
    """How many whole costs of waking a request pays that computes when it comes and once more after its wait.

    Computing is in the past for longer than t if nobody came within t, nor within t before a wait: two stretches of t,
    or one of t + wait where they overlap. The mean of min(t / whole, 1) is the integral of that probability.
    """
    apart = (1 - exp(-2 * rate * wait_s)) / (2 * rate)
    overlapping = exp(-rate * wait_s) * (exp(-rate * wait_s) - exp(-rate * whole_s)) / rate
    comes, goes_on = apart + overlapping, apart
    return (comes + goes_on) / whole_s


WAKES = _wakes(ARRIVALS, OWN_WAIT_S, WAKE_AFTER_S)
"""0.73. So a server of which the cold and the hot figure differ by 0.53 ms pays 0.73 ms for waking after 80 ms."""

# The hot figure, and how it is shared out: as with the servers of this project, where both could be measured.

ACCEPT, PARSE, RESPOND = 0.08, 0.58, 0.34
"""Accepting, reading and parsing, building the response and writing it: 20, 145 and 85 of 250 us."""
LOOP_TURN_S, TASK_SWITCH_S = 15e-6, 2.7e-6
TURNS = 2
"""Of a loop, for a request of the measurement that only waits: one before its wait, one after it."""
TIMER_LATE_S = {"sleep": 175e-6, "poll": 0.4e-3}
"""How late a wait ends: time.sleep 0.1 to 0.25 ms, an event loop that counts milliseconds 0.36 to 0.44 ms."""


LAYER_S = {"django": 6.3e-6}
"""Of one middleware: seven of Django 5.2's default ones need 95 us instead of 50 us without, in CPython 3.11; a layer
that does nothing but add a header needs 0.8 us in a tight loop, 1.5 us in a server. What a middleware asks a database
is waiting, and belongs to a load."""
HTTP_TEXT_S = {"python": 2e-6, "uwsgi": 0.5e-6}
"""HTTP less uwsgi: 20.7 and 18.5 us for the same request in the parsers of this project, 14.0 and 13.6 us in all of
uWSGI 2.0 (17.2 and 16.6 us behind nginx, which itself needs 29 us for proxy_pass and 31 us for uwsgi_pass)."""


ACCEPT_BATCH = {"uvicorn": 1, "node": 1, "tornado": 128, "twisted": 20}
"""Connections accepted in one turn: libuv, on which uvloop and Node stand, takes one (``uv__server_io``, since 1.45),
Tornado 128 (``add_accept_handler``, tornado/netutil.py), asyncio all of its backlog (``_accept_connection``). Twisted
takes as many as the last time, and 20 more where that was all (``Port.doRead``, twisted/internet/tcp.py)."""

HAND_OVER_S = {"uvicorn": 30e-6, "node": 6e-6, "twisted": 30e-6}
"""A call that a loop gives to a thread, there and back: computing more than for the same call made at once. 20 000
writes of libuv to /dev/null, one after another, less as many of ``writeSync``; 5 000 of ``deferToThread(int)``; 3 000
of ``run_in_executor`` of asyncio in CPython 3.11, for uvicorn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The costs of one server."""

    name: str
    title: str
    """What it is called by those who made it; may be translated."""
    costs: Mapping[str, float] = field(default_factory=dict)
    """Values of fields of ``Machine``; what is not said has its default there."""
    hot_s: float | None = None
    """Measured: computing for a request beside its own work, in a hot closed loop."""
    cold_s: float | None = None
    """The same at 12 requests a second, on an idle machine."""
    source: str
    """Where the figures come from; may be translated."""
    measured_here: bool = False
    """On this machine: of its server it knows better than a machine file, whose costs are those of other servers."""


LINGERS_S = {"gunicorn-sync": 2.0, "gunicorn-gthread": 2.0}
"""Who waits for its client to close after the response, how long: ``close_graceful``, gunicorn/util.py 27.0.1."""


def _python(
    name: str,
    title: str,
    hot_s: float,
    cold_s: float,
    *,
    hand_over_s: float = 0.0,
    source: str = MEASURED,
) -> Profile:
    """A server of processes or threads that block."""
    rest = hot_s - hand_over_s
    return Profile(
        name=name,
        title=title,
        hot_s=hot_s,
        cold_s=cold_s,
        source=source,
        costs={
            "accept_cost_s": ACCEPT * rest,
            "request_cost_s": PARSE * rest,
            "response_cost_s": RESPOND * rest,
            "hand_over_cost_s": hand_over_s,
            "middleware_cost_s": LAYER_S["django"],
            "http_text_cost_s": min(HTTP_TEXT_S["uwsgi" if name == "uwsgi" else "python"], PARSE * rest),
            "io_late_s": TIMER_LATE_S["sleep"],
            "wake_cost_s": (cold_s - hot_s) / WAKES,
            "wake_after_s": WAKE_AFTER_S,
            "linger_s": LINGERS_S.get(name, 0.0),
        },
    )


def _gthread() -> Profile:
    """Its main thread makes many calls that let go of the GIL: counted in gunicorn/workers/gthread.py.

    Accepting: accept4, getsockname twice, ioctl three times, epoll_wait, utime. Reading: epoll_create, epoll_ctl,
    epoll_wait, close, ioctl twice, recv. Closing: read of the pipe, ioctl twice, shutdown, recv, close, utime and more.
    """
    plain = _python("gunicorn-gthread", later("gunicorn 27, class gthread"), 0.68e-3, 0.93e-3, hand_over_s=0.33e-3)
    calls = {"accept_releases": 8, "request_releases": 7, "close_releases": 8}
    return replace(plain, costs={**plain.costs, **calls})


def _uwsgi() -> Profile:
    """It listens with TCP_DEFER_ACCEPT, for as long as its socket timeout (``bind_to_tcp``, core/socket.c)."""
    plain = _python("uwsgi", "uWSGI 2.0", 0.17 * 0.35e-3, 0.25 * 0.88e-3, source=BESIDE)
    return replace(plain, costs={**plain.costs, "defer_accept_s": 4.0})


def _loop(name: str, title: str, hot_s: float, cold_s: float, turn_s: float, switch_s: float) -> Profile:
    """A server on an event loop."""
    rest = hot_s - TURNS * (turn_s + switch_s)
    return Profile(
        name=name,
        title=title,
        hot_s=hot_s,
        cold_s=cold_s,
        source=MEASURED,
        costs={
            "accept_cost_s": ACCEPT * rest,
            "request_cost_s": PARSE * rest,
            "response_cost_s": RESPOND * rest,
            "accept_batch": ACCEPT_BATCH.get(name, 0),
            "loop_turn_cost_s": turn_s,
            "task_switch_cost_s": switch_s,
            **({"hand_over_cost_s": HAND_OVER_S[name]} if name in HAND_OVER_S else {}),
            "io_late_s": TIMER_LATE_S["poll"],
            "wake_cost_s": (cold_s - hot_s) / WAKES,
            "wake_after_s": WAKE_AFTER_S,
        },
    )


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(name=MINI, title=later("the servers of this project"), source=OURS),
        _python("gunicorn-sync", later("gunicorn 27, class sync"), 0.35e-3, 0.88e-3),
        _gthread(),
        _loop("gunicorn-gevent", later("gunicorn 27, class gevent"), 0.52e-3, 0.98e-3, LOOP_TURN_S, 1.5e-6),
        _loop("uvicorn", "uvicorn 0.54", 0.35e-3, 0.78e-3, LOOP_TURN_S, TASK_SWITCH_S),
        _uwsgi(),
        _python("waitress", "waitress 3", 0.43e-3, 0.57e-3, hand_over_s=0.10e-3),
        _python("wsgiref", later("wsgiref of CPython 3.11"), 0.33e-3, 0.62e-3),
        _loop("aiohttp", "aiohttp 3", 0.42e-3, 0.68e-3, LOOP_TURN_S, TASK_SWITCH_S),
        _loop("tornado", "Tornado 6", 0.45e-3, 0.78e-3, LOOP_TURN_S, TASK_SWITCH_S),
        _loop("twisted", "Twisted 24", 0.43e-3, 0.73e-3, LOOP_TURN_S, 0.0),
        _loop("node", "Node 20", 0.19e-3, 1.18e-3, 5e-6, 0.0),
        _python("go", "Go 1.19, net/http", 0.24e-3, 0.68e-3),
        Profile(
            name="nginx",
            title=later("nginx 1.22 as a proxy"),
            hot_s=0.36e-3,
            cold_s=0.25e-3,
            source=PROXY,
            # behind it gunicorn sync needed 0.71 ms hot and 1.13 cold, alone 0.35 and 0.88: waking costs it nothing
            costs={"proxy_cost_s": 0.30e-3},
        ),
    )
}
