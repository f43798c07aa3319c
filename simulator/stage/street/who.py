"""Who a request is: its kind, as a shape and a colour that it keeps from its client to the answer.

What to watch: a shape is a kind of client, or where all clients are alike a kind of request, from the least to the most
demanding. Its fill is the try: full the first time, with an eye in it when it was tried before, hollow and grey where
nobody waits for the answer any more.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.plan.words import Loss, lost_by
from simulator.stage.cache import kept
from simulator.stage.canvas.cells import Characters, cells_of
from simulator.stage.canvas.glyphs import Glyphs
from simulator.stage.canvas.grid import Styles
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import PAST, WHO, Style
from simulator.stage.snapshot import Snapshot
from simulator.trace.playback import Playback
from simulator.trace.table import Trace
from simulator.words.kinds import kind_name
from simulator.words.language import tell
from simulator.workload.table import Work

Rows = NDArray[np.int32]
NOBODY: Rows = np.empty(0, np.int32)
MOST = len(WHO)
"""Kinds that are told apart; all further ones share the last."""
FIRST, AGAIN, GONE = 0, 1, 2
"""What a mark is filled with."""
LEFT = lost_by(Loss.CLIENT_LEFT)


@dataclass(frozen=True, slots=True, eq=False)
class Who:
    """The kinds of a run."""

    names: tuple[str, ...]
    """At most ``MOST``; as the scenario calls them. The last one is the first of several where ``sharing`` is."""
    sharing: int
    """So many kinds have the last mark."""
    clients: bool
    """Whether kinds are kinds of clients; otherwise of requests."""
    kind: NDArray[np.uint8]
    """[rows] index into ``names``."""
    again: NDArray[np.bool_]
    """[rows] whether it was, or will be, tried more than once: a repeated SYN counts."""
    gone_s: NDArray[np.float64]
    """[rows] from when on nobody waits for it; inf: never."""

    def name(self, kind: int) -> str:
        """What a mark stands for, in the language of now."""
        if kind == len(self.names) - 1 and self.sharing > 1:
            return tell("{n} other kinds", n=self.sharing)
        return kind_name(self.names[kind])

    def fills(self, rows: Rows, t_s: float) -> NDArray[np.uint8]:
        """FIRST, AGAIN or GONE at a moment."""
        fills = self.again[rows].astype(np.uint8)
        fills[self.gone_s[rows] <= t_s] = GONE
        return fills

    def marks(self, rows: Rows, t_s: float, glyphs: Glyphs) -> tuple[Characters, Styles]:
        """The mark of each request at a moment, and its style."""
        kinds, fills = self.kind[rows], self.fills(rows, t_s)
        table = np.stack([cells_of(each) for each in (glyphs.who, glyphs.who_again, glyphs.who_gone)])
        styles = np.where(fills == GONE, np.uint8(Style.GONE), _BRIGHT[kinds])
        return table[fills, kinds], styles

    def past(self, rows: Rows, glyphs: Glyphs) -> tuple[Characters, Styles]:
        """The faint marks of where requests have been."""
        kinds = self.kind[rows]
        return cells_of(glyphs.who)[kinds], _PAST[kinds]


_BRIGHT = np.array(WHO, np.uint8)
_PAST = np.array(PAST, np.uint8)


def who(playback: Playback) -> Who:
    """Who is who in a run."""
    return kept(playback, "who", lambda: _who(playback.trace))


def _who(trace: Trace) -> Who:
    load = trace.workload
    if len(load.client_names) > 1:
        names, column, clients = load.client_names, load.client, True
        order = np.argsort(-np.minimum(load.up_rate, load.down_rate), kind="stable")  # the fastest line first
    else:
        names, column, clients = load.class_names, load.request_class, False
        order = np.argsort(_work_s(trace), kind="stable")
    number = np.empty(len(names), np.uint8)
    number[order] = np.minimum(np.arange(len(names)), MOST - 1)
    alone = not clients and len(names) == 1
    told = load.client_names if alone else tuple(names[i] for i in order[:MOST].tolist())
    left = np.isin(trace.outcome, LEFT)
    return Who(
        names=told,
        sharing=1 if alone else max(len(names) - MOST + 1, 1),
        clients=clients or alone,
        kind=number[column],
        again=(trace.attempt > 0) | (trace.syn_retries > 0),
        gone_s=np.where(left, trace.finished, np.inf),
    )


def _work_s(trace: Trace) -> NDArray[np.float64]:
    """[classes] seconds that a request of each class computes and waits for I/O, on average."""
    load, count = trace.workload, len(trace.workload.class_names)
    if count == 1:
        return np.zeros(1)
    work = np.where(load.phase_kinds[load.request_class] == Work.CRASH, 0.0, load.phases).sum(axis=1)
    number = np.maximum(np.bincount(load.request_class, minlength=count), 1)
    return np.asarray(np.bincount(load.request_class, weights=work, minlength=count) / number)


def mark_of(look: Look, snapshot: Snapshot, request: int) -> str:
    """The mark of one request, for words about it."""
    its, glyphs = who(snapshot.playback), look.glyphs
    gone = its.gone_s[request] <= snapshot.t_s
    marks = glyphs.who_gone if gone else glyphs.who_again if its.again[request] else glyphs.who
    return marks[its.kind[request]]
