"""A drawn queue never gets shorter or thinner while the queue grows, and says what its marks are worth."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.glyphs import ASCII, UNICODE
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.crowd import SCALE_WIDTH, WORTHS, WRITTEN, Kind, marks_for, put_crowd, scale_words
from simulator.stage.frame import frame
from simulator.stage.scene import RequestTarget
from tests.stage.plays import LAB, NGINX, SMALL, Play, play, playback, scene

FOUR = play("prefork", "slow-clients")
CROWDS = st.integers(0, 3_000_000)
ROOMS = st.integers(1, 2400)
LOOKS = pytest.mark.parametrize("look", [Look(), Look(ASCII)], ids=lambda look: look.glyphs.name)


@given(st.integers(0, 40_000), ROOMS)
def test_one_request_more_never_makes_it_shorter_or_thinner(count: int, room: int) -> None:
    before, after = marks_for(count, room), marks_for(count + 1, room)
    assert before.length <= after.length <= room
    for level in range(1, len(WORTHS)):
        assert worth_at_least(before.levels, before, level) <= worth_at_least(after.levels, after, level)


def worth_at_least(levels: tuple[int, ...], marks: object, level: int) -> int:
    """Marks that stand for so much or more."""
    numbers = {each: (marks.fine, marks.coarse)[number] for number, each in enumerate(sorted(levels))}  # type: ignore[attr-defined]
    return sum(cells for each, cells in numbers.items() if each >= level)


@pytest.mark.parametrize("room", [1, 8, 46, 180, 310])
def test_a_growing_queue_only_grows_at_every_size(room: int) -> None:
    drawn = [marks_for(count, room) for count in range(12 * room + 200)]
    assert all(one.length <= other.length for one, other in pairwise(drawn))
    assert all(one.stands_for <= other.stands_for for one, other in pairwise(drawn))


@given(CROWDS, ROOMS)
def test_its_marks_stand_for_all_requests_and_for_less_than_one_mark_more(count: int, room: int) -> None:
    marks = marks_for(count, room)
    coarsest = WORTHS[max(marks.levels, default=0)]
    if count <= room * WORTHS[-1]:
        assert count <= marks.stands_for < count + coarsest


@given(st.integers(0, 400), st.integers(1, 60))
def test_while_there_is_room_every_request_has_a_mark_of_its_own(count: int, room: int) -> None:
    marks = marks_for(count, room)
    assert (marks.length == count and marks.levels in ((), (0,))) == (count <= room)


KINDS = st.lists(st.integers(0, 900), min_size=1, max_size=4)


@given(KINDS, st.integers(1, 5), st.integers(1, 80), st.booleans())
def test_what_is_drawn_is_what_was_worked_out(numbers: list[int], rows: int, cols: int, head_right: bool) -> None:
    sheet = Sheet(cols + 2, rows, Look())
    styles = (Style.UPLOAD, Style.WAITING, Style.DOWNLOAD, Style.DROPPED)
    marks = put_crowd(sheet, Area(0, 1, rows, cols), kinds(numbers, styles), 0, head_right=head_right)
    drawn = sheet.grid.characters[sheet.grid.styles >= Style.IDLE]
    assert len(drawn) == marks.length
    coarse = UNICODE.crowds[marks.level] if marks.coarse else " "
    assert int(np.count_nonzero(drawn == coarse)) == marks.coarse


def kinds(numbers: list[int], styles: tuple[Style, ...]) -> list[Kind]:
    edges = np.cumsum([0, *numbers])
    return [
        Kind(style, np.arange(start, stop, dtype=np.int32))
        for style, (start, stop) in zip(styles, pairwise(edges), strict=False)
    ]


def test_a_few_others_stay_in_sight_beside_many() -> None:
    sheet = Sheet(40, 1, Look())
    put_crowd(sheet, Area(0, 0, 1, 40), kinds([200, 3, 2], (Style.UPLOAD, Style.WAITING, Style.DOWNLOAD)), 0)
    counts = {style: int(np.count_nonzero(sheet.grid.styles == style)) for style in (Style.WAITING, Style.DOWNLOAD)}
    assert counts == {Style.WAITING: 3, Style.DOWNLOAD: 2}
    assert str(sheet.grid).endswith("⣿○○○▼▼")


def test_the_head_stands_at_the_right_and_the_tail_thickens() -> None:
    sheet = Sheet(20, 3, Look())
    put_crowd(sheet, Area(0, 0, 3, 20), kinds([80], (Style.WAITING,)), 0, head_right=True)
    assert sheet.grid.text(0) == "⣿○○○○○○○○○○○○○○○○○○○"
    assert sheet.target(0, 19) == RequestTarget(view=0, request=0)
    assert sheet.target(1, 19) == RequestTarget(view=0, request=1)
    assert sheet.target(0, 18) == RequestTarget(view=0, request=3)


@LOOKS
def test_every_mark_takes_one_cell_and_looks_like_no_other(look: Look) -> None:
    marks = look.glyphs.crowds
    assert len(marks) == len(set(marks)) == len(WORTHS) - 1 == len(WRITTEN) - 1
    assert all(cell_width(mark) == 1 for mark in marks)
    assert look.glyphs is UNICODE or marks.isascii()


@LOOKS
@given(count=st.integers(0, 200_000), room=st.integers(1, 400))
def test_the_scale_fits_and_names_every_mark_that_is_drawn(look: Look, count: int, room: int) -> None:
    marks = marks_for(count, room)
    words = scale_words(marks, "each", look)
    assert cell_width(words) <= SCALE_WIDTH
    for level in marks.levels:
        assert f"{look.glyphs.crowds[level - 1] if level else 'each'}={WRITTEN[level]}" in words


# In whole frames.


def backlog(grid: CellGrid) -> int:
    return next(row for row in range(grid.height) if grid.text(row).startswith(" backlog "))


def queue(grid: CellGrid, glyphs: str) -> str:
    """The marks of the backlog, without its words."""
    found = []
    for row in range(backlog(grid), grid.height):
        cells = np.isin(grid.characters[row], list(glyphs)) & (grid.styles[row] == Style.WAITING)
        if not cells.any():
            break
        found.append("".join(grid.characters[row][cells]))
    return "".join(found)


@pytest.mark.parametrize("size", [Size(40, 12), SMALL, LAB, Size(200, 50)])
def test_a_queue_that_explodes_looks_like_one(size: Size) -> None:
    drawn, before = [], 0
    for t_s in (8.0, 9.0, 18.0, 20.0, 25.0, 40.0):
        waiting = len(playback(FOUR).at(t_s).backlogs[0].waiting)
        assert waiting > before
        before = waiting
        grid = frame(scene(FOUR, t_s=t_s), size, Look())
        marks = queue(grid, "○⣿█")
        scale = {"○": "1"} if "1 mark = 1 request" in str(grid) else dict(re.findall(r"(\S) ?= ?(\d+)", str(grid)))
        worth = [int(scale[mark]) for mark in marks]
        assert waiting <= sum(worth) < waiting + max(worth)
        drawn.append(len(marks))
    assert drawn == sorted(drawn)


@settings(max_examples=40)
@given(st.integers(34, 240), st.integers(8, 70), st.sampled_from((FOUR, NGINX)), st.sampled_from((9.0, 25.0, 40.0)))
def test_no_mark_is_drawn_whose_worth_is_not_written(width: int, height: int, wanted: Play, t_s: float) -> None:
    text = str(frame(scene(wanted, t_s=t_s), Size(width, height), Look()))
    for mark in "⣿":
        assert (mark not in text) or re.search(f"{mark} ?= ?10", text)


def test_an_empty_queue_says_so() -> None:
    grid = frame(scene(FOUR, t_s=0.0), LAB, Look())
    assert "nobody waits here" in grid.text(backlog(grid))


def test_beside_one_another_queues_have_the_same_room() -> None:
    grid = frame(scene(FOUR, NGINX, t_s=40.0), Size(160, 45), Look())
    rows = [grid.text(row).split("│") for row in range(grid.height) if grid.text(row).count("│") == 1]
    left, right = (next(part for row in rows if (part := row[side]).startswith(" backlog ")) for side in (0, 1))
    assert left.index("445/") == right.index("0/")
