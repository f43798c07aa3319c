"""A link opens exactly what it says, whoever wrote it; and it can say nothing that could do harm."""

import base64
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
import pytest

from simulator.cli.given import deployment_of
from simulator.cli.link import linked
from simulator.cli.parser import parse
from simulator.cli.serve import _checked, embedding
from simulator.experiments.deployment_words import pane
from simulator.experiments.options import RUN, RunOptions
from simulator.experiments.refusal import RefusalError
from simulator.experiments.setup import Setup
from simulator.lab.command_line import link
from simulator.serve.site import Site
from tests.serve.browsing import TINY, run, served, tab
from tests.serve.test_command import serving

OWN = ("--model", "prefork", "--load", "mine.toml", "--machine=here.toml", "--watch")
PLAIN = "server=prefork&load=slow-clients"


def words(query: str) -> list[str]:
    return linked(parse_qsl(query, keep_blank_values=True), OWN)


@pytest.mark.parametrize(
    ("query", "typed"),
    [
        (PLAIN, "--model prefork --load=slow-clients --watch"),
        ("load=mixed&server=prefork&nginx=1&at=20s", "--model prefork --load=mixed --nginx --at=20s --watch"),
        (f"{PLAIN}&workers=8&nginx=0&seed=3", "--model prefork --load=slow-clients --workers=8 --seed=3 --watch"),
        ("server=prefork%2Bnginx:workers=8&load=mixed", "--model prefork --workers 8 --nginx --load=mixed --watch"),
        (
            "server=prefork&server=threaded:threads=8&load=mixed&nginx=1&lang=zh&theme=light",
            "compare prefork threaded:threads=8 --load=mixed --nginx --lang=zh --theme=light --watch",
        ),
        ("server=prefork&load=mixed&set=a.b=4&at=end", "--model prefork --load=mixed --set=a.b=4 --at=end --watch"),
        (
            "server=prefork&load=mine.toml&machine=here.toml",
            "--model prefork --load=mine.toml --machine=here.toml --watch",
        ),
    ],
)
def test_a_link_is_read_as_a_command_line(query: str, typed: str) -> None:
    assert words(query) == typed.split()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("server=prefork", "a link names one to 4 servers and a load, like ?server=prefork&load=slow-clients"),
        ("load=mixed", "a link names one to 4 servers"),
        ("load=mixed" + "&server=prefork" * 5, "a link names one to 4 servers"),
        ("server=prefrok&load=mixed", "compare prefrok: no such model. Did you mean prefork?"),
        (f"{PLAIN}&wrokers=8", "link: no key wrokers. Did you mean workers?"),
        (f"{PLAIN}&nginx=maybe", "link: nginx=maybe: expected 1 or 0"),
        (f"{PLAIN}&lang=fr", "link: lang=fr: expected one of en, zh"),
        ("server=prefork&load=/etc/passwd", "link: load=/etc/passwd: a link can name no file but those"),
        ("server=prefork&load=prefork", "link: load=prefork: a link can name no file but those"),
        (f"{PLAIN}&profile=other.toml", "link: profile=other.toml: a link can name no file but those"),
        (f"{PLAIN}&machine=calibrated", "link: machine=calibrated: a link can name no file but those"),
        (f"{PLAIN}&set=arrivals.file=/etc/passwd", "link: set=arrivals.file=/etc/passwd: a link can name no file"),
        (f"{PLAIN}&set=" + r'arrivals={"\u0066ile"="x"}', "link: set=arrivals={"),
        *[
            (f"{PLAIN}&{key}=x", f"link: no key {key}.")
            for key in (
                "json",
                "csv",
                "parquet",
                "picture",
                "film",
                "engine",
                "model",
                "watch",
                "fps",
                "-w",
                "",
                "--json",
            )
        ],
        (f"{PLAIN}&server=mixed&workers=8", "compare mixed: no such model."),
        ("server=prefork&server=threaded&load=mixed&workers=8", "link: no key workers."),
    ],
)
def test_a_link_says_nothing_else_and_names_no_file(query: str, message: str) -> None:
    with pytest.raises(RefusalError) as refused:
        words(query)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (f"{PLAIN}&seed=--json=x", "--seed --json=x: expected a whole number"),
        (f"{PLAIN}&at=soon", "--at soon: "),
        (f"{PLAIN}&theme=pink", "--theme pink: expected one of"),
        (f"{PLAIN}&temp-file=100MB", "--temp-file is a setting of nginx: add --nginx"),
        (f"{PLAIN}&rate=-1", "--rate -1: expected a number above 0"),
    ],
)
def test_what_a_link_says_is_checked_as_what_is_typed(query: str, message: str) -> None:
    with pytest.raises(RefusalError) as refused:
        _checked(words(query))
    assert str(refused.value).startswith(message)


SETUPS = [
    Setup(sides=(pane("prefork+nginx:workers=8"),), options=RunOptions(load="slow-clients", seed=7, rate="40")),
    Setup(sides=(pane("coroutine"),), options=RunOptions(load="mixed", set=('timeline=[{at = "20 s", do = "kill"}]',))),
    Setup(sides=(pane("threaded:threads=9,accept=eager"),), options=RunOptions(load="mixed", cores=2, duration="30s")),
]


@pytest.mark.parametrize("setup", SETUPS, ids=["in front", "killed", "settings"])
def test_the_link_of_a_state_opens_that_state(setup: Setup) -> None:
    address = link("http://127.0.0.1:8000/", setup, at_s=12.4804, theme="light")
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/\?[\w.%=&:,+-]+", address)
    typed = parse([word for word in words(urlsplit(address).query) if not word.startswith("--lang")])
    assert typed is not None
    options = RunOptions(**RUN.given(typed.given))
    side = deployment_of(typed.model, "--model", typed.given, options)
    assert Setup(sides=(side,), options=replace(options, model=None)) == setup
    assert typed.given["pictures__at"] == "12.48s"
    assert typed.given["screen__theme"] == "light"


def test_the_link_of_servers_side_by_side_opens_them_side_by_side() -> None:
    setup = Setup(sides=(pane("prefork"), pane("prefork+nginx:workers=8")), options=RunOptions(load="slow-clients"))
    opened = " ".join(words(urlsplit(link("http://localhost/", setup, at_s=3.0, theme="dark")).query))
    sides = "compare prefork prefork+nginx:workers=8"
    assert opened == f"{sides} --load=slow-clients --at=3.0s --theme=dark --lang=en --watch"


# --- over HTTP ----------------------------------------------------------------------------------------------------


def broken(pairs: Sequence[tuple[str, str]]) -> Sequence[str]:
    """Stands for any other command than that of the site."""
    if ("load", "no") in pairs:
        raise RefusalError("<b>no</b> such load")
    return (*TINY, "broken")


Asked = Callable[[aiohttp.ClientResponse, str], None]


def asked(site: Site, path: str, test: Asked) -> None:
    async def main(client: aiohttp.ClientSession) -> None:
        async with served(site) as address, client.get(address + path) as response:
            test(response, await response.text())

    run(main)


def test_what_is_wrong_with_a_link_is_a_page_of_plain_words() -> None:
    def test(response: aiohttp.ClientResponse, text: str) -> None:
        assert (response.status, response.content_type, text) == (400, "text/plain", "<b>no</b> such load\n")
        assert response.headers["X-Content-Type-Options"] == "nosniff"

    asked(Site(TINY, link=broken), "/?load=no", test)


def test_a_page_passes_its_state_on_to_its_session_and_nothing_of_it_stands_in_the_page() -> None:
    hostile = urlencode({"load": '"><script>alert(1)</script>'})

    def test(response: aiohttp.ClientResponse, text: str) -> None:
        assert response.status == 200
        assert "alert(" not in text
        (state,) = re.findall(r'data-session-websocket-url="ws://[\w.:]+/ws/([\w=-]+)"', text)
        assert base64.urlsafe_b64decode(state).decode() == hostile

    asked(Site(TINY, link=broken), f"/?{hostile}", test)


@pytest.mark.slow
def test_a_session_runs_what_the_link_says_and_without_one_what_the_server_was_started_with() -> None:
    async def test(client: aiohttp.ClientSession) -> None:
        state = base64.urlsafe_b64encode(b"load=yes").decode()
        async with served(Site(TINY, link=broken)) as address:
            async with tab(client, address) as its:
                await its.shows("nothing pressed")
            async with tab(client, address, path=f"/ws/{state}") as its:
                await its.shows("no such file")
            for wrong in (base64.urlsafe_b64encode(b"load=no").decode(), "A", "_w=="):
                with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                    async with tab(client, address, path=f"/ws/{wrong}"):
                        pass
                assert refused.value.status == 400

    run(test)


@pytest.mark.parametrize(
    ("embed_from", "path", "ancestors"),
    [
        ((), "/", "'none'"),
        ((), "/?embed=1", "'none'"),
        (("https://slides.example",), "/", "'none'"),
        (("https://slides.example",), "/?embed=0", "'none'"),
        (("https://slides.example", "file:"), "/?embed=1", "https://slides.example file:"),
        (("https://slides.example",), "/static/page.js?embed=1", "'none'"),
    ],
)
def test_only_a_page_that_asks_for_it_can_be_framed_and_only_where_the_server_was_told_to_allow_it(
    embed_from: tuple[str, ...], path: str, ancestors: str
) -> None:
    def test(response: aiohttp.ClientResponse, _: str) -> None:
        policy = response.headers["Content-Security-Policy"]
        assert re.findall("frame-ancestors ([^;]*);", policy) == [ancestors]
        assert re.search(r"connect-src 'self' ws://127\.0\.0\.1:\d+;", policy)

    asked(Site(TINY, link=broken, embed_from=embed_from), path, test)


def test_whose_pages_may_frame_it_is_typed_and_the_rest_is_what_tabs_show() -> None:
    typed = ["--embed-from", "file:", "--load", "mixed", "--embed-from=http://localhost:3000", "--model", "prefork"]
    assert embedding(typed) == (("file:", "http://localhost:3000"), ["--load", "mixed", "--model", "prefork"])


@pytest.mark.parametrize(
    "given",
    ["", "*", "slides.example", "https://a b", "https://a; script-src *", "https://a/slides", "'self'", "data:"],
)
def test_an_origin_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(RefusalError, match="expected where your slides are"):
        embedding(["--embed-from", given])


@pytest.mark.slow
def test_a_link_is_opened_and_copied_as_somebody_does_it() -> None:
    query = "server=prefork&load=slow-clients&workers=6&at=20s&seed=2"
    with serving() as (_, address):

        async def test(client: aiohttp.ClientSession) -> None:
            async with client.get(f"{address}/?{query}") as response:
                (path,) = re.findall(r'data-session-websocket-url="ws://[\w.:]+(/ws/[\w=-]+)"', await response.text())
            async with client.get(f"{address}/?server=prefork&load=/etc/passwd") as response:
                assert response.status == 400
                assert "a link can name no file" in await response.text()
            async with tab(client, address, 160, 40, path=path) as its:
                await its.shows("6 workers")
                await its.press(" ")
                await its.press("Y")
                copied = (await its.shows(r"copied: (http://\S+)")).group(1)
                assert copied.startswith(f"{address}/?server=prefork:workers%3D6&load=slow-clients&seed=2&at=2")

        run(test)


def test_the_program_knows_of_no_address_where_no_browser_shows_it() -> None:
    assert "LOOPFORK_ADDRESS" not in os.environ
