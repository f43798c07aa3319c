"""Settings of processes with an event loop each."""

from dataclasses import dataclass
from typing import Literal

from models.settings import MOST_CONNECTIONS, MOST_PROCESSES, Neighbours, Size, check, setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Several processes, each with an event loop of its own."""

    processes: int = setting(
        4, "Processes, each with an event loop (uvicorn --workers).", minimum=1, maximum=MOST_PROCESSES
    )
    sharing: Literal["even", "warm", "reuseport"] = setting(
        "warm",
        "Who gets a connection for which several processes wait: a random one (even), the one that ran last (warm), or "
        "each has a socket and a backlog of its own (reuseport). For real servers only reuseport can be chosen.",
        choices=("even", "warm", "reuseport"),
    )
    backlog: int = setting(
        2048, "Connections that the kernel keeps waiting (uvicorn 2048).", minimum=0, maximum=MOST_CONNECTIONS
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
