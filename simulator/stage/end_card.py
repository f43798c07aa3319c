"""The end card: what happened, over the dimmed stage, in the sentences and figures of the summary.

What to watch: nothing here is worked out anew. The sentences are the diagnosis, the figures are those of the summary,
and what was tried comes from whoever tried it; so the card, the command line and the files cannot differ.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import isfinite

from simulator.plan.words import Outcome
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.key_bar import KeyHint, draw_keys
from simulator.stage.canvas.layout import equal_parts
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Area, Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, clipped_lines
from simulator.trace.figures import Summary
from simulator.words.language import Said, later, tell, translated
from simulator.words.numbers import count, percent, short_duration

MOST_WIDTH, MARGIN = 100, 3
"""Cells of the card, and those of the stage that stay in sight beside it."""
LEAST_BESIDE = 30
"""Servers stand side by side where each has so many cells."""
MOST_SENTENCES = 3
LEAST_LINES = 3
"""For the sentences, where not all of them fit."""
FIGURE_WIDTH = 15
"""Of a figure that stands below its name."""
NAME_WIDTH = 22
MOST_BAR = 40


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
    measure: str = "p95"
    """The percentile that ``tried`` holds."""
    remark: Said | str = ""
    """A sentence about what was tried: that it is being tried, that nothing helps, that nothing was left to try."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EndCard:
    """What lies over the stage."""

    verdicts: tuple[Verdict, ...]
    """One for each server that is shown."""
    load: str = ""
    """The title of the load."""
    over: bool = True
    """Whether the run is at its end; else the card was opened before, and tells of the whole run all the same."""
    keys: tuple[KeyHint, ...] = ()
    """The one that would change most first."""


Row = tuple[tuple[int, str, Style], ...]
"""Texts, each with its column."""
BLANK: Row = ()
RULE = "rule"


@dataclass(frozen=True, slots=True)
class _Form:
    """How much room the card takes."""

    airy: bool
    """Whether there are blank lines and rules."""
    tall: bool
    """Whether figures stand below their names."""


FORMS = (_Form(True, True), _Form(False, True), _Form(False, False))
"""From the roomiest to the tightest."""


def put_end_card(sheet: Sheet, card: EndCard) -> None:
    """Dim what the sheet shows, and draw the card in the middle of it."""
    sheet.grid.restyle(0, 0, sheet.height, sheet.width, Style.FADED)
    sheet.offer(Area(0, 0, sheet.height, sheet.width), lambda _row, _col: card)  # what is behind cannot be clicked
    width = min(sheet.width - (2 * MARGIN if sheet.width >= 60 else 0), MOST_WIDTH)
    if width < 3 or sheet.height < 3:
        return
    room = sheet.height - (2 if sheet.height >= 16 else 0)
    rows, form = _best_rows(card, width - 4, room - 2 - bool(card.keys), sheet.look)
    height = min(len(rows) + 2 + (len(card.keys) > 0) * (1 + form.airy), sheet.height)
    top, left = (sheet.height - height) // 2, (sheet.width - width) // 2
    sheet.grid.fill(top, left - 1, height, width + 2, style=Style.TEXT)
    part = sheet.part(top, left, width, height)
    _put_frame(part, card)
    for number, row in enumerate(rows[: height - 2 - bool(card.keys)], 1):
        for col, text, style in row:
            if text == RULE:
                part.grid.fill(number, 2, 1, width - 4, sheet.look.glyphs.horizontal, style=Style.RULE)
            else:
                part.put(number, 2 + col, text, style)
    if card.keys:
        line = part.part(height - 2, 1, width - 2, 1)
        draw_keys(line, card.keys)
        part.paste(line)
    sheet.paste(part)


def _put_frame(part: Sheet, card: EndCard) -> None:
    glyphs, width, last = part.look.glyphs, part.width, part.height - 1
    inner = glyphs.horizontal * (width - 2)
    part.put(0, 0, f"{glyphs.corners[0]}{inner}{glyphs.corners[1]}", Style.ACCENT)
    part.put(last, 0, f"{glyphs.corners[2]}{inner}{glyphs.corners[3]}", Style.ACCENT)
    for col in (0, width - 1):
        part.grid.fill(1, col, last - 1, 1, glyphs.vertical, style=Style.ACCENT)
    title = tell("THE RUN IS OVER") if card.over else tell("THE WHOLE RUN")
    title = clipped(f" {title} ", width - 4, part.look)
    part.put(0, 2, title, Style.HEADING)
    about = [card.load, *([card.verdicts[0].title] if len(card.verdicts) == 1 else [])]
    words = f" {f' {glyphs.bullet} '.join(each for each in about if each)} "
    if words.strip() and cell_width(title) + cell_width(words) + 6 <= width:
        part.put_right(0, width - 2, words, Style.DIM)


def _best_rows(card: EndCard, width: int, height: int, look: Look) -> tuple[list[Row], _Form]:
    """In the roomiest form in which all sentences fit; in the tightest one they are cut."""
    for form in FORMS[:-1]:
        rows = list(_rows(card, width, form, None, look))
        if len(rows) + form.airy <= height:
            return rows, form
    form, beside = FORMS[-1], _beside(card, width)
    others = len(list(_rows(card, width, form, 0, look)))
    lines = (height - others) // (1 if beside else max(len(card.verdicts), 1))
    rows = list(_rows(card, width, form, max(lines, LEAST_LINES), look))
    if len(rows) > height and len(card.verdicts) > 1:
        rows = [row for verdict in card.verdicts for row in _brief(verdict, width, height // len(card.verdicts), look)]
    return rows[:height], form


def _brief(verdict: Verdict, width: int, height: int, look: Look) -> list[Row]:
    """So many rows about one of several servers: who it is, the weightiest reason, and what fits of its figures."""
    title, sentences, *_ = _blocks(verdict, width, FORMS[-1], max(height - 2, 0), look)
    _, *figures = ((name, look.spelled(figure), style) for name, figure, style in figures_of(verdict.summary))
    return [*title, *sentences, *list(_flowing(figures, width))[:1]][:height]


def _beside(card: EndCard, width: int) -> bool:
    return width >= LEAST_BESIDE * len(card.verdicts) + 3 * (len(card.verdicts) - 1)


def _rows(card: EndCard, width: int, form: _Form, lines: int | None, look: Look) -> Iterator[Row]:
    """All rows of the card; with at most so many lines for the sentences of each server, or all of them."""
    if form.airy:
        yield BLANK
    count_of = len(card.verdicts) if _beside(card, width) else 1
    widths = equal_parts(width - 3 * (count_of - 1), count_of)
    for first in range(0, len(card.verdicts), max(count_of, 1)):
        shown = card.verdicts[first : first + count_of]
        blocks = [list(_blocks(verdict, each, form, lines, look)) for verdict, each in zip(shown, widths, strict=True)]
        for number, parts in enumerate(zip(*blocks, strict=True)):
            if number and form.airy and any(parts):
                yield from (BLANK, ((0, RULE, Style.RULE),), BLANK) if number > 1 or count_of == 1 else (BLANK,)
            yield from _side_by_side(parts, widths)


def _side_by_side(parts: Sequence[Sequence[Row]], widths: Sequence[int]) -> Iterator[Row]:
    for rows in zip_longest(*parts, fillvalue=BLANK):
        col, row = 0, list[tuple[int, str, Style]]()
        for each, width in zip(rows, widths, strict=True):
            row += [(col + at, text, style) for at, text, style in each]
            col += width + 3
        yield tuple(row)


def _blocks(verdict: Verdict, width: int, form: _Form, lines: int | None, look: Look) -> Iterator[list[Row]]:
    """Who it is (beside others), what happened, the figures, and what was tried."""
    if verdict.letter:
        yield [((0, clipped(f"{verdict.letter}  {verdict.title}", width, look), Style.ACCENT),)]
    yield list(_sentences(verdict, width, form, lines, look))
    yield list(_figures(verdict.summary, width, look, tall=form.tall))
    yield list(_trials(verdict, width, look))


def _sentences(verdict: Verdict, width: int, form: _Form, lines: int | None, look: Look) -> Iterator[Row]:
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
        yield from _flowing(figures, width)
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


def _flowing(figures: Sequence[tuple[str, str, Style]], width: int) -> Iterator[Row]:
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
        headings = [translated(heading).format(measure=verdict.measure) for heading in HEADINGS]
        heading = next((each for each in headings if cell_width(each) <= width), headings[-1])
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
