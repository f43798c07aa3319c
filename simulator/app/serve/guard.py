"""Who may talk to the server: pages that it has served itself, opened under a name of this machine.

What to watch: a server on 127.0.0.1 is within reach of every web page that is open in a browser on this machine. A page
from elsewhere says where it comes from (Origin), and a name that was made to point here (DNS rebinding) stands in Host.
Both are refused, for pages and for the WebSocket that carries the keys. Host may have any port, since a connection can
come through a tunnel; Origin must then be of the same one.
"""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

OURS = frozenset({"127.0.0.1", "localhost", "::1"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self' ws://{host}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""For every answer: the page loads nothing from anywhere else, and stands in nobody's frame."""


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Carry out a request, or answer 403."""
    complaint = refused(request.headers.get("Host", ""), request.headers.get("Origin"))
    if complaint:
        raise web.HTTPForbidden(text=f"{complaint}\n")
    return await handler(request)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Before any answer leaves."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value.replace("{host}", request.headers.get("Host", "")))


def refused(host: str, origin: str | None) -> str:
    """Why a request with these headers is refused; nothing if it is not."""
    if _name(f"//{host}") not in OURS:
        return "This server answers only under 127.0.0.1 and localhost."
    if origin is not None and origin.lower() != f"http://{host}".lower():
        return "A page from elsewhere may not use this server."
    return ""


def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
