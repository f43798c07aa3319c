"""The event loop as one window, its tape with a block for every long turn, and those who are parked elsewhere."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.stage.canvas.grid import CellGrid
from simulator.stage.canvas.look import GLYPH_SETS, THEMES, Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.scene import RequestTarget
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.columns import columns_of
from simulator.stage.street.loop_tape import long_turns, put_loop_tapes
from simulator.stage.street.loop_turns import last_turns, long_s, loops_now, quiet_s
from simulator.stage.street.loop_window import put_window
from simulator.stage.street.parked import come_back, put_parked
from simulator.stage.street.places import Street, street_of
from simulator.stage.street.tape import put_tapes
from simulator.trace.playback.notable_events import BLOCKS_S
from simulator.trace.throttling import throttled
from simulator.words.language import Language, speaking
from tests.stage.plays import CALLBACK, Play, play, playback, scene, style_runs

LOOP = play("coroutine", "mixed")
TWO = play("coroutine", "mixed", processes=2)
SIX = play("coroutine", "mixed", processes=6)
PHONES = play("coroutine", "slow-clients")
THROTTLED = play("coroutine", "passwords", overrides={"machine.cores": "0.5", "duration": "12 s"})
BLOCKED_S, CALM_S = 11.099, 14.0
SIZES = ((120, 22), (148, 29), (120, 30), (80, 12), (60, 17), (60, 13), (40, 8))


def shot(wanted: Play, t_s: float = BLOCKED_S, column_s: float = 0.01) -> Snapshot:
    return Snapshot(scene=scene(wanted, t_s=t_s, column_s=column_s), number=0)


def drawn(snapshot: Snapshot, width: int = 120, height: int = 22, look: Look | None = None) -> tuple[Sheet, Street]:
    sheet = Sheet(width, height, look or Look())
    street = street_of(snapshot, width, height)
    put_tapes(sheet, snapshot, street)
    put_loop_tapes(sheet, snapshot, street)
    put_window(sheet, snapshot, street)
    put_parked(sheet, snapshot, street)
    return sheet, street


def window(grid: CellGrid, street: Street) -> str:
    area = street.window
    rows = grid.characters[area.row : area.row + area.height, area.col : area.col + area.width]
    return "\n".join("".join(row) for row in rows.tolist())


def test_a_blocked_loop_says_who_has_it_for_how_long_and_that_nobody_else_gets_a_turn() -> None:
    sheet, street = drawn(shot(LOOP))
    said = window(sheet.grid, street)
    for words in ("BLOCKED", "#374 report", "is computing", "no turn for others", "for 192 ms of 200 ms"):
        assert words in said
    assert Ground.ALARM in sheet.grid.grounds
    assert "no answer has left the server for 243 ms" in str(sheet.grid)


def test_a_calm_loop_is_grey_and_shows_who_had_it_last() -> None:
    sheet, street = drawn(shot(LOOP, CALM_S))
    said = window(sheet.grid, street)
    assert "THE ONE LOOP" in said
    assert "BLOCKED" not in said
    assert "before ●●●●●●●●" in said
    assert Ground.ALARM not in sheet.grid.grounds
    assert "no answer has left" not in str(sheet.grid)


def test_a_loop_is_blocked_from_fifty_milliseconds_on_or_ten_times_what_is_usual() -> None:
    limit_s = long_s(playback(LOOP), "event loop")
    assert limit_s == pytest.approx(0.02)  # the median turn takes one millisecond
    start_s = BLOCKED_S - loops_now(shot(LOOP))[0].since_s
    before, after = (loops_now(shot(LOOP, start_s + limit_s + part))[0] for part in (-1e-4, 1e-4))
    assert (before.request, after.request) == (374, 374)
    assert (before.blocked, after.blocked) == (False, True)


def test_who_computes_for_long_while_nobody_waits_blocks_nobody() -> None:
    snapshot = next(
        each
        for each in (shot(TWO, t_s) for t_s in np.arange(10.0, 20.0, 0.05).tolist())
        if any(now.since_s > BLOCKS_S and not now.waits for now in loops_now(each))
    )
    alone = [now for now in loops_now(snapshot) if now.since_s > BLOCKS_S and not now.waits]
    assert not any(now.blocked for now in alone)


def test_every_long_turn_in_sight_is_a_solid_block_as_wide_as_it_was_long() -> None:
    snapshot = shot(LOOP)
    sheet, street = drawn(snapshot)
    (holds,) = snapshot.playback.holds("event loop")
    turns = list(long_turns(snapshot, holds, 0, columns_of(snapshot, street.columns)))
    assert [turn.request for turn in turns] == [357, 369, 358, 374]
    place = street.lanes[0]
    for turn in turns[1:]:
        assert turn.stop - turn.first == pytest.approx(turn.seconds / 0.01, abs=1)
        cells = np.s_[place.row : place.row + place.height, street.tape_col + turn.first : street.tape_col + turn.stop]
        solid = np.isin(sheet.grid.styles[cells], (Style.CPU, Style.CPU_NEXT)) | (sheet.grid.grounds[cells] > 0)
        assert solid.all()
    assert [turn.next_to for turn in turns] == [False, False, True, False]


def test_while_the_quota_is_spent_a_block_has_a_pause_and_computes_only_beside_it() -> None:
    snapshot = shot(THROTTLED, 10.0)
    sheet, street = drawn(snapshot)
    columns, place = columns_of(snapshot, street.columns), street.lanes[0]
    (holds,) = snapshot.playback.holds("event loop")
    still = throttled(snapshot.playback.trace)
    kinds = set()
    for turn in long_turns(snapshot, holds, 0, columns):
        for column in range(turn.first, turn.stop):
            cells = np.s_[place.row : place.row + place.height, street.tape_col + column]
            glyphs, styles = sheet.grid.characters[cells], sheet.grid.styles[cells]
            begin = columns.start_s + column * columns.column_s
            part = still.seconds(begin, begin + columns.column_s) / columns.column_s
            named = (sheet.grid.grounds[cells] > 0).any()  # who it was stands over both
            if not named and part > 0.99:
                kinds.add("still")
                assert (glyphs.tolist()[-1], styles[-1]) == ("╫", Style.THROTTLED)
                assert not np.isin(styles, (Style.CPU, Style.CPU_NEXT)).any()
            elif not named and part < 0.01:
                kinds.add("computing")
                assert np.isin(styles, (Style.CPU, Style.CPU_NEXT)).all()
    assert kinds == {"still", "computing"}


def test_below_each_block_behind_which_others_stood_is_a_bracket_with_its_length() -> None:
    sheet, street = drawn(shot(LOOP))
    below = sheet.grid.text(street.bracket_rows[0])
    assert below.count("└") == 4
    assert below.count("200 ms") == 3
    assert "└───── 192 ms ─────┘" in below
    assert "27 wait behind" in str(sheet.grid)


@settings(max_examples=40, deadline=None)
@given(t_s=st.floats(0.0, 55.0), column_s=st.sampled_from((0.002, 0.01, 0.05)))
def test_brackets_and_blocks_never_touch_what_lies_beside_the_tape(t_s: float, column_s: float) -> None:
    snapshot = shot(LOOP, t_s, column_s)
    sheet, street = drawn(snapshot)
    row = street.bracket_rows[0]
    assert not "".join(sheet.grid.characters[row, : street.tape_col]).strip()
    assert not "".join(sheet.grid.characters[row, street.tape_end :]).strip()
    (holds,) = snapshot.playback.holds("event loop")
    turns = list(long_turns(snapshot, holds, 0, columns_of(snapshot, street.columns)))
    assert all(a.stop <= b.first for a, b in pairwise(turns))


def test_many_small_turns_that_fill_columns_are_stripes_and_no_block() -> None:
    sheet, street = drawn(shot(LOOP))
    text = sheet.grid.text(street.lanes[0].row)
    assert "▌▌▌▌" in text
    assert "▌" not in sheet.grid.text(street.bracket_rows[0])


def test_closely_looked_at_every_turn_is_a_block_and_none_has_a_bracket_that_blocks_nobody() -> None:
    computing = shot(play("coroutine", "cpu-heavy"), 12.1, 0.001)
    sheet, street = drawn(computing)
    assert "▌" not in str(sheet.grid)
    (holds,) = computing.playback.holds("event loop")
    turns = list(long_turns(computing, holds, 0, columns_of(computing, street.columns)))
    assert len(turns) >= 2
    assert all(turn.seconds < BLOCKS_S and not turn.others for turn in turns)
    assert not sheet.grid.text(street.bracket_rows[0]).strip()


def test_the_last_turns_are_those_of_the_run() -> None:
    snapshot = shot(LOOP, CALM_S)
    (holds,) = snapshot.playback.holds("event loop")
    over = holds.request[holds.end <= CALM_S]
    assert last_turns(snapshot, "event loop", 0, 8).tolist() == over[-8:].tolist()


def test_no_answer_has_left_since_the_last_one_that_did() -> None:
    left = playback(LOOP).trace.left
    assert quiet_s(shot(LOOP)) == pytest.approx(BLOCKED_S - left[left <= BLOCKED_S].max())


def test_two_processes_have_a_window_each_and_six_have_a_row_each() -> None:
    two, street = drawn(shot(TWO), 120, 30)
    assert [f"LOOP {number}" in window(two.grid, street) for number in range(3)] == [True, True, False]
    six, street = drawn(shot(SIX), 148, 40)
    said = window(six.grid, street)
    assert "THE LOOPS, ONE EACH" in said or "LOOP 5" in said


def test_the_window_is_a_way_to_the_request_that_has_the_loop() -> None:
    sheet, street = drawn(shot(LOOP))
    area = street.window
    assert sheet.target(area.row + 2, area.col + 3) == RequestTarget(view=0, request=374)


def test_parked_says_what_they_wait_for_and_that_it_costs_the_loop_nothing() -> None:
    snapshot = shot(PHONES, 20.0)
    sheet, street = drawn(snapshot)
    parked = snapshot.now.parked
    text = "\n".join(sheet.grid.text(street.parked.row + row) for row in range(street.parked.height))
    assert "costs the loop nothing" in text
    assert len(parked) > 5
    uploads = sum(count for activity, count in parked.counts().items() if activity.name == "UPLOAD")
    assert f" {uploads} " in f"{text} "


def test_who_has_come_back_and_who_is_new_add_up_to_those_in_front_of_the_loop() -> None:
    snapshot = shot(LOOP)
    sheet, _ = drawn(snapshot)
    assert come_back(snapshot) == 23
    assert "23 have come back from there, 4 are new" in str(sheet.grid)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("wanted", [LOOP, SIX, CALLBACK, PHONES])
def test_nothing_is_clipped(lang: Language, size: tuple[int, int], wanted: Play) -> None:
    with speaking(lang):
        for t_s in (BLOCKED_S, CALM_S):
            sheet, _ = drawn(shot(wanted, t_s), *size)
            assert "…" not in str(sheet.grid)


def test_without_colours_and_in_ascii_a_block_is_not_like_small_turns() -> None:
    sheet, street = drawn(shot(LOOP), look=Look(GLYPH_SETS["ascii"], THEMES["mono"]))
    assert str(sheet.grid).isascii()
    row = sheet.grid.text(street.lanes[0].row)
    assert "####" in row
    assert "!!!!" in row


def test_a_server_without_a_loop_has_no_window_and_nobody_parked() -> None:
    snapshot = shot(play("prefork", "mixed"))
    sheet = Sheet(120, 22, Look())
    street = street_of(snapshot, 120, 22)
    for put in (put_loop_tapes, put_window, put_parked):
        put(sheet, snapshot, street)
    assert not str(sheet.grid).strip()


def test_the_loop_costs_few_style_runs() -> None:
    assert style_runs(drawn(shot(LOOP))[0].grid) < 150


def test_whoever_is_parked_has_one_mark_each_and_the_count_says_how_many_there_are() -> None:
    snapshot = shot(PHONES, 20.0)
    sheet, street = drawn(snapshot, 148, 29)
    kinds = sheet.grid.text(street.parked.row + 1)
    assert kinds.count("●") + kinds.count("◆") == len(snapshot.now.parked)
    crowded = shot(play("coroutine", "slow-clients", overrides={"arrivals.rate": "200"}), 12.0)
    sheet, street = drawn(crowded)
    text = sheet.grid.text(street.parked.row + 1)
    assert "⣿" in text
    assert "⣿=10" in text


def test_whoever_still_travels_has_no_mark_among_the_parked_but_counts() -> None:
    snapshot = shot(PHONES, 20.0)
    street = street_of(snapshot, 148, 29)
    texts = []
    for travelling in (np.empty(0, np.int32), snapshot.now.parked.request[:1]):
        sheet = Sheet(148, 29, Look())
        put_parked(sheet, snapshot, street, travelling)
        texts.append(sheet.grid.text(street.parked.row + 1))
    marks = [text.count("●") + text.count("◆") for text in texts]
    assert marks[0] - marks[1] == 1
    counts = [[word for word in text.split() if word.isdigit()] for text in texts]
    assert counts[0] == counts[1]
