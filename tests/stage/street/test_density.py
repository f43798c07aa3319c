"""Many at a glance: those in hand as a field that only gets denser, and the lanes that do not fit as one tape."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.glyphs import ASCII, UNICODE, Glyphs
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.inventory import inventory
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.crowd import Marks
from simulator.stage.street.density import WORTHS, density_of, put_density, put_scale
from simulator.stage.street.others import put_others
from simulator.stage.street.parked import in_hand
from simulator.stage.street.places import Street, street_of
from simulator.trace.playback import Activity
from simulator.words.language import Language, speaking
from tests.stage.plays import Play, play, playback, scene

MANY_LOOPS = play("coroutine", "mixed", processes=40)
MANY_THREADS = play("threaded", "mixed", threads=200)
PREFORK = play("prefork", "slow-clients", workers=100)
SETS = pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=lambda glyphs: glyphs.name)


@given(st.integers(0, 300_000), st.integers(1, 40))
def test_one_request_more_never_makes_a_field_shorter_or_thinner(number: int, cells: int) -> None:
    before, after = density_of(number, cells), density_of(number + 1, cells)
    assert before.length <= after.length <= cells
    assert stand_for(before) <= stand_for(after)


def stand_for(marks: Marks) -> int:
    """Requests that the cells of a field stand for, at most."""
    return marks.fine * WORTHS[marks.level] + marks.coarse * WORTHS[min(marks.level + 1, len(WORTHS) - 1)]


def field(number: int, glyphs: Glyphs = UNICODE) -> str:
    sheet = Sheet(10, 1, Look(glyphs))
    marks = density_of(number, 10)
    sheet.grid.put_cells(0, 0, *put_density(sheet, 0, 0, marks))
    return str(sheet.grid)


@SETS
def test_fifty_five_thousand_and_a_hundred_thousand_in_hand_look_different(glyphs: Glyphs) -> None:
    drawn = [field(number, glyphs) for number in (50, 500, 5_000, 50_000, 100_000)]
    assert len(set(drawn)) == len(drawn)
    assert glyphs is UNICODE or all(each.isascii() for each in drawn)


def test_from_a_thousand_on_cells_are_filled_and_have_a_letter() -> None:
    assert field(5_000) == "█████kkkkk"
    assert field(100_000) == "KKKKKKKKKK"
    sheet = Sheet(10, 1, Look())
    _, styles = put_density(sheet, 0, 0, density_of(5_000, 10))
    assert styles.tolist() == [Style.BY_CLIENTS] * 5 + [Style.ON_BRIGHT] * 5
    assert sheet.grid.grounds[0].tolist() == [Ground.BACK] * 5 + [Ground.CLIENTS] * 5


def test_the_count_beside_a_field_is_right_for_a_hundred_thousand_too() -> None:
    assert [in_hand(number) for number in (7, 999, 1_135, 20_000, 115_004)] == ["7", "999", "1135", "20k", "115k"]


@SETS
@given(numbers=st.lists(st.integers(0, 200_000), max_size=3), width=st.integers(0, 24))
def test_the_scale_fits_and_keeps_the_coarsest_mark(glyphs: Glyphs, numbers: list[int], width: int) -> None:
    sheet = Sheet(40, 1, Look(glyphs))
    fields = [density_of(number, 8) for number in numbers]
    put_scale(sheet, Area(0, 0, 1, width), fields)
    said = str(sheet.grid).strip()
    assert cell_width(said) <= width
    if width >= 6 and any(number > 8 for number in numbers):
        coarsest = max(level for each in fields for level in each.levels)
        assert said.endswith(f"={('1', '10', '100', '1k', '10k', '1M')[coarsest]}")


@pytest.mark.parametrize(("wanted", "name"), [(MANY_LOOPS, "loop"), (MANY_THREADS, "thread"), (PREFORK, "worker")])
def test_many_lanes_together_did_what_each_of_them_did(wanted: Play, name: str) -> None:
    its = playback(wanted)
    group = inventory(its).lane_groups[0]
    first, lanes, span_s = 5, group.lanes - 5, (9.0, 10.0)
    each = its.shares(group.name, first, lanes, span_s, 20)
    each[[Activity.DROPPED, Activity.CRASHED]] = 0.0
    together = its.shares_together(group.name, first, lanes, span_s, 20)
    assert group.lanes > 30, name
    np.testing.assert_allclose(together, each.mean(axis=1), atol=1e-6)


def drawn(wanted: Play, width: int, height: int, glyphs: Glyphs = UNICODE) -> tuple[Sheet, Street]:
    snapshot = Snapshot(scene=scene(wanted, t_s=11.0, column_s=0.05), number=0)
    sheet, street = Sheet(width, height, Look(glyphs)), street_of(snapshot, width, height)
    put_others(sheet, snapshot, street)
    return sheet, street


@pytest.mark.parametrize("size", [(120, 22), (148, 29), (80, 12), (60, 13)])
@pytest.mark.parametrize("wanted", [MANY_LOOPS, MANY_THREADS, PREFORK])
def test_the_lanes_that_do_not_fit_have_a_tape_under_those_of_the_others(wanted: Play, size: tuple[int, int]) -> None:
    sheet, street = drawn(wanted, *size)
    tape = sheet.grid.text(street.others_row)[street.tape_col : street.tape_end]
    assert len(tape.replace(" ", "")) > street.columns // 2 or (
        sheet.grid.grounds[street.others_row, street.tape_col : street.tape_end] != Ground.BACK
    ).sum() > (street.columns // 2)
    hidden = sum(group.lanes for group in inventory(playback(wanted)).lane_groups) - len(street.lanes)
    assert str(hidden) in sheet.grid.text(street.others_row)[: street.tape_col]


def test_where_all_lanes_fit_there_is_no_such_tape() -> None:
    sheet, street = drawn(play("coroutine", "mixed"), 120, 22)
    assert street.others_row < 0
    assert not str(sheet.grid).strip()


def test_the_counts_beside_it_add_up_to_the_lanes_that_do_not_fit() -> None:
    sheet, street = drawn(MANY_LOOPS, 120, 22)
    counts = re.findall(r"(\d+) ?\D", sheet.grid.text(street.others_row)[street.desk.col :])
    assert sum(map(int, counts)) == 40 - len(street.lanes)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 36), (200, 50)])
def test_nothing_of_it_is_cut(lang: Language, size: tuple[int, int]) -> None:
    with speaking(lang):
        sheet, _ = drawn(MANY_LOOPS, *size)
    assert "…" not in str(sheet.grid)
    assert all(cell_width(sheet.grid.text(row)) <= size[0] for row in range(size[1]))
