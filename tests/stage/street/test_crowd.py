"""A drawn queue never gets shorter or thinner while the queue grows, and says what its marks are worth."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.glyphs import ASCII, UNICODE
from simulator.stage.canvas.look import Look
from simulator.stage.street.crowd import WORTHS, WRITTEN, Marks, marks_for, scale_words

CROWDS = st.integers(0, 3_000_000)
ROOMS = st.integers(1, 2400)
LOOKS = pytest.mark.parametrize("look", [Look(), Look(ASCII)], ids=lambda look: look.glyphs.name)


@given(st.integers(0, 40_000), ROOMS)
def test_one_request_more_never_makes_it_shorter_or_thinner(count: int, room: int) -> None:
    before, after = marks_for(count, room), marks_for(count + 1, room)
    assert before.length <= after.length <= room
    for level in range(1, len(WORTHS)):
        assert worth_at_least(before, level) <= worth_at_least(after, level)


def worth_at_least(marks: Marks, level: int) -> int:
    """Marks that stand for so much or more."""
    return marks.fine * (marks.level >= level) + marks.coarse * (marks.level + 1 >= level)


def stand_for(marks: Marks) -> int:
    """Requests that the marks stand for: as many as there are, or less than one mark more."""
    return marks.fine * WORTHS[marks.level] + marks.coarse * WORTHS[min(marks.level + 1, len(WORTHS) - 1)]


@pytest.mark.parametrize("room", [1, 8, 46, 180, 310])
def test_a_growing_queue_only_grows_at_every_size(room: int) -> None:
    drawn = [marks_for(count, room) for count in range(12 * room + 200)]
    assert all(one.length <= other.length for one, other in pairwise(drawn))
    assert all(stand_for(one) <= stand_for(other) for one, other in pairwise(drawn))


@given(CROWDS, ROOMS)
def test_its_marks_stand_for_all_requests_and_for_less_than_one_mark_more(count: int, room: int) -> None:
    marks = marks_for(count, room)
    coarsest = WORTHS[max(marks.levels, default=0)]
    if count <= room * WORTHS[-1]:
        assert count <= stand_for(marks) < count + coarsest


@given(st.integers(0, 400), st.integers(1, 60))
def test_while_there_is_room_every_request_has_a_mark_of_its_own(count: int, room: int) -> None:
    marks = marks_for(count, room)
    assert (marks.length == count and marks.levels in ((), (0,))) == (count <= room)


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
    assert cell_width(words) <= len("each=1 #=10")
    for level in marks.levels:
        assert f"{look.glyphs.crowds[level - 1] if level else 'each'}={WRITTEN[level]}" in words
