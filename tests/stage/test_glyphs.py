"""Every glyph takes one cell on any terminal, and what a slot does can be told from its glyph alone."""

import unicodedata
from collections.abc import Iterator
from colorsys import rgb_to_hsv
from dataclasses import fields

import numpy as np
import pytest
from rich.color import Color

from simulator.plan.words import Outcome, State
from simulator.results.report_tables import LOOKS, UNKNOWN
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.glyphs import ASCII, UNICODE, Glyphs
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import Look, chosen_look
from simulator.stage.canvas.palette import Theme
from simulator.stage.canvas.shapes import SHAPES
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.themes import DARK, LIGHT, MONO
from simulator.stage.states import MEANINGS, OUTCOME_STYLES, STATE_STYLES
from simulator.words.marks import MARKS, STATE_MARKS
from tests.stage.plays import ACTIVITIES
from tests.stage.screens import SCREENS

SETS = pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=lambda glyphs: glyphs.name)
EMOJI = (
    "\N{INFORMATION SOURCE}\N{HEAVY PLUS SIGN}\N{HEAVY MINUS SIGN}"
    "©®‼⁉™↔↕↖↗↘↙↩↪⌚⌛⏏Ⓜ▪▫▶◀◻◼◽◾✂✈✉✌✍✏✒✔✖✝✡✨✳✴❄❇❌❎❓❔❕❗❣❤➗➡➰➿⤴⤵⬅⬆⬇⬛⬜⭐⭕〰〽"
)
"""Below U+1F000, without the keycaps and what is wide anyway: those that Unicode lets a terminal draw as an emoji."""


def characters(glyphs: Glyphs) -> Iterator[str]:
    for field in fields(glyphs):
        value = getattr(glyphs, field.name)
        if field.name != "name":
            yield from value if isinstance(value, str) else value.values()


@SETS
def test_every_glyph_is_one_printable_character_of_one_cell(glyphs: Glyphs) -> None:
    for glyph in characters(glyphs):
        assert len(glyph) == 1
        assert glyph.isprintable()
        assert cell_width(glyph) == 1
        assert unicodedata.east_asian_width(glyph) not in "WF"


@SETS
def test_no_glyph_is_an_emoji(glyphs: Glyphs) -> None:
    assert not [glyph for glyph in characters(glyphs) if glyph in EMOJI or 0x2600 <= ord(glyph) < 0x2700]
    assert max(map(ord, characters(glyphs))) < 0x1F000


def test_the_ascii_set_is_ascii() -> None:
    assert all(glyph.isascii() for glyph in characters(ASCII))


@SETS
def test_whatever_a_slot_does_has_a_glyph_of_its_own(glyphs: Glyphs) -> None:
    assert set(glyphs.activities) == set(ACTIVITIES)
    assert len(set(glyphs.activities.values())) == len(ACTIVITIES)


@SETS
def test_curves_have_eight_different_heights(glyphs: Glyphs) -> None:
    assert len(set(glyphs.sparks)) == len(glyphs.sparks) == 8


def test_no_picture_needs_a_font_for_a_glyph_that_is_no_letter() -> None:
    assert {each for each in characters(UNICODE) if not each.isalpha()} <= set(SHAPES)


def test_every_state_and_every_outcome_has_a_style_that_has_a_glyph() -> None:
    assert set(STATE_STYLES) == set(State)
    assert set(OUTCOME_STYLES) == set(Outcome)
    assert {*STATE_STYLES.values(), *OUTCOME_STYLES.values()} <= set(ACTIVITIES)


@SETS
def test_no_two_states_share_a_mark(glyphs: Glyphs) -> None:
    drawn = {state: glyphs[STATE_STYLES[state]] for state in State}
    assert len(set(drawn.values())) == len(State), drawn


def test_a_state_looks_the_same_in_the_summary_on_the_stage_and_in_its_legend() -> None:
    for state in State:
        style = STATE_STYLES[state]
        assert LOOKS[state].glyph == UNICODE[style] == STATE_MARKS[state.name].unicode
        assert ASCII[style] == STATE_MARKS[state.name].ascii
    assert (LOOKS["idle"].glyph, LOOKS["down"].glyph) == (UNICODE[Style.IDLE], UNICODE[Style.DOWN])
    assert UNKNOWN.glyph not in {mark.unicode for mark in MARKS.values()}


def test_charts_and_lives_draw_states_in_the_marks_of_the_stage() -> None:
    drawn = {name: SCREENS[name](Size(120, 36), Look()) for name in ("chart-splits", "life-full-backlog")}
    for name, grid in drawn.items():
        text = str(grid)
        said = [state for state in State if f"{STATE_MARKS[state.name].unicode} " in text and state.value in text]
        assert len(said) > 3, name
        for state in said:
            cells = grid.styles[grid.characters == STATE_MARKS[state.name].unicode]
            assert STATE_STYLES[state] in cells


@pytest.mark.parametrize("name", MARKS)
def test_a_printed_colour_has_the_hue_that_it_has_on_the_stage(name: str) -> None:
    style = {"BACKLOG": Style.WAITING, "COMPUTING": Style.CPU}.get(name) or Style[name]
    for theme in (DARK, LIGHT):
        hue, saturation, value = hsv(theme.paint(style).fg or "")
        if MARKS[name].colour in ("", "bright_black"):
            assert saturation < 0.35 or value < 0.2  # grey, white or black
            continue
        apart = abs(hsv(MARKS[name].colour)[0] - hue)
        assert min(apart, 1 - apart) < 40 / 360, (theme.name, MARKS[name].colour, apart * 360)


def hsv(colour: str) -> tuple[float, float, float]:
    red, green, blue = Color.parse(colour).get_truecolor()
    return rgb_to_hsv(red / 255, green / 255, blue / 255)


def test_whatever_can_be_seen_is_explained_in_words_of_its_own() -> None:
    assert set(MEANINGS) == set(ACTIVITIES)
    assert all(MEANINGS.values())
    assert len(set(MEANINGS.values())) == len(MEANINGS)


def test_every_style_fits_a_byte() -> None:
    assert 0 <= min(Style) <= max(Style) < 256


def test_a_whole_lane_of_styles_becomes_glyphs_at_once() -> None:
    lane = np.array([[Style.CPU, Style.IDLE], [Style.TEXT, Style.GIL]], np.uint8)
    assert Look().characters(lane).tolist() == [["█", "·"], [" ", "▒"]]
    assert Look(ASCII).characters(lane).tolist() == [["#", "."], [" ", "%"]]
    assert Look(ASCII).glyph(Style.CRASHED) == "X"


@pytest.mark.parametrize(
    ("environ", "encoding", "glyphs"),
    [
        ({"TERM": "xterm-256color"}, "utf-8", UNICODE),
        ({"TERM": "xterm-256color"}, "UTF8", UNICODE),
        ({}, "utf_8", UNICODE),
        ({"TERM": "xterm-256color"}, "ANSI_X3.4-1968", ASCII),
        ({"TERM": "xterm-256color"}, "latin-1", ASCII),
        ({"TERM": "linux"}, "utf-8", ASCII),
        ({"TERM": "dumb"}, "utf-8", ASCII),
    ],
)
def test_glyphs_are_ascii_where_the_terminal_knows_no_more(
    environ: dict[str, str], encoding: str, glyphs: Glyphs
) -> None:
    assert chosen_look(environ=environ, encoding=encoding).glyphs is glyphs


def test_what_is_asked_for_by_name_is_given_everywhere() -> None:
    look = chosen_look(glyphs="unicode", theme="light", environ={"TERM": "linux", "NO_COLOR": "1"}, encoding="ascii")
    assert look == Look(UNICODE, LIGHT)


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({"NO_COLOR": "1"}, MONO),
        ({"NO_COLOR": "1", "COLORFGBG": "0;15"}, MONO),
        ({"NO_COLOR": ""}, DARK),  # as its definition says: when not an empty string
        ({}, DARK),
        ({"COLORFGBG": "15;0"}, DARK),
        ({"COLORFGBG": "0;default;15"}, LIGHT),
    ],
)
def test_the_theme_is_what_the_terminal_asks_for(environ: dict[str, str], theme: Theme) -> None:
    assert chosen_look(environ=environ, encoding="utf-8").theme is theme


@SETS
def test_how_much_a_lock_was_taken_is_never_mistaken_for_another_state(glyphs: Glyphs) -> None:
    others = {glyph for style, glyph in glyphs.activities.items() if style is not Style.CPU}
    assert len(set(glyphs.shares)) == len(glyphs.shares)
    assert not set(glyphs.shares) & others
    assert glyphs.shares[-1] == glyphs[Style.CPU]
