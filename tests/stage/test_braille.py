"""Curves of dots: what is higher has more dots, what is not known has none, and a curve never leaves its area."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.stage.canvas.braille import Series, area_dots, line_dots, put_series
from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style

SHARES = st.floats(0.0, 1.0)
SOME = st.lists(SHARES | st.just(float("nan")), min_size=1, max_size=40)
HEIGHTS = st.integers(1, 12)
LOW, HIGH = Style.AREA_LOW, Style.AREA_TOP


def drawn(series: list[Series], width: int, height: int, look: Look | None = None) -> Sheet:
    sheet = Sheet(width, height, look or Look())
    put_series(sheet, Area(0, 0, height, width), series)
    return sheet


def text(series: list[Series], width: int, height: int, look: Look | None = None) -> list[str]:
    grid = drawn(series, width, height, look).grid
    return [grid.text(row) for row in range(height)]


def area(*shares: float) -> Series:
    return Series(np.array(shares), (LOW,), filled=True)


def line(*shares: float) -> Series:
    return Series(np.array(shares), (HIGH,))


@given(SHARES, SHARES, HEIGHTS)
def test_a_higher_value_never_has_fewer_dots(one: float, other: float, height: int) -> None:
    low, high = sorted((one, other))
    assert area_dots(np.array([low]), height).sum() <= area_dots(np.array([high]), height).sum()
    assert line_dots(np.array([low]), height).argmax() >= line_dots(np.array([high]), height).argmax()


@given(SOME, HEIGHTS)
def test_what_is_not_known_has_no_dot_and_what_is_known_has_one(shares: list[float], height: int) -> None:
    known = np.isfinite(shares)
    for dots in (area_dots(np.array(shares), height), line_dots(np.array(shares), height)):
        assert np.array_equal(dots.any(axis=0), known)


@given(SOME, HEIGHTS)
def test_a_line_has_no_gap_between_neighbouring_values(shares: list[float], height: int) -> None:
    dots = line_dots(np.array(shares), height)
    for left, right in zip(dots.T[:-1], dots.T[1:], strict=True):
        if left.any() and right.any():
            reach = [np.flatnonzero(each) for each in (left, right)]
            assert reach[0].min() - 1 <= reach[1].max()
            assert reach[1].min() - 1 <= reach[0].max()


@given(SOME, st.integers(0, 30), st.integers(0, 5))
def test_curves_stay_within_their_area(shares: list[float], width: int, height: int) -> None:
    sheet = Sheet(width + 2, height + 2, Look())
    put_series(sheet, Area(1, 1, height, width), [area(*shares), line(*shares)])
    outside = sheet.grid.characters.copy()
    outside[1 : 1 + height, 1 : 1 + width] = " "
    assert (outside == " ").all()


def test_an_area_fills_from_below_two_values_a_cell() -> None:
    assert text([area(0.0, 0.2, 0.4, 0.6, 0.8, 1.0)], 4, 1) == ["⣠⣴⣾ "]
    assert text([area(0.0, 0.5, 1.0, 1.0)], 2, 2) == ["⢀⣿", "⣸⣿"]


def test_a_line_joins_its_values() -> None:
    assert text([line(0.0, 0.0, 1.0, 1.0)], 2, 2) == [" ⡏", "⣀⠇"]


def test_lines_that_meet_in_a_cell_share_it_and_the_one_in_front_gives_the_colour() -> None:
    sheet = drawn([Series(np.ones(2), (LOW,)), Series(np.zeros(2), (HIGH,))], 1, 1)
    assert sheet.grid.text(0) == "⣉"
    assert sheet.grid.styles[0, 0] == HIGH


def test_an_area_in_front_hides_what_lies_behind_its_edge() -> None:
    sheet = drawn([Series(np.ones(4), (LOW,), filled=True), Series(np.zeros(2), (HIGH,), filled=True)], 2, 1)
    assert sheet.grid.text(0) == "⣀⣿"
    assert sheet.grid.styles[0].tolist() == [HIGH, LOW]


def test_an_area_has_its_colours_by_height() -> None:
    sheet = drawn([Series(np.ones(2), (LOW, Style.AREA_MIDDLE, Style.AREA_HIGH, HIGH), filled=True)], 1, 4)
    assert sheet.grid.styles[:, 0].tolist() == [HIGH, Style.AREA_HIGH, Style.AREA_MIDDLE, LOW]


def test_without_braille_areas_say_how_full_a_cell_is_and_lines_how_high_they_lie_in_it() -> None:
    look = Look(ASCII)
    assert text([area(0.0, 0.0, 0.5, 0.5, 1.0, 1.0)], 3, 1, look) == [".+#"]
    assert text([line(0.0, 0.0, 0.33, 0.33, 0.67, 0.67, 1.0, 1.0)], 4, 1, look) == ["_.-'"]
    both = text([area(*np.linspace(0, 1, 20)), line(*np.linspace(1, 0, 20))], 10, 3, look)
    assert "".join(both).isascii()


def test_a_curve_with_a_letter_has_it_behind_its_last_dot() -> None:
    named = Series(np.array([0.0, 0.0, np.nan, np.nan]), (HIGH,), letter="A")
    assert text([named], 2, 1) == ["⣀A"]
    assert drawn([named], 2, 1).grid.styles[0, 1] == HIGH


def test_letters_of_curves_that_end_together_stand_side_by_side_and_stay_within_the_area() -> None:
    curves = [Series(np.zeros(4), (HIGH,), letter=letter) for letter in "BA"]
    assert text(curves, 4, 1) == ["⣀⣀AB"]
    assert text(curves, 2, 1) == ["BA"]


def test_a_curve_without_any_value_has_no_letter() -> None:
    assert text([Series(np.full(4, np.nan), (HIGH,), letter="A")], 2, 1) == ["  "]
