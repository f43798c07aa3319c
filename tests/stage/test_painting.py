"""What a terminal is told looks exactly like the grid, in fewer pieces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.stage.canvas.cells import BLANK
from simulator.stage.canvas.grid import CellGrid, parts_of
from simulator.stage.canvas.painting import Painting
from simulator.stage.canvas.palette import Theme
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.themes import DARK, LIGHT, MONO

cells = st.lists(
    st.tuples(st.sampled_from(" ab"), st.sampled_from(list(Style)), st.sampled_from(list(Ground))),
    min_size=1,
    max_size=40,
)


def row(drawn: list[tuple[str, Style, Ground]]) -> CellGrid:
    grid = CellGrid(len(drawn), 1)
    for col, (character, style, ground) in enumerate(drawn):
        grid.put(0, col, character, style)
        grid.lay(0, col, 1, 1, ground)
    return grid


def pieces(grid: CellGrid, theme: Theme = DARK) -> list[str]:
    return grid.pieces(0, Painting(theme).looks(grid)[0])[0]


@pytest.mark.parametrize("theme", [DARK, LIGHT, MONO], ids=lambda theme: theme.name)
@given(drawn=cells)
def test_every_cell_is_painted_as_it_is_and_of_a_blank_only_the_ground_is_seen(
    theme: Theme, drawn: list[tuple[str, Style, Ground]]
) -> None:
    grid = row(drawn)
    for col, look in enumerate(Painting(theme).looks(grid)[0].tolist()):
        is_so, should = (theme.paint(*parts_of(each)) for each in (look, int(grid.looks()[0, col])))
        if grid.characters[0, col] == BLANK:
            behind = [(paint.inverse, paint.fg if paint.inverse else paint.bg or theme.bg) for paint in (is_so, should)]
            assert behind[0] == behind[1]
        else:
            assert is_so == should


def test_a_blank_joins_the_piece_before_it() -> None:
    grid = CellGrid(7, 1)
    grid.put(0, 0, "ab", Style.GOOD)
    grid.put(0, 3, "cd", Style.GOOD)
    assert pieces(grid) == ["ab cd  "]


def test_a_blank_on_another_ground_is_a_piece_of_its_own() -> None:
    grid = CellGrid(3, 1)
    grid.put(0, 0, "a b", Style.GOOD)
    grid.lay(0, 1, 1, 1, Ground.PANE)
    assert pieces(grid) == ["a", " ", "b"]


def test_looks_that_a_theme_paints_alike_are_one_piece() -> None:
    alike = [style for style in Style if MONO.paint(style) == MONO.paint(Style.TEXT)]
    grid = row([("x", style, Ground.BACK) for style in alike])
    assert len(alike) > 1
    assert len(pieces(grid, MONO)) == 1


def test_a_painting_learns_looks_that_it_meets_later() -> None:
    painting, first, second = (
        Painting(DARK),
        row([("a", Style.GOOD, Ground.BACK)]),
        row([("a", Style.BAD, Ground.PANE)]),
    )
    painting.looks(first)
    assert np.array_equal(painting.looks(second), second.looks())
