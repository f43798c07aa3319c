"""Names in scripts whose characters take two cells: a scenario may be told in Chinese, and all columns stay in line."""

from pathlib import Path
from unicodedata import east_asian_width

import pytest
from textual.pilot import Pilot

from simulator.lab.lab import open_lab
from simulator.tui.screen import GridScreen
from tests.tui.conftest import Play
from tests.tui.labs import BEGIN_S, SMALL, ManualClock, shown

SCREENS = {
    "lab": (),
    "knobs": ("a",),
    "export": ("e",),
    "copied": ("y", "y"),
    "request": ("j", "enter"),
    "charts": ("h",),
    "splits": ("h", "shift+tab"),
    "source": ("v",),
    "all keys": ("question_mark",),
    "help": ("question_mark", "question_mark"),
}
"""What is pressed to see them."""
WITHOUT_NAMES = ("source", "help")
"""Screens on which nothing of the scenario is named."""
NAMES = {"page": "首页", "office": "办公室", "phone": "地铁里的手机"}


@pytest.fixture(scope="module")
def told_in_chinese(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small load, with names that are all wide."""
    text = SMALL
    for name, chinese in NAMES.items():
        text = text.replace(f'"{name}"', f'"{chinese}"')
    file = tmp_path_factory.mktemp("wide") / "慢速客户.toml"
    file.write_text(text, encoding="utf-8")
    return file


def cells(text: str) -> int:
    """What a terminal needs for it; the Unicode tables say so, and not the library that drew it."""
    return sum(2 if is_wide(character) else 1 for character in text)


def is_wide(character: str) -> bool:
    return east_asian_width(character) in "WF"


@pytest.mark.parametrize(
    "size", [pytest.param((120, 36), marks=pytest.mark.slow), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}"
)
@pytest.mark.parametrize("servers", [("prefork",), ("prefork", "coroutine")], ids=len)
@pytest.mark.parametrize("name", SCREENS)
def test_every_row_is_as_wide_as_the_terminal(
    name: str, servers: tuple[str, ...], size: tuple[int, int], told_in_chinese: Path, now: ManualClock, play: Play
) -> None:
    lab = open_lab(shown(*servers, load=str(told_in_chinese)), now)
    lab.playhead.seek(BEGIN_S)
    seen: list[str] = []

    async def played(pilot: Pilot[int]) -> None:
        for key in SCREENS[name]:
            await pilot.press(key)
            await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, GridScreen)
        seen.extend(screen.canvas.render_line(row).text for row in range(size[1]))

    play(lab, played, size=size)
    assert any(map(is_wide, "".join(seen))) is (name not in WITHOUT_NAMES)
    assert [cells(row) for row in seen] == [size[0]] * size[1]
