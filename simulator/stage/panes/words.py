"""What the words on the screen mean: those of this server and this load, each in one sentence of the glossary."""

from collections.abc import Iterator

from simulator.plan.words import State
from simulator.stage.cache import kept, still
from simulator.stage.canvas.box import Box, put_box
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, clipped_lines, wrapped
from simulator.stage.panes.curve_plot import titled
from simulator.stage.panes.each_second import makes_for_nobody
from simulator.stage.panes.time_spent import main_use
from simulator.stage.snapshot import Snapshot
from simulator.trace.figures import lock_kind
from simulator.trace.playback.slot_uses import series_of
from simulator.words.glossary import Term, find
from simulator.words.language import later, translated

TITLE = later("words")
MOST_LABEL = 14
"""Cells of a word before its meaning."""
LINES, MOST_LINES = 3, 4
"""Of a meaning: those that are good, and those that are borne."""
ENDS = (". ", "。")


def put_words(sheet: Sheet, snapshot: Snapshot) -> None:
    """As many words as there is room for, those of the server first."""
    if sheet.width and sheet.height:
        still(sheet, snapshot.playback, "words", lambda part: _draw(part, terms_of(snapshot)))


def terms_of(snapshot: Snapshot) -> tuple[Term, ...]:
    """The words that one meets in this run; the same ones at all moments of it."""
    names = kept(snapshot.playback, "its words", lambda: tuple(dict.fromkeys(_names(snapshot))))
    found = (find(name) for name in names)
    return tuple(term for term in found if term is not None)


def _names(snapshot: Snapshot) -> Iterator[str]:
    there, use = snapshot.inventory, main_use(snapshot)
    yield from (loop.name for loop in there.loops)
    yield from (pool.name for pool in there.slots)
    if any(lock_kind(lock) == "gil" for lock in there.locks):
        yield "GIL"
    if there.backlogs:
        yield "backlog"
    if there.counted:
        yield from ("reverse proxy", "buffering")
    if use is not None and use.series in (series_of(use.name, State.UPLOAD), series_of(use.name, State.DOWNLOAD)):
        yield "slow client"
    if makes_for_nobody(snapshot.playback):
        yield "for nobody"
    yield from ("I/O", "p99", "core")


def _draw(sheet: Sheet, terms: tuple[Term, ...]) -> None:
    inside = put_box(sheet, Area(0, 0, sheet.height, sheet.width), Box(title=titled(translated(TITLE))))
    label = min(max((cell_width(term.word) for term in terms), default=0), MOST_LABEL)
    width = inside.width - 2 - label - 2
    row = inside.row
    for term in terms:
        lines = _lines(term, width, sheet.look) if width > 0 else []
        if row + len(lines) > inside.row + inside.height or not lines:
            return
        sheet.put(row, inside.col + 1, clipped(term.word, label, sheet.look), Style.PLACE)
        for line in lines:
            sheet.put(row, inside.col + 1 + label + 2, line, Style.DIM)
            row += 1


def _lines(term: Term, width: int, look: Look) -> list[str]:
    """The first sentence, or where that is too long what stands in it before a semicolon."""
    meaning = first_sentence(term.meaning)
    if len(wrapped(meaning, width)) > LINES:
        clause, stop, _ = meaning.replace("；", ";").partition(";")
        meaning = clause + meaning[-1] if stop else meaning
    return clipped_lines(meaning, width, MOST_LINES, look)


def first_sentence(meaning: str) -> str:
    """What a term means, without the rest that is said of it."""
    ends = [at + len(end.strip()) for end in ENDS if (at := meaning.find(end)) >= 0]
    return meaning[: min(ends)] if ends else meaning
