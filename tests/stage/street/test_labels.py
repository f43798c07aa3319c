"""The name of a lane: whole where there is room, short otherwise, and never a part of a word that nobody uses."""

import re

import pytest

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import Look
from simulator.stage.frame import frame
from simulator.stage.inventory import inventory, short_label_of
from simulator.words.language import Language, speaking
from tests.stage.plays import Play, play, playback, scene

PREFORK = play("prefork", "slow-clients", workers=4)
LOOP = play("coroutine", "mixed")


@pytest.mark.parametrize(
    ("shown", "lane", "english", "chinese"),
    [(PREFORK, 3, "w3", "进程 3"), (LOOP, 0, "loop", "循环"), (play("threaded", "cpu-heavy"), 11, "t11", "线程 11")],
)
def test_a_short_name_says_what_it_is_in_either_language(shown: Play, lane: int, english: str, chinese: str) -> None:
    group = inventory(playback(shown)).lane_groups[0]
    assert short_label_of(group, lane) == english
    with speaking("zh"):
        assert short_label_of(group, lane) == chinese


def test_in_a_small_terminal_a_chinese_label_is_whole() -> None:
    with speaking("zh"):
        grid = frame(scene(PREFORK, t_s=20.0), Size(80, 24), Look())
        rows = [grid.text(row) for row in range(grid.height)]
    assert sum("进程 2 " in row and "▲▲▲" in row for row in rows) == 1
    assert all(cell_width(row) <= 80 for row in rows)


def test_numbers_of_turns_that_follow_at_once_do_not_touch() -> None:
    grid = frame(scene(LOOP, t_s=11.1), Size(80, 24), Look())
    rows = [grid.text(row) for row in range(grid.height)]
    assert any("#374" in row for row in rows)
    assert not any(re.search(r"#\d+#", row) for row in rows)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_same_work_is_called_by_one_name_at_all_desks(language: Language) -> None:
    """At 20.5 s two workers ask the database, one for 5 ms and one for 37 ms: the shorter time leaves more room."""
    with speaking(language):
        grid = frame(scene(play("prefork", "crash", workers=4), t_s=20.5), Size(80, 24), Look())
        words = ("asks database", "asks DB") if language == "en" else ("查数据库 ", "查库 ")
        desks = [grid.text(row)[60:] for row in range(7, 11)]
    assert sum(any(word in desk for desk in desks) for word in words) == 1
