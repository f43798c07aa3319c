"""The screen of charts says what is so, at every size and of several runs at once."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.plan.words import State
from simulator.stage.canvas.cells import Characters
from simulator.stage.canvas.glyphs import UNICODE
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.charts import Chart, Charts, charts, layout
from simulator.stage.plot import Figures
from simulator.stage.states import STATE_STYLES
from simulator.trace.playback import Playback
from simulator.words.numbers import count, short_duration
from tests.stage.plays import playback, row_of
from tests.stage.screens import FULL as FULL_BACKLOG
from tests.stage.screens import (
    LOOP,
    PROXIED,
    SCREENS,
    SLOW,
)

LOOK = Look(UNICODE)


class TestCharts:
    @pytest.mark.parametrize("height", range(10, 60, 3))
    @pytest.mark.parametrize("width", [80, 120])
    def test_charts_fill_the_screen_without_touching_one_another(self, width: int, height: int) -> None:
        placed = layout(Charts(runs=(_figures(), _figures())), Size(width, height))
        taken = np.zeros((height, width), np.int64)
        for each in placed:
            taken[each.row : each.row + each.height + 1, each.col : each.col + each.width + 1] += 1
        assert taken.max() == 1  # the blank row and column after each belong to it
        left_over = height - 2 - max(each.row + each.height for each in placed)
        assert 0 <= left_over < len(placed)
        assert all(each.height > 0 and each.col + each.width < width for each in placed)

    def test_a_column_of_the_histogram_is_as_high_as_many_requests_took_so_long(self) -> None:
        run = _figures()
        grid = charts(Charts(runs=(run,), shown=Chart.HISTOGRAM, logarithmic=False), Size(82, 24), LOOK)
        expected, _ = np.histogram(run.latencies_s, bins=80, range=(0.0, float(run.latencies_s[-1])))
        drawn = _heights(grid.characters[4:21, 1:81])
        assert f"highest column {expected.max()}" in grid.text(2)
        assert np.array_equal(drawn > 0, expected > 0)  # a single request is seen
        assert np.abs(drawn / drawn.max() - expected / expected.max()).max() <= 1 / drawn.max()

    def test_columns_of_the_same_height_are_as_many_requests_in_all_histograms(self) -> None:
        runs = (_figures(), Figures(playback(LOOP), "B callback"))
        highest = set()
        for shown in (runs, runs[::-1]):
            grid = charts(Charts(runs=shown, shown=Chart.HISTOGRAM), Size(82, 24), LOOK)
            panels = [_heights(grid.characters[rows, 1:81]) for rows in (slice(4, 12), slice(13, 21))]
            most = int(grid.text(2).split("highest column")[1])
            for run, drawn in zip(shown, panels, strict=True):
                assert drawn.sum() == pytest.approx(len(run.latencies_s) / most * 8 * 8, rel=0.1)
            highest.add(most)
        assert len(highest) == 1

    def test_a_curve_of_percentiles_ends_where_the_run_had_too_few_requests_to_know_more(self) -> None:
        run = Figures(playback(PROXIED), "A nginx + prefork")
        grid = charts(Charts(runs=(run,), shown=Chart.PERCENTILES), Size(80, 24), LOOK)
        drawn = np.flatnonzero((grid.characters[3:19, 9:79] == "●").any(axis=0))
        nines = np.log10(2 * len(run.latencies_s))  # the slowest stands for the half of its own share
        assert drawn.tolist() == list(range(round(nines / 3.0 * 70)))
        assert nines < 3.0

    def test_percentiles_never_fall_and_the_slower_server_lies_above(self) -> None:
        grid = SCREENS["chart-percentiles"](Size(80, 24), LOOK)
        rows = {mark: [_rows(grid.characters[3:17, col], mark) for col in range(9, 78)] for mark in "●○"}
        for drawn in rows.values():
            assert all(min(after) <= min(before) for before, after in pairwise(drawn))
        assert all(min(slow) < min(quick) for slow, quick in zip(rows["●"], rows["○"], strict=True))

    def test_whoever_got_no_answer_stands_in_a_line_of_its_own_where_it_came(self) -> None:
        run = Figures(playback(FULL_BACKLOG), "A prefork")
        grid = charts(Charts(runs=(run,), shown=Chart.OVER_TIME), Size(90, 24), LOOK)
        failed = run.failed_at
        assert f"not answered: {count(len(failed))}" in grid.text(3)
        expected = {10 + int(at / run.end_s * 80) - 1 for at in failed.tolist()}
        assert set(np.flatnonzero(grid.styles[4] == Style.DROPPED).tolist()) == expected

    def test_queues_are_named_and_the_longest_of_one_name_fills_its_rows(self) -> None:
        text = SCREENS["chart-queues"](Size(80, 24), LOOK)
        longest = [float(text.text(row).split("max")[1]) for row in range(24) if " max " in text.text(row)]
        assert longest[0] > 10 * longest[1]  # the backlog of the workers, and that of the loop, in one scale
        assert [text.text(row)[1:14].strip() for row in range(24) if " max " in text.text(row)] == [
            "● backlog",
            "○ backlog",
            "○ event loop",
        ]

    def test_how_long_a_queue_was_at_most_is_not_only_the_average_of_a_column(self) -> None:
        run = _figures()
        grid = charts(Charts(runs=(run,), shown=Chart.QUEUES), Size(80, 24), LOOK)
        waiting = [len(run.playback.at(t_s).backlogs[0].waiting) for t_s in np.arange(0.0, run.end_s, 0.05).tolist()]
        row = row_of(grid, " max ")
        assert int(grid.text(row).split("max")[1]) >= max(waiting)

    def test_the_time_is_split_as_it_was_spent(self) -> None:
        run = _figures()
        grid = charts(Charts(runs=(run,), shown=Chart.SPLITS), Size(100, 24), LOOK)
        row = row_of(grid, " all ")
        total = sum(run.split_s.values())
        for state in (State.BACKLOG, State.UPLOAD):
            cells = np.count_nonzero(grid.characters[row] == LOOK.glyph(STATE_STYLES[state]))
            same = sum(spent for each, spent in run.split_s.items() if STATE_STYLES[each] is STATE_STYLES[state])
            assert cells == pytest.approx(same / total * (98 - 14 - 9), abs=2)
        assert short_duration(total) in grid.text(row)

    @pytest.mark.parametrize("order", [1, -1])
    def test_bars_of_where_the_time_went_have_one_scale_in_all_runs(self, order: int) -> None:
        runs = (_figures(), Figures(playback(LOOP), "B callback"))[::order]
        grid = charts(Charts(runs=runs, shown=Chart.SPLITS), Size(100, 24), LOOK)
        bars = [next(row for row in range(2, 24) if grid.text(row).startswith(f" {run.title} ")) for run in runs]
        drawn = [np.count_nonzero(grid.characters[row, 15:90] != " ") for row in bars]
        spent = [sum(run.split_s.values()) for run in runs]
        assert drawn == [pytest.approx(each / max(spent) * (98 - 14 - 9), abs=1) for each in spent]

    def test_a_run_in_which_nothing_was_completed_says_so(self) -> None:
        grid = charts(Charts(runs=(_figures("closed"),)), Size(120, 36), LOOK)
        assert "no request was completed" in str(grid)

    @pytest.mark.parametrize("chart", list(Chart))
    def test_linear_scales_can_be_drawn_too(self, chart: Chart) -> None:
        grid = charts(Charts(runs=(_figures(),), shown=chart, logarithmic=False), Size(80, 24), LOOK)
        assert _figures().title in str(grid) or chart in (Chart.QUEUES, Chart.SPLITS)


def _figures(kind: str = "open") -> Figures:
    trace = playback(SLOW).trace
    if kind == "closed":
        trace = replace(trace, outcome=np.full_like(trace.outcome, 4))
    return Figures(Playback(trace), "A prefork")


def _heights(cells: Characters) -> NDArray[np.intp]:
    """How high each column of bars is, in eighths of a row."""
    levels = {"": 0, " ": 0} | {glyph: level for level, glyph in enumerate(UNICODE.sparks, 1)}
    heights: NDArray[np.intp] = np.array([[levels[cell] for cell in row] for row in cells.tolist()]).sum(axis=0)
    return heights


def _rows(column: Characters, mark: str) -> list[int]:
    return np.flatnonzero(column == mark).tolist() or [len(column)]
