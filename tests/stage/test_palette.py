"""Whoever looks, with whatever eyes, can tell the colours apart and read the words, in every theme."""

import itertools

import numpy as np
import pytest
from rich.color import Color, ColorSystem

from simulator.stage.canvas.look import THEMES
from simulator.stage.canvas.palette import Theme
from simulator.stage.canvas.style import BRIGHT, SPARKS, WHO, Ground, Style
from simulator.stage.canvas.themes import MONO
from tests.stage.colour_vision import contrast, difference, lab, least_difference, rgb
from tests.stage.plays import ACTIVITIES

COLOURED = [theme for theme in THEMES.values() if theme.bg]
EACH = pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)

GROUPS = (
    (Style.WAITING, Style.CONNECTING, Style.QUEUED),
    (Style.UPLOAD,),
    (Style.CPU,),
    (Style.GIL, Style.PROCESSOR, Style.LOOP, Style.CORE, Style.THROTTLED, Style.GIL_OR_CORE),
    (Style.IO, Style.BLOCKS),
    (Style.DOWNLOAD, Style.CLOSING, Style.DONE),
    (Style.DROPPED,),
    (Style.CRASHED,),
    (Style.IDLE, Style.DOWN),
)
"""Activities that share a colour because they are of one kind; the glyph says which it is."""
LOUD = (Style.CPU, Style.DROPPED, Style.CRASHED)
"""What must not be taken for a kind of client, wherever both are seen."""
CLAIMS = (Style.BY_CLIENTS, Style.BY_COMPUTING, Style.BY_LOCK, Style.RELIEF, Style.BY_LOSS)
JUDGED = (Style.GOOD, Style.WARN, Style.BAD, Style.TEXT)

LEAST_APART: dict[str, dict[str, float]] = {
    "dark": {
        "states": 14.5,
        "kinds": 15.0,
        "loud": 12.5,
        "claims": 12.5,
        "curves": 20.0,
        "servers": 20.0,
        "judged": 10.0,
    },
    "light": {
        "states": 12.5,
        "kinds": 15.0,
        "loud": 10.0,
        "claims": 11.5,
        "curves": 20.0,
        "servers": 20.0,
        "judged": 12.0,
    },
    "high-contrast": {
        "states": 10.0,
        "kinds": 12.0,
        "loud": 11.0,
        "claims": 10.5,
        "curves": 20.0,
        "servers": 15.0,
        "judged": 10.0,
    },
    "colour-blind": {
        "states": 15.5,
        "kinds": 16.0,
        "loud": 18.0,
        "claims": 13.0,
        "curves": 35.0,
        "servers": 20.0,
        "judged": 12.5,
    },
}
"""CIEDE2000 for the eyes that see the least of it; about 1 is just noticeable side by side, 10 is plain at a glance."""


def colour(theme: Theme, style: Style) -> str:
    fg = theme.paint(style).fg or theme.fg
    assert fg is not None
    return fg


def apart(theme: Theme, one: Style, other: Style) -> float:
    return float(least_difference(rgb(colour(theme, one)), rgb(colour(theme, other))))


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


# Distances.


@EACH
def test_activities_of_different_kinds_have_colours_that_differ_for_all_eyes(theme: Theme) -> None:
    assert theme.bg is not None
    distance, one, other = closest(theme, tuple(group[0] for group in GROUPS), theme.bg)
    assert distance >= LEAST_APART[theme.name]["states"], (one, other)


@EACH
@pytest.mark.parametrize(
    ("what", "styles"),
    [
        ("kinds", WHO),
        ("claims", CLAIMS),
        ("curves", (Style.HALF, Style.MOST)),
        ("servers", SPARKS),
        ("judged", JUDGED),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_stands_side_by_side_differs_for_all_eyes(theme: Theme, what: str, styles: tuple[Style, ...]) -> None:
    distance, one, other = closest(theme, styles)
    assert distance >= LEAST_APART[theme.name][what], (one, other)


@EACH
def test_no_kind_of_client_is_taken_for_computing_or_a_loss(theme: Theme) -> None:
    distances = {(who.name, loud.name): apart(theme, who, loud) for who in WHO for loud in LOUD}
    assert min(distances.values()) >= LEAST_APART[theme.name]["loud"], min(distances, key=lambda pair: distances[pair])


def test_whoever_sees_no_red_green_or_blue_gains_by_the_theme_for_them() -> None:
    dark, theirs = LEAST_APART["dark"], LEAST_APART["colour-blind"]
    assert all(theirs[what] > dark[what] for what in ("states", "kinds", "loud", "claims", "curves", "judged"))


@EACH
def test_a_computation_that_touches_another_is_seen_as_another(theme: Theme) -> None:
    assert apart(theme, Style.CPU, Style.CPU_NEXT) >= 4.5
    grounds = (theme.grounds[Ground.COMPUTING], theme.grounds[Ground.COMPUTING_NEXT])
    assert grounds == (colour(theme, Style.CPU), colour(theme, Style.CPU_NEXT))


@EACH
def test_activities_of_one_kind_share_their_colour(theme: Theme) -> None:
    assert {style for group in GROUPS for style in group} | {Style.DELIVERY} == set(ACTIVITIES)
    for group in GROUPS:
        assert len({colour(theme, style) for style in group}) == 1


def nearest(colour: str) -> str:
    """What a terminal shows that has only 256."""
    return Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor().hex


@EACH
def test_what_differs_still_differs_where_there_are_256_colours(theme: Theme) -> None:
    for styles in (tuple(group[0] for group in GROUPS), WHO, CLAIMS, SPARKS, JUDGED, (Style.HALF, Style.MOST)):
        assert len({nearest(colour(theme, style)) for style in styles}) == len(styles), styles
    assert not {nearest(colour(theme, who)) for who in WHO} & {nearest(colour(theme, loud)) for loud in LOUD}


@EACH
def test_every_ground_has_a_colour(theme: Theme) -> None:
    assert set(theme.grounds) == set(Ground) - {Ground.BACK}


@EACH
def test_every_style_is_painted_on_purpose(theme: Theme) -> None:
    assert set(theme.paints) >= set(Style) - {Style.TEXT}


# Without colours.


def test_without_colours_nothing_has_one() -> None:
    assert (MONO.fg, MONO.bg) == (None, None)
    assert not [paint for paint in MONO.paints.values() if paint.fg or paint.bg]
    assert {style for style in Style if MONO.paint(style).inverse} >= {Style.CURSOR, Style.SELECTED, Style.CRASHED}


def test_without_colours_words_on_a_bright_ground_are_inverse() -> None:
    for ground in Ground:
        assert MONO.paint(Style.ON_BRIGHT, ground).inverse == (ground in BRIGHT)
