"""The figures of a frame: those of the moment, on one scale for all views, beside what they were before a change."""

import math

import numpy as np
import pytest

from simulator.plan import Outcome
from simulator.stage.canvas.glyphs import UNICODE
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.frame import frame
from simulator.stage.scene import Scene
from tests.stage.plays import (
    BEHIND,
    CALLBACK,
    FULL,
    LAB,
    NGINX,
    PREFORK,
    THREADED,
    Play,
    play,
    playback,
    row_of,
    scene,
    view,
)


def test_the_same_height_is_the_same_value_in_all_views() -> None:
    grid = frame(scene(PREFORK, NGINX, t_s=FULL), LAB, Look())
    row = grid.text(next(row for row in range(20, 36) if grid.text(row).startswith(" p99")))
    left, right = row.split("│")
    assert left.split()[:3] == right.split()[:3] == ["p99", "0-10", "s"]


def test_the_run_before_a_change_stands_behind_the_present_one() -> None:
    changed = view(play("prefork", "slow-clients", workers=12), ghost=playback(PREFORK))
    grid = frame(Scene(views=(changed,), load="slow-clients", t_s=FULL), LAB, Look())
    assert " was 1.0 s" in str(grid)
    later = frame(Scene(views=(changed,), load="slow-clients", t_s=50.0), Size(160, 60), Look())
    bars = (later.styles == Style.GHOST) & np.isin(later.characters, list(UNICODE.sparks))
    assert bars.sum() > 50  # eight workers took longer: their curves stand out above those of twelve


@pytest.mark.parametrize("wanted", [PREFORK, NGINX, THREADED, CALLBACK, BEHIND], ids=lambda each: each.title)
@pytest.mark.parametrize("t_s", [0.0, 7.31, FULL, 41.9])
def test_the_figures_beside_the_curves_are_those_of_the_moment(wanted: Play, t_s: float) -> None:
    now, grid = playback(wanted).at(t_s), frame(scene(wanted, t_s=t_s), Size(120, 50), Look())
    waiting = sum(len(backlog.waiting) for backlog in now.backlogs) + sum(len(pool.queue) for pool in now.pools)
    waiting += sum(len(copy) for lock in now.locks if lock.lock.name == "event loop" for copy in lock.waiting)
    for name, number in (("in flight", len(now.present)), ("in queues", waiting)):
        row = next(row for row in range(grid.height) if grid.text(row).startswith(f" {name}"))
        assert int(grid.text(row).split()[-1]) == number


def test_beside_another_server_the_words_below_logarithmic_curves_are_whole() -> None:
    for width in range(100, 180):
        grid = frame(scene(PREFORK, CALLBACK, t_s=FULL, log_s=True), Size(width, 45), Look())
        rows = [grid.text(row) for row in range(grid.height) if "logarithmic" in grid.text(row)]
        assert rows
        assert all(part.rstrip().endswith(("decades", "logarithmic")) for row in rows for part in row.split("│"))


def test_servers_that_do_not_differ_differ_by_nothing() -> None:
    grid = frame(scene(PREFORK, PREFORK, t_s=FULL), LAB, Look())
    against = grid.text(row_of(grid, "against A")).split("against A")[1]
    assert against.split() == ["p50", "0", "%", "p95", "0", "%", "p99", "0", "%"]


def test_whoever_finds_all_connections_of_a_proxy_in_use_is_counted_beside_them() -> None:
    crowded = play("prefork", "slow-clients", nginx=True, overrides={"arrivals.rate": "200"})
    refused = playback(crowded).at(30.0).ended[Outcome.CONNECTION_LIMIT]
    grid = frame(scene(crowded, t_s=30.0), LAB, Look())
    assert refused > 0
    assert f"refused {refused}" in " ".join(grid.text(row_of(grid, "nginx connection ")).split())
    calm = frame(scene(NGINX, t_s=30.0), LAB, Look())
    assert "refused" not in calm.text(row_of(calm, "nginx connection "))


@pytest.mark.parametrize("wanted", [PREFORK, CALLBACK], ids=lambda each: each.title)
def test_while_it_plays_all_figures_of_the_sentence_are_of_one_moment_at_most_half_a_second_ago(wanted: Play) -> None:
    for t_s in (FULL + number / 30 for number in range(90)):
        grid = frame(scene(wanted, t_s=t_s, playing=True), Size(400, 36), Look())
        shown = grid.text(row_of(grid, " WHY ")).removeprefix(" WHY ").strip()
        assert shown == playback(wanted).why(math.floor(t_s / 0.5) * 0.5)
