"""Beside the queue it is said how many workers are taken, and that the cores are idle meanwhile."""

import numpy as np
import pytest

from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.snapshot import Snapshot, recent_average
from simulator.stage.street.figures import put_figures
from simulator.stage.street.places import street_of
from simulator.stage.street.shares import Form
from simulator.words.language import speaking
from tests.stage.plays import Play, play, scene

PHONES = play("prefork", "slow-clients", workers=4)
LOCKED = play("threaded", "cpu-heavy", threads=4)
CRASHED = play("threaded", "crash", threads=4)
HELPERS = play("node", "files")
LOOP = play("coroutine", "mixed")
TWELVE = play("prefork", "cpu-heavy", workers=12)
MANY_CORES = play("prefork", "steady", workers=4, overrides={"machine.cores": "16"})
CONTAINER = play("prefork", "cpu-heavy", workers=4, overrides={"machine.cores": "0.5"})
SIZES = ((120, 22), (148, 29), (80, 12), (60, 17), (60, 13), (40, 8), (120, 30), (25, 6))


def snapshot(wanted: Play, t_s: float) -> Snapshot:
    return Snapshot(scene=scene(wanted, t_s=t_s), number=0)


def drawn(wanted: Play, t_s: float, size: tuple[int, int] = (120, 22), look: Look | None = None) -> Sheet:
    sheet, its = Sheet(*size, look or Look()), snapshot(wanted, t_s)
    put_figures(sheet, its, street_of(its, *size))
    return sheet


def style_of(sheet: Sheet, words: str) -> int:
    row = next(row for row in range(sheet.height) if words in sheet.grid.text(row))
    return int(sheet.grid.styles[row, sheet.grid.text(row).index(words)])


def test_a_container_whose_quota_is_spent_is_seen_to_be_full() -> None:
    assert "busy 50 %, quota 50 %" in str(drawn(CONTAINER, 20.0).grid)


def test_that_all_workers_are_taken_is_red() -> None:
    assert "WORKERS  4 of 4 taken" in str(drawn(PHONES, 20.0).grid)
    assert style_of(drawn(PHONES, 20.0), "4 of 4 taken") == Style.BAD
    assert style_of(drawn(PHONES, 1.0), "of 4 taken") != Style.BAD


def test_all_workers_can_be_taken_while_the_cores_sleep() -> None:
    shown = str(drawn(PHONES, 20.0).grid)
    assert "core 1" in shown
    assert "idle" in shown
    assert "busy 2 % in 5 s" in shown


def test_where_nobody_is_there_it_says_so_in_red() -> None:
    shown = drawn(CRASHED, 21.0)
    assert "THREADS  4 down" in str(shown.grid)
    assert style_of(shown, "4 down") == Style.BAD
    assert "4 taken" in str(drawn(CRASHED, 19.0).grid)


def test_several_threads_behind_a_loop_are_named_as_several() -> None:
    assert "LIBUV THREADS  0" in str(drawn(HELPERS, 20.0).grid)


def test_under_one_lock_one_core_is_full_and_the_other_one_idle() -> None:
    shown = str(drawn(LOCKED, 12.0).grid).splitlines()
    first, second = (next(line for line in shown if f"core {core}" in line) for core in (0, 1))
    assert "100 %" in first
    assert "idle" in second


def test_the_cores_together_are_as_busy_as_each_of_them() -> None:
    for wanted, t_s in ((PHONES, 20.0), (LOCKED, 12.0), (TWELVE, 12.0), (LOOP, 11.1)):
        its = snapshot(wanted, t_s)
        each = [recent_average(its, f"cores: {core} in use") for core in range(its.now.cores)]
        assert sum(each) / len(each) == pytest.approx(recent_average(its, "cores: in use"))
        assert each == sorted(each, reverse=True)


def test_many_cores_share_a_row() -> None:
    shown = str(drawn(MANY_CORES, 20.0).grid)
    assert "16 cores, " in shown
    assert "core 0" not in shown


def test_the_loop_has_its_window_where_the_figures_would_be() -> None:
    assert not str(drawn(LOOP, 11.1).grid).strip()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("look", [Look(), Look(ASCII)], ids=["unicode", "ascii"])
@pytest.mark.parametrize("size", SIZES)
def test_figures_stay_where_they_belong(language: str, look: Look, size: tuple[int, int]) -> None:
    with speaking(language):  # type: ignore[arg-type]
        for wanted, t_s in ((PHONES, 20.0), (LOCKED, 12.0), (TWELVE, 12.0), (MANY_CORES, 20.0)):
            sheet, street = drawn(wanted, t_s, size, look), street_of(snapshot(wanted, t_s), *size)
            row = street.heading_row if street.form is Form.MEDIUM else -1
            border = Area(row, street.line_col - 12, 1, size[0] - street.line_col + 10)
            for place in np.argwhere((sheet.grid.characters != " ") & (sheet.grid.characters != "")).tolist():
                assert street.figures.covers(*place) or border.covers(*place)
