"""Settings of nginx in front of another server."""

from dataclasses import dataclass

from models.settings import LONGEST_S, MOST_BYTES, MOST_CONNECTIONS, Neighbours, Size, check, setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """A reverse proxy between the clients and the server."""

    request_buffering: bool = setting(
        True, "Request buffering: nginx takes in the whole request before it connects to the server."
    )
    response_buffering: bool = setting(
        True, "Response buffering: nginx takes the whole response at once, then feeds the client."
    )
    connections: int = setting(
        512,
        "Clients that nginx serves at once (worker_connections counts both sides of each).",
        minimum=1,
        maximum=MOST_CONNECTIONS,
    )
    memory_buffers: int = setting(
        36864,
        "Bytes of a response kept in memory (proxy_buffer_size + proxy_buffers).",
        minimum=0,
        maximum=MOST_BYTES,
        unit="B",
    )
    temp_file: int = setting(
        1073741824,
        "Bytes of a response kept on disk beyond that (proxy_max_temp_file_size).",
        minimum=0,
        maximum=MOST_BYTES,
        unit="B",
    )
    connect_timeout: float = setting(
        60.0, "Seconds that nginx tries to connect to the server.", minimum=0.001, maximum=LONGEST_S, unit="s"
    )

    def __post_init__(self) -> None:
        """Refuse settings that no proxy could have."""
        check(self)


NEIGHBOURS = Neighbours(
    slots=(Size("connections", "{n} connection of nginx", "{n} connections of nginx"),),
    backlog=None,
    buffers=("request_buffering", "response_buffering"),
    kept=Size("temp_file", "a temporary file of {n} byte", "a temporary file of {n} bytes"),
)

PROFILE = "nginx"
"""Whose costs it has, if nobody says something else."""
