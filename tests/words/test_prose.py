"""Sentences on a terminal: no line ends between a number and its unit, and what is typed for advice stays whole."""

from io import StringIO

import pytest
from rich.console import Console, RenderableType

from simulator.words.prose import Prose, Typed


def lines(part: RenderableType, width: int) -> list[str]:
    console = Console(width=width, file=StringIO())
    with console.capture() as capture:
        console.print(part)
    return [line.rstrip() for line in capture.get().splitlines()]


def test_a_number_and_its_unit_are_on_one_line() -> None:
    assert lines(Prose("had up to 94 % of it"), 13) == ["had up to", "94 % of it"]
    assert lines(Prose("占用了处理器的 94 %：不作评判"), 18) == ["占用了处理器的", "94 %：不作评判"]


@pytest.mark.parametrize(
    ("width", "shown"),
    [(30, ["a b c  --model prefork"]), (20, ["a b c", "--model prefork"]), (10, ["a b c", "--model", "prefork"])],
)
def test_what_is_typed_for_advice_is_in_one_line_where_one_is_long_enough(width: int, shown: list[str]) -> None:
    assert lines(Typed("a b c", "--model prefork"), width) == shown
