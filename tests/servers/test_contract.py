"""What every real server promises to its clients and in its report, whatever its architecture."""

import pytest

from tests.servers.casts import BUFFERED, EAGER, NGINX, PREFORK, SERVERS, THREADED
from tests.servers.client import Answer, answer, answer_bytes, ask, at_once, connect, request
from tests.servers.stage import Cast, Line, Running, refused

pytestmark = [pytest.mark.real, pytest.mark.slow]
EPSILON_S = 1e-6  # marks are printed with seven digits


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 3_000_000])
def test_a_response_has_the_size_that_was_asked_for(server: Running, size: int) -> None:
    assert ask(server.port, download=size) == Answer(200, size, size)


def test_an_upload_of_a_mebibyte_arrives(server: Running) -> None:
    assert ask(server.port, upload=1 << 20, download=10) == Answer(200, 10, 10)


def test_a_request_in_single_bytes_is_a_request(server: Running) -> None:
    with connect(server.port) as sock:
        for byte in request(upload=20):
            sock.send(bytes([byte]))
        assert answer(sock).status == 200


def test_the_report_tells_each_place_in_the_order_of_the_model(cast: Cast, server: Running, row: int) -> None:
    ask(server.port, row=row, steps="cpu=0.001,io=0.002", upload=3000, download=9000)
    line = server.line(row)
    assert line.outcome == "completed"
    assert tuple(name for name in line.marks if not name.startswith("handle")) == (*cast.places, "left")
    assert list(line.marks.values()) == sorted(line.marks.values())


@pytest.mark.parametrize("cast", SERVERS, ids=str, indirect=True)
def test_work_is_done_in_the_order_and_amount_that_was_asked_for(cast: Cast, server: Running, row: int) -> None:
    ask(server.port, row=row, steps="cpu=0.010000,io=0.020000,cpu=0.003")
    marks = server.line(row).marks
    names = list(marks)
    first, before = names.index("handle.1"), cast.places[cast.places.index("respond") - 1]
    assert names[first - 1 : first + 4] == [before, "handle.1", "handle.2", "handle.3", "respond"]
    assert marks["handle.2"] - marks["handle.1"] >= 0.010 - EPSILON_S
    assert marks["handle.3"] - marks["handle.2"] >= 0.020 - EPSILON_S
    assert marks["respond"] - marks["handle.3"] >= 0.003 - EPSILON_S


@pytest.mark.parametrize("cast", SERVERS, ids=str, indirect=True)
def test_as_many_requests_wait_side_by_side_as_the_architecture_promises(cast: Cast, server: Running, row: int) -> None:
    asked = min(cast.parallel + 2, 12)
    answers = at_once(asked, lambda n: ask(server.port, row=row + n, steps="io=0.3"))
    assert {each.status for each in answers} == {200}
    assert most_at_once(lines(server, row, asked)) == min(cast.parallel, asked)


@pytest.mark.parametrize("cast", [THREADED, EAGER, BUFFERED], ids=str, indirect=True)
def test_every_request_names_a_thread_that_serves_nobody_else_meanwhile(server: Running, row: int) -> None:
    at_once(12, lambda n: ask(server.port, row=row + n, steps="io=0.01"))
    reported = lines(server, row, 12)
    assert len({line.slot for line in reported}) > 1
    for slot in {line.slot for line in reported}:
        assert most_at_once([line for line in reported if line.slot == slot]) == 1


@pytest.mark.parametrize("cast", [EAGER], ids=str, indirect=True)
def test_threads_of_one_process_compute_in_turns(server: Running, row: int) -> None:
    at_once(3, lambda n: ask(server.port, row=row + n, steps="cpu=0.05"))
    reported = lines(server, row, 3)
    begin, end = min(line.marks["handle.1"] for line in reported), max(line.marks["send"] for line in reported)
    assert end - begin >= 3 * 0.05 - EPSILON_S


@pytest.mark.parametrize(
    "cast", [c for c in SERVERS if c.places[0] in ("accept_event_loop", "accept_reactor")], ids=str, indirect=True
)
def test_event_loops_keep_a_connection_for_the_next_request(server: Running, row: int) -> None:
    first = request(row=row, download=70_000, more="Connection: keep-alive")
    second = request(row=row + 1, steps="io=0.001")
    with connect(server.port) as sock:
        sock.sendall(first + second)
        received = answer_bytes(sock)
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert len(received) > 70_000
    assert [line.outcome for line in lines(server, row, 2)] == ["completed", "completed"]


@pytest.mark.parametrize("cast", [PREFORK, NGINX], ids=str)
@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--idle-timeout", "soon"), "invalid float value: 'soon'"),
        (("--idle-timeout", "0"), "--idle-timeout 0.0: expected at least 0.001"),
        (("--report", "/nowhere/report"), "--report /nowhere/report: cannot be opened"),
        (("--nothing",), "unrecognized arguments: --nothing"),
    ],
)
def test_a_flag_that_makes_no_sense_gives_one_line_and_code_2(cast: Cast, flags: tuple[str, ...], words: str) -> None:
    code, complaint = refused(cast, flags)
    assert code == 2
    assert words in complaint
    assert complaint.count("\n") == 1


def lines(server: Running, row: int, count: int) -> list[Line]:
    """What is reported about ``count`` requests from ``row`` on; waits for it."""
    return [server.line(row + n) for n in range(count)]


def most_at_once(lines: list[Line]) -> int:
    """How many of the requests were being handled at the same moment, at most."""
    events = [(line.marks["handle.1"], 1) for line in lines] + [(line.marks["respond"], -1) for line in lines]
    now = most = 0
    for _, change in sorted(events):
        now += change
        most = max(most, now)
    return most
