"""Settings of the prefork server."""

from dataclasses import dataclass
from typing import Literal

from models.settings import MOST_CONNECTIONS, MOST_PROCESSES, Neighbours, Size, check, setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Forked workers around one listening socket."""

    workers: int = setting(
        4, "Forked worker processes; each serves one connection at a time.", minimum=1, maximum=MOST_PROCESSES
    )
    backlog: int = setting(
        2048,
        "Connections that the kernel keeps waiting (gunicorn 2048, uWSGI 100).",
        minimum=0,
        maximum=MOST_CONNECTIONS,
    )

    sharing: Literal["even", "reuseport"] = setting(
        "even",
        "Where connections wait: in one queue for all workers (even), or each has a socket and a backlog of its own "
        "(reuseport, gunicorn's --reuse-port).",
        choices=("even", "reuseport"),
    )

    protocol: Literal["http", "uwsgi"] = setting(
        "http",
        "What is spoken to the server: HTTP, or uwsgi by the nginx in front (uwsgi_pass instead of proxy_pass).",
        choices=("http", "uwsgi"),
        quiet=True,
    )
    middlewares: int = setting(
        0,
        "Layers of middleware around the application; each costs middleware_cost.",
        minimum=0,
        maximum=1000,
        quiet=True,
    )

    def __post_init__(self) -> None:
        """Refuse settings that no server could have."""
        check(self)


NEIGHBOURS = Neighbours(
    slots=(Size("workers", "{n} worker", "{n} workers"),),
    processes=Size("workers", "{n} worker", "{n} workers"),
    one_queue=("sharing", "even"),
    holds_nothing="coroutine",
)

PROFILE = "gunicorn-sync"
"""Whose costs it has, if nobody says something else."""
