"""Lines end where a reader of the language would end them, and are never wider than they may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from simulator.words.wrapping import CLOSING, OPENING, pieces, wrapped

TEXT = st.text(st.sampled_from("ab1,. 工作进程。，（）“”%"), max_size=60)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("a worker waits", 8, ["a worker", "waits"]),
        ("工作进程在等", 8, ["工作进程", "在等"]),
        ("全部 4 个工作进程", 9, ["全部 4 个", "工作进程"]),
        ("两个 CPU 核几乎闲着", 12, ["两个 CPU 核", "几乎闲着"]),
        ("在等，很久", 4, ["在", "等，", "很久"]),
        ("说（在等）了", 6, ["说（在", "等）了"]),
        ("p99 为 12.4 s。", 9, ["p99 为", "12.4 s。"]),
        ("in use 96 % of it", 10, ["in use", "96 % of it"]),
        ("in use 96 % of it", 9, ["in use", "96 % of", "it"]),
        ("占其时间的 55 %）。", 13, ["占其时间的", "55 %）。"]),
        ("占用 1.82 s，其他", 9, ["占用", "1.82 s，", "其他"]),
        ("of 12 400 requests", 8, ["of", "12 400", "requests"]),
        ("of 4 requests", 5, ["of 4", "reque", "sts"]),
        ("request 20 says", 10, ["request 20", "says"]),
        ("全部 4 个", 6, ["全部", "4 个"]),
        ("for 100 ms", 4, ["for", "100", "ms"]),
        ("请求到来、请求离开。", 8, ["请求到", "来、请求", "离开。"]),
        ("a word, another", 8, ["a word,", "another"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("", 4, []),
    ],
)
def test_a_line_ends_at_a_blank_or_between_chinese_characters(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width, cell_len) == lines


@given(TEXT, st.integers(8, 40))
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, width: int) -> None:
    lines = wrapped(text, width, cell_len)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(TEXT)
def test_no_piece_begins_with_a_closing_mark_or_ends_with_an_opening_one(text: str) -> None:
    found = [piece for _, piece in pieces(" ".join(f"字{word}字" for word in text.split()))]
    assert [piece for piece in found if piece[0] in CLOSING or piece[-1] in OPENING] == []
