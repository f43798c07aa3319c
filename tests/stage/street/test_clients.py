"""The rows of the clients are legend, counters and doors at once: what is zero is faint, what counts is told apart."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.plan.words import Outcome
from simulator.stage.canvas.glyphs import ASCII, UNICODE
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import WHO, Style
from simulator.stage.scene import Scene, View
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.clients import client_rows, put_answers, put_clients, trying_again
from simulator.stage.street.places import street_of
from simulator.trace.playback import Playback
from simulator.words.language import speaking
from tests.stage.plays import Play, play, scene, trace_of

PHONES = play("prefork", "slow-clients", workers=4)
SPIKE = play("prefork", "spike", workers=4)
NGINX = play("prefork", "slow-clients", nginx=True, workers=4)
FULL = play("prefork", "spike", workers=4, backlog=64)
FOUR_KINDS = (
    "["
    + ", ".join(
        f'{{name = "{name}", share = 0.25, rtt = "20 ms", up = "{up} Mbit/s", down = "50 Mbit/s"}}'
        for name, up in (("fibre", 50), ("office", 20), ("phone", 2), ("satellite", 1))
    )
    + "]"
)
SIZES = ((120, 22), (148, 29), (80, 12), (60, 17), (60, 13), (40, 8), (120, 12), (70, 9))


def snapshot(wanted: Play, t_s: float) -> Snapshot:
    return Snapshot(scene=scene(wanted, t_s=t_s), number=0)


def drawn(wanted: Play, t_s: float, size: tuple[int, int] = (120, 22), look: Look | None = None) -> Sheet:
    sheet, its = Sheet(*size, look or Look()), snapshot(wanted, t_s)
    street = street_of(its, *size)
    put_clients(sheet, its, street)
    put_answers(sheet, its, street)
    return sheet


def row_with(sheet: Sheet, words: str) -> int:
    return next(row for row in range(sheet.height) if words in sheet.grid.text(row))


def style_of(sheet: Sheet, words: str) -> int:
    row = row_with(sheet, words)
    return int(sheet.grid.styles[row, sheet.grid.text(row).index(words)])


def test_each_kind_of_client_has_its_mark_and_its_name() -> None:
    sheet = drawn(PHONES, 20.0)
    for number, name in enumerate(("office", "phone")):
        mark = f"{UNICODE.who[number]} {name}"
        assert mark in str(sheet.grid)
        assert style_of(sheet, mark) == WHO[number]


def test_the_mark_of_all_further_kinds_says_how_many_they_are_and_not_the_name_of_one_of_them() -> None:
    five = FOUR_KINDS[:-1] + ', {name = "tunnel", share = 0.1, rtt = "20 ms", up = "0.5 Mbit/s", down = "50 Mbit/s"}]'
    for wanted, others in ((FOUR_KINDS, "satellite"), (five.replace("0.25", "0.225"), "2 other kinds")):
        sheet = drawn(play("prefork", "slow-clients", workers=4, overrides={"clients": wanted}), 5.0)
        assert f"{UNICODE.who[3]} {others}" in str(sheet.grid)
        assert ("satellite" in str(sheet.grid)) == (others == "satellite")


def test_what_is_zero_is_faint_and_stays_in_its_row() -> None:
    quiet, loud = drawn(SPIKE, 5.0), drawn(SPIKE, 33.0)
    assert style_of(quiet, "0 lost") == Style.FAINT
    assert style_of(loud, "610 gave up") == Style.DROPPED
    assert row_with(quiet, "0 lost") == row_with(loud, "610 gave up")
    assert style_of(quiet, "trying again") == Style.FAINT


def test_those_who_left_the_queue_without_leaving_it_are_counted() -> None:
    assert "◇ 327 left, still queued" in str(drawn(SPIKE, 33.0).grid)
    assert "still queued" not in str(drawn(PHONES, 20.0).grid)


def test_the_counters_are_those_of_the_moment() -> None:
    its = snapshot(PHONES, 20.0)
    assert f"✓ {its.now.ended[Outcome.COMPLETED]} served" in str(drawn(PHONES, 20.0).grid)


def test_whoever_knocks_at_a_full_queue_tries_again() -> None:
    its = snapshot(FULL, 25.0)
    assert trying_again(its) == len(its.now.backlogs[0].retrying) == 876
    sheet = drawn(FULL, 25.0)
    assert "◉ ◈ 876 trying again" in str(sheet.grid)
    assert style_of(sheet, "876 trying") == Style.STRONG


def test_between_two_tries_a_client_tries_again() -> None:
    trace = trace_of(play("prefork", "steady", workers=4))
    parent, attempt = np.full(len(trace), -1, np.int32), np.zeros(len(trace), np.int16)
    first, second = 10, int(np.flatnonzero(trace.arrival > trace.finished[10] + 1.0)[0])
    parent[second], attempt[second] = first, 1
    its = Playback(replace(trace, parent=parent, attempt=attempt))

    def count(t_s: float) -> int:
        return trying_again(Snapshot(scene=Scene(views=(View(playback=its, title=""),), load="", t_s=t_s), number=0))

    failed_s, again_s = float(trace.finished[first]), float(trace.arrival[second])
    moments = (failed_s - 0.01, failed_s, failed_s + 0.9, again_s)
    assert [count(t_s) for t_s in moments] == [0, 1, 1, 0]


@given(st.integers(1, 4), st.sampled_from(SIZES))
def test_every_kind_and_every_counter_has_a_row_of_the_clients(kinds: int, size: tuple[int, int]) -> None:
    street = street_of(snapshot(PHONES, 1.0), *size)
    rows = client_rows(street, kinds)
    inside = range(street.clients.row, street.clients.row + max(street.clients.height, 1))
    assert {*rows.kinds, rows.again, rows.lost} <= set(inside)
    assert rows.left in {-1, *inside}
    assert list(rows.kinds) == sorted(rows.kinds)
    if street.clients.height >= kinds + 2:
        assert len({*rows.kinds, rows.again, rows.lost}) == kinds + 2


def test_kinds_that_share_a_row_all_have_their_marks() -> None:
    with_four = play("prefork", "slow-clients", workers=4, overrides={"clients": FOUR_KINDS})
    for size in ((80, 12), (60, 13), (120, 9)):
        shown = str(drawn(with_four, 5.0, size).grid)
        assert all(f"{mark} " in shown for mark in UNICODE.who), size


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("look", [Look(), Look(ASCII)], ids=["unicode", "ascii"])
@pytest.mark.parametrize("size", SIZES)
def test_words_stay_left_of_the_queue_and_the_room(language: str, look: Look, size: tuple[int, int]) -> None:
    with speaking(language):  # type: ignore[arg-type]
        for wanted, t_s in ((PHONES, 20.0), (SPIKE, 33.0), (FULL, 30.0), (NGINX, 20.0)):
            sheet, street = drawn(wanted, t_s, size, look), street_of(snapshot(wanted, t_s), *size)
            end = (street.room if street.room.width else street.queue).col
            left = Area(street.clients.row, 0, street.clients.height, end)
            answers = Area(street.answers_row, 0, 1, street.line_col)
            heading = Area(street.heading_row, 0, 1, street.queue.col - 1)
            for place in np.argwhere((sheet.grid.characters != " ") & (sheet.grid.characters != "")).tolist():
                assert left.covers(*place) or answers.covers(*place) or heading.covers(*place), (place, str(sheet.grid))
