"""Whoever looks, with whatever eyes, can tell the colours apart and read the words."""

import itertools

import numpy as np
import pytest
from rich.color import Color, ColorSystem

from simulator.stage.canvas.palette import MONO, Theme
from simulator.stage.canvas.style import BRIGHT, PAST, SPARKS, Ground, Style
from simulator.stage.canvas.themes import DARK, LIGHT
from tests.stage.colour_vision import contrast, difference, lab, least_difference, rgb
from tests.stage.plays import ACTIVITIES

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)

GROUPS = (
    (Style.WAITING, Style.CONNECTING, Style.QUEUED),
    (Style.UPLOAD,),
    (Style.CPU,),
    (Style.GIL, Style.LOOP, Style.CORE, Style.GIL_OR_CORE),
    (Style.IO,),
    (Style.DOWNLOAD, Style.DONE),
    (Style.DROPPED,),
    (Style.CRASHED,),
    (Style.IDLE, Style.DOWN),
)
"""Activities that share a colour because they are of one kind; the glyph says which it is."""
QUIET = {
    **dict.fromkeys((Style.FADED, Style.RULE, Style.WAY_IN), 1.8),
    **dict.fromkeys((Style.TRACK, Style.TAPE_IDLE, Style.LOCK_WAIT, Style.WAY_BACK), 2.0),
    **dict.fromkeys((Style.GHOST, Style.IDLE, Style.DOWN, Style.GONE, *PAST), 3.0),
    **dict.fromkeys((Style.FAINT, Style.STREET, Style.TAPE_UPLOAD, Style.TAPE_IO, Style.CAME, Style.CPU_NEXT), 3.0),
}
"""What stays in the background may have less contrast than words need, but has to be seen."""
LEAST_APART = {"dark": 14.5, "light": 10.5}
"""CIEDE2000 for the eyes that see the least of it; about 1 is just noticeable, side by side."""


def colour(theme: Theme, style: Style) -> str:
    fg = theme.paint(style).fg or theme.fg
    assert fg is not None
    return fg


def closest(theme: Theme, styles: tuple[Style, ...], *others: str) -> tuple[float, str, str]:
    colours = [*(colour(theme, style) for style in styles), *others]
    return min((float(least_difference(rgb(a), rgb(b))), a, b) for a, b in itertools.combinations(colours, 2))


def test_the_measure_agrees_with_published_pairs() -> None:
    # from the test data of Sharma, Wu and Dalal (2005), chosen where implementations go wrong
    published = [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
    ]
    for one, other, expected in published:
        assert difference(np.array(one), np.array(other)) == pytest.approx(expected, abs=1e-4)
    assert contrast(rgb("#ffffff"), rgb("#000000")) == pytest.approx(21.0)


def test_red_and_green_are_closer_to_eyes_without_red_or_green_cones() -> None:
    red, green = rgb("#d02020"), rgb("#707000")
    assert least_difference(red, green) < 0.5 * difference(lab(red), lab(green))


@THEMES
def test_activities_of_different_kinds_have_colours_that_differ_for_all_eyes(theme: Theme) -> None:
    assert theme.bg is not None
    distance, one, other = closest(theme, tuple(group[0] for group in GROUPS), theme.bg)
    assert distance >= LEAST_APART[theme.name], (one, other)


@THEMES
def test_activities_of_one_kind_share_their_colour(theme: Theme) -> None:
    assert {style for group in GROUPS for style in group} | {Style.DELIVERY} == set(ACTIVITIES)
    for group in GROUPS:
        assert len({colour(theme, style) for style in group}) == 1


@THEMES
def test_activities_of_different_kinds_still_differ_where_there_are_256_colours(theme: Theme) -> None:
    nearest = {Color.parse(colour(theme, group[0])).downgrade(ColorSystem.EIGHT_BIT).number for group in GROUPS}
    assert len(nearest) == len(GROUPS)


@THEMES
def test_the_curves_of_four_views_differ_for_all_eyes(theme: Theme) -> None:
    distance, one, other = closest(theme, SPARKS)
    assert distance >= 18.0, (one, other)


@THEMES
def test_good_bad_and_doubtful_differ_for_all_eyes(theme: Theme) -> None:
    distance, one, other = closest(theme, (Style.GOOD, Style.WARN, Style.BAD, Style.TEXT))
    assert distance >= 10.0, (one, other)


@THEMES
@pytest.mark.parametrize("style", list(Style), ids=lambda style: style.name.lower())
def test_everything_stands_out_from_what_is_behind_it(theme: Theme, style: Style) -> None:
    fg, bg = theme.colours(style, Ground.CLIENTS if style is Style.ON_BRIGHT else Ground.PANE)
    assert contrast(rgb(fg), rgb(bg)) >= QUIET.get(style, 4.5)


@THEMES
@pytest.mark.parametrize("ground", BRIGHT, ids=lambda ground: ground.name.lower())
def test_words_on_a_bright_ground_can_be_read(theme: Theme, ground: Ground) -> None:
    fg, bg = theme.colours(Style.ON_BRIGHT, ground)
    assert contrast(rgb(fg), rgb(bg)) >= 4.5


@THEMES
def test_every_ground_has_a_colour(theme: Theme) -> None:
    assert set(theme.grounds) == set(Ground) - {Ground.BACK}


@THEMES
def test_every_style_is_painted_on_purpose(theme: Theme) -> None:
    assert set(theme.paints) >= set(Style) - {Style.TEXT}


def test_without_colours_nothing_has_one() -> None:
    assert (MONO.fg, MONO.bg) == (None, None)
    assert not [paint for paint in MONO.paints.values() if paint.fg or paint.bg]
    assert {style for style in Style if MONO.paint(style).inverse} >= {Style.CURSOR, Style.SELECTED, Style.CRASHED}
