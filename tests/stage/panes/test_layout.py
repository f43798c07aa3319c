"""Panes share a frame of any size without overlapping, and the street keeps most of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.stage.canvas.sheet import Area
from simulator.stage.panes.layout import Panes, panes_of


def areas(panes: Panes) -> list[Area]:
    each = [panes.title, panes.figures, panes.caption, panes.below, panes.column, panes.time, panes.keys]
    each += [area for place in panes.places for area in (place.street, place.claim)]
    return [area for area in each if area.height and area.width]


@given(st.integers(0, 260), st.integers(0, 80), st.integers(1, 4), st.booleans(), st.booleans(), st.booleans())
def test_no_two_panes_overlap_and_none_reaches_out_of_the_frame(
    width: int, height: int, views: int, keys: bool, caption: bool, presenting: bool
) -> None:
    covered = np.zeros((height, width), int)
    for row, col, tall, wide in areas(
        panes_of(width, height, views, keys=keys, caption=caption, presenting=presenting)
    ):
        assert min(row, col, tall, wide) >= 0
        assert row + tall <= height
        assert col + wide <= width
        covered[row : row + tall, col : col + wide] += 1
    assert covered.max(initial=0) <= 1


@given(st.integers(110, 260), st.integers(30, 80), st.integers(2, 4))
def test_streets_side_by_side_are_equally_large_so_that_equal_queues_look_alike(
    width: int, height: int, views: int
) -> None:
    streets = [
        place.street for place in panes_of(width, height, views, keys=True, caption=False, presenting=False).places
    ]
    assert len(streets) == views
    assert len({street.height for street in streets}) == 1
    assert max(street.width for street in streets) - min(street.width for street in streets) <= 1


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50), (240, 67)])
def test_the_street_of_a_single_server_has_half_of_the_rows_at_least(size: tuple[int, int]) -> None:
    panes = panes_of(*size, 1, keys=True, caption=False, presenting=False)
    assert panes.places[0].street.height >= size[1] / 2
    assert panes.below.height >= 5
