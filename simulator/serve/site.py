"""What can be asked for over HTTP: the page, its few files, the WebSocket of a session, and files to download.

What to watch: every path is listed here. There is no folder that could be browsed, and the page asks for nothing that
is not on this machine: the terminal and its font come with textual-serve.
"""

import re
from asyncio import Lock, Task, current_task, gather, to_thread
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from html import escape
from importlib import resources
from importlib.resources.abc import Traversable
from string import Template
from urllib.parse import parse_qsl, quote, urlencode

from aiohttp import web
from aiohttp.typedefs import Handler
from textual_serve.download_manager import DownloadManager

from simulator.experiments.refusal import RefusalError
from simulator.serve.session import Session
from simulator.words.language import language, later, tell

LOOPBACK = "127.0.0.1"
SESSIONS = 4
"""Each is a process that computes and draws."""
IDLE_S = 2 * 3600.0
"""A tab in which nothing was pressed for so long is closed; a lecture fits in."""
HEARTBEAT_S = 15.0
"""A browser that does not answer for so long is gone."""
GOODBYE_S = 2.0
"""A browser may take so long to confirm that a session has ended."""
LARGEST_MESSAGE = 1 << 20
FULL = later("{count} tabs are open, and each is a running program: close one of them, then load this page again.")
TERMINAL_FILES = {
    "terminal.js": ("js/textual.js", "text/javascript"),
    "terminal.css": ("css/xterm.css", "text/css"),
    "font.ttf": ("fonts/RobotoMono-VariableFont_wght.ttf", "font/ttf"),
}
"""Files of textual-serve: how they are asked for, where they are, what they are."""
PAGE_FILES = {"page.js": "text/javascript", "page.css": "text/css"}


Link = Callable[[Sequence[tuple[str, str]]], Sequence[str]]
"""From the keys and values of an address to a program and its arguments; raises RefusalError."""
EMBED = "embed"
"""The key of an address that asks for a page which can stand in a frame."""


class Site:
    """One command, shown to up to ``sessions`` tabs; and whatever links say."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        sessions: int = SESSIONS,
        idle_s: float = IDLE_S,
        link: Link | None = None,
        embed_from: Sequence[str] = (),
    ) -> None:
        """``command`` is a program and its arguments; ``embed_from``: where pages come from that may frame one."""
        self._link, self._embed_from, self._reading = link, tuple(embed_from), Lock()
        self._command, self._most, self._idle_s = tuple(command), sessions, idle_s
        self._downloads = DownloadManager()
        self._open: dict[Task[object] | None, web.WebSocketResponse] = {}
        self._page = Template(_page_file("index.html").read_text("utf-8"))

    def application(self) -> web.Application:
        """For an aiohttp server."""
        app = web.Application(middlewares=[guarded])
        app.router.add_get("/", self.page)
        app.router.add_get("/ws", self.session)
        app.router.add_get("/ws/{state:[A-Za-z0-9_=-]+}", self.session)
        app.router.add_get("/download/{key}", self.download)
        for name, (path, kind) in TERMINAL_FILES.items():
            app.router.add_get(f"/static/{name}", _static(resources.files("textual_serve") / "static" / path, kind))
        for name, kind in PAGE_FILES.items():
            app.router.add_get(f"/static/{name}", _static(_page_file(name), kind))
        app.on_response_prepare.append(add_headers)
        app.on_shutdown.append(self.close)
        return app

    @property
    def sessions(self) -> int:
        """How many tabs are open."""
        return len(self._open)

    async def page(self, request: web.Request) -> web.Response:
        """The page; where too many are open, what to do about it."""
        self._refuse_if_full()
        state = [(key, value) for key, value in parse_qsl(request.query_string, True) if key != EMBED]
        await self._command_of(state)
        encoded = urlsafe_b64encode(urlencode(state).encode()).decode()
        embedded = request.query.get(EMBED) == "1"
        text = self._page.substitute(
            lang=language(),
            kind="embedded" if embedded else "tab",
            websocket=f"ws://{request.headers['Host']}/ws{f'/{encoded}' if state else ''}",
            starting=escape(tell("loopfork is starting ...")),
            ended=escape(tell("This tab's program has ended.")),
            again=escape(tell("Start again")),
            start=escape(tell("Start")),
        )
        headers = {"Cache-Control": "no-store"}
        if embedded and self._embed_from:
            headers[POLICY] = HEADERS[POLICY].replace(NO_FRAME, f"frame-ancestors {' '.join(self._embed_from)}")
            headers[POLICY] = headers[POLICY].replace("{host}", request.headers["Host"])
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def _command_of(self, state: Sequence[tuple[str, str]]) -> Sequence[str]:
        """What runs in a tab with this address. Raises HTTPBadRequest for what is wrong with a link."""
        if not state or self._link is None:
            return self._command
        try:
            async with self._reading:  # the scenario is read, which takes a moment
                return await to_thread(self._link, state)
        except RefusalError as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from None

    async def session(self, request: web.Request) -> web.StreamResponse:
        """A tab: from its first picture to its end. Browsers always say where such a request comes from."""
        if "Origin" not in request.headers:
            raise web.HTTPForbidden(text=tell("Only the page of this server may open a session.") + "\n")
        self._refuse_if_full()
        command = await self._command_of(_decoded(request.match_info.get("state", "")))
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=LARGEST_MESSAGE, timeout=GOODBYE_S)
        task = current_task()
        self._open[task] = socket
        try:
            await socket.prepare(request)
            session = Session(command, socket, self._downloads, address=f"http://{request.headers['Host']}/")
            await session.run_until_closed(
                (_number(request, "width", 80), _number(request, "height", 24)), self._idle_s
            )
        finally:
            del self._open[task]
        return socket

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file that a session has offered, once."""
        key = request.match_info["key"]
        try:
            file = await self._downloads.get_download_metadata(key)
        except KeyError:
            raise web.HTTPNotFound(text=tell("There is no such file any more.") + "\n") from None
        name = "".join(c for c in file.file_name if c.isalnum() or c in "-_.")
        response = web.StreamResponse(headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"})
        response.content_type = file.mime_type
        await response.prepare(request)
        async for chunk in self._downloads.download(key):
            await response.write(chunk)
        await response.write_eof()
        return response

    async def close(self, _: web.Application) -> None:
        """End all sessions, and wait until their processes are gone."""
        open_now = list(self._open.items())
        with suppress(ConnectionError):
            await gather(*(socket.close() for _, socket in open_now))
        await gather(*(task for task, _ in open_now if task is not None), return_exceptions=True)

    def _refuse_if_full(self) -> None:
        if len(self._open) >= self._most:
            raise web.HTTPServiceUnavailable(text=tell(FULL, count=len(self._open)) + "\n")


def _decoded(state: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsafe_b64decode(state).decode(), True)
    except ValueError:
        raise web.HTTPBadRequest(text=tell("This link is broken.") + "\n") from None


def _page_file(name: str) -> Traversable:
    return resources.files("simulator.serve") / "page" / name


def _static(file: Traversable, kind: str) -> Handler:
    body = file.read_bytes()

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type=kind, headers={"Cache-Control": "max-age=3600"})

    return handler


def _number(request: web.Request, name: str, otherwise: int) -> int:
    try:
        return int(request.query[name])
    except (KeyError, ValueError):
        return otherwise


# Who may talk to the server: pages that it has served itself, opened under a name of this machine. What to watch: a
# server on 127.0.0.1 is within reach of every web page that is open in a browser on this machine. A page from elsewhere
# says where it comes from (Origin), and a name that was made to point here (DNS rebinding) stands in Host. Both are
# refused, for pages and for the WebSocket that carries the keys. Host may have any port, since a connection can come
# through a tunnel; Origin must then be of the same one. And Host stands in the page and in a header of each answer:
# it is one of these names and a port, to the last letter, or it is not repeated.

HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
POLICY, NO_FRAME = "Content-Security-Policy", "frame-ancestors 'none'"
HEADERS = {
    POLICY: (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        f"connect-src 'self' ws://{{host}}; {NO_FRAME}; base-uri 'none'; form-action 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""For every answer: the page loads nothing from anywhere else, and stands in nobody's frame.

But for a page that was asked for with ``embed=1``, where whoever started the server said whose frame it may stand in.
"""


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
        host = request.headers.get("Host", "")
        response.headers.setdefault(name, value.replace("{host}", host if HOST.fullmatch(host) else LOOPBACK))


def refused(host: str, origin: str | None) -> str:
    """Why a request with these headers is refused; nothing if it is not."""
    if not HOST.fullmatch(host):
        return tell("This server answers only under 127.0.0.1 and localhost.")
    if origin is not None and origin.lower() != f"http://{host}".lower():
        return tell("A page from elsewhere may not use this server.")
    return ""
