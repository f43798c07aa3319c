"""How rows are shared out: every section of a frame claims some, and those that matter most are served first.

What to watch: claims depend on the plans and on the size of the frame, never on the moment that is shown. So nothing
jumps while the run goes on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, auto
from functools import lru_cache
from itertools import chain, islice

from simulator.app.stage.sheet import Sheet

KEPT = 64
"""Layouts that are remembered: the same sections share out the same rows in every frame."""


class Rank(IntEnum):
    """What gets its rows first; in a small frame, what stands further down is missing."""

    LANES_FIRST = auto()
    NAME = auto()
    WHY_FIRST = auto()
    QUEUE = auto()
    LANES_FEW = auto()
    PARKED = auto()
    TOP = auto()
    KEYS = auto()
    TIME = auto()
    METER = auto()
    PROXY = auto()
    PARKED_CROWD = auto()
    WHY_SECOND = auto()
    LANES_SOME = auto()
    COUNTS = auto()
    QUEUES = auto()
    DIFFERENCES = auto()
    BRACKET = auto()
    SPARKS_FIRST = auto()
    SPARKS = auto()
    LEGEND = auto()
    AXIS = auto()
    LOG_FIRST = auto()
    RULE = auto()
    LANES_MOST = auto()
    CLIENTS = auto()
    MARKS = auto()
    WHY_THIRD = auto()
    LOG_MORE = auto()
    SPACE = auto()
    LANES_ALL = auto()
    SPARKS_TALL = auto()
    SPARKS_TALLER = auto()
    PARKED_TALL = auto()
    LOG_MOST = auto()
    SPARKS_HIGH = auto()
    SPARKS_HIGHER = auto()
    SPARKS_HIGHEST = auto()


@dataclass(frozen=True, slots=True)
class Claim:
    """Rows that a section would like to have; it makes do with fewer."""

    rank: Rank
    rows: int = 1
    whole: bool = False
    """Whether all claims of this rank are met or none: curves of different heights would look like different things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Some rows of the frame, over its full width."""

    claims: tuple[Claim, ...]
    draw: Callable[[Sheet], None]
    """Draws on a sheet with as many rows as were granted; not called where there is none."""
    stretches: bool = False
    """Takes what nobody claims."""


def heights(sections: Sequence[Section], height: int, granted: Mapping[Rank, int] | None = None) -> list[int]:
    """Rows for each section, in sum at most ``height``; and of each rank at most as many as were ``granted``."""
    claims = tuple(section.claims for section in sections)
    if granted is None:
        granted = granted_to(tuple(chain.from_iterable(claims)), height)
    stretching = tuple(i for i, section in enumerate(sections) if section.stretches)
    return list(_heights(claims, stretching, height, tuple(granted.items())))


@lru_cache(KEPT)
def _heights(
    claims: tuple[tuple[Claim, ...], ...],
    stretching: tuple[int, ...],
    height: int,
    granted: tuple[tuple[Rank, int], ...],
) -> tuple[int, ...]:
    rows = [0] * len(claims)
    left, limits = height, dict(granted)
    wanted: dict[Rank, list[int]] = {}
    for i, section in enumerate(claims):
        for claim in section:
            wanted.setdefault(claim.rank, [0] * len(claims))[i] += claim.rows
    for rank in sorted(wanted):
        for i in _in_turn(wanted[rank], min(left, limits.get(rank, 0))):
            rows[i] += 1
            left -= 1
    for place, i in enumerate(stretching):
        share = left // (len(stretching) - place)
        rows[i] += share
        left -= share
    return tuple(rows)


def _in_turn(wanted: Sequence[int], limit: int) -> Iterator[int]:
    """Whose turn it is: one row each, then a second one each ... until all have enough or the limit is reached."""
    turns = (i for turn in range(max(wanted, default=0)) for i, rows in enumerate(wanted) if turn < rows)
    return islice(turns, limit)


def together(columns: Sequence[Sequence[Section]]) -> tuple[Claim, ...]:
    """The claims of columns that stand side by side: in each rank those of the most demanding."""
    return _together(tuple(tuple(claim for section in sections for claim in section.claims) for sections in columns))


@lru_cache(KEPT)
def _together(columns: tuple[tuple[Claim, ...], ...]) -> tuple[Claim, ...]:
    demands = [_by_rank(claims) for claims in columns]
    most: dict[Rank, Claim] = {}
    for claim in (claim for demand in demands for claim in demand.values()):
        if claim.rank not in most or claim.rows > most[claim.rank].rows:
            most[claim.rank] = claim
    return tuple(most.values())


@lru_cache(KEPT)
def granted_to(claims: tuple[Claim, ...], height: int) -> Mapping[Rank, int]:
    """How many rows of each rank fit, the first rank first.

    Columns side by side share this, so that they leave out the same and stay aligned.
    """
    granted = {}
    for rank, claim in sorted(_by_rank(claims).items()):
        fits = claim.rows <= height or not claim.whole
        granted[rank] = min(claim.rows, height) if fits else 0
        height -= granted[rank]
    return granted


def _by_rank(claims: Iterable[Claim]) -> dict[Rank, Claim]:
    rows: dict[Rank, int] = {}
    whole: set[Rank] = set()
    for claim in claims:
        rows[claim.rank] = rows.get(claim.rank, 0) + claim.rows
        if claim.whole:
            whole.add(claim.rank)
    return {rank: Claim(rank, number, rank in whole) for rank, number in rows.items()}


def stack(sheet: Sheet, sections: Sequence[Section], granted: Mapping[Rank, int] | None = None) -> None:
    """Draw sections from top to bottom."""
    row = 0
    for section, rows in zip(sections, heights(sections, sheet.height, granted), strict=True):
        if rows:
            part = sheet.part(row, 0, sheet.width, rows)
            section.draw(part)
            sheet.paste(part)
        row += rows
