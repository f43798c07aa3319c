"""One request through the proxy: take it in, pass it on, take the answer, feed the client.

What to look at: the two buffer switches are one ``if`` each. Buffered, the proxy waits for the slow client and the
server behind never meets it; unbuffered, each waits for the other through the proxy.
"""

import asyncio
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from models.nginx.balancing import Address, Balancer, ProxyConfig
from models.nginx.stream import Stream, connect
from models.wire import uwsgi
from models.wire.message import Parser, Request, request_parser, response_parser
from models.wire.report import Visit
from models.wire.syntax import Refused
from models.wire.work import row


@dataclass
class Exchange:
    """A client, and how far its request has come."""

    config: ProxyConfig
    balancer: Balancer
    client: Stream
    visit: Visit
    idle_s: float
    missing: int = 0
    """Bytes of the body that the server behind has not got yet."""

    async def serve(self) -> None:
        """The steps of model.py; ``behind`` is where it has the steps of the server."""
        self.visit.reach("receive")
        request, body = await self.receive(request_parser())
        self.visit.reach("proxy")
        self.visit.row = row(request)
        head = _head(request) if self.config.speak == "http" else uwsgi.packet(_variables(request))
        self.visit.reach("connect_backlog")
        self.missing = request.length - len(body)
        await self.behind(head + body)
        self.visit.reach("send")
        await self.client.flush()  # at the client's pace; the server behind is long free
        self.visit.reach("release_nginx_connection")

    async def receive(self, parser: Parser[Request]) -> tuple[Request, bytes]:
        """The request and its body; without request buffering only as much of it as came with the head."""
        raw = bytearray()
        while True:
            data = await self.read_client(begun=parser.begun)
            self.visit.heard = True
            raw += data
            complete = parser.feed(data)
            request = complete if self.config.request_buffering else parser.message
            if request is not None:
                return request, bytes(raw[parser.head_size : parser.head_size + request.length])

    async def read_client(self, *, begun: bool) -> bytes:
        """Some bytes of the request."""
        try:
            return await self.client.read()
        except TimeoutError:
            if begun:
                raise Refused(408, "silence") from None
            raise

    async def behind(self, request: bytes) -> None:
        """Let a server answer, unless the client leaves before it has (nginx logs 499): then drop that server too."""
        address, server = await self.connect()
        try:
            with self.balancer.busy(address):
                server.write(request)
                answer = asyncio.ensure_future(self.pass_response(server))
                upload = asyncio.ensure_future(self.pass_rest(server))
                await _first_of(answer, upload)
        finally:
            server.close()

    async def connect(self) -> tuple[Address, Stream]:
        """The first server that lets us in."""
        for address in self.balancer.order():
            try:
                return address, await connect(address, self.config.connect_timeout, self.idle_s)
            except TimeoutError:
                raise Refused(504, "connect", "upstream_timeout") from None
            except OSError:
                continue
        raise Refused(502, "no server behind accepts", "upstream_refused")

    async def pass_rest(self, server: Stream) -> None:
        """What is missing of the body, at the pace of both; then notice when the client leaves."""
        while self.missing > 0:
            data = (await self.read_client(begun=True))[: self.missing]
            try:
                server.write(data)
                await server.flush()
            except OSError:
                break  # its answer, or its end, tells
            self.missing -= len(data)
        while True:
            await self.client.read_whenever()

    async def pass_response(self, server: Stream) -> None:
        """The answer: at once, the proxy keeps it; without response buffering only as fast as the client reads."""
        parser, held = response_parser(), b""
        kept = self.config.memory_buffers + self.config.temp_file if self.config.response_buffering else 0
        complete = None
        while complete is None:
            try:
                data = await server.read()
            except TimeoutError:
                if self.missing:  # then it is not the server that keeps us waiting
                    continue
                raise Refused(504, "no answer", "upstream_timeout") from None
            except OSError:
                raise Refused(502, "premature close") from None
            try:
                complete = parser.feed(data)
            except Refused:
                raise Refused(502, "no HTTP") from None
            held += data
            if parser.message is not None:
                self.client.write(held)
                held = b""
                if self.client.unsent > kept:
                    await self.client.flush()


def _head(request: Request) -> bytes:
    """The head for the server behind: as it was, except for how the connection goes on."""
    fields = {**request.fields, "connection": "close", "content-length": str(request.length)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{request.method} {request.target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1")


def _variables(request: Request) -> dict[str, str]:
    """What nginx ships as uwsgi_params: those of CGI, and every header by its name there."""
    path, _, query = request.target.partition("?")
    variables = {
        "QUERY_STRING": query,
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": request.fields.get("content-type", ""),
        "CONTENT_LENGTH": str(request.length),
        "REQUEST_URI": request.target,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "SERVER_PROTOCOL": request.version,
        "SERVER_NAME": request.fields.get("host", ""),
        "SERVER_PORT": "80",
    }
    return variables | {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.fields.items()}


async def _first_of(answer: asyncio.Future[None], upload: asyncio.Future[None]) -> None:
    """Return with the answer, or raise why there is none; the upload ends with it."""
    try:
        await asyncio.wait((answer, upload), return_when=asyncio.FIRST_COMPLETED)
    finally:
        answer.cancel()
        upload.cancel()
        results = await asyncio.gather(answer, upload, return_exceptions=True)
    if results[0] is not None:
        raise next(fault for fault in results if isinstance(fault, Exception))
