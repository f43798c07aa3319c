"""Rows, words and figures: who gets room first, and that nothing changes its width."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from simulator.stage.canvas.layout import Claim, Section, Withheld, claims_of, granted_beside, heights, stack, together
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.plotting import round_up
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped_lines, fitting, piece
from simulator.stage.fixed_width import (
    count_behind,
    fixed_count,
    fixed_duration,
    fixed_percent,
    fixed_rate,
)
from simulator.stage.ranks import Rank


def nothing(_: Sheet) -> None:
    """Draws nothing."""


def section(*claims: Claim, stretches: bool = False) -> Section:
    return Section(claims=claims, draw=nothing, stretches=stretches)


def test_what_matters_most_is_served_first() -> None:
    lanes, log = section(Claim(Rank.LANES_FIRST, 3)), section(Claim(Rank.LOG_FIRST, 2))
    assert heights([log, lanes], 2) == [0, 2]
    assert heights([log, lanes], 4) == [1, 3]


def test_equals_get_their_rows_in_turn() -> None:
    twins = [section(Claim(Rank.LANES_FEW, 4)), section(Claim(Rank.LANES_FEW, 4))]
    assert heights(twins, 5) == [3, 2]


def test_what_is_whole_or_not_at_all_waits_for_enough_room() -> None:
    curves = [section(Claim(Rank.SPARKS_TALL, whole=True)) for _ in range(4)]
    assert heights(curves, 3) == [0, 0, 0, 0]
    assert heights(curves, 4) == [1, 1, 1, 1]


def test_rows_that_nobody_claims_go_where_it_does_not_hurt() -> None:
    assert heights([section(Claim(Rank.TOP)), section(Claim(Rank.SPACE), stretches=True)], 9) == [1, 8]


def test_columns_side_by_side_leave_out_the_same() -> None:
    long, short = [section(Claim(Rank.PROXY, 3)), section(Claim(Rank.LOG_FIRST))], [section(Claim(Rank.LOG_FIRST))]
    for granted in granted_beside(claims_of([long, short]), 3):
        assert granted[Rank.LOG_FIRST] == 0


def test_what_only_one_column_has_takes_no_rows_from_the_others() -> None:
    lanes = [section(Claim(Rank.LANES_SOME, 8)), section(Claim(Rank.SPARKS_FIRST))]
    crowd = [section(Claim(Rank.PARKED, 6)), section(Claim(Rank.SPARKS_FIRST))]
    assert sum(claim.rows for claim in together([lanes, crowd])) == 9
    first, second = granted_beside(claims_of([lanes, crowd]), 9)
    assert (heights(lanes, 9, first), heights(crowd, 9, second)) == ([8, 1], [6, 1])


def test_a_column_with_room_shows_of_its_own_what_another_has_no_room_for() -> None:
    full, free = [section(Claim(Rank.NAME, 4)), section(Claim(Rank.LANES_ALL, 2))], [section(Claim(Rank.LANES_ALL, 3))]
    first, second = granted_beside(claims_of([full, free]), 5)
    assert (first[Rank.LANES_ALL], second[Rank.LANES_ALL]) == (1, 3)


def test_what_does_not_fit_into_all_rows_of_views_is_shown_in_none() -> None:
    told: list[Withheld] = []

    def divide(_: Sheet, withheld: Withheld) -> None:
        told.append(withheld)

    tall = (Claim(Rank.NAME), Claim(Rank.SPARKS_TALL, 4, whole=True))
    rows = [Section(claims=tall, divide=divide, stretches=True) for _ in range(2)]
    stack(Sheet(40, 9, Look()), rows)
    assert told == [frozenset({Rank.SPARKS_TALL})] * 2
    (alone,) = granted_beside(claims_of([[section(*tall)]]), 5, told[0])
    assert Rank.SPARKS_TALL not in alone


claims = st.lists(st.builds(Claim, st.sampled_from(Rank), st.integers(0, 9), st.booleans()), max_size=12)


@given(claims, st.integers(0, 40))
def test_no_more_rows_are_given_than_there_are(wanted: list[Claim], height: int) -> None:
    assert sum(heights([section(claim) for claim in wanted], height)) <= height


@given(st.lists(claims, min_size=1, max_size=4), st.integers(0, 40))
def test_no_column_is_granted_more_rows_than_there_are(wanted: list[list[Claim]], height: int) -> None:
    for granted in granted_beside(tuple(map(tuple, wanted)), height):
        assert sum(granted.values()) <= height


@given(st.lists(claims, min_size=1, max_size=4))
def test_with_the_rows_that_columns_ask_for_together_each_has_all_it_wants(wanted: list[list[Claim]]) -> None:
    columns = [[section(*each)] for each in wanted]
    height = sum(claim.rows for claim in together(columns))
    for each, granted in zip(wanted, granted_beside(claims_of(columns), height), strict=True):
        assert sum(granted.values()) == sum(claim.rows for claim in each)


@given(st.floats(0.0, 1e6) | st.just(float("nan")))
@example(9.5e-5)
@example(9.95e-5)
def test_durations_have_one_width(seconds: float) -> None:
    assert len(fixed_duration(seconds)) == 7


@given(st.integers(0, 10**9))
def test_counts_have_one_width(number: int) -> None:
    assert len(fixed_count(number)) == 5


@given(st.integers(0, 10**9), st.sampled_from((4, 5)))
def test_counts_never_touch_the_word_before_them(number: int, width: int) -> None:
    text = count_behind(number, width)
    assert text.startswith(" ")
    assert len(text) == max(width, len(fixed_count(number).strip()) + 1)


def test_rates_and_shares_have_one_width() -> None:
    assert {len(fixed_rate(rate)) for rate in (0.0, 21.44, 999.94, 1250.0, 99_999.0)} == {7}
    assert {len(fixed_percent(share)) for share in (0.0, 0.071, 0.999, 1.0)} == {5}


@pytest.mark.parametrize(("value", "top"), [(0.003, 0.005), (1.0, 1.0), (1.01, 2.0), (64.0, 100.0)])
def test_scales_end_at_round_figures(value: float, top: float) -> None:
    assert round_up(value) == pytest.approx(top)


def test_where_not_all_pieces_fit_the_least_important_is_left_out() -> None:
    pieces = [
        piece(("long words", Style.TEXT), rank=2),
        piece(("short", Style.TEXT), rank=0),
        piece(("p99", Style.TEXT)),
    ]
    assert [each.words[0][0] for each in fitting(pieces, 10)] == ["short", "p99"]


@given(st.text(st.sampled_from("ab 请求 "), max_size=80), st.integers(1, 30), st.integers(1, 4))
def test_wrapped_lines_fit(text: str, width: int, lines: int) -> None:
    done = clipped_lines(text, width, lines, Look())
    assert len(done) <= lines
    assert all(cell_len(line) <= max(width, 2) for line in done)


def test_what_is_cut_says_so() -> None:
    assert clipped_lines("one two three four", 9, 1, Look()) == ["one two …"]
    assert clipped_lines("one two", 9, 1, Look()) == ["one two"]
    assert clipped_lines("五分之一的访客", 9, 1, Look()) == ["五分之一…"]


def test_a_line_of_chinese_is_cut_between_characters_and_not_at_its_last_blank() -> None:
    assert clipped_lines("第 20 秒有一个工作进程崩溃，十秒后才回来", 16, 1, Look()) == ["第 20 秒有一个…"]
    assert clipped_lines("one worker crashes, and comes back", 16, 1, Look()) == ["one worker …"]
