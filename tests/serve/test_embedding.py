"""A tab in the frame of somebody's slides, in a real browser: only where the server was told to allow it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from simulator.serve.site import Site
from tests.serve.browser_page import PATIENCE_S, changed, settled
from tests.serve.browsing import TINY, served
from tests.serve.chromium import CHROMIUM, Browser, browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium; Debian and Ubuntu: apt install chromium"),
]
FRAME = '<link rel="icon" href="data:,"><body><iframe width="600" height="300" src="{address}/?embed=1"></iframe>'
INSIDE = (300, 150)


async def framed(its: Browser, folder: Path, address: str) -> None:
    slides = folder / "slides.html"
    slides.write_text(FRAME.format(address=address), encoding="utf-8")
    await its.do("Page.navigate", url=slides.as_uri())
    await its.becomes("document.readyState === 'complete'")


def with_slides(embed_from: Sequence[str], folder: Path) -> list[str]:
    """What the browser complains about, where slides in a folder show a tab."""

    async def test() -> list[str]:
        site = Site(TINY, embed_from=embed_from)
        async with served(site) as address, browser(folder / "profile") as its:
            await framed(its, folder, address)
            if embed_from:
                before = await settled(its)
                assert await its.value("document.activeElement === document.body")
                await its.press("k")  # that is for the slides
                await its.click(*INSIDE)
                await its.press("j")
                await changed(its, before)
            async with asyncio.timeout(PATIENCE_S):
                while not embed_from and not its.complaints:
                    await its.value("1")
            return its.complaints

    return asyncio.run(test())


def test_slides_in_a_folder_show_a_tab_that_takes_keys_once_it_was_clicked(tmp_path: Path) -> None:
    assert with_slides(["file:"], tmp_path) == []


def test_slides_show_nothing_where_the_server_was_not_told_to_allow_it(tmp_path: Path) -> None:
    (complaint, *_) = with_slides([], tmp_path)
    assert "frame-ancestors" in complaint
