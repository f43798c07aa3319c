"""Whatever is drawn into a grid, it keeps its size, its columns and its characters whole."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from simulator.stage.canvas.cells import CONTINUATION, cell_width, cells_of
from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.style import Ground, Style

WIDE = "请求中文"
places = st.integers(min_value=-12, max_value=24)
data = st.text(st.one_of(st.characters(), st.sampled_from(WIDE + "ab ▲█")), max_size=20)


def lines(grid: CellGrid) -> list[str]:
    return str(grid).split("\n")


def test_text_stands_where_it_was_put() -> None:
    grid = CellGrid(8, 2)
    assert grid.put(1, 2, "abc", Style.GOOD) == 5
    assert lines(grid) == ["", "  abc"]
    assert grid.runs(1) == [("  ", Style.TEXT), ("abc", Style.GOOD), ("   ", Style.TEXT)]


@pytest.mark.parametrize(
    ("col", "seen"),
    [(-2, "cdef    "), (-6, "        "), (5, "     abc"), (8, "        "), (-100, "        ")],
)
def test_text_is_cut_at_both_edges(col: int, seen: str) -> None:
    grid = CellGrid(8, 1)
    assert grid.put(0, col, "abcdef") == col + 6
    assert grid.text(0) == seen


@pytest.mark.parametrize("row", [-1, 2, 99])
def test_rows_outside_are_ignored(row: int) -> None:
    grid = CellGrid(4, 2)
    grid.put(row, 0, "abcd")
    grid.put_cells(row, 0, cells_of("abcd"), Style.BAD)
    assert grid == CellGrid(4, 2)


@pytest.mark.parametrize(("col", "seen"), [(0, "请求 "), (1, " 请求"), (-1, " 求  "), (2, "  请 "), (4, "     ")])
def test_a_wide_character_that_is_cut_in_half_becomes_a_blank(col: int, seen: str) -> None:
    grid = CellGrid(5, 1)
    grid.put(0, col, "请求")
    assert grid.text(0) == seen
    assert sum(cell_width(character) for character in grid.text(0)) == 5


@pytest.mark.parametrize(("col", "seen"), [(0, "x 求"), (1, " x求"), (2, "请x "), (3, "请 x")])
def test_half_of_a_wide_character_never_stays_when_the_other_is_overwritten(col: int, seen: str) -> None:
    grid = CellGrid(4, 1)
    grid.put(0, 0, "请求")
    grid.put(0, col, "x")
    assert grid.text(0) == seen


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a\tb\nc\x1b[31m", "a b c [31m"),
        ("e\u0301", "é"),
        ("x\u0301\u0302", "x"),
        ("\u200bzero\u200d\ufe0f", "zero"),
        ("\u202eabc", "abc"),
        ("a\ud800b", "a?b"),
        ("null\0byte", "null byte"),
    ],
)
def test_control_characters_and_loose_marks_cannot_shift_what_follows(text: str, cells: str) -> None:
    assert "".join(cells_of(text)) == cells
    assert cell_width(text) == len(cells)


def test_a_terminal_makes_every_character_as_wide_as_the_grid_does() -> None:
    spans = [
        (0x20, 0x3400),
        (0x4DB0, 0x4E10),
        (0xA000, 0xAC10),
        (0xD790, 0x10000),
        (0x1D2F0, 0x1D380),
        (0x1F000, 0x1FB00),
    ]
    wrong = {
        hex(code)
        for span in spans
        for code in range(*span)
        if len(cells := cells_of(chr(code))) != cell_len("".join(cells))
    }
    assert not wrong


def test_lanes_can_be_put_as_arrays() -> None:
    grid = CellGrid(6, 3)
    characters = np.array([list("abcd"), list("efgh")])
    styles = np.array([[32, 33, 34, 35], [36, 37, 38, 39]], np.uint8)
    grid.put_cells(1, -1, characters, styles)
    assert lines(grid) == ["", "bcd", "fgh"]
    assert grid.styles[1:, :4].tolist() == [[33, 34, 35, 0], [37, 38, 39, 0]]


def test_one_style_serves_a_whole_block_and_one_row_of_styles_every_row() -> None:
    grid = CellGrid(2, 2)
    grid.put_cells(0, 0, np.full((2, 2), "#"), Style.CPU)
    assert (grid.styles == Style.CPU).all()
    grid.put_cells(0, 0, np.full((2, 2), "#"), np.array([Style.IO, Style.GIL], np.uint8))
    assert grid.styles.tolist() == [[Style.IO, Style.GIL]] * 2


def test_a_rectangle_is_filled_up_to_the_edges() -> None:
    grid = CellGrid(4, 3)
    grid.fill(1, 2, 9, 9, "#", style=Style.BAR)
    assert lines(grid) == ["", "  ##", "  ##"]
    grid.fill(0, 0, 0, 5, "x")
    grid.fill(0, 0, 5, -1, "x")
    assert lines(grid) == ["", "  ##", "  ##"]


def test_restyling_changes_no_character_and_no_half_of_one() -> None:
    grid = CellGrid(4, 1)
    grid.put(0, 0, "请求")
    grid.restyle(0, 1, 1, 2, Style.CURSOR)
    assert grid.runs(0) == [("请", Style.TEXT), ("求", Style.CURSOR)]
    grid.restyle(-5, -5, 3, 3, Style.BAD)
    assert Style.BAD not in grid.styles


def test_one_grid_can_be_put_on_another() -> None:
    small, large = CellGrid(4, 2), CellGrid(6, 2)
    small.put(0, 0, "请求", Style.GOOD)
    small.put(1, 0, "abcd", Style.BAD)
    large.blit(small, 0, 3)
    assert lines(large) == ["   请", "   abc"]
    large.blit(small, 1, -1)
    assert large.runs(1) == [(" 求", Style.GOOD), ("abc", Style.BAD)]


def test_changed_rows_are_those_with_another_character_or_style() -> None:
    old, new = CellGrid(5, 4), CellGrid(5, 4)
    assert new.changed_rows(old) == []
    new.put(1, 0, "x")
    new.restyle(3, 0, 1, 1, Style.BAD)
    assert new.changed_rows(old) == [1, 3]
    assert new != old
    assert new.changed_rows(None) == new.changed_rows(CellGrid(6, 4)) == [0, 1, 2, 3]


@pytest.mark.parametrize(("width", "height"), [(0, 0), (0, 3), (3, 0), (-1, -1), (1, 1)])
def test_the_smallest_grids_take_everything_too(width: int, height: int) -> None:
    grid = CellGrid(width, height)
    grid.put(0, 0, "请求abc")
    grid.blit(CellGrid(2, 2), 0, -1)
    grid.fill(0, 0, 3, 3, "#")
    assert len(grid.changed_rows(None)) == max(height, 0)


@given(
    st.lists(st.tuples(st.sampled_from(["put", "cells", "fill", "blit", "restyle"]), places, places, data), max_size=12)
)
def test_nothing_that_is_drawn_breaks_a_row_or_a_character(drawn: list[tuple[str, int, int, str]]) -> None:
    grid = CellGrid(12, 3)
    for number, (how, row, col, text) in enumerate(drawn):
        match how:
            case "put":
                grid.put(row % 5 - 1, col, text, Style.GOOD)
            case "cells":
                grid.put_cells(row % 5 - 1, col, cells_of(text), number)
            case "fill":
                grid.fill(row, col, number, len(text), "#", style=Style.BAR)
            case "blit":
                other = CellGrid(7, 2)
                other.put(0, -1, text, Style.BAD)
                grid.blit(other, row % 5 - 2, col)
            case _:
                grid.restyle(row, col, number, len(text), Style.CURSOR)
        for line in range(3):
            assert is_whole(grid, line)


def is_whole(grid: CellGrid, row: int) -> bool:
    """Whether the row has a cell for each half of each character, and no half alone or of another style."""
    cells = grid.characters[row].tolist()
    wide = [unicodedata.east_asian_width(cell) in "WF" if cell else False for cell in cells]
    halves = [cell == CONTINUATION for cell in cells]
    styles = grid.styles[row].tolist()
    return (
        len(cells) == 12
        and halves == [False, *wide[:-1]]
        and not wide[-1]
        and all(styles[i] == styles[i - 1] for i in range(12) if halves[i])
        and "".join(text for text, _ in grid.runs(row)) == grid.text(row)
    )


def test_a_ground_stays_under_what_is_written_on_it_and_shows_through_where_a_pasted_grid_has_none() -> None:
    grid = CellGrid(6, 2)
    grid.lay(0, 1, 2, 4, Ground.PANE)
    grid.put(0, 0, "abcdef")
    part = CellGrid(3, 1)
    part.lay(0, 1, 1, 9, Ground.ROOM)
    grid.blit(part, 1, 0)
    assert grid.grounds[0].tolist() == [0, Ground.PANE, Ground.PANE, Ground.PANE, Ground.PANE, 0]
    assert grid.grounds[1].tolist() == [0, Ground.ROOM, Ground.ROOM, Ground.PANE, Ground.PANE, 0]
    assert [text for text, _ in grid.runs(0)] == ["a", "bcde", "f"]


def test_a_row_with_another_ground_has_changed() -> None:
    grid, other = CellGrid(3, 3), CellGrid(3, 3)
    other.lay(1, 0, 1, 3, Ground.PANE)
    assert other.changed_rows(grid) == [1]


@pytest.mark.parametrize(("row", "col"), [(-1, -1), (1, 2), (5, 0), (0, 9), (-9, -9)])
def test_a_ground_that_reaches_over_an_edge_is_cut(row: int, col: int) -> None:
    grid, part = CellGrid(4, 2), CellGrid(3, 2)
    part.lay(-1, -1, 9, 9, Ground.PANE)
    grid.blit(part, row, col)
    covered = sum(0 <= r - row < 2 and 0 <= c - col < 3 for r in range(2) for c in range(4))
    assert int((grid.grounds == Ground.PANE).sum()) == covered
