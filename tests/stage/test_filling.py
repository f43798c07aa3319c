"""A frame uses its rows well, whatever its size, and what servers have alike is aligned."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.frame import frame
from simulator.stage.panes.layout import panes_of
from tests.stage.plays import BEHIND, CALLBACK, FULL, LAB, MANY, NGINX, PREFORK, SMALL, THREADED, Play, row_of, scene
from tests.stage.seen import seen

readable = st.builds(Size, st.integers(24, 260), st.integers(5, 110))
several = st.lists(st.sampled_from((PREFORK, NGINX, THREADED, CALLBACK, MANY, BEHIND)), min_size=1, max_size=4)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(several, readable)
def test_nothing_moves_while_the_run_goes_on(shown: list[Play], size: Size) -> None:
    """Frames stay where they are, also that of a loop that turns orange; only what is in them changes."""
    corners = set()
    for t_s in (0.0, 7.0, FULL, 59.0):
        grid = frame(scene(*shown, t_s=t_s), size, Look())
        rounded = np.isin(grid.characters, list("╭╮╰╯")) & (grid.styles != Style.STREET)  # there marks walk over them
        corners.add(tuple(map(tuple, np.argwhere(rounded).tolist())))
    assert len(corners) == 1


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(several, readable)
def test_equal_queues_look_alike_on_all_servers_that_have_the_same_rooms(shown: list[Play], size: Size) -> None:
    its = scene(*shown, t_s=FULL)
    streets = [seen(its, size, view=number).street for number in its.shown]
    for one, other in pairwise(streets):
        if one.room.width == other.room.width and not (one.window.height or other.window.height):
            assert abs(one.queue.width - other.queue.width) <= 1


def test_narrow_views_are_stacked_and_wide_ones_stand_side_by_side() -> None:
    wide, narrow = (panes_of(*size, 2, keys=True, caption=False, presenting=False).places for size in (LAB, SMALL))
    assert wide[0].street.row == wide[1].street.row
    assert narrow[0].street.row < narrow[1].street.row


def test_four_views_share_a_wide_screen() -> None:
    grid = frame(scene(PREFORK, NGINX, THREADED, CALLBACK, t_s=FULL), LAB, Look())
    assert all(f"─ {letter}  " in str(grid) for letter in "ABCD")
    assert row_of(grid, "─ A  ") == row_of(grid, "─ B  ") < row_of(grid, "─ C  ") == row_of(grid, "─ D  ")


@pytest.mark.parametrize(("size", "least"), [(SMALL, 0.4), (LAB, 0.5), (Size(200, 50), 0.5), (Size(240, 67), 0.5)])
def test_a_street_has_no_large_blank_part_when_it_is_crowded(size: Size, least: float) -> None:
    its = seen(scene(PREFORK, t_s=FULL), size)
    rows = [its.row(row)[1:-1].strip() for row in range(1, its.street.height - 1)]
    assert sum(bool(row) for row in rows) / len(rows) > 0.8
    assert its.street.height / size.height >= least
