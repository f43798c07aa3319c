"""What is exported in a browser tab is downloaded there, and nothing stays where the server runs."""

import io
import json
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote

import aiohttp
import pytest

from simulator.cli.serve import command
from simulator.lab.export_menu import KINDS, Kind
from simulator.serve.site import Site
from tests.serve.browsing import PATIENCE_S, Tab, run, served, tab

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Textual shows nothing in a browser from Windows"),
]
ONE = ("--model", "prefork", "--load", "steady", "--duration", "10s", "--watch")
TWO = ("compare", "prefork", "coroutine", "--load", "steady", "--duration", "10s", "--watch")
EXPORT, DOWN, ENTER = "e", "\x1b[B", "\r"


async def _offered(its: Tab) -> str:
    """Wait until the program offers a file, and return its key."""
    while True:
        message = await its.socket.receive(timeout=PATIENCE_S)
        if message.type is aiohttp.WSMsgType.TEXT and message.json()[0] == "deliver_file_start":
            return str(message.json()[1])
        assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the server runs."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def _downloaded(client: aiohttp.ClientSession, shown: tuple[str, ...], kind: Kind) -> tuple[str, bytes]:
    """Choose a line of the menu; the name of the file, and what is in it."""
    async with served(Site(command(shown))) as address, tab(client, address, 100, 30) as its:
        await its.shows("quiet day")
        await its.press(EXPORT)
        await its.shows("this picture as text")
        await its.press(DOWN * KINDS.index(kind) + ENTER)
        key = await _offered(its)
        async with client.get(f"{address}/download/{key}") as response:
            assert response.status == 200
            disposition, data = response.headers["Content-Disposition"], await response.read()
        async with client.get(f"{address}/download/{key}") as response:
            assert response.status == 404, "a file is given once"
    assert disposition.startswith("attachment; filename*=UTF-8''")
    return unquote(disposition.rpartition("''")[2]), data


def test_a_picture_is_downloaded_as_it_is(elsewhere: Path) -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        name, data = await _downloaded(client, ONE, Kind.SVG)
        assert name.startswith("prefork-steady-")
        assert name.endswith("s.svg")
        assert data.startswith(b"<svg")

    run(test)
    assert not list(elsewhere.iterdir())


def test_the_tables_of_a_run_are_downloaded_as_one_archive(elsewhere: Path) -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        name, data = await _downloaded(client, ONE, Kind.CSV)
        assert name == "prefork-steady.zip"
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            tables = {"prefork-steady/requests.csv", "prefork-steady/timeline.csv", "prefork-steady/summary.csv"}
            assert set(archive.namelist()) == tables

    run(test)
    assert not list(elsewhere.iterdir())


def test_of_several_servers_all_results_are_in_the_archive(elsewhere: Path) -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        _, data = await _downloaded(client, TWO, Kind.JSON)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.namelist() == ["prefork-steady.json", "coroutine-steady.json"]
            assert all(json.loads(archive.read(name)) for name in archive.namelist())

    run(test)
    assert not list(elsewhere.iterdir())
