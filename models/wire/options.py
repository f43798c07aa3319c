"""Flags of a server: the fields of its model's Config, and what every server is asked besides."""

import argparse
import dataclasses
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from models.settings import SettingError, check, setting

C = TypeVar("C")
Lingers = Callable[[C], bool]
"""Whether a server with these settings can wait for its clients to close."""


Calls = Callable[[C], bool]
"""Whether a server with these settings can call an application."""


def never(_: object) -> bool:
    """Of a server that closes at once, or calls nothing."""
    return False


def always(_: object) -> bool:
    """Of one that can, whatever its settings."""
    return True


@dataclass(frozen=True, kw_only=True)
class Options:
    """What only a real server needs to know."""

    report: str = setting("", "File to which every process appends a line per request.")
    idle_timeout: float = setting(
        60.0, "Seconds that a client may neither send nor read before it is dropped (nginx 60).", minimum=0.001
    )
    grace: float = setting(30.0, "Seconds that running requests are given after SIGTERM (gunicorn 30).", minimum=0)
    linger: float = setting(
        0.0, "Seconds, at most, that clients are given to close when they have the response (gunicorn 2).", minimum=0
    )

    application: str = setting(
        "", "Call this WSGI application (of the coroutine servers: ASGI) instead of doing what requests ask for."
    )
    buffer_size: int = setting(
        4096, "With --protocol uwsgi: bytes that the variables of a request may have.", minimum=1, maximum=65535
    )

    def __post_init__(self) -> None:
        """Refuse options that no server could have."""
        check(self)

    @property
    def report_path(self) -> Path | None:
        """The report as a path, None without one."""
        return Path(self.report) if self.report else None


def is_installed(needs: tuple[str, str]) -> bool:
    """Whether what a server runs on is there, its ``NEEDS``; else it is said on stderr how to install that."""
    name, install = needs
    there = shutil.which(name) is not None or find_spec(name) is not None
    if not there:
        print(f"this server runs on {name}, which is not installed; type {install}", file=sys.stderr)  # noqa: T201
    return there


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One message instead of the usage and a message."""
        self.exit(2, f"{self.prog}: {message}; try --help\n")


def parse_flags(config: type[C], description: str | None, *, lingers: Lingers[C], calls: Calls[C]) -> tuple[C, Options]:
    """The settings and options on the command line; ends the program with code 2 where they cannot be used.

    A server that does not linger refuses to be told: the flag must not be taken and then do nothing. Likewise one that
    calls no application.
    """
    words = (sys.modules["__main__"].__spec__ or argparse.Namespace(name=sys.argv[0])).name
    parser = _Parser(prog=f"python -m {words}", description=description, allow_abbrev=False)
    _add(parser, config)
    _add(parser, Options)
    values = vars(parser.parse_args())
    try:
        settings, options = _take(config, values), _take(Options, values)
    except SettingError as error:
        parser.error(str(error))
    if options.linger and not lingers(settings):
        parser.error(f"--linger {options.linger}: this server closes at once; leave it out")
    layers: int = getattr(settings, "middlewares", 0)
    if (options.application or layers) and not calls(settings):
        flag = f"--application {options.application}" if options.application else f"--middlewares {layers}"
        parser.error(f"{flag}: this server calls no application; leave it out")
    if getattr(settings, "protocol", "http") == "uwsgi" and not calls(settings):
        parser.error("--protocol uwsgi: this server speaks HTTP only; leave it out")
    if options.buffer_size != Options().buffer_size and getattr(settings, "protocol", "http") != "uwsgi":
        parser.error(f"--buffer-size {options.buffer_size}: only of --protocol uwsgi; leave it out")
    return settings, options


def _add(parser: argparse.ArgumentParser, settings: type[Any]) -> None:
    for field in dataclasses.fields(settings):
        how: dict[str, Any] = {"type": type(field.default), "choices": field.metadata["choices"]}
        if isinstance(field.default, bool):
            how = {"action": argparse.BooleanOptionalAction}
        elif isinstance(field.default, tuple):
            how = {"action": "append"}
        default = "" if field.default in ("", ()) else f" [{field.default}]"
        help_ = (field.metadata["help"] + default).replace("%", "%%")
        # Without a default here, a flag that may be repeated begins with an empty list.
        parser.add_argument("--" + field.name.replace("_", "-"), help=help_, **how)


def _take(settings: type[C], values: dict[str, Any]) -> C:
    given = {field.name: values[field.name] for field in dataclasses.fields(settings)}  # type: ignore[arg-type]
    return settings(**{name: _frozen(value) for name, value in given.items() if value is not None})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
