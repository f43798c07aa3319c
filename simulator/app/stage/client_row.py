"""The clients that the server does not have yet, or has no more: who connects, answers on their way, what is lost."""

import numpy as np

from simulator.app.stage.crowd import NOBODY, Kind, put_crowd
from simulator.app.stage.figures import count_behind
from simulator.app.stage.layout import Claim, Rank, Section
from simulator.app.stage.pieces import fitting, piece, put_pieces
from simulator.app.stage.sheet import Area, Sheet
from simulator.app.stage.sight import Sight
from simulator.app.stage.style import Style
from simulator.plan.words import Outcome
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
    died = sight.playback.trace.outcome[delivery] == Outcome.CRASHED
    kinds = [Kind(Style.DELIVERY, delivery[~died]), Kind(Style.WAITING, connecting), Kind(Style.DROPPED, retrying)]
    names = ["answer on its way", "connecting", "trying again"]
    if sight.fittings.kills:  # its client will hear of it: the connection is reset
        kinds, names = [Kind(Style.CRASHED, delivery[died]), *kinds], ["crashed", *names]
    col = max(sheet.put(0, 1, "clients", Style.DIM) + 1, sight.fittings.label_width + 2)
    pieces = [
        piece(
            (sheet.look.glyph(kind.style), kind.style),
            (f" {words}", Style.DIM),
            (count_behind(len(kind), 4), Style.TEXT),
        )
        for kind, words in zip(kinds, names, strict=True)
    ]
    pieces = fitting(pieces, sheet.width - col - LEAST_CROWD)
    words = sum(each.width + 2 for each in pieces)
    width = max(sheet.width - col - words - 1, 1)
    put_crowd(sheet, Area(0, col, 1, width), kinds, sight.number)
    put_pieces(sheet, 0, col + width + 2, pieces)
