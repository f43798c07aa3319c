"""The interface between an event loop and an ASGI application: events both ways, each sentence with its own."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from models.applications import layers_asgi
from models.coroutine.asyncio_server import Asyncio
from models.coroutine.scheduler import Scheduler
from models.wire.asgi import Application, Host, Lifespan, Receive, Send
from models.wire.report import Report, Visit
from models.wire.syntax import Refused
from tests.servers.calling import Got, pair, request
from tests.servers.client import answer_bytes, ask, at_once
from tests.servers.stage import DEADLINE_S, Cast, performed

Scope = dict[str, Any]


def call(application: Application, data: bytes, *, own: bool = False, leave: bool = False) -> tuple[Got, str]:
    """What a client gets for these bytes, and how it ended; on asyncio's loop, or on the one of this project."""
    ended: list[str] = []
    with pair() as (client, server):
        server.setblocking(False)

        async def serve(loop: Any) -> None:
            try:
                await Host(application, loop, DEADLINE_S).serve(server, Visit(Report(None), 0), lambda: None)
                ended.append("completed")
            except (Refused, OSError) as error:
                ended.append(str(error))
            server.close()

        def run() -> None:
            if own:
                scheduler = Scheduler()
                scheduler.run(serve(scheduler))
            else:
                asyncio.run(as_asyncio())

        async def as_asyncio() -> None:
            await serve(Asyncio())

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        client.sendall(data)
        if leave:
            client.close()
        got = Got(b"" if leave else answer_bytes(client))
        thread.join(DEADLINE_S)
        assert not thread.is_alive()
        return got, ended[0]


async def answer(send: Send, *pieces: bytes, status: int = 200, **headers: str) -> None:
    """A whole response."""
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})


def test_a_request_becomes_a_scope_of_text_and_bytes() -> None:
    seen: Scope = {}

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        seen.update(scope)
        await answer(send)

    call(application, request("PUT", "/caf%C3%A9?a=1", b"x", "X-Some-Thing: 7"))
    assert (seen["type"], seen["method"], seen["path"], seen["raw_path"]) == ("http", "PUT", "/café", b"/caf%C3%A9")
    assert (seen["query_string"], seen["http_version"], seen["root_path"]) == (b"a=1", "1.1", "")
    assert (b"x-some-thing", b"7") in seen["headers"]
    assert seen["client"][0] == "127.0.0.1"


def test_the_body_comes_as_events_and_its_last_one_says_so() -> None:
    events: list[Any] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        while not events or events[-1]["more_body"]:
            events.append(await receive())
        await answer(send, b"".join(event["body"] for event in events))

    got, _ = call(application, request("POST", "/", b"x" * 300_000))
    assert got.body == b"x" * 300_000
    assert {event["type"] for event in events} == {"http.request"}
    assert len(events) > 1


def test_of_one_event_the_length_is_known_and_of_many_the_end_of_the_connection_is_the_end() -> None:
    async def one(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"hello"})

    async def many(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, b"one ", b"two")

    assert "content-length: 5" in call(one, request())[0].head
    got, _ = call(many, request())
    assert got.body == b"one two"
    assert not any(line.startswith("content-length") for line in got.head)
    assert call(one, request("HEAD"))[0].body == b""


def test_after_its_answer_and_when_the_client_leaves_an_application_hears_of_it() -> None:
    heard: list[str] = []

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await answer(send)
        heard.append((await receive())["type"])

    async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        heard.append((await receive())["type"])
        await answer(send, b"to nobody")

    call(answering, request())
    call(waiting, request(), leave=True)
    assert heard == ["http.disconnect", "http.disconnect"]


def test_an_error_before_the_first_byte_is_500_and_later_the_rest_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def early(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("early")

    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ValueError("late")

    assert call(early, request())[1] == "500 the application failed"
    got, ended = call(late, request())
    assert got.body == b"half"
    assert ended == "the application failed"
    assert "ValueError: late" in capsys.readouterr().err


@pytest.mark.parametrize("own", [True, False], ids=["own loop", "asyncio"])
def test_what_is_cancelled_in_an_application_ends_its_request_and_not_its_loop(
    own: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    async def cancelled(scope: Scope, receive: Receive, send: Send) -> None:
        raise asyncio.CancelledError

    assert call(cancelled, request(), own=own)[1] == "500 the application failed"
    assert "CancelledError" in capsys.readouterr().err


@pytest.mark.parametrize(
    "events",
    [
        [{"type": "http.response.body", "body": b"x"}],
        [{"type": "http.response.start", "status": 200}] * 2,
        [{"type": "http.response.start", "status": 200}],
        [
            {"type": "http.response.start", "status": 200, "headers": [(b"x", b"a\r\nset-cookie: b")]},
            {"type": "http.response.body"},
        ],
        [
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]},
            {"type": "http.response.body", "body": b"three"},
        ],
    ],
    ids=["no start", "two starts", "no body", "split header", "too long"],
)
def test_what_breaks_the_interface_is_a_fault_of_the_application(
    events: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        for event in events:
            await send(event)

    assert call(application, request())[1] == "500 the application failed"
    assert "RuntimeError" in capsys.readouterr().err


def test_an_application_needs_a_loop_that_knows_what_it_awaits(capsys: pytest.CaptureFixture[str]) -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.001)
        await answer(send, b"slept")

    assert call(application, request())[0].body == b"slept"
    assert call(application, request(), own=True)[1] == "500 the application failed"
    assert "no running event loop" in capsys.readouterr().err


@pytest.mark.parametrize("own", [False, True], ids=["asyncio", "own scheduler"])
def test_our_layers_run_on_either_loop(own: bool) -> None:
    data = request("POST", "/", b"abc", "X-Steps: io=0.001", "X-Response: 70000", "X-Request-Id: mine")
    got, ended = call(layers_asgi.application, data, own=own)
    assert (got.status, ended, len(got.body)) == ("200 OK", "completed", 70_000)
    names = [line.partition(":")[0] for line in got.head]
    assert names.index("x-request-id") < names.index("server-timing")
    assert "x-request-id: mine" in got.head


def test_start_and_end_of_a_process_are_told_to_who_wants_to_know() -> None:
    told: list[str] = []

    async def knows(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(2):
            told.append((await receive())["type"])
            await send({"type": f"{told[-1]}.complete"})

    async def ignores(scope: Scope, receive: Receive, send: Send) -> None:
        raise asyncio.CancelledError

    async def fails(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed"})

    def live(application: Application) -> None:
        scheduler = Scheduler()

        async def process() -> None:
            lifespan = Lifespan(Host(application, scheduler, DEADLINE_S))
            scheduler.spawn(lifespan.run())
            await lifespan.started()
            await lifespan.ended()

        scheduler.run(process())

    live(ignores)
    live(knows)
    assert told == ["lifespan.startup", "lifespan.shutdown"]
    with pytest.raises(SystemExit):
        live(fails)


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("module", ["models.coroutine.server", "models.coroutine.asyncio_server"])
def test_while_one_request_awaits_others_are_served(module: str, tmp_path: Path) -> None:
    cast = Cast(module, ("--application", "models.applications.layers_asgi:application"))
    with performed(cast, tmp_path) as server:
        at_once(8, lambda n: ask(server.port, row=n, steps="io=0.3"))
        lines = [server.line(n) for n in range(8)]
    begun, done = max(line.marks["handle.1"] for line in lines), min(line.marks["respond"] for line in lines)
    assert begun < done  # all of them at once, in one process
