"""Every screen in a language without Latin letters: what is still written in them is a name, a key, a unit or code."""

import re
from unicodedata import category, east_asian_width
from weakref import WeakKeyDictionary

import pytest
from textual.pilot import Pilot

from models.profiles import PROFILES
from simulator.experiments.catalogue import catalogue
from simulator.lab.keys import KEYS
from simulator.lab.lab import Lab
from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.look import Look
from simulator.tui.app import StageApp
from simulator.tui.screen import GridScreen
from simulator.words.glossary import terms
from simulator.words.language import language, speaking
from simulator.workload.shipped_scenarios import shipped
from tests.tui.conftest import Play
from tests.tui.foreign import SCREENS, SIZES, screen
from tests.tui.labs import BEGIN_S
from tests.words.pseudo import Pseudo, Strange

WORD = re.compile(r"[A-Za-z](?:[A-Za-z/_.-]*[A-Za-z])?")
NAMES = {
    "loopfork",
    "simulate",
    "compare",
    "model",
    "load",
    "watch",
    "at",
    "FILE",
    "page",
    "photo",
    "phone",
    "office",
    "A",
    "B",
}
"""Of the program and its flags, of what is in the scenario, and of servers side by side."""
SETTINGS = {"accept", "idle", "eager", "even", "warm", "http", "workers", "processes", "threads"}
PLACES = {"parse", "handle", "respond", "connect", "receive", "send", "release"}
"""Steps of a plan, as they are called in its source."""
UNITS = {"ms", "s", "min", "h", "s.SS", "p", "KiB", "MiB", "GiB", "Mbit/s", "CPU", "GIL", "SYN"}


SAME = ((" WHY ", "\u539f\u56e0"), (" moment 2 of", "\u4e2a\u65f6\u523b"), (" all keys", "\u5168\u90e8\u6309\u952e"))
"""Words of the stage in both languages."""
AT_SIZES = [
    pytest.param(size, marks=() if size == (120, 36) else pytest.mark.slow, id="x".join(map(str, size)))
    for size in SIZES
]


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What frames keep of a run, they keep for Chinese, not for a language that stands in for it."""
    monkeypatch.setattr("simulator.stage.cache._KEPT", WeakKeyDictionary())


def known() -> set[str]:
    """What is the same in every language."""
    keys = set(WORD.findall(" ".join(key.shown for key in KEYS)))
    names = {*catalogue(), *shipped(), *PROFILES}
    glossary = {
        word for term in terms() for text in (term.words["zh"], term.meanings["zh"]) for word in WORD.findall(text)
    }
    return keys | names | {name.upper() for name in names} | glossary | NAMES | SETTINGS | PLACES | UNITS


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("size", AT_SIZES)
def test_nothing_on_a_screen_goes_around_the_catalogue(name: str, size: tuple[int, int]) -> None:
    with speaking("zh", Strange()):
        grid = screen(name, size, Look())
    found = {word for row in range(grid.height) for word in WORD.findall(grid.text(row))}
    assert found - known() == set()


@pytest.mark.parametrize("name", SCREENS)
def test_longer_and_wider_words_fit_on_every_screen(name: str) -> None:
    """At every size the grid has exactly its cells, and each line of it is as wide as the screen at most."""
    with speaking("zh", Pseudo()):
        grid = screen(name, SIZES[0], Look())
    assert (grid.width, grid.height) == SIZES[0]
    assert any("\u957f" in grid.text(row) for row in range(grid.height))


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("size", SIZES[:2])
def test_chinese_with_ascii_marks_has_no_mark_of_ambiguous_width(name: str, size: tuple[int, int]) -> None:
    """Where a terminal draws those two cells wide, each would shift all that stands behind it."""
    with speaking("zh"):
        grid = screen(name, size, Look(ASCII))
    seen = "".join(grid.text(row) for row in range(grid.height))
    assert not seen.isascii()
    marks = {character for character in seen if not category(character).startswith("L")}
    assert {mark for mark in marks if east_asian_width(mark) == "A"} == set()


IN_COLUMNS = re.compile(r"⟦(?:comput|was |max )[^⟦⟧]*⟧?")
"""Words in columns of a fixed width: the state of a lane, the figure before a change, the top of a queue's curve."""


@pytest.mark.parametrize("name", ["event loop", "two servers", "a mistake", "charts"])
@pytest.mark.parametrize("size", AT_SIZES)
def test_words_too_long_for_their_column_are_cut_with_a_sign(name: str, size: tuple[int, int]) -> None:
    with speaking("zh", Pseudo()):
        grid = screen(name, size, Look())
    found = [words for row in range(grid.height) for words in IN_COLUMNS.findall(grid.text(row))]
    assert [words for words in found if not words.endswith("⟧") and "…" not in words] == []


def test_a_key_changes_the_language_of_everything_at_once_and_the_run_stays(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        lab.playhead.seek(BEGIN_S)
        app, run = pilot.app, lab.shown
        assert isinstance(app, StageApp)

        def shown() -> str:
            assert isinstance(app.screen, GridScreen)
            app.screen.tick()
            grid = app.screen.canvas.grid
            assert grid is not None
            return "\n".join(grid.text(row) for row in range(grid.height))

        await pilot.press("j")
        await pilot.pause()
        english = shown()
        assert " moment 2 of" in english
        await pilot.press("l")
        await pilot.pause()
        assert language() == "zh"
        chinese = shown()
        for english_word, chinese_word in SAME:
            assert english_word in english
            assert english_word not in chinese
            assert chinese_word in chinese
        assert lab.shown is run
        await pilot.press("f1", "f1")
        await pilot.pause()
        assert "\u5e2e\u52a9" in shown()
        await pilot.press("l")
        await pilot.pause()
        assert "help  the stage" in shown()
        await pilot.press("escape")
        await pilot.pause()
        assert shown() == english

    play(lab, played)


def test_the_first_screen_changes_its_language_too(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        app = pilot.app
        await pilot.press("down", "l")
        await pilot.pause()
        assert isinstance(app.screen, GridScreen)
        app.screen.tick()
        grid = app.screen.canvas.grid
        assert grid is not None
        text = "\n".join(grid.text(row) for row in range(grid.height))
        assert "\u670d\u52a1\u5668" in text  # the title of a menu

    play(None, played)
