"""Settings of the threaded server."""

from dataclasses import dataclass
from typing import Literal

from models.settings import (
    MOST_CONNECTIONS,
    MOST_PROCESSES,
    MOST_THREADS,
    Neighbours,
    SettingError,
    Size,
    check,
    setting,
)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Threads in one or more processes, each process with its own GIL."""

    processes: int = setting(1, "Processes; each has its own GIL.", minimum=1, maximum=MOST_PROCESSES)
    threads: int = setting(
        4, "Threads in each process; each serves one connection at a time.", minimum=1, maximum=MOST_PROCESSES
    )
    accept: Literal["idle", "eager", "buffered"] = setting(
        "idle",
        "Who accepts: an idle thread (uWSGI), or eagerly one main thread of each process (gunicorn gthread), which can "
        "buffer requests and responses too, so that threads never wait for clients (waitress).",
        choices=("idle", "eager", "buffered"),
    )
    connections: int = setting(
        1000,
        "Unless threads accept: connections that one process takes in at most (worker_connections).",
        minimum=1,
        maximum=MOST_CONNECTIONS,
    )
    free_threaded: bool = setting(
        False,
        "Whether Python was built without a GIL (python3.14t): threads compute on all cores, each a little slower.",
        quiet=True,
    )
    backlog: int = setting(
        2048,
        "Connections that the kernel keeps waiting (gunicorn 2048, uWSGI 100).",
        minimum=0,
        maximum=MOST_CONNECTIONS,
    )

    sharing: Literal["even", "warm", "reuseport"] = setting(
        "warm",
        "Who gets a connection for which several processes wait: a random one (even), with eager accept the one that "
        "ran last (warm), or each has a socket and a backlog of its own (reuseport). For real servers only reuseport "
        "can be chosen.",
        choices=("even", "warm", "reuseport"),
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
        threads = self.processes * self.threads
        if threads > MOST_THREADS:
            raise SettingError(
                "--processes {processes} --threads {threads}: expected at most {most} threads in all",
                processes=self.processes,
                threads=self.threads,
                most=MOST_THREADS,
            )


NEIGHBOURS = Neighbours(
    slots=(Size("threads", "{n} thread", "{n} threads"),),
    processes=Size("processes", "{n} process", "{n} processes"),
    accept_limit=Size("connections", "{n} connection in hand", "{n} connections in hand"),
    when_idle=("accept", "idle"),
    one_queue=("sharing", "even"),
    holds_nothing="coroutine",
    own_processes="prefork",
)

PROFILE = {"idle": "uwsgi", "eager": "gunicorn-gthread", "buffered": "waitress"}
"""Whose costs it has, if nobody says something else: that depends on who accepts."""
