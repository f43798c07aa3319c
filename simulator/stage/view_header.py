"""The head of a view: which server it is, how long its clients waited so far, and what became of them.

And above all views a line about what they share.
"""

from collections.abc import Iterator

from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.layout import Claim, Section
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Words, clipped, fitting, flush_right, piece, put_line, put_pieces
from simulator.stage.fixed_width import clock, count_piece, fixed_duration, fixed_rate
from simulator.stage.ranks import Rank
from simulator.stage.scene import Scene
from simulator.stage.snapshot import Snapshot, percentile_so_far, recent_average
from simulator.words.language import later, tell, translated
from simulator.words.numbers import count, signed_percent

PERCENTILES = (("p50", "p50_s", 3), ("p95", "p95_s", 4), ("p99", "p99_s", 2))
"""What is shown, its series, and its rank in a narrow view."""
MEASURE = later("what the others are measured against")
DIFFERENCE_WIDTH = 7
TITLE_PART = 3
"""A title that is longer than this part of the line gives way to the name of the load."""
SPEED_WIDTH = 6
BULLET = "·"
"""Between knobs; not every terminal can show it."""


def header_sections(snapshot: Snapshot) -> Iterator[Section]:
    """The name with the percentiles, the counts, and beside other servers how the percentiles differ."""
    yield Section(claims=(Claim(Rank.NAME),), draw=lambda sheet: _draw_name(sheet, snapshot))
    yield Section(claims=(Claim(Rank.COUNTS),), draw=lambda sheet: _draw_counts(sheet, snapshot))
    if len(snapshot.scene.views) > 1:
        yield Section(claims=(Claim(Rank.DIFFERENCES),), draw=lambda sheet: _draw_differences(sheet, snapshot))


def _draw_name(sheet: Sheet, snapshot: Snapshot) -> None:
    view = snapshot.view
    focused = len(snapshot.scene.views) > 1 and snapshot.scene.focus == snapshot.number
    col = 1
    if snapshot.letter:
        col = sheet.put(0, 0, f" {snapshot.letter} ", Style.SELECTED if focused else snapshot.spark) + 1
    name = piece((view.title.upper(), Style.HEADING))
    note = (
        [piece((view.busy or view.note, Style.WARN if view.busy else Style.DIM), rank=1)]
        if view.busy or view.note
        else []
    )
    figures = [
        piece(
            (f"{words} ", Style.DIM),
            (fixed_duration(percentile_so_far(snapshot, series)), Style.TEXT),
            rank=rank,
        )
        for words, series, rank in PERCENTILES
    ]
    if not snapshot.letter:  # charts and summary leave the warm-up out
        figures.insert(0, piece((tell("so far"), Style.DIM), rank=5))
    kept = fitting([name, *note, *figures], sheet.width - col - 1)
    left = [each for each in kept if each not in figures]
    right = kept[len(left) :]
    put_pieces(sheet, 0, col, left)
    put_pieces(sheet, 0, sheet.width - 1 - sum(each.width + 2 for each in right) + 2, right)


def _draw_counts(sheet: Sheet, snapshot: Snapshot) -> None:
    now = snapshot.now
    pieces = [count_piece(tell("ok"), now.completed, Style.GOOD)]
    pieces += [
        count_piece(translated(words), sum(now.ended[o] for o in outcomes), Style.BAD, rank=1)
        for words, outcomes in snapshot.inventory.losses
    ]
    pieces.append(piece((tell("goodput") + " ", Style.DIM), (fixed_rate(now.goodput_rps), Style.TEXT), rank=2))
    in_flight = count_piece(tell("in flight"), len(now.present), Style.TEXT)
    pieces.append(piece((tell("now"), Style.ACCENT), ("  ", Style.TEXT), *in_flight.words, rank=4))
    pieces.append(count_piece(tell("for nobody"), len(now.for_nobody), Style.WARN, rank=5))
    if snapshot.view.knobs:
        pieces.append(piece((snapshot.view.knobs.replace(BULLET, sheet.look.glyphs.bullet), Style.DIM), rank=6))
    put_line(sheet, 0, pieces)


def _draw_differences(sheet: Sheet, snapshot: Snapshot) -> None:
    """How much longer or shorter requests take than under the first server."""
    if not snapshot.number:
        sheet.put(0, 1, clipped(translated(MEASURE), sheet.width - 2, sheet.look), Style.DIM)
        return
    pieces = [piece((tell("against A"), Style.DIM))]
    pieces += [
        piece((f"{words} ", Style.DIM), _difference(snapshot, series), rank=rank) for words, series, rank in PERCENTILES
    ]
    put_line(sheet, 0, pieces)


def _difference(snapshot: Snapshot, series: str) -> Words:
    mine, other = percentile_so_far(snapshot, series), percentile_so_far(snapshot, series, 0)
    if not (mine == mine and other == other and other > 0.0):
        return "-".rjust(DIFFERENCE_WIDTH), Style.DIM
    change = mine / other - 1.0
    if abs(change) < 0.005:
        return "0 %".rjust(DIFFERENCE_WIDTH), Style.DIM
    text = signed_percent(change) if abs(change) < 9.995 else tell("{n} fold", n=count(mine / other))
    style = Style.GOOD if change < 0 else Style.BAD
    return flush_right(text, DIFFERENCE_WIDTH), style


# The line at the top of the frame: under which load, at which moment, how fast, and what has been turned.


def top_section(scene: Scene, snapshots: list[Snapshot]) -> Section:
    """One row."""
    return Section(claims=(Claim(Rank.TOP),), draw=lambda sheet: _draw_top(sheet, scene, snapshots))


def _draw_top(sheet: Sheet, scene: Scene, snapshots: list[Snapshot]) -> None:
    glyphs = sheet.look.glyphs
    sheet.grid.fill(0, 0, 1, sheet.width, style=Style.TITLE)
    speed = f"{glyphs.times}{scene.speed:g}".ljust(SPEED_WIDTH)
    state = f"{glyphs.play if scene.playing else glyphs.pause} {speed}"
    time = clock(scene.now_s).rjust(len(clock(scene.end_s)))
    names = " / ".join(view.title for view in scene.views)
    short = cell_width(scene.title) <= sheet.width // TITLE_PART
    title = scene.title if scene.title and short else scene.load
    words = [(title, 2), (names, 4), (state, 1), (time, 0)]
    if snapshots and snapshots[0].t_s > 0.0:
        rate = fixed_rate(recent_average(snapshots[0], "arrivals_rps"))
        words.append((tell("arrivals {rate}", rate=rate), 3))
    words.append((scene.knobs.replace(BULLET, glyphs.bullet), 5))
    put_line(sheet, 0, [piece((text, Style.TITLE), rank=rank) for text, rank in words if text], gap=3)
