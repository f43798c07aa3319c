"""What is told of one server at the end of its run, as rows: what happened, the figures that matter, what was tried.

What to watch: nothing here is worked out anew. The sentences are the diagnosis, the figures are those of the summary,
and what was tried comes from whoever tried it; so the card, the command line and the files cannot differ.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from simulator.plan.words import Outcome
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, clipped_lines, first_that_fits
from simulator.trace.figures import Summary
from simulator.words.language import Said, later, tell, translated
from simulator.words.numbers import count, percent, short_duration

MOST_SENTENCES = 3
FIGURE_WIDTH = 15
"""Cells of a figure that stands below its name."""
NAME_WIDTH, MOST_BAR = 22, 40
"""Cells of what was tried, and of the bar behind it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """A change that was simulated with the same requests, and what it gave."""

    name: Said | str
    """What was changed: ``12 workers``, ``coroutine``, ``nginx in front``; of the run itself ``as it was``."""
    seconds: float
    """The percentile that is compared; nan where nothing was completed."""
    lost: int = 0
    better: bool = False
    """Whether it helps; what does not is shown all the same."""
    sentence: Said | str = ""
    """The same in a sentence."""
    front: bool = False
    """Whether it is nginx in front and nothing else, which is one key away."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One server at the end of its run."""

    title: str
    """``prefork · 4 workers``."""
    summary: Summary
    letter: str = ""
    """Beside others."""
    tried: tuple[Tried, ...] = ()
    """The run itself first, then what was tried; empty as long as nothing was."""
    measure: Said | str = "p95"
    """The percentile that ``tried`` holds."""
    remark: Said | str = ""
    """A sentence about what was tried: that it is being tried, that nothing helps, that nothing was left to try."""


Row = tuple[tuple[int, str, Style], ...]
"""Texts, each with its column."""
BLANK: Row = ()


@dataclass(frozen=True, slots=True)
class Form:
    """How much room the card takes."""

    airy: bool
    """Whether there are blank lines and rules."""
    tall: bool
    """Whether figures stand below their names."""


def blocks_of(verdict: Verdict, width: int, form: Form, lines: int | None, look: Look) -> Iterator[list[Row]]:
    """Who it is (beside others), what happened, the figures, and what was tried."""
    if verdict.letter:
        yield [((0, clipped(f"{verdict.letter}  {verdict.title}", width, look), Style.ACCENT),)]
    yield list(_sentences(verdict, width, form, lines, look))
    yield list(_figures(verdict.summary, width, look, tall=form.tall))
    yield list(_trials(verdict, width, look))


def _sentences(verdict: Verdict, width: int, form: Form, lines: int | None, look: Look) -> Iterator[Row]:
    """The weightiest reason stands out."""
    style = Style.HEADING
    for number, sentence in enumerate(verdict.summary.diagnosis[:MOST_SENTENCES]):
        shown = clipped_lines(str(sentence), width, 99 if lines is None else lines, look)
        if number and shown and form.airy:
            yield BLANK
        yield from (((0, line, style),) for line in shown)
        style, lines = Style.TEXT, None if lines is None else lines - len(shown)


# The figures that matter.


def figures_of(summary: Summary) -> Iterator[tuple[str, str, Style]]:
    """Name, figure, and how it looks; of what is lost only what there was."""
    yield tell("arrived"), count(summary.offered), Style.TEXT
    yield tell("completed"), f"{count(summary.completed)} ({percent(_share(summary))})", Style.GOOD
    for words, number in summary.failed.items():
        yield translated(words), count(number), Style.BAD
    if summary.open:
        yield translated(Outcome.OPEN.words), count(summary.open), Style.WARN
    for name, seconds in (("p50", summary.latency.p50), ("p95", summary.latency.p95), ("p99", summary.latency.p99)):
        yield name, short_duration(seconds) if isfinite(seconds) else "-", Style.TEXT


def _share(summary: Summary) -> float:
    return summary.completed / summary.offered if summary.offered else 0.0


def _figures(summary: Summary, width: int, look: Look, *, tall: bool) -> Iterator[Row]:
    """Names above figures, as many beside one another as fit; or one after the other."""
    figures = [(name, look.spelled(figure), style) for name, figure, style in figures_of(summary)]
    if not tall:
        yield from flowing(figures, width)
        return
    each = max(FIGURE_WIDTH, *(max(cell_width(name), cell_width(figure)) + 2 for name, figure, _ in figures))
    beside = max((width + 2) // each, 1)
    beside = -(-len(figures) // -(-len(figures) // beside))  # rows of equal length
    for first in range(0, len(figures), beside):
        shown = list(enumerate(figures[first : first + beside]))
        yield tuple((at * each, name, Style.DIM) for at, (name, _, _) in shown)
        yield tuple(
            (at * each, figure, Style.HEADING if style is Style.TEXT else style) for at, (_, figure, style) in shown
        )


def flowing(figures: Sequence[tuple[str, str, Style]], width: int) -> Iterator[Row]:
    """Names and figures one after the other, in as many rows as they need."""
    row: list[tuple[int, str, Style]] = []
    col = 0
    for name, figure, style in figures:
        needed = cell_width(name) + 1 + cell_width(figure)
        if row and col + needed > width:
            yield tuple(row)
            row, col = [], 0
        row += [(col, name, Style.DIM), (col + cell_width(name) + 1, figure, style)]
        col += needed + 2
    yield tuple(row)


# What was tried. What to watch: it is simulated, and says so.

HEADINGS = (later("{measure} with the same requests (simulated)"), later("{measure}, simulated"))
"""From long to short."""


def _trials(verdict: Verdict, width: int, look: Look) -> Iterator[Row]:
    if verdict.tried:
        headings = [tell(heading, measure=verdict.measure) for heading in HEADINGS]
        heading = first_that_fits(headings, width) or headings[-1]
        yield ((0, clipped(heading, width, look), Style.ACCENT),)
        yield from _bars(verdict.tried, width, look)
    if remark := str(verdict.remark):
        yield from (((0, line, Style.DIM),) for line in clipped_lines(remark, width, 3, look))


def _bars(tried: Sequence[Tried], width: int, look: Look) -> Iterator[Row]:
    """A name, a bar in one scale, and the figure behind it."""
    names = min(max(cell_width(str(each.name)) for each in tried) + 2, max(NAME_WIDTH, width // 3))
    figures = [look.spelled(_figure(each)) for each in tried]
    room = min(width - names - max(map(cell_width, figures)) - 1, MOST_BAR)
    longest = max((each.seconds for each in tried if isfinite(each.seconds)), default=0.0)
    for number, (each, figure) in enumerate(zip(tried, figures, strict=True)):
        style = Style.BAD if not number else Style.GOOD if each.better else Style.DIM
        cells = max(round(each.seconds / longest * room), 1) if longest > 0.0 and isfinite(each.seconds) else 0
        bar = look.glyphs.track * (cells if room >= 4 else 0)
        after = names + (cell_width(bar) + 1 if bar else 0)
        words = clipped(figure, width - after, look)
        yield (
            (0, clipped(str(each.name), names - 2, look), Style.TEXT),
            (names, bar, style),
            (after, words, Style.HEADING),
        )


def _figure(tried: Tried) -> str:
    seconds = short_duration(tried.seconds) if isfinite(tried.seconds) else "-"
    return tell("{seconds}, {n} lost", seconds=seconds, n=count(tried.lost)) if tried.lost else seconds
