"""A real browser: the page comes up, keys and clicks arrive, and nothing is asked for from elsewhere."""

import asyncio
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from simulator.app.serve.site import Site
from tests.serve.browsing import TINY, served
from tests.serve.chromium import CHROMIUM, Browser, browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium; Debian and Ubuntu: apt install chromium"),
]
STARTED = "document.body.classList.contains('-first-byte')"
FOCUSED = "document.activeElement.classList.contains('xterm-helper-textarea')"
ENDED = "document.body.classList.contains('-closed')"


def _colours(png: bytes) -> int:
    colours = Image.open(BytesIO(png)).convert("RGB").getcolors(1 << 24)
    assert colours is not None
    return len(colours)


def test_the_page_comes_up_focused_takes_keys_and_asks_for_nothing_from_elsewhere(tmp_path: Path) -> None:
    async def test() -> None:
        site = Site(TINY)
        async with served(site) as address, browser(tmp_path) as its:
            await its.do("Page.navigate", url=f"{address}/")
            await its.becomes(STARTED)
            await its.becomes(FOCUSED)
            before = await _settled(its)
            assert _colours(before) > 2, "a blank page has one colour, or two"
            await its.press("k")
            assert await _changed(its, before)
            await its.click(300, 200)
            assert await its.value(FOCUSED)
            assert its.complaints == []
            await its.press("x")
            await its.becomes(ENDED)
            asked = [url for url in its.requests if not url.startswith(("data:", "blob:"))]
            assert any(url.startswith("ws://") for url in asked)
            assert {urlsplit(url).netloc for url in asked} == {urlsplit(address).netloc}

    asyncio.run(test())


async def _settled(its: Browser) -> bytes:
    last = await its.screenshot()
    async with asyncio.timeout(30.0):
        while True:
            picture = await its.screenshot()
            if picture == last and _colours(picture) > 2:
                return picture
            last = picture


async def _changed(its: Browser, before: bytes) -> bool:
    async with asyncio.timeout(30.0):
        while await its.screenshot() == before:
            await asyncio.sleep(0.05)
    return True
