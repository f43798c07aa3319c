"""Help: the keys that work here, every glyph in words, and how to read a lane."""

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import clipped, put_title, wrapped
from simulator.stage.states import MEANINGS
from simulator.words.glossary import terms
from simulator.words.language import later, tell, tell_many, translated

TWO_COLUMNS = 100
LANES = (
    later("A lane is one worker, thread or event loop. Time runs to the right: the last column is now."),
    later(
        "The glyph is what the request in that slot did. A worker that waits for its client is held, but does no work."
    ),
    later("A column shows what took most of its time. A loss or a crash shows however short it was."),
    later(
        "The lane of a GIL or an event loop says how much of a column it was taken: by the height of a bar, or in "
        "tenths."
    ),
    later("Requests that hold nothing stand in queues. What the lanes do is what a queue waits for."),
    later(
        "In a queue every mark is one request. Where there is no more room, marks stand for ten, then for a hundred; "
        "what each is worth is written beside it."
    ),
    later("For nobody: the server still works on a request whose client has gone."),
)
"""How to read a lane, one thing at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyGroup:
    """Keys that belong together."""

    title: str
    """Where they work: ``everywhere``, ``lab``, ``time bar``."""
    keys: tuple[tuple[str, str], ...]
    """What is pressed, and what it does, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """What the screen shows."""

    about: str
    """What the help is for: the name of the screen or widget that was focused."""
    groups: tuple[KeyGroup, ...]
    """What works there first."""
    first: int = 0
    """Lines scrolled past."""


Line = tuple[tuple[str, Style], ...]
"""Pieces of one style each."""
BLANK: Line = ()


def help_screen(state: Help, size: Size, look: Look) -> CellGrid:
    """The screen."""
    grid = CellGrid(*size)
    if not grid.height or not grid.width:
        return grid
    put_title(grid, look, tell("help  {screen}", screen=state.about), _position(state, size, look))
    for col, lines in _columns(state, size, look):
        for row, line in enumerate(lines[max(state.first, 0) : max(state.first, 0) + grid.height - 1], 1):
            at = col
            for text, style in line:
                at = grid.put(row, at, text, style)
    return grid


def help_height(state: Help, size: Size) -> int:
    """Lines of the whole help at this size, to scroll in."""
    return max((len(lines) for _, lines in _columns(state, size, Look())), default=0)


def _position(state: Help, size: Size, look: Look) -> str:
    rest = help_height(state, size) - max(state.first, 0) - (size.height - 1)
    words = tell_many("{n} more line", "{n} more lines", rest, n=rest)
    return f"{look.glyphs.down} {words}" if rest > 0 else ""


def _columns(state: Help, size: Size, look: Look) -> list[tuple[int, list[Line]]]:
    """Where each column begins, and its lines: keys left, words right; all in one where it is narrow."""
    if size.width < TWO_COLUMNS:
        width = size.width - 2
        return [(1, [*_keys(state, width, look), *_legend(width, look), *_lanes(width, look), *_words(width, look)])]
    left = size.width // 2 - 2
    right = size.width - left - 4
    return [
        (1, list(_keys(state, left, look))),
        (left + 3, [*_legend(right, look), *_lanes(right, look), *_words(right, look)]),
    ]


def _keys(state: Help, width: int, look: Look) -> Iterator[Line]:
    pressed = max((cell_width(key) for group in state.groups for key, _ in group.keys), default=0)
    pressed = min(pressed, max(width // 3, 1))
    for group in state.groups:
        yield BLANK
        yield ((clipped(group.title, width, look), Style.HEADING),)
        for key, does in group.keys:
            name = clipped(key, pressed, look)
            gap = " " * (pressed - cell_width(name) + 2)
            first, *rest = wrapped(does, max(width - pressed - 2, 1)) or [""]
            yield ((name, Style.KEY), (gap, Style.TEXT), (first, Style.TEXT))
            yield from (((" " * (pressed + 2) + more, Style.TEXT),) for more in rest)


def _legend(width: int, look: Look) -> Iterator[Line]:
    yield BLANK
    yield ((tell("what the glyphs mean"), Style.HEADING),)
    for style, meaning in MEANINGS.items():
        first, *rest = wrapped(translated(meaning), max(width - 3, 1)) or [""]
        yield ((look.glyph(style), style), ("  ", Style.TEXT), (first, Style.TEXT))
        yield from ((("   " + more, Style.TEXT),) for more in rest)


def _lanes(width: int, look: Look) -> Iterator[Line]:
    yield BLANK
    yield ((tell("how to read a lane"), Style.HEADING),)
    for thing in LANES:
        first, *rest = wrapped(translated(thing), max(width - 3, 1)) or [""]
        yield ((f"{look.glyphs.bullet}  {first}", Style.TEXT),)
        yield from (((f"   {more}", Style.TEXT),) for more in rest)


def _words(width: int, look: Look) -> Iterator[Line]:
    """The glossary: what the words of the field mean."""
    yield BLANK
    yield ((tell("words"), Style.HEADING),)
    for term in terms():
        yield from (((line, Style.KEY),) for line in wrapped(look.spelled(term.word), max(width, 1)))
        yield from (((f"   {line}", Style.TEXT),) for line in wrapped(look.spelled(term.meaning), max(width - 3, 1)))
