"""How rows are shared out: every section of a frame claims some, and those that matter most are served first.

What to watch: claims depend on the plans and on the size of the frame, never on the moment that is shown. So nothing
jumps while the run goes on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

from simulator.stage.canvas.sheet import Sheet

KEPT = 64
"""Layouts that are remembered: the same sections share out the same rows in every frame."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Rows that a section would like to have; it makes do with fewer."""

    rank: int
    """The lower, the more it matters: those claims are met first."""
    rows: int = 1
    whole: bool = False
    """Whether all claims of this rank are met or none: curves of different heights would look like different things."""


def _nothing(_sheet: Sheet) -> None:
    """Leaves blank rows."""


Granted = Mapping[int, int]
"""How many rows there are for each rank."""
Withheld = frozenset[int]
"""Ranks of which no row is to be given, though there may be room: there was not enough for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Some rows of the frame, over its full width."""

    claims: tuple[Claim, ...]
    draw: Callable[[Sheet], None] = _nothing
    """Draws on a sheet with as many rows as were granted; not called where there is none."""
    stretches: bool = False
    """Takes what nobody claims."""
    divide: Callable[[Sheet, Withheld], None] | None = None
    """Draws instead, where the rows are shared out once more: without the ranks that are left out everywhere."""


def heights(sections: Sequence[Section], height: int, granted: Granted | None = None) -> list[int]:
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
    granted: tuple[tuple[int, int], ...],
) -> tuple[int, ...]:
    rows = [0] * len(claims)
    left, limits = height, dict(granted)
    wanted: dict[int, list[int]] = {}
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


def equal_parts(total: int, count: int) -> list[int]:
    """Rows for each of ``count`` parts; the first ones take what is left over."""
    return [total // count + (index < total % count) for index in range(count)]


def together(columns: Sequence[Sequence[Section]]) -> tuple[Claim, ...]:
    """The claims of columns that stand side by side: of each rank what the fullest column needs more than before."""
    return _together(claims_of(columns))


def claims_of(columns: Sequence[Sequence[Section]]) -> tuple[tuple[Claim, ...], ...]:
    """All claims of each column."""
    return tuple(tuple(claim for section in sections for claim in section.claims) for sections in columns)


@lru_cache(KEPT)
def _together(columns: tuple[tuple[Claim, ...], ...]) -> tuple[Claim, ...]:
    demands = [_by_rank(claims) for claims in columns]
    needed, claims = [0] * len(columns), []
    for rank in sorted(set(chain.from_iterable(demands))):
        before = max(needed)
        for i, demand in enumerate(demands):
            needed[i] += demand[rank].rows if rank in demand else 0
        whole = any(demand[rank].whole for demand in demands if rank in demand)
        claims.append(Claim(rank, max(needed) - before, whole))
    return tuple(claims)


def granted_to(claims: tuple[Claim, ...], height: int) -> Granted:
    """How many rows of each rank fit, the first rank first."""
    return granted_beside((claims,), height)[0]


@lru_cache(KEPT)
def granted_beside(
    columns: tuple[tuple[Claim, ...], ...], height: int, withheld: Withheld = frozenset()
) -> tuple[Granted, ...]:
    """How many rows of each rank fit into each of some columns side by side, the first rank first.

    What all columns have alike is granted to all alike, so that they stay aligned. What one has more of than others
    (lanes, a proxy) finds its room in that column, and takes none from the others.
    """
    demands = [_by_rank(claims) for claims in columns]
    left = [height] * len(columns)
    granted: tuple[dict[int, int], ...] = tuple({} for _ in columns)
    for rank in sorted(set(chain.from_iterable(demands)) - withheld):
        wanted = [demand.get(rank, Claim(rank, 0)) for demand in demands]
        fitting = [_fitting(claim, room) for claim, room in zip(wanted, left, strict=True)]
        if len({claim.rows for claim in wanted}) == 1:
            fitting = [min(fitting)] * len(fitting)
        for i, rows in enumerate(fitting):
            granted[i][rank] = rows
            left[i] -= rows
    return granted


def _fitting(claim: Claim, room: int) -> int:
    return min(claim.rows, room) if claim.rows <= room or not claim.whole else 0


def _by_rank(claims: Iterable[Claim]) -> dict[int, Claim]:
    rows: dict[int, int] = {}
    whole: set[int] = set()
    for claim in claims:
        rows[claim.rank] = rows.get(claim.rank, 0) + claim.rows
        if claim.whole:
            whole.add(claim.rank)
    return {rank: Claim(rank, number, rank in whole) for rank, number in rows.items()}


def stack(sheet: Sheet, sections: Sequence[Section], granted: Granted | None = None) -> None:
    """Draw sections from top to bottom."""
    claims = tuple(claim for section in sections for claim in section.claims)
    if granted is None:
        granted = granted_to(claims, sheet.height)
    whole = (claim for claim in _by_rank(claims).values() if claim.whole and claim.rows)
    withheld = frozenset(claim.rank for claim in whole if not granted.get(claim.rank))
    row = 0
    for section, rows in zip(sections, heights(sections, sheet.height, granted), strict=True):
        if rows:
            part = sheet.part(row, 0, sheet.width, rows)
            if section.divide is not None:
                section.divide(part, withheld)
            else:
                section.draw(part)
            sheet.paste(part)
        row += rows
