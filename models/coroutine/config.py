"""Settings of the coroutine server."""

from dataclasses import dataclass
from typing import Literal

from models.settings import MOST_CONNECTIONS, MOST_PROCESSES, Neighbours, Size, check, setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Event loops that run coroutines."""

    processes: int = setting(1, "Processes; each runs one event loop.", minimum=1, maximum=MOST_PROCESSES)
    backlog: int = setting(
        2048,
        "Connections that the kernel keeps waiting (uvicorn 2048, asyncio 100).",
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
    one_queue=("sharing", "even"),
    own_processes="prefork",
    hands_over="offloading",
)

PROFILE = "uvicorn"
"""Whose costs it has, if nobody says something else."""
