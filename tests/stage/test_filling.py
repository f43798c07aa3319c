"""A frame uses its rows well: nothing lies blank that could show something, and what views have alike is aligned."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.stage.canvas.glyphs import UNICODE
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.look import Look
from simulator.stage.frame import frame
from simulator.trace.playback import Activity
from tests.stage.plays import (
    BEHIND,
    CALLBACK,
    FULL,
    LAB,
    MANY,
    NGINX,
    PREFORK,
    SMALL,
    THREADED,
    Play,
    playback,
    row_of,
    scene,
)

LABELS = (
    "worker",
    "thread ",
    "GIL",
    "event loop",
    "ok ",
    "WHY",
    "clients",
    "backlog",
    "nginx",
    "needs loop",
    "in hand",
)
CURVES = ("arriving", "completed", "in queues", "in flight", "p50  ", "p95  ", "p99  ")
FEWEST = 24
"""Columns from which on the labels of curves can be read."""
readable = st.builds(Size, st.integers(FEWEST, 260), st.integers(5, 110))
several = st.lists(st.sampled_from((PREFORK, NGINX, THREADED, CALLBACK, MANY, BEHIND)), min_size=1, max_size=4)


def parts(grid: CellGrid) -> list[list[str]]:
    """The rows of the views, each cut where one view ends and the next begins; without what all views share below."""
    rows = [grid.text(row) for row in range(grid.height)]
    rules = [number for number, row in enumerate(rows) if set(row) == {UNICODE.horizontal}]
    below = [number for number in rules if not any("WHY" in row for row in rows[number:])]
    return [row.split(UNICODE.vertical) for row in rows[: below[0] if below else None]]


def labelled(rows: list[list[str]], *names: str) -> list[tuple[int, int, str]]:
    """Where rows of views begin with these words: the row, the view from the left, and the word."""
    return [
        (number, place, name)
        for number, row in enumerate(rows)
        for place, part in enumerate(row)
        for name in names
        if part[1:].startswith(name)
    ]


@pytest.mark.slow
@settings(max_examples=60)
@given(several, readable, st.sampled_from((0.0, 7.0, FULL, 59.0)))
def test_no_view_has_three_blank_rows_under_one_another(shown: list[Play], size: Size, t_s: float) -> None:
    rows = parts(frame(scene(*shown, t_s=t_s), size, Look()))
    for first in range(len(rows) - 2):
        views = zip(*rows[first : first + 3], strict=False)
        assert all(any(part.strip() for part in view) for view in views), (first, size)


@pytest.mark.slow
@settings(max_examples=60)
@given(several, readable)
def test_a_curve_is_as_tall_in_all_views(shown: list[Play], size: Size) -> None:
    rows = parts(frame(scene(*shown, t_s=FULL), size, Look()))
    drawn = [places for name in CURVES if (places := labelled(rows, name))]
    assert {len(places) for places in drawn} <= {len(shown)}
    for upper, lower in pairwise(drawn):
        assert len({below - above for (above, _, _), (below, _, _) in zip(upper, lower, strict=True)}) == 1


@pytest.mark.slow
@settings(max_examples=30)
@given(several, st.builds(Size, st.integers(60, 260), st.integers(5, 110)))
def test_no_row_moves_while_the_run_goes_on(shown: list[Play], size: Size) -> None:
    moments = (parts(frame(scene(*shown, t_s=t_s), size, Look())) for t_s in (0.0, 7.0, FULL, 59.0))
    places = {tuple(labelled(rows, *LABELS, *CURVES)) for rows in moments}
    assert len(places) == 1


def test_rows_that_one_server_leaves_show_how_busy_its_parts_are() -> None:
    grid = frame(scene(MANY, CALLBACK, t_s=FULL), Size(240, 67), Look())
    left, right = zip(*(row for row in parts(grid) if len(row) == 2), strict=True)
    assert not any(part.startswith(" worker busy") for part in left)
    assert any(part.startswith(" event loop busy") for part in right)


def test_who_is_parked_has_a_row_for_each_thing_they_wait_for_where_there_is_room() -> None:
    large, small = (str(frame(scene(CALLBACK, t_s=FULL), size, Look())) for size in (LAB, Size(40, 12)))
    assert all(f"\n {words} " in large for words in ("needs loop", "upload", "I/O", "download"))
    assert "\n in hand " in small


def test_all_whom_an_event_loop_has_in_hand_are_counted_by_what_they_wait_for() -> None:
    moments = [playback(CALLBACK).at(t_s) for t_s in np.arange(20.0, 30.0, 0.02).tolist()]
    now = max(moments, key=lambda each: min(len(each.locks[0].waiting[0]), len(each.parked)))
    ready, waiting = len(now.locks[0].waiting[0]), len(now.parked.doing(Activity.IO))
    assert min(ready, waiting) > 1
    large, small = (frame(scene(CALLBACK, t_s=now.t_s), size, Look()) for size in (LAB, SMALL))
    rows = [large.text(row_of(large, words)) for words in (" needs loop", " I/O ")]
    assert [int(row.split()[-1]) for row in rows] == [ready, waiting]
    words = " ".join(small.text(row_of(small, " in hand")).split())
    assert words.startswith(f"in hand {len(now.parked) + ready} ")
    assert f"I/O {waiting} " in words
    assert f"needs loop {ready} " in words


def test_narrow_views_are_stacked_and_wide_ones_stand_side_by_side() -> None:
    both = scene(PREFORK, CALLBACK, t_s=FULL)
    wide, narrow = frame(both, LAB, Look()), frame(both, SMALL, Look())
    assert row_of(wide, "PREFORK") == row_of(wide, "CALLBACK")
    assert row_of(narrow, "PREFORK") < row_of(narrow, "CALLBACK")


def test_four_views_share_a_wide_screen() -> None:
    grid = frame(scene(PREFORK, NGINX, THREADED, CALLBACK, t_s=FULL), LAB, Look())
    assert all(f" {letter} " in str(grid) for letter in "ABCD")


@pytest.mark.parametrize(("width", "beside"), [(240, 4), (180, 2), (120, 2), (80, 1)])
def test_four_views_stand_in_equal_rows(width: int, beside: int) -> None:
    rows = parts(frame(scene(PREFORK, NGINX, THREADED, CALLBACK, t_s=FULL), Size(width, 67), Look()))
    assert {len(row) for row in rows[1:]} <= {beside, 1}
    assert max(map(len, rows)) == beside
