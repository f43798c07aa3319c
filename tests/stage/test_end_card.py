"""The end card says what happened, in the sentences of the summary, at any size and in front of all the rest."""

import dataclasses
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.key_bar import KeyHint, KeyTarget
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import wrapped
from simulator.stage.end_card import EndCard
from simulator.stage.frame import frame, target_at
from simulator.stage.verdict import Tried, Verdict
from simulator.trace.figures import Summary
from simulator.trace.summary import summarise
from simulator.words.language import speaking
from simulator.words.numbers import count
from tests.stage.plays import FULL, LAB, NGINX, PREFORK, SMALL, Play, playback, scene

TRIED = (
    Tried(name="as it was", seconds=3.05, lost=12),
    Tried(name="12 workers", seconds=0.67, better=True),
    Tried(name="coroutine", seconds=float("nan"), lost=1338),
)
KEYS = (KeyHint(key="n", does="put nginx in front"), KeyHint(key="esc", does="close"))


@cache
def summary(play: Play) -> Summary:
    return summarise(playback(play).trace)


def card(*plays: Play, tried: tuple[Tried, ...] = TRIED) -> EndCard:
    letters = "AB" if len(plays) > 1 else " "
    verdicts = tuple(
        Verdict(title=play.title, summary=summary(play), letter=letter.strip(), tried=tried)
        for play, letter in zip(plays, letters, strict=False)
    )
    return EndCard(verdicts=verdicts, load="Slow clients", keys=KEYS)


def shown(*plays: Play, size: Size = LAB, look: Look | None = None) -> CellGrid:
    return frame(scene(*plays, t_s=FULL, card=card(*plays)), size, look or Look())


def words(grid: CellGrid) -> str:
    """What stands on the card, in one line."""
    card = grid.grounds == Ground.RAISED
    lines = ["".join(grid.characters[row, card[row]]).strip("│") for row in range(grid.height)]
    return " ".join(" ".join(lines).split())


@pytest.mark.parametrize("size", [SMALL, LAB, Size(200, 50)])
def test_it_says_why_in_the_sentences_of_the_summary(size: Size) -> None:
    text = words(shown(PREFORK, size=size))
    assert all(str(sentence) in text for sentence in summary(PREFORK).diagnosis[:2])


@pytest.mark.parametrize("size", [Size(40, 12), SMALL, LAB, Size(200, 50)])
def test_it_has_the_figures_that_matter_and_the_next_key_at_every_size(size: Size) -> None:
    text = words(shown(PREFORK, size=size))
    assert text.count(count(summary(PREFORK).offered)) >= 1
    assert all(name in text for name in ("arrived", "completed", "p50", "p99"))
    assert "n put nginx in front" in text


def test_what_was_lost_is_told_by_its_cause() -> None:
    lost = dataclasses.replace(summary(PREFORK), failed={"client gave up": 949, "connection refused": 7})
    told = EndCard(verdicts=(Verdict(title="prefork", summary=lost),))
    text = " ".join(str(frame(scene(PREFORK, t_s=FULL, card=told), LAB, Look())).split())
    assert "client gave up connection refused" in text
    assert "949 7" in text


def test_what_was_tried_is_labelled_as_simulated_and_drawn_on_one_scale() -> None:
    grid = shown(PREFORK)
    assert "p95 with the same requests (simulated)" in words(grid)
    bars = {name: grid.text(row).count("━") for name in ("as it was", "12 workers") for row in rows_of(grid, name)}
    assert bars["as it was"] == 40
    assert bars["12 workers"] == round(0.67 / 3.05 * 40)
    assert "coroutine -, 1 338 lost" in words(grid)


def rows_of(grid: CellGrid, text: str) -> list[int]:
    return [row for row in range(grid.height) if f"│ {text}" in grid.text(row)]


@pytest.mark.parametrize("size", [Size(40, 12), SMALL, LAB])
def test_beside_one_another_both_servers_have_their_say(size: Size) -> None:
    text = str(shown(PREFORK, NGINX, size=size))
    assert text.count("(100 %)") == 2
    assert "A  prefork" in text
    assert "B  nginx + prefork" in text


@settings(max_examples=60)
@given(st.integers(0, 130), st.integers(0, 50), st.booleans())
def test_any_size_will_do(width: int, height: int, both: bool) -> None:
    grid = shown(*((PREFORK, NGINX) if both else (PREFORK,)), size=Size(width, height))
    assert (grid.width, grid.height) == (width, height)


def test_all_that_lies_behind_it_is_dimmed_and_cannot_be_clicked() -> None:
    grid = shown(PREFORK)
    assert set(np.unique(grid.styles[:3])) == {Style.FADED}
    drawn = scene(PREFORK, t_s=FULL, card=card(PREFORK))
    found = {target_at(drawn, LAB, row, col) for row in range(36) for col in range(120)}
    assert found - {None} == {KeyTarget(hint=hint) for hint in KEYS}


def test_in_ascii_it_is_ascii() -> None:
    assert str(shown(PREFORK, look=Look(ASCII))).isascii()


def test_in_chinese_its_own_words_are_chinese() -> None:
    with speaking("zh"):
        text = words(shown(PREFORK))
    assert "arrived" not in text
    assert "到达" in text


def test_a_line_ends_between_chinese_characters_and_never_before_their_marks() -> None:
    text = "全部 4 个工作进程都在等客户端发送\uff08#575 已等 3.4 s\uff09\uff0c338 个连接排在 backlog 队列里\u3002"
    for width in range(8, 60):
        lines = wrapped(text, width)
        assert all(cell_width(line) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not [line for line in lines if line[0] in "\uff09\uff0c\u3002"]
        longest = cell_width("3.4 s\uff09\uff0c")  # of what stays together; with the blank before it
        assert all(cell_width(line) + 1 + longest > width for line in lines[:-1])
