"""How much detail a street shows: painting costs by the piece of one look, and a terminal takes only so many in time.

What to watch: what is left out depends on the run and the room, never on the moment, or it would come and go. First the
queue gets its share, then the tapes get what is left.
"""

import numpy as np

from simulator.stage.cache import kept
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.one_scale import cells_for, longest
from simulator.stage.street.places import Street
from simulator.stage.street.who import who

MOST_IN_QUEUES, MOST_ON_TAPES, MOST_OF_BOTH = 400, 850, 1100
"""Pieces of all servers in sight together. The rest of the largest frames has about four hundred."""
BESIDE = 5
"""Pieces beside each tape: its label and its desk."""
ALONE = 0.8
"""Those who have left stand together more often than chance would have it."""


def coloured_pieces(snapshot: Snapshot, street: Street) -> int:
    """About how many pieces the queue has when it is longest, with all kinds in their colours; 0: they have none.

    Neighbours in a row came some time after each other: whether they differ is about what it is for any two.
    """
    cells, most = cells_for(snapshot, street), MOST_IN_QUEUES // len(snapshot.scene.shown)

    def worked_out() -> int:
        its = who(snapshot.playback)
        looks = its.kind.astype(np.intp) * 2 + np.isfinite(its.gone_s)
        shares = np.bincount(looks) / max(len(looks), 1)
        differ = ALONE * (1.0 - float((shares**2).sum()))
        pieces = round(cells * differ)
        pieces = pieces if pieces <= most else round(min(cells, longest(snapshot.playback)) * differ)
        return max(pieces, 1) if pieces <= most else 0

    return kept(snapshot.playback, ("colours of the queue", cells, most), worked_out)


def most_on_tapes(snapshot: Snapshot, street: Street, lanes: int) -> int:
    """Pieces that so many tapes may have."""
    servers = len(snapshot.scene.shown)
    both = MOST_OF_BOTH // servers - coloured_pieces(snapshot, street)
    return min(MOST_ON_TAPES // servers, both) - BESIDE * lanes
