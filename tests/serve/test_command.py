"""``simulate serve`` as a process: its link, its end, and what it refuses."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import pytest

from simulator.cli.parser import execute
from simulator.cli.serve import divided
from simulator.cli.serve import run as serve_command
from simulator.experiments.refusal import RefusalError
from simulator.serve.server import listening
from tests.serve.browsing import is_there, run, tab, until

CODE = "import sys; from simulator.cli.main import main; sys.exit(main(sys.argv[1:]))"


@contextmanager
def serving(*flags: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The process, and the address that it prints."""
    command = [sys.executable, "-P", "-c", CODE, "serve", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip().rstrip("/")
        finally:
            process.kill()


def children_of(process: int) -> list[int]:
    """Of a process on Linux."""
    with open(f"/proc/{process}/task/{process}/children") as file:  # noqa: PTH123
        return [int(word) for word in file.read().split()]


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=str)
def test_it_serves_the_first_screen_until_it_is_ended_and_leaves_no_process(number: int, code: int) -> None:
    with serving() as (process, address):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)

        async def test(client: aiohttp.ClientSession) -> None:
            async with tab(client, address, 100, 30) as one, tab(client, address, 80, 24) as other:
                await one.shows("slow-clients")
                await other.shows("prefork")
                children = children_of(process.pid)
                assert len(children) == 2
                process.send_signal(number)
                await one.closes()
                await other.closes()
                await until(lambda: process.poll() is not None)
                assert not any(map(is_there, children))

        run(test)
        assert process.returncode == code


def test_what_is_no_http_is_answered_and_says_nothing_on_the_terminal() -> None:
    with serving() as (process, address):
        for garbage in (b"\x00\r\n\r\n", b"GET " + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as connection:
                connection.sendall(garbage)
                assert connection.recv(12) == b"HTTP/1.0 400"
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert len(process.stderr.read().splitlines()) == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a process that was killed")
def test_a_server_that_is_killed_leaves_no_process() -> None:
    with serving("--model", "prefork", "--load", "steady", "--duration", "10s") as (process, address):

        async def test(client: aiohttp.ClientSession) -> None:
            async with tab(client, address, 100, 30) as its:
                await its.shows("quiet day")
                (child,) = children_of(process.pid)
                process.kill()
                await until(lambda: not is_there(child) or _is_orphan_zombie(child))

        run(test)


def _is_orphan_zombie(process: int) -> bool:
    """Ended, and nobody has asked how; that is up to the machine's first process."""
    try:
        with open(f"/proc/{process}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize(
    ("typed", "port", "shown"),
    [
        ([], 0, []),
        (["--port", "8000"], 8000, []),
        (
            ["--model", "prefork", "--port=8000", "--load", "steady"],
            8000,
            ["--model", "prefork", "--load", "steady", "--watch"],
        ),
        (["compare", "prefork", "coroutine", "--watch"], 0, ["compare", "prefork", "coroutine", "--watch"]),
    ],
)
def test_everything_but_the_port_is_what_each_tab_runs(typed: list[str], port: int, shown: list[str]) -> None:
    assert divided(typed) == (port, shown)


@pytest.mark.parametrize("port", ["", "x", "-1", "65536", "8000.5"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(RefusalError, match="expected a whole number up to 65535"):
        divided(["--port", port])


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RefusalError, match=f"--port {port}: cannot listen there"):
            listening(port)


def test_it_listens_on_loopback_alone() -> None:
    with listening(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_command_line_that_simulate_refuses_is_refused_before_anything_is_served() -> None:
    from simulator.cli.parser import execute

    with pytest.raises(RefusalError, match=r"--wrokers: no such flag\. Did you mean --workers"):
        execute(["serve", "--model", "prefork", "--load", "steady", "--wrokers", "4"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("--model prefork --load nope", '"nope": no such file'),
        ("--model prefork --load steady --set rate", "--set rate: expected KEY=VALUE"),
        ("--model prefork --load steady --rate -5", "rate"),
        ("--model prefork --load steady --workers 0", "--workers 0: expected at least 1"),
        ("--load steady --rate 3", "which server?"),
        ("compare prefork --load steady", "expected 2 to 4 servers"),
        ("show nowhere.parquet", "nowhere.parquet"),
        ("--model prefork --load steady --json -", "does not go with --watch"),
    ],
)
def test_what_no_tab_could_show_is_refused_before_anything_is_served(
    typed: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.serve.server.serve", lambda *_, **__: pytest.fail("it listens"))
    from simulator.cli.parser import execute

    with pytest.raises(RefusalError) as refused:
        execute(["serve", *typed.split()])
    assert said in str(refused.value)


@pytest.mark.parametrize("typed", ["", "--model prefork --load steady", "compare prefork threaded --load steady"])
def test_what_every_tab_can_show_is_served(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[list[str]] = []

    def serve(command: list[str], _: int, **__: object) -> int:
        served.append(list(command[5:]))
        return 0

    monkeypatch.setattr("simulator.serve.server.serve", serve)
    from simulator.cli.parser import execute

    assert execute(["serve", *typed.split()]) == 0
    assert [" ".join(words) for words in served] == [f"{typed} --watch" if typed else ""]


def test_without_textual_serve_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.cli.serve.find_spec", lambda name: None)
    with pytest.raises(RefusalError, match=r"pip install 'loopfork\[web\]'"):
        serve_command(None, {"tokens": []})


@pytest.mark.parametrize("tokens", [["serve", "--help"], ["help", "serve"]])
def test_help_explains_the_flags(tokens: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(tokens) == 0
    assert "--port N" in capsys.readouterr().out
