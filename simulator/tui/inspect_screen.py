"""One request's life; of several servers the same request's life under each of them, one under the other."""

from typing import ClassVar

from textual.binding import BindingType

from simulator.lab import actions
from simulator.lab.keys import BY_ID
from simulator.lab.lab import Lab
from simulator.lab.scenes import scene
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.waterfall import waterfall
from simulator.stage.waterfalls import Life, LivesView, waterfalls
from simulator.trace.playback.life_story import LifeStories, same_request
from simulator.tui.reading_screens import READING_KEYS, SCROLLING, ReadingScreen
from simulator.tui.screen import Words, bindings
from simulator.words.language import later


class InspectScreen(ReadingScreen):
    """The life of one request; of several servers that of the same request under each of them."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        *READING_KEYS, *map(BY_ID.__getitem__, ("next-pane", "previous-pane", "zoom-pane", "log-scale"))
    )
    about = later("one request")
    words: ClassVar[Words] = {
        **SCROLLING,
        "next-pane": (later("next request"), later("the request that came next")),
        "previous-pane": (later("request before"), later("the request that came before")),
        "zoom-pane": (later("alone"), later("under this server alone, or under all")),
        "log-scale": (later("log scale"), later("times on a logarithmic scale, or a linear one")),
    }

    def __init__(self, lab: Lab, request: int) -> None:
        """Of the run in focus."""
        super().__init__(lab)
        self.request = lab.followed = request
        self._stories = [LifeStories(each.trace) for each in lab.shown.playbacks]
        self._base = lab.focus  # another run may be shown before this screen is closed
        self._servers = [view.title for view in scene(lab).views]
        self.alone = lab.zoomed or len(self._stories) == 1

    def state(self) -> object:
        """And which request it is."""
        return (super().state(), self.request, self.alone, self.lab.log_s)

    def perform(self, id: str) -> None:
        """Tab goes on to the next request; all else as elsewhere."""
        if id in ("next-pane", "previous-pane"):
            step = 1 if id == "next-pane" else -1
            self.request = self.lab.followed = (self.request + step) % len(self._stories[self._base].trace)
            self.first = 0
        elif id == "zoom-pane":
            self.alone = len(self._stories) == 1 or not self.alone
        elif id == "log-scale":
            actions.perform(self.lab, id)
        else:
            super().perform(id)

    def picture(self, size: Size) -> CellGrid:
        """Every part of it as a bar, and who was in the way."""
        t_s, look = self.lab.playhead.t_s, self.host.look
        if not self.alone:
            hints = self.hints("leave", "next-pane", "zoom-pane", "log-scale", "step", "help")
            view = LivesView(base=self._base, t_s=t_s, logarithmic=self.lab.log_s)
            return waterfalls(self._lives(), size, look, view=view, keys=hints)
        told = self._stories[self._base].of(self.request)
        self.first = min(self.first, max(len(told.parts) - 1, 0))
        beside = ("zoom-pane",) if len(self._stories) > 1 else ()
        hints = self.hints("leave", "next-pane", *beside, "select-down", "step", "help")
        return waterfall(told, size, look, t_s=t_s, first=self.first, keys=hints)

    def _lives(self) -> list[Life]:
        """The same request under each server."""
        base = self._stories[self._base].trace
        rows = [same_request(base, self.request, stories.trace) for stories in self._stories]
        return [
            Life(number=number, server=server, told=None if row is None else stories.of(row))
            for number, (server, stories, row) in enumerate(zip(self._servers, self._stories, rows, strict=True))
        ]
