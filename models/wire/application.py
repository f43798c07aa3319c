"""How a server reads, and what it calls: an application named on its command line, or the load's own work in layers.

What to watch: a server knows an application by its name, and imports it before it forks. Which one it is makes no
difference to the server.
"""

import importlib
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from models.wire import uwsgi
from models.wire.blocking import receive
from models.wire.message import Request
from models.wire.report import Visit
from models.wire.stage import Stage
from models.wire.wsgi import Gateway

Receive = Callable[[socket.socket, Visit], Request]
LAYERS = "models.applications.layers:stacked"
"""What puts middlewares around the work that requests of a load ask for."""


def gateway(stage: Stage[Any], *, processes: int, threads: int) -> Gateway | None:
    """The WSGI side of a server with these settings; None where it does the requests' work itself."""
    layers, options = getattr(stage.config, "middlewares", 0), stage.options
    if not options.application and not layers:
        return None
    return Gateway(
        loaded(options.application) if options.application else loaded(LAYERS)(layers),
        processes,
        threads,
        uwsgi_buffer=options.buffer_size if stage.speaks_uwsgi else 0,
        reads_ahead=not options.application,  # so that each wait for the client has the place that it has in the model
    )


def receiver(stage: Stage[Any]) -> Receive:
    """What reads a whole request, in the protocol of this server."""
    return partial(uwsgi.receive, most=stage.options.buffer_size) if stage.speaks_uwsgi else receive


def check(stage: Stage[Any]) -> None:
    """Refuse an application that cannot be loaded before anybody knows the port."""
    if stage.options.application:
        loaded(stage.options.application)


def loaded(name: str) -> Callable[..., Any]:
    """The object that ``module:name`` names; ends the program with code 2 where there is none."""
    module, colon, path = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in (path if colon else "application").split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        refuse(name, str(error))
    except (Exception, SystemExit) as error:
        refuse(name, f"{type(error).__name__} while it was imported: {error}")
    if not callable(found):
        refuse(name, "it cannot be called")
    application: Callable[..., Any] = found
    return application


def refuse(name: str, why: str) -> NoReturn:
    """End the program."""
    expected = "expected MODULE:NAME, like models.applications.layers:application"
    said = " ".join(f"--application {name}: {why}; {expected}".split())
    print("".join(each if each.isprintable() else "\ufffd" for each in said), file=sys.stderr)  # noqa: T201
    sys.exit(2)
