"""uWSGI and our prefork are spoken to with the same packets, and mean the same by them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.wire.uwsgi import packet
from simulator.real.production.installed import uwsgi_binary
from simulator.real.production.start import free_port
from tests.production.conftest import missing
from tests.servers.client import answer_bytes, connect
from tests.servers.stage import Cast, performed, until

DEMO = "wsgiref.simple_server:demo_app"
VARIABLES = {
    "REQUEST_METHOD": "POST",
    "PATH_INFO": "/caf\u00c3\u00a9",
    "QUERY_STRING": "a=1",
    "CONTENT_LENGTH": "3",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "SERVER_NAME": "shop",
    "SERVER_PORT": "80",
    "REMOTE_ADDR": "192.0.2.7",
    "HTTPS": "on",
    "HTTP_X_SOME_THING": "7",
}
SAME = (*VARIABLES, "wsgi.url_scheme", "wsgi.version", "wsgi.run_once")


def told(port: int, data: bytes) -> dict[str, str]:
    """The environ as the demo application shows it."""
    with connect(port) as sock:
        sock.sendall(data)
        body = answer_bytes(sock).partition(b"\r\n\r\n")[2]
    return dict(line.split(" = ", 1) for line in body.decode().splitlines() if " = " in line)


def listens(port: int) -> bool:
    try:
        connect(port).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.fixture
def uwsgi(tmp_path: Path) -> Iterator[int]:
    binary = uwsgi_binary()
    if binary is None:
        missing("uWSGI is not installed")
    port, log = free_port(), tmp_path / "uwsgi.log"
    words = [str(binary), "--socket", f"127.0.0.1:{port}", "--module", DEMO, "--die-on-term", "--disable-logging"]
    with log.open("wb") as file:
        process = subprocess.Popen(words, cwd=tmp_path, stdout=file, stderr=file)
    try:
        until(lambda: process.poll() is not None or listens(port), "uWSGI")
        assert process.poll() is None, log.read_text()
        yield port
    finally:
        process.terminate()
        process.wait()


def test_an_application_is_told_the_same_by_uwsgi_and_by_our_prefork(uwsgi: int, tmp_path: Path) -> None:
    theirs = told(uwsgi, packet(VARIABLES) + b"abc")
    cast = Cast("models.prefork.server", ("--protocol", "uwsgi", "--application", DEMO), processes=4)
    with performed(cast, tmp_path / "ours") as server:
        ours = told(server.port, packet(VARIABLES) + b"abc")
    assert {name: ours[name] for name in SAME} == {name: theirs[name] for name in SAME}
    assert ours["wsgi.url_scheme"] == "'https'"


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n\r\n", b"\x00\x01\x10\x00" + bytes(4097)], ids=["HTTP", "too much"]
)
def test_what_is_no_packet_calls_no_application_in_either(uwsgi: int, data: bytes, tmp_path: Path) -> None:
    cast = Cast("models.prefork.server", ("--protocol", "uwsgi", "--application", DEMO), processes=4)
    with performed(cast, tmp_path / "ours") as server:
        assert told(uwsgi, data) == told(server.port, data) == {}
