"""A box says in its borders what is inside, and never leaves its area, however small that is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.stage.canvas.box import Box, put_box
from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.key_bar import KeyHint, KeyTarget
from simulator.stage.canvas.look import GLYPH_SETS, Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import piece

NGINX = KeyHint(key="n", does="put nginx in front")
WAITING = Box(
    title=(piece(("waiting", Style.HEADING)),),
    right=(piece(("228", Style.HEADING), rank=1),),
    bottom=(piece(("▲", Style.UPLOAD), (" sending", Style.DIM), rank=2), piece(("~", Style.IO), (" asks", Style.DIM))),
    bottom_right=(NGINX,),
)
CHINESE = Box(
    title=(piece(("请求队列", Style.HEADING)), piece(("4 个工作进程", Style.DIM), rank=2)),
    right=(piece(("近 5 秒", Style.DIM), (" 228", Style.HEADING), rank=1),),
    bottom_right=(KeyHint(key="n", does="前面放 nginx"),),
)


def drawn(box: Box, width: int, height: int, look: Look | None = None) -> list[str]:
    sheet = Sheet(width, height, look or Look())
    put_box(sheet, Area(0, 0, height, width), box)
    return [sheet.grid.text(row) for row in range(height)]


def test_titles_stand_in_the_upper_border_and_legend_and_key_in_the_lower_one() -> None:
    assert drawn(WAITING, 56, 3) == [
        "╭─ waiting ────────────────────────────────────── 228 ─╮",
        "│                                                      │",
        "╰─ ▲ sending   ~ asks ────────  n  put nginx in front ─╯",
    ]


def test_without_unicode_a_box_is_made_of_what_every_terminal_has() -> None:
    assert drawn(Box(title=(piece(("a…", Style.HEADING)),)), 12, 3, Look(ASCII)) == [
        "+- a~ -----+",
        "|          |",
        "+----------+",
    ]


def test_what_is_inside_is_all_but_the_border() -> None:
    sheet = Sheet(20, 10, Look())
    assert put_box(sheet, Area(2, 3, 5, 12), WAITING) == Area(3, 4, 3, 10)


def test_one_row_alone_is_a_rule_with_the_titles_in_it() -> None:
    assert drawn(WAITING, 20, 1) == ["── waiting ── 228 ──"]


def test_labels_that_do_not_fit_are_left_out_by_rank_and_the_last_one_is_cut() -> None:
    assert drawn(WAITING, 19, 2)[0] == "╭─ waiting ─ 228 ─╮"
    assert drawn(WAITING, 18, 2)[0] == "╭─ waiting ──────╮"
    assert drawn(WAITING, 12, 2)[0] == "╭─ waiti… ─╮"
    assert drawn(WAITING, 6, 2)[0] == "╭────╮"


def test_a_label_of_several_words_is_cut_in_the_word_that_does_not_fit() -> None:
    box = Box(title=(piece(("half", Style.DIM), (" 3.3 s", Style.HEADING), (" of all", Style.DIM)),))
    sheet = Sheet(14, 2, Look())
    put_box(sheet, Area(0, 0, 2, 14), box)
    words = [(text, style) for text, style in sheet.grid.runs(0) if style is not Style.RULE]
    assert words == [("half", Style.DIM), (" 3.…", Style.HEADING)]


def test_a_wide_character_is_cut_whole() -> None:
    assert drawn(CHINESE, 12, 2)[0] == "╭─ 请求… ──╮"


def test_a_key_in_the_border_can_be_clicked_and_nothing_beside_it() -> None:
    sheet = Sheet(56, 3, Look())
    put_box(sheet, Area(0, 0, 3, 56), WAITING)
    start = sheet.grid.text(2).index(" n ")
    under = [sheet.target(2, col) for col in range(56)]
    assert [col for col, found in enumerate(under) if found] == list(range(start, start + 22))
    assert under[start] == KeyTarget(hint=NGINX)


@pytest.mark.parametrize("look", [Look(each) for each in GLYPH_SETS.values()], ids=lambda look: look.glyphs.name)
@pytest.mark.parametrize("box", [WAITING, CHINESE, Box()], ids=["English", "Chinese", "without words"])
@given(area=st.builds(Area, st.integers(-3, 5), st.integers(-5, 9), st.integers(-1, 9), st.integers(-1, 70)))
def test_of_any_size_a_box_stays_in_its_area_and_leaves_the_inside_alone(look: Look, box: Box, area: Area) -> None:
    sheet = Sheet(60, 12, look)
    for row in range(12):
        sheet.put(row, 0, "#" * 60)
    inside = put_box(sheet, area, box)
    assert inside.height >= 0
    assert inside.width >= 0
    for row in range(12):
        for col in range(60):
            if inside.covers(row, col):
                assert sheet.grid.characters[row, col] == " "
            if not area.covers(row, col):
                assert sheet.grid.characters[row, col] == "#"
                assert sheet.grid.grounds[row, col] == Ground.BACK


def test_a_box_lies_on_its_ground_and_its_keycap_on_another_one_if_there_is_one() -> None:
    sheet = Sheet(30, 3, Look())
    put_box(sheet, Area(0, 1, 3, 29), Box(bottom_right=(NGINX,), ground=Ground.RAISED, keycap_ground=Ground.CLIENTS))
    assert sheet.grid.grounds[:, 0].tolist() == [Ground.BACK] * 3
    assert (sheet.grid.grounds[:2, 1:] == Ground.RAISED).all()
    start = sheet.grid.text(2).index(" n ")
    on_keycap = [col for col in range(30) if sheet.grid.grounds[2, col] == Ground.CLIENTS]
    assert on_keycap == [start, start + 1, start + 2]
