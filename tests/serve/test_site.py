"""What browsers get, and what they do not get."""

import random
import re
import sys

import aiohttp
import pytest

from simulator.serve.site import FULL, LARGEST_MESSAGE, Site
from simulator.words.language import VARIABLE, Language, speaking
from tests.serve.browsing import TINY, is_there, run, served, tab, until

pytestmark = pytest.mark.slow
ELSEWHERE = "https://evil.example"


async def _status(client: aiohttp.ClientSession, url: str, **headers: str) -> int:
    async with client.get(url, headers=headers) as response:
        return response.status


def test_a_tab_shows_the_screen_and_takes_keys_and_sizes() -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        async with served(Site(TINY)) as address, tab(client, address) as its:
            await its.shows("nothing pressed 中文? █▲|nothing pressed")
            await its.shows("size 60x10")
            await its.press("k")
            await its.shows("pressed k")
            await its.socket.send_json(["resize", {"width": 44, "height": 8}])
            await its.shows("size 44x8")

    run(test)


def test_what_a_tab_sends_that_nobody_understands_is_passed_over() -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        async with served(Site(TINY)) as address, tab(client, address) as its:
            await its.shows("nothing pressed")
            for nonsense in ("", "{", "[]", '["stdin"]', '["stdin", 7]', '["resize", {"width": "9"}]', '["quit"]'):
                await its.socket.send_str(nonsense)
            await its.socket.send_json(["resize", {"width": 10**9, "height": -5}])
            await its.socket.send_json(["resize", {"width": 50, "height": 9}])
            await its.press("j")
            await its.shows("pressed j")
            await its.shows("size 50x9")

    run(test)


def test_frames_of_garbage_do_not_end_a_session() -> None:
    deep = 100_000
    generator = random.Random(1)
    garbage: list[str | bytes] = [
        "[" * deep,
        '{"a":' * deep,
        '["ping", ' + "[" * 900 + "]" * 900 + "]",
        b"",
        b"\xff\x00" * deep,
    ]
    garbage += ['["resize", {"width": true, "height": null}]', '["resize", {"width": 1e400, "height": NaN}]']
    garbage += [
        '["resize", {"width": ' + "9" * 5000 + ', "height": 1}]',
        '["stdin", "\\ud800"]',
        '"stdin"',
        "7",
        "null",
    ]
    garbage += ["".join(generator.choices('[]{}",:01\\u stdin ping', k=generator.randrange(60))) for _ in range(300)]

    async def test(client: aiohttp.ClientSession) -> None:
        async with served(Site(TINY)) as address, tab(client, address) as its:
            await its.shows("nothing pressed")
            for frame in garbage:
                await (its.socket.send_bytes(frame) if isinstance(frame, bytes) else its.socket.send_str(frame))
            await its.press("j")
            await its.shows("pressed j")

    run(test)


def test_a_frame_that_is_too_large_ends_its_session_and_no_other() -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        site = Site(TINY)
        async with served(site) as address, tab(client, address) as its, tab(client, address) as other:
            await its.shows("nothing pressed")
            await its.socket.send_str("x" * (LARGEST_MESSAGE + 1))
            await its.closes()
            await other.press("j")
            await other.shows("pressed j")
            await until(lambda: site.sessions == 1)

    run(test)


def test_what_a_header_says_is_not_repeated_in_any_answer() -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        async with served(Site(TINY)) as address:
            for path in ("/", "/nothing"):
                async with client.get(address + path, headers={"Host": '127.0.0.1:1"><script>'}) as response:
                    assert response.status == 403
                    assert "script" not in await response.text() + str(response.headers)

    run(test)


def test_other_hosts_and_origins_get_403_for_the_page_its_files_and_the_socket() -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        site = Site(TINY)
        async with served(site) as address:
            for path in ("/", "/ws", "/static/page.js", "/download/x", "/nothing"):
                assert await _status(client, address + path, Origin=ELSEWHERE) == 403
                assert await _status(client, address + path, Host="evil.example") == 403
                assert await _status(client, address + path, Host="127.0.0.1.evil.example") == 403
            for headers in ({"Origin": ELSEWHERE}, {"Origin": address, "Host": "evil.example"}, {}):
                with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                    await client.ws_connect(f"{address}/ws", headers=headers)
                assert caught.value.status == 403
            assert site.sessions == 0
            assert await _status(client, address) == 200

    run(test)


def test_the_page_asks_for_nothing_that_is_elsewhere_and_no_folder_can_be_listed() -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        async with served(Site(TINY)) as address:
            async with client.get(address) as response:
                page = await response.text()
                assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
            asked = re.findall(r'\b(?:src|href)="(?!data:)([^"]+)"', page)
            assert len(asked) >= 4
            for path in asked:
                assert path.startswith("/static/")
                async with client.get(address + path) as response:
                    assert response.status == 200
                    body = await response.read()
                if path.endswith("page.css"):
                    assert b"//" not in body.replace(b"/*", b"").replace(b"*/", b"")
            assert f'data-session-websocket-url="ws://{address.removeprefix("http://")}/ws"' in page
            for path in ("/static", "/static/", "/static/../site.py", "/static/%2e%2e/site.py", "/download/", "/etc"):
                assert await _status(client, address + path) == 404

    run(test)


@pytest.mark.parametrize(("spoken", "words"), [("en", "Start again"), ("zh", "重新开始")])
def test_the_page_is_in_the_language_of_the_server(spoken: Language, words: str) -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        async with served(Site(TINY)) as address, client.get(address) as response:
            page = await response.text()
            assert f'<html lang="{spoken}">' in page
            assert words in page
            assert "$" not in page

    with speaking(spoken):
        run(test)


def test_one_tab_too_many_is_told_so_and_gets_no_process() -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        site = Site(TINY, sessions=2)
        async with served(site) as address, tab(client, address), tab(client, address):
            await until(lambda: site.sessions == 2)
            async with client.get(address) as response:
                assert response.status == 503
                assert await response.text() == FULL.format(count=2) + "\n"
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await client.ws_connect(f"{address}/ws", origin=address)
            assert caught.value.status == 503

    run(test)


@pytest.mark.parametrize("kind", [(), ("stubborn",)])
def test_the_process_of_a_closed_tab_is_gone_and_waited_for(
    kind: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.serve.session.GRACE_S", 0.5 if kind else 20.0)

    async def test(client: aiohttp.ClientSession) -> None:
        site = Site((*TINY, *kind))
        async with served(site) as address:
            async with tab(client, address) as its:
                process = int((await its.shows(r"process (\d+)"))[1])
                assert is_there(process)
            await until(lambda: site.sessions == 0)
            assert not is_there(process)
            async with tab(client, address) as its:
                await its.shows("nothing pressed")

    run(test)


def test_a_tab_in_which_nobody_does_anything_is_closed() -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        site = Site(TINY, idle_s=0.01)
        async with served(site) as address, tab(client, address) as its:
            await its.closes()
            await until(lambda: site.sessions == 0)

    run(test)


def test_a_screen_that_is_quit_ends_its_tab() -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        async with served(Site(TINY)) as address, tab(client, address) as its:
            await its.shows("nothing pressed")
            await its.press("x")
            await its.closes()

    run(test)


def test_a_program_that_does_not_start_says_why_in_the_tab() -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        async with served(Site((*TINY, "broken"))) as address, tab(client, address) as its:
            await its.closes()
            assert "simulate: --load nothing: no such file" in its.text

    run(test)


def test_a_tab_speaks_the_language_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "zh")  # what --lang does
    told = (sys.executable, "-c", f"import os, sys; sys.exit('it is ' + os.environ[{VARIABLE!r}])")

    async def test(client: aiohttp.ClientSession) -> None:
        async with served(Site(told)) as address, tab(client, address) as its:
            await its.closes()
            assert "it is zh" in its.text

    run(test)


def test_the_end_of_the_server_ends_all_its_processes() -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        site = Site(TINY)
        async with served(site) as address, tab(client, address) as one, tab(client, address) as other:
            processes = [int((await its.shows(r"process (\d+)"))[1]) for its in (one, other)]
            await site.close(None)  # type: ignore[arg-type]
        assert not any(map(is_there, processes))

    run(test)
