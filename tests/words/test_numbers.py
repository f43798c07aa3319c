"""However a figure is written, it is the same figure: one rule of rounding, one step from unit to unit."""

import ast
import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.stage.fixed_width import fixed_count, fixed_duration, short_count
from simulator.words.numbers import (
    duration,
    exact_duration,
    exact_size,
    line_rate,
    long_duration,
    percent,
    percent_to_tenths,
    rate,
    rounded,
    share_in_words,
    short_duration,
    size,
    three_digits,
    to_places,
    unit_for,
)

WORTH = {"µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
NAN, INF = math.nan, math.inf
STYLES = (duration, short_duration, exact_duration, long_duration, fixed_duration)
seconds = st.floats(1e-7, 1e7) | st.floats(-7, 7).map(lambda power: float(f"{10**power:.3g}"))


def parts(text: str) -> tuple[Decimal, str]:
    """The figure of a text, and its unit."""
    *groups, unit = text.split()
    return Decimal("".join(groups)), unit


def school(value: float, figure: Decimal) -> Decimal:
    """A value rounded to the decimal places of a figure, halves away from zero; twelve digits are believed."""
    return Decimal(f"{value:.12g}").quantize(figure, ROUND_HALF_UP)


@given(st.floats(-1e5, 1e5), st.integers(0, 6))
def test_what_is_rounded_is_the_nearest_and_nothing_has_no_sign(value: float, places: int) -> None:
    found = rounded(value, places)
    assert float(abs(found - Decimal(value))) <= 0.5 * 10.0**-places + 1e-11 * abs(value)
    assert found == school(value, found)
    assert str(found).startswith("-") == (found < 0)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (-2.5, 0, "-3"), (0.25, 1, "0.3"), (1.005, 2, "1.01"),
     (0.285, 2, "0.29"), (1e-9, 3, "0.000"), (-1e-9, 3, "0.000"), (0.1 + 0.2, 1, "0.3")],
)  # fmt: skip
def test_what_binary_fractions_cannot_say_is_rounded_as_it_is_written(value: float, places: int, text: str) -> None:
    assert to_places(value, places) == text


@pytest.mark.parametrize("write", STYLES)
@given(seconds)
@example(0.0009995)
@example(0.9995)
@example(0.00995)
@example(9.95)
@example(59.95)
@example(99.95)
@example(119.5)
def test_whatever_the_style_its_figure_is_the_value_rounded_once(write: Callable[[float], str], value: float) -> None:
    figure, unit = parts(write(value))
    assert figure == school(value / WORTH[unit], figure)


@given(seconds)
@example(0.0009995)
@example(0.9995)
def test_tables_sentences_and_fixed_widths_have_the_same_unit_at_the_same_value(value: float) -> None:
    table, sentence, fixed = parts(duration(value)), parts(short_duration(value)), parts(fixed_duration(value))
    assert table[1] == sentence[1]
    assert fixed == sentence or fixed[1] == "h"


@given(seconds)
def test_a_column_rounds_as_a_single_figure_does(value: float) -> None:
    column = unit_for([value])
    figure = Decimal(column.format(value))
    assert figure == school(value / column.seconds, figure)


@pytest.mark.parametrize(
    ("value", "table", "sentence", "fixed"),
    [
        (0.0, "0 s", "0 s", "    0 s"),
        (0.0009994, "999 µs", "999 µs", " 999 µs"),
        (0.0009995, "1 ms", "1 ms", " 1.0 ms"),
        (0.00042, "420 µs", "420 µs", " 420 µs"),
        (0.00125, "1.25 ms", "1.3 ms", " 1.3 ms"),
        (0.0345, "34.5 ms", "35 ms", "  35 ms"),
        (0.9994, "999 ms", "999 ms", " 999 ms"),
        (0.9995, "1 s", "1 s", "  1.0 s"),
        (1.05, "1.05 s", "1.1 s", "  1.1 s"),
        (59.94, "59.9 s", "59.9 s", " 59.9 s"),
        (59.95, "60 s", "60 s", " 60.0 s"),
        (99.95, "100 s", "100 s", "  100 s"),
        (1234.5, "1 235 s", "1 235 s", " 1235 s"),
        (1e6, "1 000 000 s", "1 000 000 s", "  278 h"),
        (NAN, "-", "-", "      -"),
        (INF, "-", "-", "      -"),
        (-0.0123, "-12.3 ms", "-12 ms", "    0 s"),
    ],
)
def test_times_on_either_side_of_a_step(value: float, table: str, sentence: str, fixed: str) -> None:
    assert (duration(value), short_duration(value), fixed_duration(value)) == (table, sentence, fixed)


@pytest.mark.parametrize(
    ("value", "text", "name"),
    [
        (0.0099999, "9999.9", "µs"),
        (0.00999996, "10.0", "ms"),
        (9.99994, "9999.9", "ms"),
        (9.99995, "10.000", "s"),
        (99.9994, "99.999", "s"),
        (99.9995, "100.00", "s"),
        (1e15, "1000000000000000.00", "s"),
    ],
)
def test_columns_on_either_side_of_a_step(value: float, text: str, name: str) -> None:
    column = unit_for([value, 0.0, NAN])
    assert (column.format(value), column.name, column.format(NAN)) == (text, name, "-")
    assert unit_for([-value]) == column


def test_a_long_wait_is_said_in_minutes_and_a_round_time_as_it_was_meant() -> None:
    assert [long_duration(s) for s in (0.5, 119.4, 120.0, 622.0)] == ["500 ms", "119 s", "2 min", "10.4 min"]
    assert [exact_duration(s) for s in (0.0, 0.001, 0.05, 0.5, 62.6, 0.1 + 0.2)] == [
        "0 s", "1 ms", "50 ms", "500 ms", "62.6 s", "300 ms",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 B"), (471, "471 B"), (1023.4, "1 023 B"), (1023.5, "1 KiB"), (1023.4 * 2**10, "1 023 KiB"),
        (1023.5 * 2**10, "1 MiB"), (2.25 * 2**20, "2.25 MiB"), (1023.5 * 2**20, "1 GiB"), (2**45, "32 768 GiB"),
        (NAN, "-"),
    ],
)  # fmt: skip
def test_sizes_on_either_side_of_a_step(value: float, text: str) -> None:
    assert size(value) == text


@given(st.floats(0.0, 1e15))
@example(1023.5)
@example(1023.5 * 2**10)
def test_a_size_is_rounded_once(number: float) -> None:
    figure, unit = parts(size(number))
    assert figure == school(number / WORTH[unit], figure)
    assert figure < 1024 or unit == "GiB"


@given(st.integers(1, 2**40))
def test_an_exact_size_is_exact_and_agrees_with_the_rounded_one_where_both_have_its_unit(number: int) -> None:
    amount, name = exact_size(number).split()
    assert int(amount) * WORTH[name] == number
    if size(number).split()[-1] == name:
        assert parts(size(number))[0] == int(amount)


def test_lines_are_named_as_they_are_sold() -> None:
    rates = (62_500.0, 1_250.0, 12.5, 125e6, 124.96e6, 12_499.0)
    assert [line_rate(each) for each in rates] == [
        "0.5 Mbit/s", "10 kbit/s", "100 bit/s", "1 Gbit/s", "1 Gbit/s", "0.1 Mbit/s",
    ]  # fmt: skip


@given(st.floats(0.0, 2.0))
@example(0.005)
@example(0.995)
@example(0.9995)
def test_a_share_is_the_same_in_a_table_and_in_a_sentence(share: float) -> None:
    assert share_in_words(share) == percent(share).replace("<", "under ").replace(">", "over ")
    assert (percent(share) == "0 %") == (share == 0.0)
    whole = rounded(100 * share, 0)
    assert percent(share) in (f"{whole} %", "<1 %" if not whole else ">99 %")


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.001, "<1 %"), (0.0049, "<1 %"), (0.005, "1 %"), (0.994, "99 %"), (0.995, ">99 %"),
     (0.9994, ">99 %"), (0.9995, "100 %"), (1.0, "100 %"), (1.204, "120 %"), (-0.125, "-13 %"), (NAN, "-")],
)  # fmt: skip
def test_something_is_not_called_nothing_nor_nearly_all_all(share: float, text: str) -> None:
    assert percent(share) == text


def test_differences_have_their_sign() -> None:
    assert [percent_to_tenths(each, signed=True) for each in (0.12345, -0.0005)] == ["+12.3", "-0.1"]


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (fixed_count, 99_999, "99999"), (fixed_count, 123_499, " 123k"), (fixed_count, 123_500, " 124k"),
        (fixed_count, 999_499, " 999k"), (fixed_count, 9_999_500, "  10M"),
        (fixed_count, NAN, "    -"), (short_count, 9.994, "9.99"), (short_count, 9.995, "10"),
        (short_count, 99.4, "99.4"),
        (three_digits, 99.94, "99.9"), (three_digits, 99.95, "100"), (three_digits, 1234.5, "1 235"),
        (three_digits, NAN, "-"),
        (rate, 999.94, "999.9"), (rate, 999.95, "1 000"), (rate, 0.0, "0.0"),
        (rate, 0.049, "0.05"), (rate, 0.994, "0.99"), (rate, 0.995, "1.0"), (rate, 78.0, "78.0"), (rate, NAN, "-"),
    ],
)  # fmt: skip
def test_counts_and_rates_on_either_side_of_a_step(write: Callable[[float], str], value: float, text: str) -> None:
    assert write(value) == text


ROUNDS = re.compile(r"\.\d*[efg]|%")
NOT_FOR_READERS = {
    "trace/checks.py": "a failed check is for whoever repairs an engine",
    "trace/laws.py": "a broken law, too",
    "lab/export.py": "names of files",
    "lab/knob.py": "values as they are typed",
    "lab/scenario_knobs.py": "values as they are typed",
    "real/validate/curve_chart.py": "where a tick lies",
}


def test_nobody_else_rounds_what_is_shown() -> None:
    source = Path(__file__).parents[2] / "simulator"
    found = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FormattedValue) and node.format_spec and ROUNDS.search(ast.unparse(node.format_spec))
    }
    assert found == set(NOT_FOR_READERS)


def test_a_nanosecond_after_the_start_is_0_s_in_a_sentence() -> None:
    assert [short_duration(value) for value in (0.0, 1e-9, 1e-6)] == ["0 s", "0 s", "1 µs"]
