"""Settings of the development server."""

from dataclasses import dataclass

from models.settings import MOST_CONNECTIONS, Neighbours, check, setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """One process, one thread, one request at a time."""

    backlog: int = setting(
        5,
        "Connections that the kernel keeps waiting (socketserver listens with 5).",
        minimum=0,
        maximum=MOST_CONNECTIONS,
    )

    def __post_init__(self) -> None:
        """Refuse settings that no server could have."""
        check(self)


NEIGHBOURS = Neighbours(
    more_slots="prefork",
    holds_nothing="coroutine",
    own_processes="prefork",
)

PROFILE = "wsgiref"
"""Whose costs it has, if nobody says something else."""
