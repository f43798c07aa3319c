"""What is opened from the stage and closed again: charts, and the code beside the animation.

What to watch: the run plays on meanwhile, and all keys of the time work here too.
"""

import json
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType

from simulator.lab import actions
from simulator.lab.history import Result
from simulator.lab.keys import BY_ID, Group, of
from simulator.lab.lab import Lab
from simulator.lab.scenes import scene
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.charts import Chart, Charts, charts
from simulator.stage.code import Code, code_of
from simulator.stage.frame import frame
from simulator.stage.plot import Figures
from simulator.stage.scene import Scene
from simulator.stage.source import Source, overhang, source, source_pages
from simulator.trace.playback import Playback
from simulator.tui.screen import GridScreen, Words, bindings
from simulator.words.language import later

PAGE = 10
SCROLL = {"select-up": -1, "select-down": 1, "page-up": -PAGE, "page-down": PAGE}
SCROLLING: Words = {
    "select-up": (later("scroll"), later("a line up")),
    "select-down": (later("scroll"), later("a line down")),
    "page-up": (later("scroll"), later("ten lines up")),
    "page-down": (later("scroll"), later("ten lines down")),
}
SIDEWAYS = {"shrink": -PAGE, "grow": PAGE}
"""Columns; left and right are keys of the time."""
SIDE_BY_SIDE = 150
"""From this width on the animation has room beside the code."""
READING_KEYS = (*of(Group.TIME, Group.PROGRAM), *map(BY_ID.__getitem__, (*SCROLL, "help", "leave")))


class ReadingScreen(GridScreen):
    """Scrolls through something about the server in focus while the run goes on."""

    def __init__(self, lab: Lab) -> None:
        """At the top."""
        super().__init__()
        self.lab = lab
        self.first = 0

    def state(self) -> object:
        """The moment, and how far it was scrolled."""
        self.lab.expire()
        return (self.lab.version, self.lab.playhead.t_s, self.lab.playhead.playing, self.first)

    def perform(self, id: str) -> None:
        """Scroll; play, pause and seek; or what all screens do."""
        if id in SCROLL:
            self.first = max(self.first + SCROLL[id], 0)
        elif BY_ID[id].group is Group.TIME:
            actions.perform(self.lab, id)
        else:
            super().perform(id)
        self.lab.touch()

    @property
    def playback(self) -> Playback:
        """The run in focus."""
        return self.lab.shown.playbacks[self.lab.focus]


class ChartsScreen(ReadingScreen):
    """Figures of the whole run, of all servers over one another."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        *READING_KEYS, BY_ID["next-pane"], BY_ID["previous-pane"], BY_ID["log-scale"]
    )
    SHOWN: ClassVar[tuple[Chart | None, ...]] = (None, *Chart)
    about = later("charts")
    words: ClassVar[Words] = {
        **SCROLLING,
        "next-pane": (later("next chart"), later("one chart alone, then the next")),
        "previous-pane": (later("chart before"), later("the chart before")),
    }

    def __init__(self, lab: Lab) -> None:
        """All charts at once."""
        super().__init__(lab)
        self.number = 0
        self._figures: tuple[Figures, ...] = ()
        self._of: Result | None = None

    def _figures_of(self, scene_now: Scene) -> tuple[Figures, ...]:
        """Of the runs that are shown now; worked out again when they change."""
        if self._of is not self.lab.shown:
            several = len(scene_now.views) > 1
            names = [f"{'ABCD'[i]} {view.title}" if several else view.title for i, view in enumerate(scene_now.views)]
            self._figures = tuple(Figures(v.playback, name) for v, name in zip(scene_now.views, names, strict=True))
            self._of = self.lab.shown
        return self._figures

    def state(self) -> object:
        """And which chart is shown."""
        return (super().state(), self.number)

    def perform(self, id: str) -> None:
        """Tab goes on to the next chart, alone on the screen."""
        if id in ("next-pane", "previous-pane"):
            self.number = (self.number + (1 if id == "next-pane" else -1)) % len(self.SHOWN)
        elif id == "log-scale":
            actions.perform(self.lab, id)
        else:
            super().perform(id)

    def picture(self, size: Size) -> CellGrid:
        """One chart, or as many as fit."""
        scene_now = scene(self.lab)
        state = Charts(
            runs=self._figures_of(scene_now),
            load=scene_now.load,
            shown=self.SHOWN[self.number],
            logarithmic=self.lab.log_s,
            t_s=self.lab.playhead.t_s,
            keys=self.hints("leave", "next-pane", "log-scale", "play", "help"),
        )
        return charts(state, size, self.host.look)


class SourceScreen(ReadingScreen):
    """The model and its real server, what is at work now marked; on a wide screen beside the animation."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        *READING_KEYS, *map(BY_ID.__getitem__, ("next-pane", "previous-pane", *SIDEWAYS))
    )
    about = later("source")
    words: ClassVar[Words] = {
        **SCROLLING,
        "next-pane": (later("next file"), later("one file alone, then the next; after the last one the next server")),
        "previous-pane": (later("file before"), later("the file before")),
        "shrink": (later("left"), later("back to the beginning of long lines")),
        "grow": (later("right"), later("to the end of long lines")),
    }

    def __init__(self, lab: Lab) -> None:
        """Of the server in focus, all files at once."""
        super().__init__(lab)
        self.alone: int | None = None
        self.left = 0
        self._codes: dict[tuple[str, str, tuple[str, ...]], Code] = {}

    def state(self) -> object:
        """And which part of which file."""
        return (super().state(), self.alone, self.left)

    def perform(self, id: str) -> None:
        """Tab goes on to the next file; all else as elsewhere."""
        if id in ("next-pane", "previous-pane"):
            self._turn(id)
            self.first = self.left = 0
        elif id in SIDEWAYS:
            self.left = max(self.left + SIDEWAYS[id], 0)
        else:
            super().perform(id)
        self.lab.touch()

    def _turn(self, id: str) -> None:
        """All files of a server, then one after the other; and so on with the next server."""
        numbers: list[int | None] = [None, *range(len(source_pages(self._code)))]
        at = (numbers.index(self.alone) if self.alone in numbers else 0) + (1 if id == "next-pane" else -1)
        if at == len(numbers) or at < 0:
            actions.perform(self.lab, id)
            numbers = [None, *range(len(source_pages(self._code)))]
            at = 0 if id == "next-pane" else -1
        self.alone = numbers[at]

    def picture(self, size: Size) -> CellGrid:
        """The lines of the steps where requests are."""
        if size.width < SIDE_BY_SIDE:
            return self._source(size)
        grid, half = CellGrid(*size), size.width * 2 // 5
        stage = replace(scene(self.lab), keys=(), zoomed=True)
        grid.blit(frame(stage, Size(half, size.height), self.host.look), 0, 0)
        grid.blit(self._source(Size(size.width - half, size.height)), 0, half)
        return grid

    def _source(self, size: Size) -> CellGrid:
        present, places = self.playback.at(self.lab.playhead.t_s).present, self.playback.trace.places
        active = tuple(dict.fromkeys(places[i].name for i in present.place.tolist() if i < len(places)))
        keys = self.hints("leave", "next-pane", "play", "step", "select-down", "help")
        state = Source(code=self._code, active=active, first=self.first, alone=self.alone, keys=keys)
        most = overhang(state, size)
        self.left = min(self.left, most)
        if most:
            state = replace(state, keys=(*keys[:2], *self.hints(*SIDEWAYS), *keys[2:]))
        return source(replace(state, left=self.left), size, self.host.look)

    @property
    def _code(self) -> Code:
        labels = self.playback.trace.labels
        fronts = tuple(json.loads(labels.get("fronts", "{}")))
        key = (labels.get("model", ""), labels.get("server", ""), fronts)
        if key not in self._codes:
            self._codes[key] = code_of(*key, self.playback.trace.places)
        return self._codes[key]
