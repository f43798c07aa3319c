"""Grids over time as one page: a film with its player, for slides and for whoever has nothing but a browser.

What to watch: the page asks for nothing, from nowhere, and may do nothing else than play: its policy names the script
and the style that are in it, and no other. What is shown stands in it as data, in which no text can end the data.
The glyphs that are pictures are drawn as shapes, so that a film looks alike whatever fonts a reader has.
"""

import json
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from importlib import resources
from itertools import groupby
from string import Template

from simulator.stage.canvas.cells import CODE
from simulator.stage.canvas.grid import CellGrid, Frame, parts_of
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.palette import Theme
from simulator.stage.canvas.shapes import SHAPES
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.svg import outline
from simulator.words.language import language, tell
from simulator.words.printable import printable_line

RIGHT_HALF = "\t"
"""In the right cell of a wide character; no grid has one."""
POLICY = (
    "default-src 'none'; img-src data:; script-src 'sha256-{script}'; style-src 'sha256-{style}'; "
    "base-uri 'none'; form-action 'none'"
)


def player(frames: Iterable[Frame], look: Look, *, title: str) -> str:
    """The whole page. ``frames`` are in the order of their times; all grids have the size of the first."""
    film = _Film(look.theme)
    for time_s, grid in frames:
        film.add(time_s, grid)
    script, style = _file("player.js"), _colours(look.theme) + _file("player.css")
    return Template(_file("player.html")).substitute(
        lang="zh-CN" if language() == "zh" else language(),
        policy=POLICY.format(script=_hash(script), style=_hash(style)),
        title=escape(printable_line(title)),
        last=len(film.frames) - 1,
        film=film.document(),
        script=script,
        style=style,
        play_hint=escape(tell("Play or pause (space)")),
        scrub=escape(tell("Moment of the film")),
        scrub_hint=escape(tell("Moment of the film (left, right; one picture: , and .)")),
        speed_hint=escape(tell("Speed ([ and ])")),
        noscript=escape(tell("This film is played by a script, which this browser does not run.")),
    )


class _Film:
    """What is shown, without anything twice: looks, rows, and of each picture the rows that changed."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._looks: dict[tuple[str, str, int], int] = {}
        self._numbers: dict[int, int] = {}
        self._lines: dict[str, int] = {}
        self._characters: set[str] = set()
        self._old: CellGrid | None = None
        self._start_s = 0.0
        self.frames: list[list[int]] = []

    def add(self, time_s: float, grid: CellGrid) -> None:
        """The next picture."""
        old = self._old
        if old is None:
            self._start_s = time_s
        elif (grid.width, grid.height) != (old.width, old.height):
            raise ValueError("the grids of one film have one size")
        frame = [round((time_s - self._start_s) * 1000.0)]
        looks = grid.looks()
        for row in grid.changed_rows(old):
            frame += (row, self._line(grid, row, looks[row].tolist()))
        self.frames.append(frame)
        self._old = grid

    def _line(self, grid: CellGrid, row: int, looks: list[int]) -> int:
        text = grid.characters[row].tobytes().decode(CODE).replace("\0", RIGHT_HALF)
        self._characters.update(text)
        runs = [part for look, cells in groupby(map(self._look, looks)) for part in (len(list(cells)), look)]
        line = json.dumps([text, runs], ensure_ascii=False, separators=(",", ":"))
        return self._lines.setdefault(line, len(self._lines))

    def _look(self, number: int) -> int:
        """Those that look alike are one."""
        if number not in self._numbers:
            style, ground = parts_of(number)
            colours = (*self._theme.colours(style, ground), int(self._theme.paint(style).bold))
            self._numbers[number] = self._looks.setdefault(colours, len(self._looks))
        return self._numbers[number]

    def document(self) -> str:
        """As JSON, in which nothing can be taken for the end of it, or for a tag."""
        if self._old is None:
            raise ValueError("a film needs a frame")
        shapes = {each: outline(SHAPES[each]) for each in sorted(self._characters) if each in SHAPES}
        parts = {
            "cols": self._old.width,
            "rows": self._old.height,
            "looks": list(self._looks),
            "shapes": shapes,
            "frames": self.frames,
            "words": {"play": tell("Play"), "pause": tell("Pause"), "speed": tell("Speed")},
        }
        rest = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        return f'{rest[:-1]},"lines":[{",".join(self._lines)}]}}'.replace("<", "\\u003c")


def _file(name: str) -> str:
    return (resources.files("simulator.stage.canvas") / "page" / name).read_text("utf-8")


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _colours(theme: Theme) -> str:
    text, back = theme.colours(Style.TEXT)
    named = {
        "text": text,
        "back": back,
        "accent": theme.colours(Style.ACCENT)[0],
        "rule": theme.colours(Style.RULE)[0],
    }
    return f":root{{{''.join(f'--{name}:{colour};' for name, colour in named.items())}}}\n"
