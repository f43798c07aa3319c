"""The clients that the server does not have yet, or has no more: those who connect, and answers on their way."""

import numpy as np

from simulator.app.stage.crowd import NOBODY, Kind, put_crowd
from simulator.app.stage.figures import fixed_count
from simulator.app.stage.layout import Claim, Rank, Section
from simulator.app.stage.pieces import fitting, piece, put_pieces
from simulator.app.stage.sheet import Area, Sheet
from simulator.app.stage.sight import Sight
from simulator.app.stage.style import Style
from simulator.trace.playback import Activity

LEAST_CROWD = 8


def client_section(sight: Sight) -> Section:
    """One row."""
    return Section(claims=(Claim(Rank.CLIENTS),), draw=lambda sheet: _draw(sheet, sight))


def _draw(sheet: Sheet, sight: Sight) -> None:
    present = sight.now.present
    backlogs = sight.now.backlogs
    retrying = backlogs[0].retrying.request if backlogs else NOBODY
    connecting = present.doing(Activity.CONNECTING).request
    connecting = connecting[~np.isin(connecting, retrying)]
    delivery = present.doing(Activity.DELIVERY).request
    kinds = [Kind(Style.DELIVERY, delivery), Kind(Style.WAITING, connecting), Kind(Style.DROPPED, retrying)]
    col = max(sheet.put(0, 1, "clients", Style.DIM) + 1, sight.fittings.label_width + 2)
    pieces = [
        piece(
            (f"{sheet.look.glyph(kind.style)} ", kind.style),
            (words, Style.DIM),
            (fixed_count(len(kind), 4), Style.TEXT),
        )
        for kind, words in zip(kinds, ("answer on its way", "connecting", "trying again"), strict=True)
    ]
    pieces = fitting(pieces, sheet.width - col - LEAST_CROWD)
    words = sum(each.width + 2 for each in pieces)
    width = max(sheet.width - col - words - 1, 1)
    put_crowd(sheet, Area(0, col, 1, width), kinds, sight.number)
    put_pieces(sheet, 0, col + width + 2, pieces)
