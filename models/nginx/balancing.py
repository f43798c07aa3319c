"""Which of several servers gets the next request, and what the proxy is told to do on its command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from models.nginx.config import Config
from models.settings import SettingError, setting

Address = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class ProxyConfig(Config):
    """A reverse proxy, and the servers behind it."""

    upstream: tuple[str, ...] = setting((), "A server behind, as HOST:PORT; may be given several times.")
    balance: Literal["round-robin", "least-connections"] = setting(
        "round-robin",
        "Which server is next: each in turn, or the one with the fewest requests.",
        choices=("round-robin", "least-connections"),
    )

    speak: Literal["http", "uwsgi"] = setting(
        "http", "What it speaks to the servers behind (proxy_pass or uwsgi_pass).", choices=("http", "uwsgi")
    )

    def __post_init__(self) -> None:
        """Refuse settings that no proxy could have."""
        super().__post_init__()
        if not self.addresses:
            raise SettingError("--upstream is missing: expected at least one --upstream HOST:PORT")

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The servers behind."""
        return tuple(_address(text) for text in self.upstream)


class Balancer:
    """Remembers whose turn it is, and how many requests each server has."""

    def __init__(self, config: ProxyConfig) -> None:
        self._turns = list(config.addresses)
        self._requests = dict.fromkeys(self._turns, 0)
        self._least = config.balance == "least-connections"

    def order(self) -> tuple[Address, ...]:
        """The servers in the order in which to try them."""
        order = tuple(sorted(self._turns, key=self._requests.__getitem__) if self._least else self._turns)
        self._turns.append(self._turns.pop(0))
        return order

    @contextmanager
    def busy(self, address: Address) -> Iterator[None]:
        """One more request for this server, until it is through."""
        self._requests[address] += 1
        try:
            yield
        finally:
            self._requests[address] -= 1


def _address(text: str) -> Address:
    host, colon, port = text.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise SettingError("--upstream {text}: expected HOST:PORT, for example 127.0.0.1:8000", text=text)
    return host, int(port)
