"""The small HTTP/1.1 without a socket: however the bytes are cut, the same messages come out."""

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.wire.message import Request, request_parser, response_parser
from models.wire.outgoing import response
from models.wire.syntax import BODY_LIMIT, HEAD_LIMIT, Refused
from models.wire.work import Phase, parse

HEAD = b"POST /a HTTP/1.1\r\nHost: b\r\nContent-Length: %d\r\n%s\r\n"


def fed(*pieces: bytes) -> list[Request]:
    """The requests in a stream that arrives in these pieces."""
    parser, found = request_parser(), []
    for piece in pieces:
        request = parser.feed(piece)
        while request is not None:
            found.append(request)
            request = parser.feed(b"")
    return found


@given(st.lists(st.integers(0, 300), max_size=4), st.lists(st.integers(0, 2000), max_size=8))
def test_requests_come_out_however_the_stream_is_cut(bodies: list[int], cuts: list[int]) -> None:
    stream = b"".join(HEAD % (size, b"") + bytes(size) for size in bodies)
    edges = [0, *sorted(cuts), len(stream)]
    pieces = [stream[a:b] for a, b in itertools.pairwise(edges)]
    assert [request.length for request in fed(*pieces)] == bodies


@given(st.binary(max_size=400), st.integers(0, 400))
def test_any_bytes_are_a_request_or_refused_or_not_yet_complete(data: bytes, cut: int) -> None:
    with contextlib.suppress(Refused):
        fed(data[:cut], data[cut:])


@given(st.binary(max_size=60))
def test_any_bytes_in_a_header_are_refused_or_come_out_stripped(value: bytes) -> None:
    try:
        requests = fed(HEAD % (0, b"X: " + value + b"\r\n"))
    except Refused:
        return
    if requests and b"\r\n" not in value:
        assert requests[0].fields["x"] == value.decode("latin-1").strip(" \t")


@pytest.mark.parametrize("over", [0, 1])
def test_a_head_has_16_kib_at_most(over: int) -> None:
    rest = HEAD_LIMIT - len(HEAD % (0, b"X: \r\n")) + over
    head = HEAD % (0, b"X: " + b"x" * rest + b"\r\n")
    if not over:
        assert len(fed(head)) == 1
    else:
        with pytest.raises(Refused, match="431"):
            fed(head)


@pytest.mark.parametrize("over", [0, 1])
def test_a_body_has_32_mib_at_most(over: int) -> None:
    parser = request_parser()
    if not over:
        assert parser.feed(HEAD % (BODY_LIMIT, b"")) is None
    else:
        with pytest.raises(Refused, match="413"):
            parser.feed(HEAD % (BODY_LIMIT + 1, b""))


@pytest.mark.parametrize(
    ("version", "connection", "kept"),
    [
        (b"1.1", b"", True),
        (b"1.1", b"Connection: Close\r\n", False),
        (b"1.0", b"", False),
        (b"1.0", b"Connection: keep-alive\r\n", True),
        (b"1.1", b"Connection: keep-alive, close\r\n", False),
    ],
)
def test_a_connection_is_kept_where_both_sides_want_it(version: bytes, connection: bytes, kept: bool) -> None:
    [request] = fed(b"GET / HTTP/" + version + b"\r\nHost: a\r\n" + connection + b"\r\n")
    assert request.keep_alive is kept


def test_the_work_is_read_in_order() -> None:
    [request] = fed(HEAD % (0, b"X-Request: 7\r\nX-Steps: cpu=0.002000,io=0.03,cpu=1\r\nX-Response: 12\r\n"))
    job = parse(request)
    assert (job.row, job.response_bytes) == (7, 12)
    assert job.phases == (Phase("cpu", 0.002), Phase("io", 0.03), Phase("cpu", 1.0))


@given(st.integers(0, 3_000_000), st.integers(1, 100_000))
def test_a_response_is_as_long_as_it_says_however_little_is_taken_at_once(size: int, step: int) -> None:
    outgoing, parser, complete = response(size), response_parser(), None
    while outgoing:
        piece = outgoing.piece()[: step + 1000]
        outgoing.taken(len(piece))
        assert complete is None
        complete = parser.feed(bytes(piece))
    assert complete is not None
    assert (complete.status, complete.length, parser.begun) == (200, size, False)
