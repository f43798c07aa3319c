"""Every glyph takes one cell on any terminal, and what a slot does can be told from its glyph alone."""

import unicodedata
from collections.abc import Iterator
from dataclasses import fields

import numpy as np
import pytest

from simulator.plan.words import Outcome, State
from simulator.results.report_tables import LOOKS, UNKNOWN
from simulator.stage.activities import ACTIVITY_STYLES
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.glyphs import ASCII, UNICODE, Glyphs
from simulator.stage.canvas.look import Look, chosen_look
from simulator.stage.canvas.palette import DARK, LIGHT, MONO, Theme
from simulator.stage.canvas.shapes import SHAPES
from simulator.stage.canvas.style import Style
from simulator.stage.states import LEGEND, MEANINGS, OUTCOME_STYLES, STATE_STYLES
from simulator.trace.playback import Activity
from tests.stage.plays import ACTIVITIES

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
def test_whatever_can_be_seen_at_once_in_one_lane_differs_in_its_glyph(glyphs: Glyphs) -> None:
    # whoever is not with the server yet has no lane: connecting, in the backlog and in a queue look the same
    elsewhere = {Activity.CONNECTING, Activity.BACKLOG, Activity.QUEUED}
    drawn = {activity: glyphs[ACTIVITY_STYLES[activity]] for activity in Activity if activity not in elsewhere}
    assert {state.name for state in State} - {each.name for each in drawn} == {each.name for each in elsewhere}
    assert len(set(drawn.values())) == len(drawn), drawn


@SETS
def test_what_a_server_has_in_hand_differs_from_what_waits_for_it(glyphs: Glyphs) -> None:
    waiting = {State.CONNECTING, State.BACKLOG, State.QUEUED}
    assert len({glyphs[STATE_STYLES[state]] for state in waiting}) == 1
    in_hand = set(State) - waiting - {State.GIL_OR_CORE}  # the last one no simulated run has
    drawn = [glyphs[STATE_STYLES[state]] for state in (State.QUEUED, *in_hand)]
    assert len(set(drawn)) == len(drawn)


def test_in_a_printed_bar_every_state_has_a_hatching_of_its_own() -> None:
    hatchings = [look.glyph for look in (*LOOKS.values(), UNKNOWN)]
    assert set(State) <= set(LOOKS)
    assert len(set(hatchings)) == len(hatchings)
    assert {cell_width(hatching) for hatching in hatchings} == {1}


def test_whatever_can_be_seen_is_in_the_legend_under_words_of_its_own() -> None:
    assert set(MEANINGS) == set(ACTIVITIES)
    assert set(LEGEND) == set(ACTIVITIES) - {Style.DONE}
    for words in ("legend", "short", "meaning"):
        said = [getattr(each, words) for each in LEGEND.values()]
        assert all(said)
        assert len(set(said)) == len(said)


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
