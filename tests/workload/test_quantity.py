"""Quantities: a number and a unit, and a helpful answer to anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.workload.quantity import DURATION, RATE, SIZE, Dimension, parse


@pytest.mark.parametrize(
    ("text", "dimension", "amount"),
    [
        ("60 s", DURATION, 60.0),
        ("2 ms", DURATION, 0.002),
        ("150 us", DURATION, 150e-6),
        ("150 µs", DURATION, 150e-6),
        ("1 min", DURATION, 60.0),
        ("0.5h", DURATION, 1800.0),
        ("1e3 ns", DURATION, 1e-6),
        ("30 KiB", SIZE, 30 * 1024),
        ("2 MiB", SIZE, 2 * 1024**2),
        ("500 B", SIZE, 500),
        ("1.5 kB", SIZE, 1500),
        ("0.5 Mbit/s", RATE, 62_500),
        ("10 Mbit/s", RATE, 1_250_000),
        ("1 MiB/s", RATE, 1024**2),
    ],
)
def test_a_number_with_its_unit_becomes_seconds_bytes_or_bytes_per_second(
    text: str, dimension: Dimension, amount: float
) -> None:
    assert parse(text, dimension) == pytest.approx(amount, rel=1e-12)


@pytest.mark.parametrize(
    ("value", "dimension", "said"),
    [
        ("60 sec", DURATION, 'unknown unit "sec" (did you mean "s"?)'),
        ("2 mss", DURATION, 'did you mean "ms"'),
        ("30 kb", SIZE, 'did you mean "kB"'),
        ("30 bytes", SIZE, 'did you mean "B"'),
        ("2 Mbps", RATE, 'did you mean "Mbit/s"'),
        ("60", DURATION, "the unit is missing"),
        (60, DURATION, "a number without its unit"),
        (0.5, SIZE, "a number without its unit"),
        ("-1 s", DURATION, "negative"),
        ("1e300 s", DURATION, "unreasonably large"),
        ("nan s", DURATION, "expected a duration"),
        ("s", DURATION, "expected a duration"),
        ("", SIZE, 'expected a size such as "30 KiB"'),
        (True, DURATION, "expected a duration"),
        (None, RATE, "expected a data rate"),
        ("1" * 5000 + " s", DURATION, "expected a duration"),
    ],
)
def test_anything_else_is_refused_with_what_was_expected(value: object, dimension: Dimension, said: str) -> None:
    with pytest.raises(ValueError, match=r"expected a (duration|size|data rate) such as") as caught:
        parse(value, dimension)
    assert said in str(caught.value)


@given(st.text(), st.sampled_from([DURATION, SIZE, RATE]))
def test_no_text_causes_anything_but_a_value_error(text: str, dimension: Dimension) -> None:
    try:
        amount = parse(text, dimension)
    except ValueError:
        return
    assert 0 <= amount <= dimension.limit
