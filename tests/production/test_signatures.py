"""What is known of each server from the field, seen on the server itself."""

from itertools import pairwise
from pathlib import Path

import pytest

from simulator.real.reports import CLOSED, Report
from tests.production.conftest import A_WHILE_S, Client, head, serving


def silent(_: Client) -> None:
    """Connects and says nothing."""


def halfway(client: Client) -> None:
    """Has sent half of its body."""
    client.send(head(-1, body=1000) + b"x" * 500)


@pytest.mark.parametrize(("line", "wait"), [("gunicorn -w 2", silent), ("gunicorn -k gthread --threads 2", halfway)])
def test_slow_clients_stop_a_server_whose_workers_wait_for_them(line: str, wait: object, tmp_path: Path) -> None:
    with serving(line, tmp_path) as served:
        assert callable(wait)
        slow = served.clients_that(wait, 4)
        good = served.client().ask(0)
        assert not good.answered(A_WHILE_S)
        for client in slow:
            client.socket.close()
        assert good.answered()


@pytest.mark.parametrize(
    ("line", "nginx"),
    [
        ("uvicorn", False),
        ("gunicorn -k gevent", False),
        ("gunicorn -k uvicorn_worker.UvicornWorker", False),
        ("tornado", False),
        ("aiohttp", False),
        ("node server.js", False),
        ("twist web", False),
        ("waitress-serve --threads=2", False),
        ("gunicorn -w 2", True),
    ],
)
@pytest.mark.parametrize("wait", [silent, halfway])
def test_slow_clients_do_not_stop_a_loop_nor_waitress_nor_what_stands_behind_nginx(
    line: str, nginx: bool, wait: object, tmp_path: Path
) -> None:
    with serving(line, tmp_path, nginx=nginx) as served:
        assert callable(wait)
        served.clients_that(wait, 8)
        assert served.client().ask(0).answered()


def begun(report: Report) -> float:
    return report.marks["handle.1"]


def done(report: Report) -> float:
    return report.marks["respond"]


@pytest.mark.parametrize(
    "line",
    [
        "uvicorn",
        "hypercorn",
        "daphne",
        "granian --interface asgi",
        "tornado",
        "aiohttp",
        "node server.js",
        "twist web",
        "gunicorn -k gevent",
        "gunicorn -k uvicorn_worker.UvicornWorker",
    ],
)
def test_one_computation_stops_everybody_on_an_event_loop(line: str, tmp_path: Path) -> None:
    with serving(line, tmp_path) as served:
        (first,) = served.clients_that(lambda client: client.ask(0, "io=0.000001,cpu=1.500000"), 1)
        second = served.client().ask(1, "cpu=0.001000")
        assert first.answered()
        assert second.answered()
        seen = served.accounts(2)
        assert begun(seen[1]) > done(seen[0])


@pytest.mark.parametrize("line", ["uvicorn", "hypercorn", "daphne", "granian --interface asgi", "tornado", "aiohttp"])
def test_a_call_that_blocks_stops_everybody_on_an_event_loop_and_waiting_stops_nobody(
    line: str, tmp_path: Path
) -> None:
    with serving(line, tmp_path) as served:
        served.clients_that(lambda client: client.ask(0, "block=1.500000"), 1)
        assert served.client().ask(1, "io=0.001000").answered()
        served.clients_that(lambda client: client.ask(2, "io=3.000000"), 1)
        assert served.client().ask(3, "io=0.001000").answered()
        seen = served.accounts(4)
        assert begun(seen[1]) > done(seen[0])
        assert begun(seen[3]) < done(seen[2])


@pytest.mark.parametrize(
    "line", ["uvicorn --workers 2", "gunicorn -w 2 -k uvicorn_worker.UvicornWorker", "gunicorn -w 2 -k gevent"]
)
def test_while_one_of_two_loops_computes_the_other_one_accepts_and_nobody_waits(line: str, tmp_path: Path) -> None:
    with serving(line, tmp_path) as served:
        (first,) = served.clients_that(lambda client: client.ask(0, "io=0.000001,cpu=3.000000"), 1)
        later = [served.client().ask(row, "cpu=0.001000") for row in range(1, 6)]
        assert all(client.answered() for client in later)
        assert first.answered()
        seen = served.accounts(6)
        assert all(seen[row].process != seen[0].process for row in range(1, 6))
        assert max(done(seen[row]) for row in range(1, 6)) < done(seen[0])


def test_a_call_that_blocks_waits_beside_others_in_greenlets_and_computing_stops_them_all(tmp_path: Path) -> None:
    with serving("gunicorn -k gevent", tmp_path) as served:
        served.clients_that(lambda client: client.ask(0, "block=3.000000"), 1)
        assert served.client().ask(1, "block=0.001000").answered()
        served.clients_that(lambda client: client.ask(2, "native=1.500000"), 1)
        assert served.client().ask(3, "io=0.001000").answered()
        seen = served.accounts(4)
        assert begun(seen[1]) < done(seen[0])
        assert begun(seen[3]) > done(seen[2])


@pytest.mark.parametrize(
    "line", ["gunicorn -k gthread --threads 4", "waitress-serve", "uwsgi --threads 4", "gunicorn -w 4", "uwsgi -p 4"]
)
def test_threads_and_workers_wait_side_by_side(line: str, tmp_path: Path) -> None:
    with serving(line, tmp_path) as served:
        clients = [served.client().ask(row, "io=4.000000") for row in range(4)]
        assert all(client.answered() for client in clients)
        seen = served.accounts(4).values()
        assert max(map(begun, seen)) < min(map(done, seen))
        assert len({report.slot for report in seen}) == 4


@pytest.mark.parametrize("line", ["gunicorn", "uwsgi"])
def test_one_worker_serves_one_request_after_another(line: str, tmp_path: Path) -> None:
    with serving(line, tmp_path) as served:
        clients = [served.client().ask(row, "io=0.050000") for row in range(4)]
        assert all(client.answered() for client in clients)
        seen = sorted(served.accounts(4).values(), key=begun)
        assert all(begun(later) >= earlier.marks[CLOSED] for earlier, later in pairwise(seen))


@pytest.mark.parametrize("line", ["gunicorn -w 2", "uwsgi --master -p 2"])
def test_a_crash_costs_a_pool_of_workers_the_crashing_request_and_nobody_else(line: str, tmp_path: Path) -> None:
    with serving(line, tmp_path) as served:
        other = served.client().ask(0, "io=1.000000")
        assert not served.client().ask(1, "io=0.200000,crash=1.000000").answered()
        assert other.answered()
        assert served.client().ask(2).answered()


def test_node_hands_files_to_as_many_threads_as_it_was_given_and_answers_others_meanwhile(tmp_path: Path) -> None:
    with serving("UV_THREADPOOL_SIZE=2 node server.js", tmp_path) as served:
        for row in range(3):
            served.client().ask(row, "block=1")
        assert served.client().ask(3).answered()
        reports = served.accounts(4)
    begun = sorted(reports[row].marks["handle.1_in_libuv_thread"] for row in range(3))
    over = sorted(reports[row].marks["release_libuv_thread"] for row in range(3))
    assert reports[3].marks["respond"] < over[0]  # without a thread
    assert begun[1] < over[0] <= begun[2]
