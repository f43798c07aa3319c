"""A real browser: the page comes up, keys and clicks arrive, and nothing is asked for from elsewhere."""

import asyncio
from pathlib import Path

import pytest

from simulator.serve.site import Site
from tests.serve.browser_page import ENDED, FOCUSED, STARTED, changed, elsewhere, settled
from tests.serve.browsing import TINY, served
from tests.serve.chromium import CHROMIUM, browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium; Debian and Ubuntu: apt install chromium"),
]


def test_the_page_comes_up_focused_takes_keys_and_asks_for_nothing_from_elsewhere(tmp_path: Path) -> None:
    async def test() -> None:
        site = Site(TINY)
        async with served(site) as address, browser(tmp_path) as its:
            await its.do("Page.navigate", url=f"{address}/")
            await its.becomes(STARTED)
            await its.becomes(FOCUSED)
            before = await settled(its)
            await its.press("k")
            await changed(its, before)
            await its.click(300, 200)
            assert await its.value(FOCUSED)
            assert its.complaints == []
            await its.press("x")
            await its.becomes(ENDED)
            assert elsewhere(its, address) == set()

    asyncio.run(test())
