"""The server under test: one for many tests, or one that may be ended."""

import itertools
from collections.abc import Iterator

import pytest

from tests.servers.casts import ALL
from tests.servers.stage import Cast, Running, performed

_rows = itertools.count(1000, 1000)


@pytest.fixture(params=ALL, ids=str, scope="module")
def cast(request: pytest.FixtureRequest) -> Cast:
    chosen = request.param
    assert isinstance(chosen, Cast)
    return chosen


@pytest.fixture(scope="module")
def server(cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Shared by the tests of a module: each leaves it as well as it was."""
    with performed(cast, tmp_path_factory.mktemp("shared")) as running:
        yield running


@pytest.fixture
def mortal(cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of this test's own."""
    with performed(cast, tmp_path_factory.mktemp("mortal")) as running:
        yield running


@pytest.fixture
def row() -> int:
    """The first of 1000 numbers of requests that no other test uses."""
    return next(_rows)
