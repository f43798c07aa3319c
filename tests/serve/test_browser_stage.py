"""The stage in a real browser: ``simulate serve`` as somebody types it, and Chromium that opens its link."""

import asyncio
from pathlib import Path

import pytest

from tests.serve.browser_page import ENDED, FOCUSED, STARTED, changed, elsewhere, settled
from tests.serve.chromium import CHROMIUM, browser
from tests.serve.test_command import serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium; Debian and Ubuntu: apt install chromium"),
]
TITLE_CELL = (300, 8)
"""Pixels: in the line at the top, where a click does nothing but give the page the keys."""


def test_it_plays_and_stops_and_what_a_key_changes_can_be_seen(tmp_path: Path) -> None:
    async def test() -> None:
        with serving("--model", "prefork", "--load", "slow-clients") as (_, address):
            async with browser(tmp_path) as its:
                await its.do("Page.navigate", url=f"{address}/")
                await its.becomes(STARTED)
                await its.becomes(FOCUSED)
                await its.click(*TITLE_CELL)
                assert await its.value(FOCUSED)
                await changed(its, await its.screenshot())  # it plays by itself
                await its.press(" ")
                paused = await settled(its)
                await its.press("n")  # nginx in front: other figures, and another row
                await changed(its, paused)
                in_front = await settled(its)
                await its.press("v")
                await changed(its, in_front)
                await settled(its)
                assert its.complaints == []
                await its.press("q")
                await its.becomes(ENDED)
                assert elsewhere(its, address) == set()

    asyncio.run(test())
