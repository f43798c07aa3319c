"""Panes of curves: they begin at the left, never under their labels, and say what they show at any size."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.plan.words import Outcome
from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.themes import MONO
from simulator.stage.panes.below import curve_panes, put_below
from simulator.stage.panes.compared import put_verdict
from simulator.stage.panes.curve_plot import rounded_down, rounded_up, scale_of_times
from simulator.stage.panes.time_window import SPANS_S, time_window
from simulator.stage.scene import Scene
from simulator.stage.snapshot import Snapshot
from simulator.words.language import speaking
from simulator.words.numbers import count
from tests.stage.plays import THREADED, play, playback, scene

FOUR = play("prefork", "slow-clients", workers=4)
NGINX = play("prefork", "slow-clients", nginx=True, workers=4)
LOOP = play("coroutine", "mixed")
GIL = play("threaded", "cpu-heavy", threads=4)
SPIKE = play("prefork", "spike", workers=4)


def drawn(its: Scene, width: int, height: int, *, log: bool = False, look: Look | None = None) -> list[str]:
    sheet = Sheet(width, height, look or Look())
    put_below(sheet, [Snapshot(scene=its, number=number) for number in its.shown], log=log)
    return [sheet.grid.text(row) for row in range(height)]


def dotted(rows: list[str]) -> list[int]:
    """The columns that hold a dot of a curve."""
    return sorted({col for row in rows for col, each in enumerate(row) if "\u2800" < each <= "\u28ff"})


def test_one_server_shows_how_many_wait_and_how_long_answers_take() -> None:
    border = drawn(scene(FOUR, t_s=20.0), 80, 6)[0]
    assert "waiting" in border
    assert "228" in border
    assert "half 3.3 s" in border
    assert "99 % 7.1 s" in border


def test_a_young_run_has_a_short_curve_at_the_left_edge() -> None:
    young = dotted([row[:32] for row in drawn(scene(FOUR, t_s=3.0), 80, 6)])
    grown = dotted([row[:32] for row in drawn(scene(FOUR, t_s=9.9), 80, 6)])
    assert young[0] == grown[0]
    assert young[-1] < grown[-1]
    assert young[-1] < 16


@given(st.floats(0.0, 500.0), st.floats(0.5, 500.0), st.integers(1, 200))
def test_a_window_holds_the_run_up_to_now_or_the_last_minute_of_it(t_s: float, end_s: float, columns: int) -> None:
    t_s = min(t_s, end_s)
    window = time_window(t_s, end_s, columns)
    start_s, known_s = window.span_s
    assert 0 <= window.known <= window.columns
    assert t_s - window.step_s - 1e-6 <= known_s <= t_s + 1e-3
    assert start_s == 0.0 or t_s > SPANS_S[-1] - window.step_s - 1e-6


@pytest.mark.parametrize("wanted", [FOUR, LOOP, GIL, SPIKE], ids=lambda each: each.load)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_label_lies_on_a_curve(wanted: object, language: str) -> None:
    with speaking(language):  # type: ignore[arg-type]
        for width, height in ((80, 5), (120, 6), (148, 17)):
            its = scene(wanted, t_s=12.0)  # type: ignore[arg-type]
            for pane in curve_panes([Snapshot(scene=its, number=0)], width, height, log=False):
                sheet = Sheet(pane.area.width, pane.area.height, Look())
                pane.draw(sheet)
                rows = [sheet.grid.text(row) for row in range(1, sheet.height - 1)]
                first = min(dotted(rows), default=sheet.width)
                labels = "".join(row[1:first] for row in rows if dotted([row]))
                assert not any(each.isalnum() for row in rows for each in row[first:] if dotted(rows)), labels


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 130), st.integers(0, 24), st.booleans())
def test_any_size_will_do_down_to_nothing(width: int, height: int, log: bool) -> None:
    for its in (scene(FOUR, t_s=20.0), scene(FOUR, NGINX, t_s=20.0)):
        assert all(len(row) == width for row in drawn(its, width, height, log=log))


@given(st.floats(1e-6, 1e9))
def test_scales_end_at_round_figures_near_the_values(value: float) -> None:
    assert value * 0.999 <= rounded_up(value) <= value * 1.34
    assert value / 1.34 <= rounded_down(value) <= value * 1.001


def test_times_that_differ_by_more_than_ten_get_a_logarithmic_scale() -> None:
    assert scale_of_times(0.03, 12.0).logarithmic
    assert not scale_of_times(3.0, 12.0).logarithmic
    halfway = scale_of_times(0.1, 10.0).shares(np.array([0.1, 1.0, 10.0]))
    assert halfway == pytest.approx([0.0, 0.5, 1.0])


def test_the_run_before_the_last_change_stands_behind_and_in_words() -> None:
    its = scene(NGINX, t_s=20.0)
    before = scene(FOUR, t_s=20.0).views[0].playback
    its = replace(its, views=(replace(its.views[0], ghost=before),))
    rows = drawn(its, 80, 8)
    assert "was 228" in rows[0]
    assert sum(bool(dotted([row[:32]])) for row in rows[1:-1]) == 3  # behind nginx hardly anybody waits: one row


def test_where_answers_are_made_for_nobody_it_says_how_many_are_of_use() -> None:
    border = drawn(scene(SPIKE, t_s=33.0), 80, 6)[0]
    assert "made 139" in border
    assert "of use 74" in border


def test_an_event_loop_says_what_is_waited_for() -> None:
    assert "waiting for the loop" in drawn(scene(LOOP, t_s=11.1), 80, 6)[0]


def test_closely_looked_at_a_gil_it_says_who_computed_and_otherwise_what_happened() -> None:
    assert "what happened" in drawn(scene(GIL, t_s=41.4, column_s=0.005), 120, 6, log=True)[0]
    rows = drawn(scene(GIL, t_s=41.4, column_s=0.002), 120, 6, log=True)
    assert "who computed in the last 5 s" in rows[0]
    assert [row.split()[-3] for row in rows[1:5]] == ["24", "26", "24", "26"]  # who gets the GIL is drawn


def test_who_computed_shows_the_threads_that_serve_and_not_those_that_accept() -> None:
    rows = drawn(scene(THREADED, t_s=12.0, column_s=0.002), 120, 12, log=True)
    assert "who computed in the last 5 s" in rows[0]
    assert ["thread 0" in row for row in rows].count(True) == 1
    assert not any("main thread" in row for row in rows)


def test_large_panes_say_what_the_workers_spend_their_time_on() -> None:
    rows = drawn(scene(FOUR, t_s=20.0), 148, 17)
    assert any("workers: time spent listening to uploads" in row for row in rows)


def test_two_servers_share_their_plots_and_one_sentence_compares_them() -> None:
    rows = drawn(scene(FOUR, NGINX, t_s=20.0), 120, 10)
    assert "A 228  B 0" in rows[0]
    assert "A 3.3 s  B 95 ms" in rows[0]
    assert any("Same 766 requests:  A answered 534, half now within 3.3 s  B answered 753" in row for row in rows)
    assert any("half now within 95 ms  B 35 \N{MULTIPLICATION SIGN} as fast" in row for row in rows)


@pytest.mark.parametrize("width", [60, 80, 117])
def test_where_a_sentence_has_no_room_for_all_servers_it_is_shorter_and_leaves_out_none(width: int) -> None:
    plays = [play(model, "slow-clients") for model in ("prefork", "coroutine", "threaded")]
    for these in (plays[:2], plays):
        sheet, its = Sheet(width, 1, Look()), scene(*these, t_s=20.0)
        put_verdict(sheet, [Snapshot(scene=its, number=number) for number in its.shown])
        told = sheet.grid.text(0)
        assert (
            re.findall(r"([ABC]) (?:answered [\d ]+, half now within )?[\d.]+ m?s", told)
            == ["A", "B", "C"][: len(these)]
        )
        assert (" as fast" in told) == (len(these) == 2)


def test_at_the_end_of_the_run_the_last_answer_is_among_those_counted() -> None:
    end_s = max(playback(FOUR).end_s, playback(NGINX).end_s)
    ended = [playback(each).at(end_s).ended[Outcome.COMPLETED] for each in (FOUR, NGINX)]
    rows = drawn(scene(FOUR, NGINX, t_s=end_s), 140, 10)
    words = [f"{letter} answered {count(number)}" for letter, number in zip("AB", ended, strict=True)]
    assert any(all(each in row for each in words) for row in rows)


def test_a_server_that_has_not_answered_yet_is_not_called_slow() -> None:
    rows = drawn(scene(FOUR, NGINX, t_s=0.0), 120, 10)
    assert not any("as fast" in row for row in rows)


def test_without_unicode_and_without_colour_lines_and_areas_differ() -> None:
    rows = drawn(scene(FOUR, t_s=20.0), 80, 8, look=Look(ASCII, MONO))
    assert all(row.isascii() for row in rows)
    assert "###" in "".join(row[:32] for row in rows)
    assert "#" not in "".join(row[33:] for row in rows)
