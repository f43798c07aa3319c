"""Settings of Node."""

from dataclasses import dataclass

from models.settings import MOST_CONNECTIONS, MOST_PROCESSES, Neighbours, Size, check, setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Event loops that hand files, crypto and compression to a pool of threads."""

    processes: int = setting(
        1,
        "Processes; of several, a primary accepts and deals connections to them in turn.",
        minimum=1,
        maximum=MOST_PROCESSES,
    )
    pool: int = setting(4, "Threads of libuv in each process (UV_THREADPOOL_SIZE).", minimum=1, maximum=1024)
    backlog: int = setting(
        511, "Connections that the kernel keeps waiting (Node 511).", minimum=1, maximum=MOST_CONNECTIONS
    )

    def __post_init__(self) -> None:
        """Refuse settings that no server could have."""
        check(self)


NEIGHBOURS = Neighbours(
    slots=(Size("pool", "{n} libuv thread", "{n} libuv threads"),),
    processes=Size("processes", "{n} process", "{n} processes"),
    own_processes="prefork",
)

ALIASES = ("koa", "nodejs", "express")
"""What is known by another name, and is the same server: frameworks on ``http.createServer``."""

PROFILE = OWN_COSTS = "node"
"""Whose costs it has, if nobody says something else; its real server is Node, too."""

NEEDS = ("node", "apt-get install nodejs")
"""What its real server runs on, as a program or a package is called, and how that is installed."""
