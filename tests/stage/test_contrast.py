"""Whatever lies on a ground can be read or seen, on every screen and in every theme."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from simulator.stage.canvas.grid import CellGrid, parts_of
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.palette import Theme
from simulator.stage.canvas.style import BRIGHT, PAST, Ground, Style
from simulator.stage.canvas.themes import LIGHT
from simulator.stage.frame import frame
from tests.stage.colour_vision import contrast, rgb
from tests.stage.plays import LAB, Play, play, scene
from tests.stage.screens import SCREENS
from tests.stage.test_palette import EACH, nearest

WORDS = {"high-contrast": 7.0}
"""The least contrast of words, where it is not 4.5."""
BEHIND = {
    **dict.fromkeys((Style.FADED, Style.RULE, Style.WAY_IN), 1.8),
    **dict.fromkeys((Style.TRACK, Style.TAPE_IDLE, Style.LOCK_WAIT, Style.WAY_BACK), 2.0),
    **dict.fromkeys((Style.GHOST, Style.IDLE, Style.DOWN, Style.GONE, *PAST), 3.0),
    **dict.fromkeys((Style.FAINT, Style.STREET, Style.TAPE_UPLOAD, Style.TAPE_IO, Style.CAME, Style.CPU_NEXT), 3.0),
}
"""What stays in the background may have less contrast than words need, but has to be seen."""
BARS = {Style.CPU: 3.0, Style.BATON: 3.0}
"""Solid ink: on light grounds an orange and a yellow of more contrast would be brown."""
MARKS = (
    *(*BARS, Style.CPU_NEXT, Style.CRASHED, Style.IDLE, Style.DOWN, Style.GONE, Style.RULE, Style.TRACK),
    *(Style.TAPE_UPLOAD, Style.TAPE_IO, Style.TAPE_DOWNLOAD, Style.TAPE_IDLE, Style.LOCK_WAIT, Style.STREET),
    *(Style.WAY_IN, Style.WAY_BACK, Style.GHOST, Style.CAME, *PAST),
)
"""Never words: with high contrast they have at least 4.5."""


def least_contrast(theme: Theme, style: Style, ground: Ground = Ground.PANE) -> float:
    if theme.name in WORDS:
        return 2.5 if style is Style.FADED else 4.5 if style in MARKS else WORDS[theme.name]
    if theme is LIGHT and style in BARS:
        return BARS[style] if ground in (Ground.BACK, Ground.PANE) else 2.5  # the others have hues of their own
    return BEHIND.get(style, 4.5)


@cache
def seen() -> frozenset[tuple[Style, Ground]]:
    """Which style lies on which ground, on all screens."""
    numbers = set[int]()
    for grid in screens():
        numbers |= set(np.unique(grid.looks()[grid.characters != " "]).tolist())
    return frozenset(parts_of(number) for number in numbers)


def screens() -> Iterator[CellGrid]:
    """Every shipped load under several servers, and what is not the stage."""
    look = Look()
    for load, t_s in MOMENTS.items():
        for model in ("prefork", "threaded", "coroutine"):
            yield frame(scene(play(model, load), t_s=t_s), LAB, look)
        yield frame(scene(play("threaded", load), t_s=t_s, column_s=0.001), LAB, look)
        yield frame(scene(FRONT[load], play("callback", load), t_s=t_s), LAB, look)
    for screen in SCREENS.values():
        yield screen(LAB, look)


MOMENTS = {
    "slow-clients": 20.0,
    "mixed": 11.1,
    "cpu-heavy": 12.0,
    "spike": 33.0,
    "crash": 20.5,
    "steady": 15.0,
    "io-heavy": 15.0,
    "think-time": 15.0,
}
FRONT: dict[str, Play] = {load: play("prefork", load, nginx=True) for load in MOMENTS}


@EACH
def test_whatever_lies_on_a_ground_stands_out_from_it(theme: Theme) -> None:
    faint = []
    for style, ground in sorted(seen()):
        least, has = least_contrast(theme, style, ground), contrast(*map(rgb, theme.colours(style, ground)))
        if has < least:
            faint.append(f"{style.name} on {ground.name}: {has:.2f} < {least}")
    assert not faint


@EACH
@pytest.mark.parametrize("style", list(Style), ids=lambda style: style.name.lower())
def test_everything_stands_out_on_a_pane(theme: Theme, style: Style) -> None:
    fg, bg = theme.colours(style, Ground.CLIENTS if style is Style.ON_BRIGHT else Ground.PANE)
    assert contrast(rgb(fg), rgb(bg)) >= least_contrast(theme, style)


@EACH
@pytest.mark.parametrize("ground", BRIGHT, ids=lambda ground: ground.name.lower())
def test_words_on_a_bright_ground_can_be_read(theme: Theme, ground: Ground) -> None:
    fg, bg = theme.colours(Style.ON_BRIGHT, ground)
    assert contrast(rgb(fg), rgb(bg)) >= WORDS.get(theme.name, 4.5)


@EACH
def test_grounds_stay_behind(theme: Theme) -> None:
    assert theme.bg is not None
    quiet = [theme.grounds[ground] for ground in theme.grounds if ground not in BRIGHT]
    assert max(float(contrast(rgb(theme.bg), rgb(ground))) for ground in quiet) < 1.7


@EACH
def test_where_there_are_256_colours_words_can_be_read_on_grounds_that_stay_behind(theme: Theme) -> None:
    for style, ground in sorted(seen()):
        if least_contrast(theme, style, ground) >= 4.5:
            assert contrast(*(rgb(nearest(each)) for each in theme.colours(style, ground))) >= 3.0, (style, ground)
    behind = rgb(nearest(theme.bg or ""))
    for ground, tint in theme.grounds.items():
        assert ground in BRIGHT or contrast(behind, rgb(nearest(tint))) < 1.5, ground
    assert nearest(theme.grounds[Ground.UPLOAD]) != nearest(theme.grounds[Ground.PANE])
