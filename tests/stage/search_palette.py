"""Find the colours for what a slot or a request is doing: ``python -m tests.stage.search_palette [dark|light]``.

Not a test. Every role has a window of hues, so that computing stays warm and a crash stays red; within the windows the
search spreads the colours so that the closest pair, seen by the eyes that see the least of it, is as far apart as can
be. Coordinate ascent from many random starts over a fixed list of candidates: the same seed prints the same colours.
Copy what it prints into ``simulator/stage/canvas/themes.py`` by hand.
"""

import itertools
import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.stage.colour_vision import VISIONS, Floats, contrast, difference, lab, rgb

STARTS = 1000
STEP = 15
"""Between neighbouring candidates, of 255."""
LEAST_CONTRAST = 4.5
SEED = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Which colours a role may have, in L*a*b*: hue in degrees, chroma, lightness."""

    hue: tuple[float, float] = (0.0, 360.0)
    chroma: tuple[float, float] = (30.0, 95.0)
    darkest: float = 20.0
    """The least L*: below it hues are not seen any more."""


WINDOWS = {
    "waiting": Window(chroma=(0.0, 8.0), darkest=0.0),
    "upload": Window(hue=(225.0, 275.0)),
    "cpu": Window(hue=(50.0, 70.0), chroma=(55.0, 90.0), darkest=40.0),
    "ready": Window(hue=(86.0, 112.0), chroma=(40.0, 80.0)),
    "io": Window(hue=(285.0, 318.0)),
    "download": Window(hue=(135.0, 165.0)),
    "dropped": Window(hue=(325.0, 360.0)),
    "crashed": Window(hue=(18.0, 42.0), chroma=(45.0, 95.0)),
}
"""``ready`` is whoever could go on but for another: the waits for the GIL, for the event loop and for a core."""
FIXED = {"dark": ("#101418", "#6b7480"), "light": ("#fafafa", "#858c94")}
"""The background and the colour of idle slots, from which all others keep their distance too."""


def main(name: str) -> None:
    """Print the best colours found for one background."""
    background, idle = FIXED[name]
    candidates = _candidates(rgb(background))
    candidates = candidates[np.any([_inside(window, candidates) for window in WINDOWS.values()], axis=0)]
    lists = [np.flatnonzero(_inside(window, candidates)) for window in WINDOWS.values()]
    fixed = _all_pairs(candidates, np.stack([rgb(background), rgb(idle)])).min(axis=1)
    apart = _all_pairs(candidates, candidates)
    best, chosen = max(
        (_climb(np.random.default_rng((SEED, start)), lists, apart, fixed) for start in range(STARTS)),
        key=lambda found: found[0],
    )
    print(f"{name}: the closest pair is {best:.1f} apart, on {background}")
    for role, index in zip(WINDOWS, chosen, strict=True):
        red, green, blue = np.round(candidates[index] * 255).astype(int)
        print(
            f"  {role:9} #{red:02x}{green:02x}{blue:02x}  contrast {contrast(candidates[index], rgb(background)):.1f}"
        )


def _candidates(background: Floats) -> Floats:
    levels = np.arange(0, 256, STEP) / 255
    colours = np.array(list(itertools.product(levels, levels, levels)))
    return np.asarray(colours[contrast(colours, background) >= LEAST_CONTRAST])


def _inside(window: Window, candidates: Floats) -> npt.NDArray[np.bool_]:
    seen = lab(candidates)
    hue = np.degrees(np.arctan2(seen[:, 2], seen[:, 1])) % 360
    chroma = np.hypot(seen[:, 1], seen[:, 2])
    fits = seen[:, 0] >= window.darkest
    fits &= (window.hue[0] <= hue) & (hue <= window.hue[1])
    return np.asarray(fits & (window.chroma[0] <= chroma) & (chroma <= window.chroma[1]))


def _all_pairs(some: Floats, others: Floats) -> Floats:
    """Shape (some, others), as seen by the eyes that see the least of each difference."""
    seen = [[difference(lab(some, eyes), other) for other in lab(others, eyes)] for eyes in VISIONS]
    return np.asarray(np.min(seen, axis=0).T)


def _climb(
    random: np.random.Generator, lists: list[npt.NDArray[np.intp]], apart: Floats, fixed: Floats
) -> tuple[float, tuple[int, ...]]:
    """Move one role after the other to where its nearest neighbour is farthest, until nothing moves."""
    chosen = [int(random.choice(each)) for each in lists]
    moved = True
    while moved:
        moved = False
        for role in random.permutation(len(lists)):
            others = [index for place, index in enumerate(chosen) if place != role]
            room = np.minimum(apart[lists[role]][:, others].min(axis=1), fixed[lists[role]])
            better = int(lists[role][room.argmax()])
            if room.max() > _room(chosen[role], others, apart, fixed) + 1e-9:
                chosen[role], moved = better, True
    least = min(
        _room(index, [other for other in chosen if other != index], apart, fixed) if chosen.count(index) == 1 else 0.0
        for index in chosen
    )
    return least, tuple(chosen)


def _room(index: int, others: list[int], apart: Floats, fixed: Floats) -> float:
    return float(min(apart[index, others].min(), fixed[index]))


if __name__ == "__main__":
    for theme in sys.argv[1:] or FIXED:
        main(theme)
