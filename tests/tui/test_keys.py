"""The table of keys: complete, free of clashes, and what the page about the screen says. And the user's own keys."""

import re
from pathlib import Path

import pytest
from textual.pilot import Pilot

from simulator.experiments.refusal import RefusalError
from simulator.lab.actions import ACTIONS
from simulator.lab.keys import BY_ID, KEYS, keymap
from simulator.lab.lab import Lab
from simulator.lab.offers import TABLE
from simulator.stage.canvas.look import Look
from simulator.tui.app import StageApp
from simulator.tui.lab_screen import LabScreen
from simulator.words.language import speaking
from tests.tui.labs import ManualClock

PAGE = Path(__file__).parents[2] / "docs" / "stage.md"


def test_no_key_means_two_things() -> None:
    pressed = [each for key in KEYS for each in key.keys.split(",")]
    assert len(set(pressed)) == len(pressed)
    assert len(BY_ID) == len(KEYS)


def test_every_action_has_its_key() -> None:
    assert set(ACTIONS) <= set(BY_ID)
    assert {each for row in TABLE for each in row.ids} <= set(BY_ID)


def test_no_key_is_one_that_browsers_keep_for_themselves() -> None:
    assert not {"ctrl+w", "ctrl+t", "ctrl+n", "f5", "f11"} & {each for key in KEYS for each in key.keys.split(",")}


def test_the_page_lists_exactly_these_keys() -> None:
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(key.shown, key.id, key.about) for key in KEYS]


# --- the user's own keys ------------------------------------------------------------------------------------------


def written(folder: Path, text: str) -> Path:
    file = folder / "keys.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_the_keys_are_those_of_the_table(tmp_path: Path) -> None:
    assert keymap(tmp_path / "keys.toml") == {}


def test_keys_are_read_from_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, '[keys]\nkill = "ctrl+k"\nplay = "space, f8"\n')
    assert keymap(file) == {"kill": "ctrl+k", "play": "space,f8"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[keys]\nkil = "k"', "Did you mean kill?"),
        ("[keys]\nkill = 7", "expected a key"),
        ('[keys]\nkill = "k,"', "expected a key"),
        ('[keys]\nkill = "x"\nburst = "x"', "x is given to both kill and burst"),
        ('kill = "k"', r"expected a \[keys\] table"),
        ("[keys", "not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_one_message_that_names_the_file(tmp_path: Path, text: str, message: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(RefusalError, match=message) as refused:
        keymap(file)
    assert str(file) in str(refused.value)


def test_a_mistake_in_the_file_is_told_in_the_language_that_is_spoken(tmp_path: Path) -> None:
    file = written(tmp_path, '[keys]\nkil = "k"\nkill = 7')
    with speaking("zh"), pytest.raises(RefusalError) as refused:
        keymap(file)
    assert "kil：没有这个动作。是不是想输入 kill？" in str(refused.value)
    assert "；kill：应为一个按键" in str(refused.value)


def test_a_remapped_key_works_the_old_one_does_not_and_the_bar_shows_the_new_one(lab: Lab, now: ManualClock) -> None:
    import asyncio

    app = StageApp(lab, Look(), fps=1, now=now, keymap={"play": "f8"})

    async def played() -> None:
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.pause()
            await _pressed(pilot)

    async def _pressed(pilot: Pilot[int]) -> None:
        await pilot.press("space")
        assert not lab.playhead.playing
        await pilot.press("f8")
        assert lab.playhead.playing
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        assert "f8" in str(screen.canvas.grid)

    asyncio.run(played())
