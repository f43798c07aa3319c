"""Three figures for an audience: how many wait, how soon half of them are answered, and how many are lost.

What to watch: they are drawn in letters that are three rows high, from half blocks, so that the last row of a lecture
room reads them; in ASCII they are bold words.
"""

from collections.abc import Iterator, Sequence

from simulator.plan.words import Outcome
from simulator.stage.canvas.box import Box, put_box
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.glyphs import UNICODE
from simulator.stage.canvas.sheet import Area, Sheet, equal_parts
from simulator.stage.canvas.style import Ground, Style
from simulator.stage.canvas.text import Piece, piece
from simulator.stage.panes.answer_after import answered_after
from simulator.stage.panes.time_window import queues
from simulator.stage.snapshot import Snapshot, count_now
from simulator.words.language import tell
from simulator.words.numbers import count, short_duration

LARGE = 3
"""Rows of a large figure."""
FONT = {
    "0": ("█▀█", "█ █", "▀▀▀"),
    "1": ("▀█ ", " █ ", "▀▀▀"),
    "2": ("▀▀█", "█▀▀", "▀▀▀"),
    "3": ("▀▀█", " ▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"),
    "5": ("█▀▀", "▀▀█", "▀▀▀"),
    "6": ("█▀▀", "█▀█", "▀▀▀"),
    "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"),
    "9": ("█▀█", "▀▀█", "▀▀▀"),
    ".": (" ", " ", "▀"),
    " ": (" ", " ", " "),
    "-": ("  ", "▀▀", "  "),
}
"""Three rows of half blocks; what is not here is written as it is, in the last row."""


def put_large_figures(sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
    """Three figures of the only server; of several side by side one each, below its street."""
    figures = list(_figures(snapshots[0])) if len(snapshots) == 1 else [_of_several(each) for each in snapshots]
    col = 0
    for width, (title, figure, style) in zip(equal_parts(sheet.width, len(figures)), figures, strict=True):
        box = Box(title=(title,), ground=Ground.PANE)
        inside = put_box(sheet, Area(0, col, sheet.height, width), box)
        _put_large(sheet, inside, figure, style)
        col += width


Figure = tuple[Piece, str, Style]
"""What it is, the figure, and how it is drawn."""


def _of_several(snapshot: Snapshot) -> Figure:
    half = short_duration(answered_after(snapshot, snapshot.playback, "p50_s"))
    title = piece((f"{snapshot.letter}  ", snapshot.spark), (tell("half are answered within"), Style.DIM))
    return title, half, snapshot.spark


def _figures(snapshot: Snapshot) -> Iterator[Figure]:
    playback = snapshot.playback
    waiting = count_now(snapshot, playback, queues(playback))
    lost = sum(number for outcome, number in snapshot.now.ended.items() if outcome is not Outcome.COMPLETED)
    half_s = answered_after(snapshot, playback, "p50_s")
    yield piece((tell("waiting"), Style.DIM)), count(waiting), Style.STRONG if waiting else Style.RELIEF
    yield piece((tell("half are answered within"), Style.DIM)), short_duration(half_s), Style.HALF
    yield piece((tell("lost so far"), Style.DIM)), count(lost), Style.BY_LOSS if lost else Style.DIM


def _put_large(sheet: Sheet, room: Area, figure: str, style: Style) -> None:
    """Large where there is room for it, else in one row."""
    figure = figure.replace("\u00a0", " ")
    rows = _large(figure)
    width = max(map(cell_width, rows))
    if room.height < LARGE or width + 2 > room.width or sheet.look.glyphs is not UNICODE:
        if room.height > 0:
            sheet.put(room.row + room.height // 2, room.col + 2, figure, style)
        return
    for row, text in enumerate(rows):
        sheet.put(room.row + (room.height - LARGE) // 2 + row, room.col + 2, text, style)


def _large(figure: str) -> tuple[str, str, str]:
    letters = [FONT.get(each, (" " * cell_width(each), " " * cell_width(each), each)) for each in figure]
    first, middle, last = (
        "".join(letter[row] + ("" if each not in FONT else " ") for each, letter in zip(figure, letters, strict=True))
        for row in range(LARGE)
    )
    return first, middle, last
