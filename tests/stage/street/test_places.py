"""The parts of a street share its cells at any size: none reaches out of it, and what matters does not overlap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.stage.canvas.sheet import Area
from simulator.stage.street.places import Street, placed
from simulator.stage.street.shares import Form, Needs

needs = st.builds(
    Needs,
    lanes=st.integers(0, 80),
    loops=st.integers(0, 8),
    baton=st.booleans(),
    rooms=st.integers(0, 1),
    label=st.integers(0, 30),
)


def rows_of(street: Street) -> list[Area]:
    """What lies below one another over the tapes."""
    tapes = [Area(lane.row, street.tape_col, lane.height, street.columns) for lane in street.lanes]
    single = (street.answers_row, street.baton_row, street.others_row, street.axis_row, *street.bracket_rows)
    return [
        street.queue,
        *tapes,
        street.parked,
        *(Area(row, street.tape_col, 1, street.columns) for row in single if row >= 0),
    ]


@given(needs, st.integers(40, 260), st.integers(4, 80), st.integers(0, 90))
def test_no_part_reaches_out_of_a_street_that_is_not_absurdly_small(
    wants: Needs, width: int, height: int, first: int
) -> None:
    street = placed(wants, width, height, first)
    for area in (street.clients, street.way, street.queue, street.room, street.parked, street.window):
        if area.height > 0 and area.width > 0:
            assert min(area.row, area.col) >= 0
            assert area.row + area.height <= height
            assert area.col + area.width <= width
    assert all(lane.row + lane.height <= height for lane in street.lanes if height > 2)


@given(needs, st.integers(50, 260), st.integers(9, 80), st.integers(0, 90))
def test_queue_tapes_and_the_rows_between_them_do_not_overlap(
    wants: Needs, width: int, height: int, first: int
) -> None:
    covered = np.zeros(height, int)
    for area in rows_of(placed(wants, width, height, first)):
        covered[area.row : area.row + area.height] += 1
    assert covered.max(initial=0) <= 1


@pytest.mark.parametrize(("lanes", "rows"), [(4, 2), (6, 2), (12, 1), (64, 1)])
def test_few_lanes_are_high_and_many_are_low_but_the_queue_always_has_some_rows(lanes: int, rows: int) -> None:
    street = placed(Needs(lanes=lanes, loops=0, baton=False, rooms=0, label=9), 120, 22, 0)
    assert {lane.height for lane in street.lanes} == {rows}
    assert street.queue.height >= 3
    assert street.axis_row > 0


@pytest.mark.parametrize(
    ("width", "height", "form"),
    [
        (99, 22, Form.MEDIUM),
        (100, 22, Form.WIDE),
        (69, 22, Form.NARROW),
        (70, 22, Form.MEDIUM),
        (49, 22, Form.TINY),
        (50, 9, Form.NARROW),
        (50, 8, Form.TINY),
    ],
)
def test_the_form_of_a_street_follows_its_size(width: int, height: int, form: Form) -> None:
    assert placed(Needs(lanes=4, loops=0, baton=False, rooms=0, label=9), width, height, 0).form is form


def test_a_loop_alone_on_a_large_street_has_a_high_tape_and_leaves_hardly_a_row_empty() -> None:
    loop = Needs(lanes=0, loops=1, baton=False, rooms=0, label=10)
    rows = [placed(loop, width, height, 0).lanes[0].height for width, height in ((120, 22), (148, 29), (200, 37))]
    assert rows == [5, 8, 8]
