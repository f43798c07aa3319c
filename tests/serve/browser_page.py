"""What can be seen of the page, and what it asked for.

The terminal in it draws on a canvas: there is no text to be found, only pictures that change or stay.
"""

import asyncio
from io import BytesIO
from urllib.parse import urlsplit

from PIL import Image

from tests.serve.chromium import Browser

STARTED = "document.body.classList.contains('-first-byte')"
FOCUSED = "document.activeElement.classList.contains('xterm-helper-textarea')"
ENDED = "document.body.classList.contains('-closed')"
BLANK = 2
"""Colours of a page on which nothing is drawn, at most."""
PATIENCE_S = 60.0
SAME = 3
"""Screenshots in a row after which a picture counts as one that stays."""


def colours(png: bytes) -> int:
    """How many different ones."""
    found = Image.open(BytesIO(png)).convert("RGB").getcolors(1 << 24)
    assert found is not None
    return len(found)


async def settled(its: Browser) -> bytes:
    """Wait until something is drawn and nothing changes any more."""
    pictures: list[bytes] = []
    async with asyncio.timeout(PATIENCE_S):
        while True:
            pictures = [*pictures, await its.screenshot()][-SAME:]
            if len(pictures) == SAME and len(set(pictures)) == 1 and colours(pictures[0]) > BLANK:
                return pictures[0]


async def changed(its: Browser, before: bytes) -> None:
    """Wait until it looks otherwise."""
    async with asyncio.timeout(PATIENCE_S):
        while await its.screenshot() == before:
            await asyncio.sleep(0.05)


def elsewhere(its: Browser, address: str) -> set[str]:
    """The hosts that the page asked for anything, other than that at this address, which it did ask."""
    asked = [urlsplit(url) for url in its.requests if not url.startswith(("data:", "blob:"))]
    assert {"http", "ws"} <= {url.scheme for url in asked}
    return {url.netloc for url in asked} - {urlsplit(address).netloc}
