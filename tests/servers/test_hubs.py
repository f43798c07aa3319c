"""Which waiting keeps the hub of the real greenlet server, and whom a computation stops where there are two loops."""

from pathlib import Path

import pytest

from tests.servers.casts import GREENLET, HYBRID
from tests.servers.client import answer, ask, at_once, connect, request, taken
from tests.servers.stage import Cast, performed, until
from tests.servers.test_contract import lines, most_at_once

pytestmark = [pytest.mark.real, pytest.mark.slow]
ONE_HUB = Cast(GREENLET.module, places=GREENLET.places, needs=GREENLET.needs)


@pytest.mark.parametrize(
    ("libraries", "steps", "together"),
    [
        ("patched", "io=0.3", 4),
        ("patched", "block=0.3", 4),
        ("patched", "cpu=0.05", 1),
        ("patched", "native=0.05", 1),
        ("unpatched", "io=0.1", 1),
        ("unpatched", "block=0.1", 1),
    ],
)
def test_what_is_patched_waits_beside_others_and_what_is_not_or_computes_stops_them(
    libraries: str, steps: str, together: int, tmp_path: Path
) -> None:
    with performed(ONE_HUB, tmp_path, "--libraries", libraries) as server:
        at_once(4, lambda n: ask(server.port, row=n, steps=steps))
        assert most_at_once(lines(server, 0, 4)) == together


def test_a_pool_is_how_many_are_in_hand_at_most(tmp_path: Path) -> None:
    with performed(ONE_HUB, tmp_path, "--pool", "2") as server:
        at_once(6, lambda n: ask(server.port, row=n, steps="io=0.1"))
        assert most_at_once(lines(server, 0, 6)) == 2


@pytest.mark.parametrize("cast", [HYBRID, GREENLET], ids=str)
def test_one_of_several_loops_computes_and_the_others_accept(cast: Cast, tmp_path: Path) -> None:
    """Of two processes: whoever the other one takes is through before the first is."""
    with performed(cast, tmp_path) as server, connect(server.port) as sock:
        sock.sendall(request(row=0, steps="cpu=1.5"))
        until(lambda: taken(server.port, sock), "the request to be read")
        at_once(6, lambda n: ask(server.port, row=1 + n, steps="cpu=0.001"))
        assert answer(sock).status == 200
        first, *later = lines(server, 0, 7)
        beside = [line for line in later if line.process != first.process]
        assert beside
        assert all(line.marks["respond"] < first.marks["respond"] for line in beside)
