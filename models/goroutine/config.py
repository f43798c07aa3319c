"""Settings of the goroutine server."""

from dataclasses import dataclass

from models.settings import MOST_CONNECTIONS, MOST_PROCESSES, Neighbours, check, setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """A goroutine for each connection, in one process."""

    gomaxprocs: int = setting(
        0,
        "Goroutines that compute at once (GOMAXPROCS); 0: as many as the machine has cores, of which a container's "
        "quota is no part (Go below 1.25).",
        minimum=0,
        maximum=MOST_PROCESSES,
    )
    backlog: int = setting(
        4096,
        "Connections that the kernel keeps waiting (Go takes all that net.core.somaxconn allows: 4096).",
        minimum=0,
        maximum=MOST_CONNECTIONS,
    )

    def __post_init__(self) -> None:
        """Refuse settings that no server could have."""
        check(self)


NEIGHBOURS = Neighbours(all_cores=("gomaxprocs", 0))

PROFILE = OWN_COSTS = "go"
"""Whose costs it has, if nobody says something else; its real server is Go's, too."""

ALIASES = ("go", "golang", "gin", "echo", "fasthttp")
"""Go's own server, and frameworks on it."""

NEEDS = ("go", "apt-get install golang-go")
"""What its real server is built with, and how that is installed."""
