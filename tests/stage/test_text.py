"""Words and figures in the room that there is: nothing changes its width, and what is cut says so."""

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped_lines, fitting, piece
from simulator.stage.fixed_width import COUNT_WIDTH, DURATION_WIDTH, fixed_count, fixed_duration


@given(st.floats(0.0, 1e6) | st.just(float("nan")))
@example(9.5e-5)
@example(9.95e-5)
def test_durations_have_one_width(seconds: float) -> None:
    assert len(fixed_duration(seconds)) == DURATION_WIDTH


@given(st.integers(0, 10**9), st.sampled_from((4, COUNT_WIDTH)))
def test_counts_have_one_width(number: int, width: int) -> None:
    assert len(fixed_count(number, width)) == width


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
