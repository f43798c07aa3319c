"""The uwsgi protocol beside HTTP: packets as they are written down, and a real nginx that speaks it to our prefork."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from models.nginx.config import Config
from models.wire.syntax import Refused
from models.wire.uwsgi import MOST, packet, packet_size, request_of, variables_of
from models.wire.wsgi import StartResponse
from simulator.real.production.nginx import configuration
from simulator.real.production.start import free_port
from tests.servers.calling import Got, call, request
from tests.servers.client import answer_bytes, ask, connect
from tests.servers.stage import Cast, performed, refused, until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
SERVER = ("--workers", "2", "--protocol", "uwsgi")
with_nginx = pytest.mark.skipif(
    NGINX is None and "LOOPFORK_SERVERS" not in os.environ, reason="nginx is not installed; .ci/run does that"
)


def seen(data: bytes, most: int = 4096) -> tuple[dict[str, Any], Got]:
    """The environ of a packet, and the answer."""
    found: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        found.update(environ, body=environ["wsgi.input"].read())
        start_response("200 OK", [])
        return [b"seen"]

    return found, call(application, data, uwsgi_buffer=most)


def test_a_packet_is_four_bytes_then_pairs_each_with_its_size_before_it() -> None:
    written = packet({"REQUEST_METHOD": "GET", "A": ""})
    assert written == b"\x00\x1a\x00\x00" + b"\x0e\x00REQUEST_METHOD\x03\x00GET" + b"\x01\x00A\x00\x00"
    assert packet_size(written, 4096) == len(written)
    assert variables_of(written[4:]) == {"REQUEST_METHOD": "GET", "A": ""}


def test_the_size_is_written_with_its_least_significant_byte_first() -> None:
    assert packet({"A": "x" * 300})[1:3] == (305).to_bytes(2, "little")
    assert packet_size(b"\x00\x00\x01\x00", 4096) == 4 + 256


def test_nothing_is_decided_before_the_header_is_there() -> None:
    assert [packet_size(b"\x00\x05\x00\x00"[:n], 4096) for n in range(5)] == [None] * 4 + [9]


def test_the_variables_are_the_environ_and_the_body_follows_without_a_frame() -> None:
    variables = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/a b",
        "CONTENT_LENGTH": "3",
        "HTTP_HOST": "shop",
        "HTTPS": "on",
    }
    environ, got = seen(packet(variables) + b"abc" + b"more than was announced")
    assert got.status == "200 OK"
    assert variables.items() <= environ.items()
    assert environ["body"] == b"abc"
    assert environ["wsgi.url_scheme"] == "https"


def test_a_packet_in_single_bytes_is_a_packet() -> None:
    data = packet({"REQUEST_METHOD": "GET", "PATH_INFO": "/"})
    for cut in range(1, len(data)):
        assert packet_size(data[:cut], 4096) in (None, len(data))
    assert seen(data)[1].status == "200 OK"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "modifier1 71: no WSGI; HTTP, perhaps: GET"),
        (b"\x05\x00\x00\x00", "modifier1 5"),
        (b"\x00\x01\x10\x00", "4097 bytes of variables"),
        (b"\x00\x03\x00\x00\x02\x00A", "leads out"),
        (b"\x00\x01\x00\x00\x00", "leads out"),
        (b"\x00\x03\x00\x00\x01\x00A", "a name without a value"),
        (b"\x00\x04\x00\x00\x01\x00A\x05", "leads out"),
    ],
    ids=["HTTP", "Perl", "too much", "name too long", "half a size", "no value", "half a value"],
)
def test_what_is_no_packet_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        _ = packet_size(data, 4096), variables_of(data[4:])
    assert seen(data)[1].status == "400 Bad Request"


@pytest.mark.parametrize("length", ["-1", "x", "1_0", "²"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    with pytest.raises(Refused, match="CONTENT_LENGTH"):
        request_of({"CONTENT_LENGTH": length})


def test_variables_have_64_kib_at_most_and_a_server_takes_what_it_was_given() -> None:
    whole = {"A": "x" * (MOST - 5)}
    assert len(packet(whole)) == MOST + 4
    assert seen(packet(whole), most=MOST)[1].status == "200 OK"
    assert seen(packet(whole))[1].status == "400 Bad Request"
    with pytest.raises(Refused, match="65536 bytes of variables"):
        packet({"A": "x" * (MOST - 4)})


def test_http_is_no_uwsgi_and_uwsgi_no_http() -> None:
    data = packet({"REQUEST_METHOD": "GET"})
    assert call(lambda e, s: [], data).status == "400 Bad Request"
    assert seen(request())[1].status == "400 Bad Request"


# With a real nginx in front.


@contextmanager
def in_front(upstream: int, folder: Path, protocol: str) -> Iterator[int]:
    """nginx on a port of its own, in front of a port."""
    nginx, port = _started(upstream, folder, protocol)
    try:
        yield port
    finally:
        nginx.terminate()
        nginx.wait()


def _started(upstream: int, folder: Path, protocol: str) -> "tuple[subprocess.Popen[bytes], int]":
    """On a port that is free; should somebody else take that first, on another."""
    file = folder / "nginx.conf"
    assert NGINX is not None
    for _ in range(5):
        port = free_port()
        file.write_text(configuration(Config(), port, upstream, folder, protocol), encoding="utf-8")
        nginx = subprocess.Popen([NGINX, "-c", str(file), "-p", str(folder), "-e", "stderr"])
        until(lambda port=port, nginx=nginx: nginx.poll() is not None or _listens(port), "nginx")  # type: ignore[misc]
        if nginx.poll() is None:
            return nginx, port
    raise AssertionError("nginx does not start")


def _listens(port: int) -> bool:
    with suppress(ConnectionRefusedError), connect(port):
        return True
    return False


@pytest.mark.real
@with_nginx
def test_nginx_speaks_uwsgi_to_our_prefork(tmp_path: Path) -> None:
    cast = Cast("models.prefork.server", SERVER, processes=2)
    with performed(cast, tmp_path / "server") as server, in_front(server.port, tmp_path, "uwsgi") as port:
        answer = ask(port, row=7, steps="cpu=0.001,io=0.002", upload=100_000, download=50_000)
        assert (answer.status, answer.length) == (200, 50_000)
        assert server.line(7).outcome == "completed"
        assert list(server.line(7).marks) == [
            *("receive", "parse_uwsgi", "handle.1", "handle.2", "respond", "send", "release_worker", "left"),
        ]


@pytest.mark.real
@with_nginx
@pytest.mark.parametrize("protocol", ["http", "uwsgi"])
def test_an_application_sees_the_same_request_through_either(tmp_path: Path, protocol: str) -> None:
    flags = ("--protocol", protocol, "--application", "wsgiref.simple_server:demo_app")
    cast = Cast("models.prefork.server", flags, processes=4)
    asked = request("GET", "/caf%C3%A9?a=1", b"", "X-Some-Thing: 7", "Connection: close")
    with (
        performed(cast, tmp_path / "server") as server,
        in_front(server.port, tmp_path, protocol) as port,
        connect(port) as sock,
    ):
        sock.sendall(asked)
        text = Got(answer_bytes(sock)).body.decode()
    assert "Hello world!" in text
    shown = dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)
    assert shown["PATH_INFO"] == repr("/caf\u00c3\u00a9")
    assert (shown["QUERY_STRING"], shown["HTTP_X_SOME_THING"]) == ("'a=1'", "'7'")
    assert (shown["REMOTE_ADDR"], shown["wsgi.multiprocess"]) == ("'127.0.0.1'", "True")


@pytest.mark.real
@with_nginx
def test_who_speaks_http_to_a_uwsgi_listener_gets_502_from_nginx_or_400_from_the_server(tmp_path: Path) -> None:
    cast = Cast("models.prefork.server", SERVER, processes=2)
    with performed(cast, tmp_path / "server") as server:
        assert ask(server.port).status == 400
        with in_front(server.port, tmp_path, "http") as port:
            assert ask(port).status in (400, 502)


@pytest.mark.real
@with_nginx
def test_more_variables_than_the_buffer_has_room_for_are_refused(tmp_path: Path) -> None:
    cast = Cast("models.prefork.server", SERVER, processes=2)
    long = "\r\n".join(["Connection: close", *(f"X-Long-{n}: {'x' * 900}" for n in range(5))])
    with performed(cast, tmp_path / "server") as server, in_front(server.port, tmp_path, "uwsgi") as port:
        assert ask(port, more=long).status == 400
    more = Cast("models.prefork.server", (*SERVER, "--buffer-size", "8192"), processes=2)
    with performed(more, tmp_path / "more") as server, in_front(server.port, tmp_path, "uwsgi") as port:
        assert ask(port, more=long).status == 200


@pytest.mark.real
@pytest.mark.parametrize(
    ("module", "flags", "words"),
    [
        ("prefork", ("--buffer-size", "100"), "--buffer-size 100: only of --protocol uwsgi"),
        ("prefork", ("--application", "nowhere:app"), "--application nowhere:app: No module named 'nowhere'"),
        ("prefork", ("--application", "models.wire.uwsgi:MOST"), "it cannot be called; expected MODULE:NAME"),
        ("prefork", ("--application", "..up:app"), "TypeError while it was imported"),
        ("prefork", ("--application", "nowhere\x1b[31m:app"), "--application nowhere\ufffd[31m:app: "),
        ("coroutine", ("--application", "models.applications.layers_asgi:no"), "has no attribute 'no'"),
        ("callback", ("--application", "models.applications.layers"), "this server calls no application"),
        (
            "threaded",
            ("--accept", "buffered", "--middlewares", "2"),
            "this server calls no application",
        ),
        ("threaded", ("--accept", "buffered", "--protocol", "uwsgi"), "--protocol uwsgi: this server speaks HTTP only"),
    ],
)
def test_what_a_server_cannot_do_is_refused_in_one_line(module: str, flags: tuple[str, ...], words: str) -> None:
    code, complaint = refused(Cast(f"models.{module}.server"), flags)
    assert code == 2
    assert words in complaint
    assert complaint.count("\n") == 1
