"""The interface between a server and a WSGI application, as PEP 3333 has it: each sentence with its own application."""

import asyncio
import sys
from collections.abc import Iterator
from typing import Any
from wsgiref.validate import validator

import pytest

from models.applications import layers
from models.wire.wsgi import StartResponse
from tests.servers.calling import call, request

Environ = dict[str, Any]
TEXT = [("Content-Type", "text/plain")]


def seen(data: bytes) -> Environ:
    """The environ of a request."""
    found: Environ = {}

    def application(environ: Environ, start_response: StartResponse) -> list[bytes]:
        found.update(environ)
        start_response("200 OK", TEXT)
        return [b"seen"]

    assert call(application, data).status == "200 OK"
    return found


class Body:
    """Pieces, and whether they were closed."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self.pieces, self.closed, self.asked = pieces, 0, 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.asked += 1
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def close(self) -> None:
        self.closed += 1


def answering(body: Any, status: str = "200 OK", *headers: tuple[str, str]) -> Any:
    """An application that always answers the same."""

    def application(environ: Environ, start_response: StartResponse) -> Any:
        start_response(status, [*TEXT, *headers])
        return body

    return application


# What the application is told.


def test_a_request_becomes_the_variables_of_cgi() -> None:
    environ = seen(request("POST", "/shop/caf%C3%A9?a=1&b=%20", b"abc", "Content-Type: text/x", "X-Some-Thing: 7"))
    assert environ["REQUEST_METHOD"] == "POST"
    assert environ["SCRIPT_NAME"] == ""
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/shop/café"
    assert environ["QUERY_STRING"] == "a=1&b=%20"
    assert environ["CONTENT_TYPE"] == "text/x"
    assert environ["CONTENT_LENGTH"] == "3"
    assert environ["HTTP_X_SOME_THING"] == "7"
    assert environ["HTTP_HOST"] == "shop"
    assert environ["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert environ["wsgi.version"] == (1, 0)
    assert not environ["wsgi.multithread"]
    assert "HTTP_CONTENT_TYPE" not in environ


def test_a_header_with_an_underscore_cannot_pass_for_another() -> None:
    assert seen(request("GET", "/", b"", "X_Real_IP: 1.2.3.4", "X-Real-IP: 5.6.7.8"))["HTTP_X_REAL_IP"] == "5.6.7.8"


def test_the_address_of_a_proxy_request_is_left_with_its_path() -> None:
    environ = seen(request("GET", "http://shop:80/list?page=2"))
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == ("/list", "page=2")


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_reaches_the_application(method: str) -> None:
    assert seen(request(method))["REQUEST_METHOD"] == method


def test_the_body_is_read_when_the_application_asks_and_never_beyond_its_end() -> None:
    reads: list[bytes] = []

    def application(environ: Environ, start_response: StartResponse) -> list[bytes]:
        body = environ["wsgi.input"]
        reads.extend([body.read(3), body.readline(), *body, body.read(10)])
        start_response("200 OK", TEXT)
        return []

    call(application, request("POST", "/", b"abcde\nline\nrest") + b"of the next request")
    assert reads == [b"abc", b"de\n", b"line\n", b"rest", b""]


def test_who_asks_before_sending_a_body_is_invited_only_if_the_application_reads_it() -> None:
    def reading(environ: Environ, start_response: StartResponse) -> list[bytes]:
        data = environ["wsgi.input"].read(5)
        start_response("200 OK", TEXT)
        return [data]

    asked = request("POST", "/", b"12345", "Expect: 100-continue")[:-5]
    got = call(reading, asked, then=b"12345").raw
    assert got.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
    assert got.endswith(b"12345")
    assert call(answering([b"no"], "413 Too Large"), asked).status == "413 Too Large"


# What it may answer.


def test_the_length_of_a_single_piece_is_known_before_it_is_sent() -> None:
    got = call(answering([b"hello"]), request())
    assert "Content-Length: 5" in got.head
    assert got.body == b"hello"


def test_many_pieces_without_a_length_end_with_the_connection() -> None:
    got = call(answering(Body(b"one ", b"", b"two")), request())
    assert "Connection: close" in got.head
    assert not any(line.startswith("Content-Length") for line in got.head)
    assert got.body == b"one two"


def test_each_piece_is_on_its_way_before_the_next_is_made() -> None:
    order: list[str] = []

    def application(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", TEXT)
        order.append("first")
        yield b"x" * 10
        order.append("second")
        yield b"y" * 10

    assert call(application, request()).body == b"x" * 10 + b"y" * 10
    assert order == ["first", "second"]


def test_write_is_the_old_way_to_send_a_body() -> None:
    def application(environ: Environ, start_response: StartResponse) -> list[bytes]:
        write = start_response("200 OK", TEXT)
        write(b"written, ")
        return [b"returned"]

    assert call(application, request()).body == b"written, returned"


def test_an_answer_to_head_has_the_headers_and_no_body() -> None:
    body = Body(b"hello", b"world")
    got = call(answering(body, "200 OK", ("Content-Length", "10")), request("HEAD"))
    assert "Content-Length: 10" in got.head
    assert got.body == b""
    assert body.closed == 1


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_some_answers_never_have_a_body(status: str) -> None:
    assert call(answering([b"never"], status), request()).body == b""


def test_no_more_is_sent_or_asked_for_than_was_announced() -> None:
    body = Body(b"12345", b"678", b"9")
    assert call(answering(body, "200 OK", ("Content-Length", "6")), request()).body == b"123456"
    assert body.asked == 2
    assert body.closed == 1


def test_a_body_that_nobody_read_does_not_destroy_the_answer() -> None:
    assert call(answering([b"enough"]), request("POST", "/", bytes(200_000))).body == b"enough"


# How it may end.


def test_the_body_is_closed_once_however_the_request_ends(capsys: pytest.CaptureFixture[str]) -> None:
    for pieces in ([b"all"], [], [ValueError("early")], [b"some", ValueError("late")]):
        body = Body(*pieces)
        call(answering(body), request())
        assert body.closed == 1
    assert "ValueError: late" in capsys.readouterr().err


def test_an_error_before_the_first_byte_is_answered_with_500(capsys: pytest.CaptureFixture[str]) -> None:
    def application(environ: Environ, start_response: StartResponse) -> list[bytes]:
        raise FileNotFoundError("template.html")  # an OSError, and not the client's doing

    assert call(application, request()).status == "500 Internal Server Error"
    assert "FileNotFoundError: template.html" in capsys.readouterr().err


@pytest.mark.parametrize("fault", [SystemExit(3), asyncio.CancelledError()], ids=lambda fault: type(fault).__name__)
def test_an_application_that_exits_or_is_cancelled_ends_its_request_and_not_its_server(
    fault: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    def application(environ: Environ, start_response: StartResponse) -> list[bytes]:
        raise fault

    assert call(application, request()).status == "500 Internal Server Error"
    assert type(fault).__name__ in capsys.readouterr().err


def test_an_error_after_the_first_byte_cuts_the_connection_off(capsys: pytest.CaptureFixture[str]) -> None:
    got = call(answering(Body(b"half ", ValueError("late")), "200 OK", ("Content-Length", "9")), request())
    assert got.status in ("200 OK", "")  # the reset may overtake it
    assert b"500" not in got.raw
    assert len(got.body) < 9
    capsys.readouterr()


def test_with_exc_info_an_answer_is_replaced_until_something_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    def failing(environ: Environ, start_response: StartResponse, sent: bytes) -> Iterator[bytes]:
        start_response("200 OK", TEXT)
        yield sent
        try:
            raise ValueError("on the way")
        except ValueError:
            start_response("503 Sorry", TEXT, sys.exc_info())
        yield b"sorry"

    assert call(lambda e, s: failing(e, s, b""), request()).status == "503 Sorry"
    assert b"503" not in call(lambda e, s: failing(e, s, b"half"), request()).raw
    assert "ValueError: on the way" in capsys.readouterr().err  # raised again, where nothing can be replaced


@pytest.mark.parametrize(
    "application",
    [
        lambda environ, start_response: [b"no start"],
        lambda environ, start_response: (start_response("200 OK", TEXT), start_response("200 OK", TEXT))[2:],
        lambda environ, start_response: start_response("200", TEXT) and [],
        lambda environ, start_response: start_response("200 OK\r\nX: y", TEXT) and [],
        lambda environ, start_response: start_response("200 OK", [("X", "a\r\nSet-Cookie: b")]) and [],
        lambda environ, start_response: start_response("200 OK", [("Connection", "keep-alive")]) and [],
        lambda environ, start_response: start_response("200 OK", [("Content-Length", "ten")]) and [],
        lambda environ, start_response: start_response("200 OK", TEXT) and ["text"],
    ],
    ids=["no start", "two starts", "no reason", "split status", "split header", "hop by hop", "length", "text"],
)
def test_what_breaks_the_interface_is_a_fault_of_the_application(
    application: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    got = call(application, request())
    assert got.status == "500 Internal Server Error"
    assert "Error" in capsys.readouterr().err


# Middlewares.


def test_both_sides_of_our_layers_keep_to_the_interface(capsys: pytest.CaptureFixture[str]) -> None:
    checked = validator(layers.timed(validator(layers.numbered(validator(layers.work)))))  # type: ignore[arg-type]
    got = call(checked, request("POST", "/", b"abc", "X-Steps: io=0.001", "X-Response: 70000"))
    assert got.status == "200 OK", capsys.readouterr().err
    assert len(got.body) == 70_000


def test_a_layer_adds_a_header_on_the_way_out_and_a_number_on_the_way_in() -> None:
    got = call(layers.application, request("GET", "/", b"", "X-Request-Id: from-the-client"))
    assert "X-Request-Id: from-the-client" in got.head
    assert any(line.startswith("Server-Timing: app;dur=") for line in got.head)


def test_layers_are_passed_outermost_first_and_left_innermost_first() -> None:
    names = [line.partition(":")[0] for line in call(layers.application, request()).head[1:]]
    assert names.index("X-Request-Id") < names.index("Server-Timing")


def test_layers_around_a_loads_work_say_where_a_request_is() -> None:
    got = call(layers.stacked(3), request("POST", "/", b"abc", "X-Steps: cpu=0.001", "X-Response: 4"))
    assert got.status == "200 OK"
    assert sum(line.startswith(("X-Request-Id", "Server-Timing")) for line in got.head) == 3
