"""A film in a real browser, from a file and in a frame of somebody's slides."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from simulator.stage.canvas.grid import CellGrid, Frame
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.player import player
from simulator.stage.canvas.style import Ground, Style
from tests.serve.browser_page import colours
from tests.serve.chromium import CHROMIUM, Browser, browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium; Debian and Ubuntu: apt install chromium"),
]
SCRUB = "Number(document.getElementById('scrub').value)"
HEARD = "document.getElementById('picture').getAttribute('aria-label')"
LAST = 8
"""Of the film, counted from 0."""


def film(title: str = "Slow clients") -> str:
    """Two seconds: a number that counts, words in Chinese, every kind of drawing."""
    frames: list[Frame] = []
    for number in range(LAST + 1):
        grid = CellGrid(30, 4)
        grid.lay(1, 0, 2, 30, Ground.PANE)
        grid.put(0, 0, f"picture {number}", Style.HEADING)
        grid.put(1, number, "请求 ▲█◆╭─╮⣿", Style.CPU)
        frames.append((number / 4, grid))
    return player(frames, Look(), title=title)


def on_page(test: Callable[[Browser], Awaitable[None]], folder: Path, page: Path) -> None:
    async def main() -> None:
        async with browser(folder / "profile") as its:
            await its.do("Page.navigate", url=page.as_uri())
            await its.becomes("document.readyState === 'complete'")
            await test(its)
            assert its.complaints == []
            assert {url for url in its.requests if not url.startswith("data:")} <= {
                path.as_uri() for path in folder.glob("*.html")
            }

    asyncio.run(main())


def test_space_plays_the_film_to_its_end_and_keys_move_in_it(tmp_path: Path) -> None:
    async def test(its: Browser) -> None:
        assert await its.value(SCRUB) == 0
        assert await its.value(HEARD) == "Slow clients\npicture 0\n请求 ▲█◆╭─╮⣿"
        assert colours(await its.screenshot()) > 20
        await its.press(" ")
        await its.becomes(f"{SCRUB} > 1")
        await its.becomes(f"{SCRUB} === {LAST}")
        await its.becomes(f"{HEARD}.includes('picture {LAST}')")
        for key, number in ((",", LAST - 1), (",", LAST - 2), (".", LAST - 1)):
            await its.press(key)
            assert await its.value(SCRUB) == number
        assert f"picture {LAST - 1}" in await its.value(HEARD)
        await its.press("]")
        assert await its.value("document.getElementById('speed').textContent") == "\u00d72"

    page = tmp_path / "film.html"
    page.write_text(film(), encoding="utf-8")
    on_page(test, tmp_path, page)


def test_a_frame_of_somebodys_slides_plays_it_by_itself_if_they_ask_for_that(tmp_path: Path) -> None:
    async def test(its: Browser) -> None:
        before = await its.screenshot()
        for _ in range(100):
            if await its.screenshot() != before:
                return
            await asyncio.sleep(0.05)
        raise AssertionError("nothing moves")

    (tmp_path / "film.html").write_text(film(), encoding="utf-8")
    slides = tmp_path / "slides.html"
    slides.write_text('<link rel="icon" href="data:,"><iframe width="500" height="300" src="film.html#play"></iframe>')
    on_page(test, tmp_path, slides)


def test_a_hostile_title_is_a_title(tmp_path: Path) -> None:
    title = "</script><script>document.title='owned'</script>\u202e\"'"

    async def test(its: Browser) -> None:
        assert await its.value("document.title") == title.replace("\u202e", "\ufffd")
        assert await its.value("document.scripts.length") == 2

    page = tmp_path / "film.html"
    page.write_text(film(title), encoding="utf-8")
    on_page(test, tmp_path, page)
