"""The application for WSGI: gunicorn's sync and gthread, uWSGI, waitress. Each call blocks its worker or thread."""

from collections.abc import Callable, Iterator
from typing import Any

from models.applications.account import FIELDS, PIECE, Account, here
from models.wire.syntax import Refused
from models.wire.work import do


class Response:
    """The body; the server closes it when it has taken the last byte."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def __iter__(self) -> Iterator[bytes]:
        """Piece by piece."""
        return iter(self._account.pieces)

    def close(self) -> None:
        """PEP 3333: called however the request ends."""
        self._account.close()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    """Read the request, do its work, answer."""
    body = environ["wsgi.input"]
    while body.read(len(PIECE)):
        pass
    names = {name: "HTTP_" + name.upper().replace("-", "_") for name in FIELDS}
    try:
        account = Account({name: environ[key] for name, key in names.items() if key in environ})
    except Refused:
        start_response("400 Bad Request", [("Content-Length", "0")])
        return []
    for number, phase in enumerate(account.job.phases, 1):
        account.phase(number)
        do(phase)
    account.respond()
    start_response("200 OK", account.headers)
    return Response(account)


here()
