"""What is sent for a row shows what Textual's own strip shows, in fewer bytes."""

from itertools import product

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.strip import Strip

from simulator.stage.canvas.look import Look
from simulator.stage.frame import frame
from simulator.tui.canvas import Canvas, Row
from tests.stage.plays import FULL, LAB, PREFORK, scene

WIDTH = 60
TRUE, FEW = (Console(color_system=system, force_terminal=True) for system in ("truecolor", "256"))
colours = st.sampled_from((None, "#e6eef5", "#141a20", "#ff9600"))
flags = st.sampled_from((None, True))
styles = st.builds(RichStyle, color=colours, bgcolor=colours, bold=flags, dim=flags, reverse=flags)
pieces = st.lists(st.builds(Segment, st.sampled_from((" ", "   ", "ab", "▲▲", " x ", "请求")), styles), max_size=14)


def seen(sent: str) -> list[tuple[object, ...]]:
    """Of each cell the character, its colours and whether they are exchanged; of a blank one only what can be seen."""
    screen = pyte.Screen(WIDTH, 1)
    pyte.Stream(screen).feed(sent + "|")
    cells: list[tuple[object, ...]] = []
    for col in range(WIDTH):
        cell = screen.buffer[0][col]
        front = cell.fg if cell.data.strip() or cell.reverse else ""
        cells.append((cell.data, front, cell.bg, cell.bold and bool(cell.data.strip()), cell.reverse))
    return cells


@pytest.mark.parametrize("console", [TRUE, FEW], ids=["truecolor", "256"])
@given(row=pieces)
def test_it_shows_the_same(console: Console, row: list[Segment]) -> None:
    assert seen(Row(row).render(console)) == seen(Strip(row).render(console))


@pytest.mark.parametrize(("old", "new"), list(product(("", "bold", "dim", "reverse", "bold reverse"), repeat=2)))
def test_marks_go_on_and_off_one_by_one(old: str, new: str) -> None:
    row = [Segment("ab", RichStyle.parse(f"{old} red on blue")), Segment("cd", RichStyle.parse(f"{new} red on blue"))]
    assert seen(Row(row).render(TRUE)) == seen(Strip(row).render(TRUE))


def test_what_stays_is_not_said_again() -> None:
    row = [Segment("a", RichStyle.parse("#010101 on #020202")), Segment("b", RichStyle.parse("#030303 on #020202"))]
    assert Row(row).render(TRUE) == "\x1b[38;2;1;1;1;48;2;2;2;2ma\x1b[38;2;3;3;3mb\x1b[0m"


def test_a_blank_is_no_reason_to_change_the_colour_of_characters() -> None:
    one, other = RichStyle.parse("#010101 on #020202"), RichStyle.parse("#030303 on #020202")
    row = [Segment("a", one), Segment("  ", other), Segment("b", one)]
    assert Row(row).render(TRUE) == "\x1b[38;2;1;1;1;48;2;2;2;2ma  b\x1b[0m"


def test_a_crowded_frame_takes_a_quarter_fewer_bytes_at_least() -> None:
    canvas = Canvas(Look())
    canvas._width = LAB.width
    canvas.show(frame(scene(PREFORK, t_s=FULL), LAB, Look()))
    rows = [canvas.render_line(row) for row in range(LAB.height)]
    sent, usual = (sum(len(kind(row).render(TRUE)) for row in rows) for kind in (Row, Strip))
    assert sent < usual * 3 / 4
