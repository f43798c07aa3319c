"""What a tape can be read by: the axis below it, and the legend of what workers do, for the border of the street.

What to watch: the legend names only what workers do in this run at any time, so it does not change while it plays.
"""

import numpy as np

from simulator.stage.cache import kept
from simulator.stage.canvas.cells import cell_width
from simulator.stage.canvas.glyphs import Glyphs
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import Style
from simulator.stage.canvas.text import Piece, centred, clipped, piece
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.baton import shows_hands
from simulator.stage.street.doing import DOING, mark
from simulator.stage.street.places import Street
from simulator.stage.street.turn_words import lock_words
from simulator.trace.playback import Activity, Playback
from simulator.words.language import tell, translated
from simulator.words.numbers import exact_duration

LEGEND = (
    Activity.UPLOAD,
    Activity.COMPUTING,
    Activity.IO,
    Activity.DOWNLOAD,
    Activity.CLOSING,
    Activity.GIL,
    Activity.GIL_OR_CORE,
    Activity.BLOCKS,
    Activity.PROCESSOR,
    Activity.LOOP,
    Activity.CORE,
    Activity.THROTTLED,
    Activity.CONNECTING,
    Activity.QUEUED,
    Activity.DROPPED,
    Activity.CRASHED,
    Activity.DOWN,
    Activity.IDLE,
)
"""In the order of a request's life; what serves nobody comes last."""
ALWAYS = (Activity.COMPUTING, Activity.IDLE)
HANDS_RANK = 3
"""Behind computing and the two that come first in the life of a request."""
LEAST_SHARE = 1e-4
"""Of all the time of all lanes: what is rarer is not explained."""


def put_axis(sheet: Sheet, snapshot: Snapshot, street: Street) -> None:
    """What a column stands for, how far the tapes go back, and that they end now."""
    if street.axis_row < 0 or not street.lanes:
        return
    glyphs = sheet.look.glyphs
    ago = tell("{span} ago", span=exact_duration(round(street.columns * snapshot.column_s, 6)))
    left, right = f"{glyphs.corners[2]} {ago}", f"{tell('now')} {glyphs.corners[3]}"
    middle = tell("1 column = {span}", span=exact_duration(snapshot.column_s))
    room = street.columns - cell_width(left) - cell_width(right)
    if room < 1:
        sheet.put(street.axis_row, street.tape_col, clipped(middle, street.columns, sheet.look), Style.FAINT)
        return
    words = centred(middle, room) if cell_width(middle) + 2 <= room else " " * room
    sheet.put(street.axis_row, street.tape_col, left + words + right, Style.FAINT)


def legend(snapshot: Snapshot, glyphs: Glyphs) -> tuple[Piece, ...]:
    """What the marks on tapes mean, for the border of the street; what matters least is left out first."""
    told, pieces = set(), []
    of_lock = lock_words(snapshot)
    for rank, activity in enumerate(each for each in LEGEND if each in occurring(snapshot)):
        doing, glyph = DOING[activity], mark(activity, glyphs)
        word = of_lock.get(activity) or translated(doing.word)
        if (glyph, word) not in told:
            told.add((glyph, word))
            most = activity is Activity.COMPUTING
            pieces.append(piece((glyph, doing.desk), (f" {word}", Style.DIM), rank=0 if most else rank + 1))
    if shows_hands(snapshot):
        hands = piece((glyphs.handed_over, Style.BATON), (f" {tell('it changes hands')}", Style.DIM), rank=HANDS_RANK)
        pieces.insert(1, hands)
    return tuple(pieces)


def occurring(snapshot: Snapshot) -> frozenset[Activity]:
    """What lanes do in this run at any time."""
    groups = [group.name for group in snapshot.inventory.lane_groups]
    playback = snapshot.playback

    def worked_out() -> frozenset[Activity]:
        always = (*ALWAYS, Activity.CRASHED) if snapshot.inventory.kills else ALWAYS
        return frozenset(always).union(*(_occurring(playback, name) for name in groups))

    return kept(playback, ("what lanes do", tuple(groups)), worked_out)


def _occurring(playback: Playback, name: str) -> frozenset[Activity]:
    parts = playback.spent(name)
    return frozenset(Activity(each) for each in np.flatnonzero(parts >= LEAST_SHARE).tolist())
