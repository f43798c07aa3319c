"""The uwsgi protocol: what nginx says to uWSGI instead of HTTP, with ``uwsgi_pass`` instead of ``proxy_pass``.

    byte 0     modifier1: 0 asks for a WSGI application
    bytes 1-2  size of the variables, least significant byte first
    byte 3     modifier2
    variables  size of a name, name, size of a value, value; and so on
    body       as it is, without a frame: CONTENT_LENGTH says how long

What to watch: there is no text to parse. The front has done that, and names the variables as CGI and WSGI do. uwsgi,
written small, is this protocol; uWSGI is one server that speaks it. The response is plain HTTP.
"""

import socket

from models.wire.blocking import CHUNK, read
from models.wire.message import Request
from models.wire.report import Visit
from models.wire.syntax import BODY_LIMIT, Refused

WSGI = 0
HEADER = 4
MOST = 0xFFFF
"""Bytes of variables that the header can announce."""
SHOWN = {71: "GET", 72: "HEAD", 79: "OPTIONS", 80: "POST"}
"""What a first byte that is no modifier known here usually is: the first letter of a request in HTTP."""


def receive_packet(connection: socket.socket, visit: Visit, most: int) -> tuple[Request, dict[str, str], bytes]:
    """A request, its variables, and what has come of its body. Raises Refused or OSError."""
    data = bytearray()
    while (size := packet_size(data, most)) is None or len(data) < size:
        data += read(connection, visit, CHUNK)
    variables = variables_of(bytes(data[HEADER:size]))
    return request_of(variables), variables, bytes(data[size:])


def receive(connection: socket.socket, visit: Visit, most: int) -> Request:
    """Read until the whole request is here; its body is counted and not kept. Raises Refused or OSError."""
    request, _, begun = receive_packet(connection, visit, most)
    missing = request.length - len(begun)
    while missing > 0:
        missing -= len(read(connection, visit, min(missing, CHUNK)))
    return request


def packet_size(data: bytes | bytearray, most: int) -> int | None:
    """Bytes of header and variables; None while the header is not whole. Raises Refused."""
    if data and data[0] != WSGI:
        raise Refused(400, f"modifier1 {data[0]}: no WSGI; HTTP, perhaps: {SHOWN.get(data[0], '?')}", "no_uwsgi")
    if len(data) < HEADER:
        return None
    size = int.from_bytes(data[1:3], "little")
    if size > most:
        raise Refused(400, f"{size} bytes of variables (most: {most})", "no_uwsgi")
    return HEADER + size


def variables_of(block: bytes) -> dict[str, str]:
    """Names and values. Raises Refused where a size leads out of the block."""
    texts: list[str] = []
    at, whole = 0, len(block)
    while at < whole:
        start = at + 2
        at = start + int.from_bytes(block[at:start], "little")
        if at > whole or start > whole:
            raise Refused(400, "a size leads out of the variables", "no_uwsgi")
        texts.append(block[start:at].decode("latin-1"))
    if len(texts) % 2:
        raise Refused(400, "a name without a value", "no_uwsgi")
    return dict(zip(texts[::2], texts[1::2], strict=True))


def request_of(variables: dict[str, str]) -> Request:
    """The request that some variables describe. Raises Refused."""
    length = variables.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        raise Refused(400, f"CONTENT_LENGTH {length[:20]!r}")
    if len(length) > len(str(BODY_LIMIT)) or int(length) > BODY_LIMIT:
        raise Refused(413, f"CONTENT_LENGTH {length[:20]}")
    fields = {name[5:].replace("_", "-").lower(): value for name, value in variables.items() if name[:5] == "HTTP_"}
    target = variables.get("REQUEST_URI", "/")
    return Request(variables.get("REQUEST_METHOD", "GET"), target, int(length), False, fields)


def packet(variables: dict[str, str]) -> bytes:
    """What a front sends ahead of the body. Raises Refused where it is too much."""
    block = b"".join(_sized(name) + _sized(value) for name, value in variables.items())
    if len(block) > MOST:
        raise Refused(431, f"{len(block)} bytes of variables (most: {MOST})")
    return bytes([WSGI]) + len(block).to_bytes(2, "little") + bytes(1) + block


def _sized(text: str) -> bytes:
    data = text.encode("latin-1")
    return len(data).to_bytes(2, "little") + data
