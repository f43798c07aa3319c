"""What can be done now, in plain words: for the key bar, for the list of all keys, and for the palette.

What to watch: nothing is offered that would do nothing. A key stays where it is in the bar while the run plays, so what
depends on the moment (who can be inspected, what can be killed) is no reason to take it out.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

from simulator.experiments.catalogue import fronts
from simulator.experiments.setup import MOST_SIDES, Prepared
from simulator.lab.command_line import ADDRESS
from simulator.lab.knobs import SIZE, knob
from simulator.lab.lab import Lab
from simulator.plan.processes import main_pool, process_count
from simulator.words.language import later, tell, translated
from simulator.words.phrases import plural
from simulator.workload.arrivals import Closed

TIME, LOOKING, LOAD = later("time"), later("looking"), later("the load")
SERVER, MOMENT, PROGRAM = later("the server"), later("from this moment on"), later("the program")
LISTED = (TIME, LOOKING, LOAD, SERVER, MOMENT, PROGRAM)
"""Headings of the list of all keys, in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing that can be done now, or one and its opposite."""

    ids: tuple[str, ...]
    """Of the keys; a pointer on the words presses the first."""
    short: str
    """One or two words, in the language of now."""
    words: str
    """As many as a line of the list has room for."""
    group: str
    """The heading that it stands under."""


@dataclass(frozen=True, slots=True)
class _Here:
    """What decides whether something can be done, and how it is called."""

    lab: Lab
    prepared: Prepared | None

    @property
    def side(self) -> int:
        """The server that keys act on."""
        return 0 if self.prepared is None else min(self.lab.focus, len(self.prepared.setup.sides) - 1)

    @property
    def several(self) -> bool:
        """Whether servers stand side by side."""
        return len(self.lab.panes) > 1

    @property
    def slots(self) -> str:
        """``workers``, ``threads``: what a larger server has more of."""
        pool = None if self.prepared is None else main_pool(self.prepared.plans[self.side])
        return plural("process" if pool is None else pool.name)

    @property
    def proxied(self) -> bool:
        """Whether something stands in front of the server already."""
        return self.prepared is not None and bool(self.prepared.setup.sides[self.side].fronts)


def _always(_: _Here) -> bool:
    return True


def _changeable(here: _Here) -> bool:
    return here.prepared is not None


def _has(id: str) -> Callable[[_Here], bool]:
    return lambda here: here.prepared is not None and knob(here.prepared, here.side, id) is not None


def _in_browser(here: _Here) -> bool:
    return here.prepared is not None and ADDRESS in os.environ


def _mortal(here: _Here) -> bool:
    return here.prepared is not None and process_count(here.prepared.plans[here.side]) > 0


def _room_for_one(here: _Here) -> bool:
    return here.prepared is not None and len(here.prepared.setup.sides) < MOST_SIDES


def _open(here: _Here) -> bool:
    return here.prepared is not None and not isinstance(here.prepared.scenario.arrivals, Closed)


def _pausing(here: _Here) -> str:
    return tell("pause") if here.lab.playhead.playing else tell("play")


def _presenting(here: _Here) -> str:
    return tell("all again") if here.lab.presenting else tell("for a class")


def _fronted(here: _Here) -> str:
    name = fronts()[0].name
    return tell("take {name} away", name=name) if here.proxied else tell("put {name} in front", name=name)


def _beside(_: _Here) -> str:
    return tell("with, without {name}", name=fronts()[0].name)


def _rate(here: _Here) -> str:
    closed = here.prepared is not None and isinstance(here.prepared.scenario.arrivals, Closed)
    return tell("more, fewer clients") if closed else tell("more, fewer requests")


def _sized(here: _Here) -> str:
    return tell("more, fewer {names}", names=here.slots)


Words = str | Callable[[_Here], str]


@dataclass(frozen=True, slots=True)
class _Row:
    """How something is offered, and when."""

    ids: tuple[str, ...]
    short: Words
    words: Words
    group: str
    when: Callable[[_Here], bool] = _always


TABLE = (
    _Row(("play",), _pausing, _pausing, TIME),
    _Row(("jump",), later("next moment"), later("next moment"), TIME),
    _Row(("jump-back",), later("moment before"), later("moment before"), TIME),
    _Row(("step-back", "step"), later("step"), later("event by event"), TIME),
    _Row(("back", "forward"), later("1 s"), later("1 s back, on"), TIME),
    _Row(("slower", "faster"), later("speed"), later("slower, faster"), TIME),
    _Row(("start", "end"), later("start, end"), later("start, end"), TIME),
    _Row(("inspect",), later("one request"), later("one request"), LOOKING),
    _Row(("card",), later("verdict"), later("what came of it"), LOOKING),
    _Row(("charts",), later("charts"), later("charts"), LOOKING),
    _Row(("source",), later("code"), later("source code"), LOOKING),
    _Row(("present",), _presenting, _presenting, LOOKING),
    _Row(("next-pane",), later("server"), later("next server"), LOOKING, lambda here: here.several),
    _Row(("zoom-pane",), later("alone"), later("this one, or all"), LOOKING, lambda here: here.several),
    _Row(("select-up", "select-down"), later("lane"), later("choose a lane"), LOOKING),
    _Row(("finer", "coarser"), later("zoom"), later("closer, wider"), LOOKING),
    _Row(("more-load", "less-load"), later("rate"), _rate, LOAD, _has("rate")),
    _Row(("more-slow", "less-slow"), later("slow clients"), later("more, fewer slow"), LOAD, _has("slow")),
    _Row(("more-io", "less-io"), later("I/O"), later("more, less I/O"), LOAD, _has("io")),
    _Row(("more-cpu", "less-cpu"), later("CPU"), later("more, less CPU"), LOAD, _has("cpu")),
    _Row(("next-seed",), later("seed"), later("others of the kind"), LOAD, _changeable),
    _Row(("front",), lambda _: fronts()[0].name, _fronted, SERVER, _changeable),
    _Row(("front-beside",), _beside, _beside, SERVER, _changeable),
    _Row(("larger", "smaller"), lambda here: here.slots, _sized, SERVER, _has(SIZE)),
    _Row(("next-model", "previous-model"), later("model"), later("another server"), SERVER, _changeable),
    _Row(("compare",), later("compare"), later("one more beside it"), SERVER, _room_for_one),
    _Row(("fewer-panes",), later("one less"), later("one server less"), SERVER, lambda here: here.several),
    _Row(("panel",), later("knobs"), later("all knobs"), SERVER, _changeable),
    _Row(("kill",), later("kill"), later("kill a process"), MOMENT, _mortal),
    _Row(("burst",), later("burst"), later("a burst"), MOMENT, _open),
    _Row(("slow-io",), later("slow I/O"), later("slow I/O"), MOMENT, _has("io")),
    _Row(("shrink", "grow"), later("half, double"), later("half, double"), MOMENT, _changeable),
    _Row(("undo",), later("undo"), later("undo"), MOMENT, lambda here: here.lab.history.steps_back > 0),
    _Row(("redo",), later("redo"), later("do it again"), MOMENT, lambda here: here.lab.history.steps_forth > 0),
    _Row(("export",), later("export"), later("save it"), PROGRAM),
    _Row(("copy",), later("copy command"), later("copy the command"), PROGRAM, _changeable),
    _Row(("link",), later("copy link"), later("copy the link"), PROGRAM, _in_browser),
    _Row(("palette",), later("find"), later("find by words"), PROGRAM),
    _Row(("language",), later("language"), later("language"), PROGRAM),
    _Row(("theme", "glyphs"), later("look"), later("colours, glyphs"), PROGRAM),
    _Row(("help",), later("all keys"), later("glyphs and words"), PROGRAM),
    _Row(("quit",), later("quit"), later("quit"), PROGRAM),
)


def offers(lab: Lab) -> tuple[Offer, ...]:
    """Everything that does something now, in the order of the list."""
    here = _Here(lab, lab.history.wanted)
    return tuple(_offer(row, here) for row in TABLE if row.when(here))


def _offer(row: _Row, here: _Here) -> Offer:
    short, words = (translated(text) if isinstance(text, str) else text(here) for text in (row.short, row.words))
    return Offer(ids=row.ids, short=short, words=words, group=translated(row.group))
