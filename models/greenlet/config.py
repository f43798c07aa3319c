"""Settings of the greenlet server."""

from dataclasses import dataclass
from typing import Literal

from models.settings import MOST_CONNECTIONS, MOST_PROCESSES, Neighbours, Size, check, setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Greenlets in one or more processes, each process with its own hub."""

    processes: int = setting(1, "Processes; each runs one hub.", minimum=1, maximum=MOST_PROCESSES)
    pool: int = setting(
        1000,
        "Greenlets that one process has at most, one for each connection (worker_connections); at the limit it accepts "
        "nobody.",
        minimum=1,
        maximum=MOST_CONNECTIONS,
    )
    libraries: Literal["patched", "unpatched"] = setting(
        "patched",
        "Whether what the application waits with goes to the hub meanwhile, as monkey.patch_all sees to, or keeps it, "
        "as a library in C does that opens its own sockets (psycopg2 without psycogreen).",
        choices=("patched", "unpatched"),
    )
    backlog: int = setting(
        2048,
        "Connections that the kernel keeps waiting (gunicorn 2048, gevent's own servers 128).",
        minimum=0,
        maximum=MOST_CONNECTIONS,
    )
    sharing: Literal["even", "warm", "reuseport"] = setting(
        "warm",
        "Who gets a connection for which several processes wait: a random one (even), the one that ran last (warm), or "
        "each has a socket and a backlog of its own (reuseport). For real servers only reuseport can be chosen.",
        choices=("even", "warm", "reuseport"),
    )

    def __post_init__(self) -> None:
        """Refuse settings that no server could have."""
        check(self)


NEIGHBOURS = Neighbours(
    processes=Size("processes", "{n} process", "{n} processes"),
    accept_limit=Size("pool", "{n} greenlet", "{n} greenlets"),
    lets_go=("libraries", "patched"),
    one_queue=("sharing", "even"),
    own_processes="prefork",
)

PROFILE = "gunicorn-gevent"
"""Whose costs it has, if nobody says something else."""

NEEDS = ("gevent", "pip install gevent")
"""What its real server runs on, as a program or a package is called, and how that is installed."""
