"""Settings of Twisted."""

from dataclasses import dataclass

from models.settings import MOST_CONNECTIONS, MOST_PROCESSES, Neighbours, Size, check, setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """One reactor, and a pool of threads to which code defers calls that block."""

    pool: int = setting(
        10, "Threads of the reactor's pool (deferToThread; Twisted 10).", minimum=1, maximum=MOST_PROCESSES
    )
    backlog: int = setting(
        50, "Connections that the kernel keeps waiting (Twisted 50).", minimum=0, maximum=MOST_CONNECTIONS
    )

    def __post_init__(self) -> None:
        """Refuse settings that no server could have."""
        check(self)


NEIGHBOURS = Neighbours(
    slots=(Size("pool", "{n} reactor thread", "{n} reactor threads"),),
    own_processes="prefork",
)

ALIASES = ("twistd",)
"""What is known by another name, and is the same server."""

PROFILE = "twisted"
"""Whose costs it has, if nobody says something else."""

NEEDS = ("twisted", "pip install twisted")
"""What its real server runs on, as a program or a package is called, and how that is installed."""
