"""Find colours for states and kinds of clients: ``python -m tests.stage.search_palette [THEME]``; half a minute each.

Not a test. Every role has a window of hues, so that computing stays warm and a crash stays red. Within the windows the
search spreads the colours so that the closest pair, seen by the eyes that see the least of it, is as far apart as can
be; pairs that are seldom seen side by side weigh less.
Coordinate ascent from many random starts over a fixed list of candidates: the same seed prints the same colours. Copy
what it prints into ``simulator/stage/canvas/themes`` by hand, and judge by eye: those are picks from several such runs.
"""

import itertools
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tests.stage.colour_vision import VISIONS, Floats, contrast, difference, lab, rgb

STARTS = 600
STEP = 17
"""Between neighbouring candidates, of 255."""
SEED = 7
Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Which colours a role may have, in L*a*b*: hue in degrees, chroma, lightness."""

    hue: tuple[float, float] = (0.0, 360.0)
    """Where the first is larger, over 0."""
    chroma: tuple[float, float] = (30.0, 110.0)
    light: tuple[float, float] = (20.0, 100.0)
    """Below 20 hues are not seen any more."""
    contrast: float = 0.0
    """At least so much on the ground; 0 is what the theme asks for."""


KINDS = ("second", "third", "fourth")
"""Of clients; the first kind looks like those who wait."""
LOUD = ("waiting", "cpu", "dropped", "crashed")
"""What no kind may be taken for, and the first kind."""
BESIDE = 0.45
"""What the distance between a kind and any other state weighs: they are seldom seen beside one another."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What one theme asks for."""

    ground: str
    """The one on which contrast is least."""
    fixed: Mapping[str, str]
    """Colours that are given: states that stay as they are, what is idle, and what lies behind."""
    windows: Mapping[str, Window] = field(default_factory=dict)
    contrast: float = 4.5


BRIGHT = Window(chroma=(0.0, 8.0), light=(93.0, 100.0))
SEARCHES: Mapping[str, Search] = {
    "dark": Search(
        ground="#17222d",
        fixed={
            "behind": "#101418",
            "idle": "#6b7480",
            "waiting": "#e1f0f0",
            "upload": "#0096ff",
            "cpu": "#ff9600",
            "ready": "#ffff5a",
            "io": "#e1c3ff",
            "download": "#3ce1a5",
            "dropped": "#ff2db4",
            "crashed": "#ff004b",
        },
        windows={
            "second": Window(hue=(330.0, 25.0), chroma=(25.0, 80.0), light=(62.0, 100.0)),
            "third": Window(hue=(60.0, 112.0), chroma=(20.0, 85.0), light=(60.0, 100.0)),
            "fourth": Window(hue=(150.0, 260.0), chroma=(15.0, 60.0), light=(60.0, 100.0)),
        },
    ),
    "light": Search(
        ground="#e6eef6",
        fixed={"behind": "#ffffff", "idle": "#858c94"},
        windows={
            "waiting": Window(chroma=(0.0, 16.0), light=(0.0, 30.0)),
            "upload": Window(hue=(235.0, 285.0), chroma=(40.0, 95.0)),
            "cpu": Window(hue=(55.0, 75.0), chroma=(65.0, 95.0), light=(55.0, 100.0), contrast=2.5),
            "ready": Window(hue=(70.0, 112.0), light=(20.0, 60.0)),
            "io": Window(hue=(285.0, 318.0)),
            "download": Window(hue=(135.0, 190.0), chroma=(20.0, 95.0), light=(36.0, 100.0)),
            "dropped": Window(hue=(318.0, 360.0), chroma=(40.0, 110.0), light=(26.0, 100.0)),
            "crashed": Window(hue=(12.0, 42.0), chroma=(45.0, 110.0), light=(26.0, 100.0)),
            "second": Window(hue=(330.0, 25.0), chroma=(40.0, 90.0), light=(35.0, 100.0)),
            "third": Window(hue=(50.0, 115.0), chroma=(25.0, 85.0), light=(20.0, 60.0)),
            "fourth": Window(hue=(150.0, 230.0), chroma=(15.0, 60.0), light=(20.0, 60.0)),
        },
    ),
    "high-contrast": Search(
        ground="#000000",
        fixed={"behind": "#000000", "idle": "#8a949e", "waiting": "#ffffff"},
        contrast=7.0,
        windows={
            "upload": Window(hue=(235.0, 285.0), chroma=(35.0, 95.0)),
            "cpu": Window(hue=(55.0, 75.0), chroma=(65.0, 110.0), light=(55.0, 100.0)),
            "ready": Window(hue=(86.0, 105.0), chroma=(60.0, 110.0), light=(80.0, 100.0)),
            "io": Window(hue=(285.0, 325.0), chroma=(15.0, 110.0)),
            "download": Window(hue=(140.0, 175.0), chroma=(25.0, 110.0)),
            "dropped": Window(hue=(318.0, 350.0), chroma=(45.0, 120.0)),
            "crashed": Window(hue=(10.0, 42.0), chroma=(50.0, 130.0), contrast=4.5),
            "second": Window(hue=(310.0, 25.0), chroma=(35.0, 90.0)),
            "third": Window(hue=(60.0, 115.0), chroma=(15.0, 85.0)),
            "fourth": Window(hue=(130.0, 230.0), chroma=(15.0, 70.0)),
        },
    ),
    "colour-blind": Search(
        ground="#17222d",
        fixed={"behind": "#0a0d11", "idle": "#6b7480"},
        contrast=4.0,
        windows={
            "waiting": BRIGHT,
            "upload": Window(hue=(240.0, 300.0), chroma=(35.0, 110.0)),
            "cpu": Window(hue=(50.0, 75.0), chroma=(65.0, 110.0), light=(55.0, 100.0)),
            "ready": Window(hue=(86.0, 112.0), chroma=(60.0, 110.0), light=(80.0, 100.0)),
            "io": Window(hue=(200.0, 340.0), chroma=(10.0, 60.0)),
            "download": Window(hue=(150.0, 210.0), chroma=(25.0, 110.0)),
            "dropped": Window(hue=(300.0, 350.0), chroma=(60.0, 130.0)),
            "crashed": Window(hue=(10.0, 60.0), chroma=(45.0, 130.0)),
            "second": Window(chroma=(20.0, 110.0), light=(62.0, 100.0)),
            "third": Window(chroma=(10.0, 110.0), light=(50.0, 100.0)),
            "fourth": Window(chroma=(10.0, 110.0), light=(50.0, 100.0)),
        },
    ),
}
"""``ready`` is whoever could go on but for another: the waits for the GIL, for the event loop and for a core."""


def main(name: str) -> None:
    """Print the best colours found for one theme."""
    search = SEARCHES[name]
    levels = np.arange(0, 256, STEP) / 255
    candidates = np.array(list(itertools.product(levels, levels, levels)))
    lists = [_inside(window, candidates, search) for window in search.windows.values()]
    used = np.unique(np.concatenate(lists))
    candidates, lists = candidates[used], [np.searchsorted(used, each) for each in lists]
    fixed = _all_pairs(candidates, np.stack([rgb(colour) for colour in search.fixed.values()]))
    weights, fixed_weights = _weights(search, list(search.windows)), _weights(search, list(search.fixed))
    room = np.min(fixed[None] / fixed_weights[:, None], axis=2)
    apart = _all_pairs(candidates, candidates)
    climbs = (_climb(np.random.default_rng((SEED, start)), lists, apart, weights, room) for start in range(STARTS))
    best, chosen = max(climbs, key=lambda found: found[0])
    print(f"{name}: the closest pair is {best:.1f} apart, on {search.ground}")
    for role, index in zip(search.windows, chosen, strict=True):
        red, green, blue = np.round(candidates[index] * 255).astype(int)
        has = contrast(candidates[index], rgb(search.ground))
        print(f"  {role:9} #{red:02x}{green:02x}{blue:02x}  contrast {has:.1f}")


def _weights(search: Search, others: list[str]) -> Floats:
    """Shape (roles, others): how much of the least distance each pair needs."""
    return np.array([[_weight(role, other) for other in others] for role in search.windows])


def _weight(role: str, other: str) -> float:
    kinds = (role in KINDS) + (other in KINDS)
    one_kind = kinds == 1 and role not in LOUD and other not in LOUD and other != "behind"
    return BESIDE if one_kind else 1.0


def _inside(window: Window, candidates: Floats, search: Search) -> Numbers:
    seen = lab(candidates)
    hue = np.degrees(np.arctan2(seen[:, 2], seen[:, 1])) % 360
    chroma = np.hypot(seen[:, 1], seen[:, 2])
    first, last = window.hue
    fits = (first <= hue) & (hue <= last) if first <= last else (first <= hue) | (hue <= last)
    fits &= (window.light[0] <= seen[:, 0]) & (seen[:, 0] <= window.light[1])
    fits &= (window.chroma[0] <= chroma) & (chroma <= window.chroma[1])
    fits &= contrast(candidates, rgb(search.ground)) >= (window.contrast or search.contrast)
    return np.flatnonzero(fits)


def _all_pairs(some: Floats, others: Floats) -> Floats:
    """Shape (some, others), as seen by the eyes that see the least of each difference."""
    seen = [[difference(lab(some, eyes), other) for other in lab(others, eyes)] for eyes in VISIONS]
    return np.asarray(np.min(seen, axis=0).T)


def _climb(
    random: np.random.Generator, lists: list[Numbers], apart: Floats, weights: Floats, fixed: Floats
) -> tuple[float, tuple[int, ...]]:
    """Move one role after the other to where its nearest neighbour is farthest, until nothing moves."""
    chosen = [int(random.choice(each)) for each in lists]

    def room(role: int, candidates: Numbers) -> Floats:
        others = np.delete(np.arange(len(chosen)), role)
        to_others = apart[np.ix_(candidates, np.array(chosen)[others])] / weights[role, others]
        return np.asarray(np.minimum(to_others.min(axis=1), fixed[role, candidates]))

    moved = True
    while moved:
        moved = False
        for role in random.permutation(len(lists)):
            rooms = room(role, lists[role])
            if rooms.max() > room(role, np.array([chosen[role]]))[0] + 1e-9:
                chosen[role], moved = int(lists[role][rooms.argmax()]), True
    return min(float(room(role, np.array([index]))[0]) for role, index in enumerate(chosen)), tuple(chosen)


if __name__ == "__main__":
    for theme in sys.argv[1:] or SEARCHES:
        main(theme)
