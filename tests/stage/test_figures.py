"""The figures of a frame: those of the moment, on one scale for all servers, beside what they were before a change."""

import math

import numpy as np
import pytest

from simulator.plan import Outcome
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.frame import frame
from simulator.stage.panes.presented import put_large_figures
from simulator.stage.scene import Caption
from simulator.stage.snapshot import Snapshot
from tests.stage.plays import CALLBACK, FULL, LAB, NGINX, PREFORK, THREADED, Play, play, playback, row_of, scene


@pytest.mark.parametrize("wanted", [PREFORK, NGINX, THREADED, CALLBACK], ids=lambda each: each.title)
@pytest.mark.parametrize("t_s", [7.31, FULL, 41.9])
def test_the_figure_in_the_frame_of_a_curve_is_that_of_the_moment(wanted: Play, t_s: float) -> None:
    now, grid = playback(wanted).at(t_s), frame(scene(wanted, t_s=t_s), Size(120, 50), Look())
    waiting = sum(len(backlog.waiting) for backlog in now.backlogs) + sum(len(pool.queue) for pool in now.pools)
    waiting += sum(len(copy) for lock in now.locks if lock.lock.name == "event loop" for copy in lock.waiting)
    row = next(row for row in range(grid.height) if grid.text(row).startswith("╭─ waiting"))
    assert int(grid.text(row).split("─╮")[0].split()[-1]) == waiting


def test_servers_that_do_not_differ_are_not_said_to() -> None:
    grid = frame(scene(PREFORK, PREFORK, t_s=FULL), Size(160, 45), Look())
    row = grid.text(row_of(grid, "Same "))
    assert "as fast" not in row


def test_whoever_finds_all_connections_of_a_proxy_in_use_is_counted_among_the_lost() -> None:
    crowded = play("prefork", "slow-clients", nginx=True, overrides={"arrivals.rate": "200"})
    refused = playback(crowded).at(30.0).ended[Outcome.CONNECTION_LIMIT]
    assert refused > 0
    assert f"{refused}refused" in "".join(str(frame(scene(crowded, t_s=30.0), LAB, Look())).split())
    assert "refused" not in str(frame(scene(NGINX, t_s=30.0), LAB, Look()))


@pytest.mark.parametrize("wanted", [PREFORK, CALLBACK], ids=lambda each: each.title)
def test_while_it_plays_all_figures_of_the_claim_are_of_one_moment_at_most_half_a_second_ago(wanted: Play) -> None:
    for t_s in (FULL + number / 30 for number in range(60)):
        grid = frame(scene(wanted, t_s=t_s, playing=True), Size(158, 36), Look())
        shown = grid.text(row_of(grid, "╭─ WHY") + 1).strip("│ ")
        assert shown == playback(wanted).reason(math.floor(t_s / 0.5) * 0.5).claim


def test_for_an_audience_there_are_three_figures_one_claim_and_no_curves_nor_keys() -> None:
    text = str(frame(scene(PREFORK, t_s=FULL, presenting=True), LAB, Look()))
    assert all(words in text for words in ("─ WHY", "waiting", "half are answered within", "lost so far"))
    assert "answer after" not in text
    assert " space " not in text


@pytest.mark.parametrize("wanted", [PREFORK, NGINX, THREADED, CALLBACK], ids=lambda each: each.title)
def test_the_large_figures_are_those_of_the_curves(wanted: Play) -> None:
    its, sheet = scene(wanted, t_s=FULL), Sheet(120, 3, Look())
    put_large_figures(sheet, [Snapshot(scene=its, number=0)])
    waiting, half = (figure.split()[0] for figure in sheet.grid.text(1).strip("│").split("││")[:2])
    grid = frame(its, Size(120, 50), Look())
    assert f"{waiting} ─╮" in grid.text(row_of(grid, "╭─ waiting"))
    assert f"half {half} " in grid.text(row_of(grid, "─ answer after"))


def test_large_figures_are_three_rows_high_where_there_is_room() -> None:
    sheet = Sheet(120, 5, Look())
    put_large_figures(sheet, [Snapshot(scene=scene(PREFORK, t_s=FULL), number=0)])
    assert int(np.isin(sheet.grid.characters, list("█▀▄")).sum()) > 20


def test_a_caption_has_a_band_of_its_own_and_nothing_moves_when_it_goes() -> None:
    captions = (Caption(at_s=FULL, text="Watch worker 3 now"),)
    during, after = (frame(scene(PREFORK, t_s=t_s, captions=captions), LAB, Look()) for t_s in (FULL + 1.0, FULL + 9.0))
    assert "Watch worker 3 now" in str(during)
    assert "Watch worker 3 now" not in str(after)
    assert row_of(during, "╭─ WHY") == row_of(after, "╭─ WHY")


def test_for_an_audience_servers_side_by_side_have_one_large_figure_each_below_their_streets() -> None:
    text = str(frame(scene(PREFORK, NGINX, t_s=FULL, presenting=True), LAB, Look()))
    assert text.count("half are answered within") == 2
    assert "lost so far" not in text
    sheet = Sheet(120, 5, Look())
    shown = scene(PREFORK, NGINX, t_s=FULL)
    put_large_figures(sheet, [Snapshot(scene=shown, number=number) for number in (0, 1)])
    large = np.isin(sheet.grid.characters, list("█▀▄"))
    assert large[:, :60].any()
    assert large[:, 60:].any()
    assert set(sheet.grid.styles[large].tolist()) == {Style.SPARK_A, Style.SPARK_B}
