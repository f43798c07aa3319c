"""Nothing on the stage and on the screens around it is said in English only.

In a language whose every letter is another one, whatever is still in Latin letters was never translated: names and
units apart, and what a test says of its own.
"""

import re

import pytest

from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.look import Look
from simulator.stage.frame import frame
from simulator.words.language import speaking
from tests.stage.goldens import GOLDENS
from tests.stage.plays import KEYS, PREFORK, SMALL, scene
from tests.stage.screens import KEYS as SCREEN_KEYS
from tests.stage.screens import SCREENS, most_retried, slowest
from tests.stage.test_end_card import card

LETTER = "ж"
NAMES = """
    prefork callback threaded coroutine nginx loopfork
    slow clients spike mixed cpu heavy crash
    page photo report render patient office phone impatient
    browser eager accept processes threads workers backlog event loop
    kbit Mbit KiB MiB min parse handle respond kernel
    GIL Python listen close
"""
"""Of servers, loads, clients, classes and steps; settings, as a test writes them; units; and code words."""


class Disguised:
    """A catalogue that translates every message, and leaves its fields."""

    def gettext(self, message: str) -> str:
        return "".join(part if part.startswith("{") else re.sub("[A-Za-z]", LETTER, part) for part in parts(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def parts(message: str) -> list[str]:
    return re.split(r"(\{[^{}]*\})", message)


def said_in_english(grid: CellGrid) -> set[str]:
    hints = " ".join(f"{hint.key} {hint.does}" for hint in (*KEYS, *SCREEN_KEYS))
    known = set(re.findall("[A-Za-z]+", f"{NAMES} {hints}".lower()))
    words = re.findall(r"[A-Za-z]{3,}", str(grid))
    return {word for word in words if word.lower() not in known}


def forget() -> None:
    """A life is worded when it is told."""
    slowest.cache_clear()
    most_retried.cache_clear()


STAGES = [name for name in GOLDENS if name.startswith("stage-")]
OTHERS = [name for name in SCREENS if not name.startswith(("home", "help", "source"))]
"""Those whose words are not those of the test, or of a file with source."""


@pytest.mark.parametrize("name", STAGES)
@pytest.mark.parametrize("size", [SMALL, Size(200, 60)], ids=str)
def test_no_word_of_the_stage_is_english_in_another_language(name: str, size: Size) -> None:
    with speaking("zh", Disguised()):
        grid = GOLDENS[name].draw(size, GOLDENS[name].look)
    marks = {"ooo", "ccc", "vvv", "xxx"}
    assert {word for word in said_in_english(grid) if word[:3].lower() not in marks} == set()


@pytest.mark.parametrize("name", OTHERS)
def test_no_word_of_the_screens_around_it_is(name: str) -> None:
    forget()
    with speaking("zh", Disguised()):
        grid = SCREENS[name](Size(160, 50), Look())
    forget()
    assert said_in_english(grid) == set()


def test_nor_is_one_of_the_end_card() -> None:
    with speaking("zh", Disguised()):
        grid = frame(scene(PREFORK, t_s=30.0, card=card(PREFORK, tried=())), Size(120, 36), Look())
    assert said_in_english(grid) <= {"put", "front", "close", "esc"}
