"""Runs in which requests travel, and who of them is where: for tests of all that is on the way."""

import dataclasses

from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.itinerary import Way, itinerary
from simulator.stage.street.journeys import GLANCE_S, Travellers, travellers
from simulator.stage.street.places import Street, street_of
from simulator.stage.street.street import put_street
from tests.stage.plays import Play, play, playback, scene

PHONES = play("prefork", "slow-clients", workers=4)
BEHIND_NGINX = play("prefork", "slow-clients", nginx=True, workers=4)
SPIKE = play("prefork", "spike", workers=4)
SMALL_BACKLOG = play("prefork", "spike", workers=4, backlog=50)
CRASH = play("prefork", "crash")
LOOP = play("coroutine", "mixed")
RUNS = (
    PHONES,
    BEHIND_NGINX,
    SPIKE,
    SMALL_BACKLOG,
    CRASH,
    LOOP,
    play("prefork", "mixed"),
    play("threaded", "mixed", processes=2, accept="eager"),
    play("coroutine", "crash"),
    play("coroutine", "slow-clients", nginx=True),
    play("prefork", "spike", nginx=True, workers=4),
)
SIZES = ((120, 22), (148, 29), (80, 12), (60, 17))


def snapshot(wanted: Play, t_s: float, speed: float = 1.0, followed: int | None = None) -> Snapshot:
    its = scene(wanted, t_s=t_s, speed=speed)
    views = tuple(dataclasses.replace(each, selected_request=followed) for each in its.views)
    return Snapshot(scene=dataclasses.replace(its, views=views), number=0)


def at(wanted: Play, t_s: float, size: tuple[int, int] = SIZES[0], speed: float = 1.0) -> Travellers:
    seen = snapshot(wanted, t_s, speed)
    return travellers(seen, street_of(seen, *size))


def on(way: Way, there: Travellers) -> list[int]:
    requests: list[int] = there.marks.request[there.marks.way == way].tolist()
    return requests


def drawn(
    wanted: Play, t_s: float, size: tuple[int, int] = SIZES[0], look: Look | None = None, followed: int | None = None
) -> Sheet:
    sheet = Sheet(*size, look or Look())
    put_street(sheet, snapshot(wanted, t_s, followed=followed))
    return sheet


def cells(there: Travellers) -> dict[tuple[int, int], tuple[int, int]]:
    """By request and way."""
    marks = there.marks
    rows, cols = marks.row.tolist(), marks.col.tolist()
    return dict(
        zip(zip(marks.request.tolist(), marks.way.tolist(), strict=True), zip(rows, cols, strict=True), strict=True)
    )


def first_of(way: Way, wanted: Play, after_s: float = 0.0) -> tuple[int, float]:
    """A request that is on a way for its whole length, and the moment that the way is about."""
    moments = next(each for each in itinerary(playback(wanted)).ways if each.way is way)
    i = int(moments.at_s.searchsorted(after_s))
    if moments.gap_s is not None:
        while moments.gap_s[i] < 4 * GLANCE_S:
            i += 1
    return int(moments.rows[i]), float(moments.at_s[i])


def without_travel(wanted: Play, t_s: float, size: tuple[int, int]) -> Sheet:
    sheet = Sheet(*size, Look())
    put_street(sheet, Snapshot(scene=scene(wanted, t_s=t_s, reduced_motion=True), number=0))
    return sheet


def street_at(wanted: Play, size: tuple[int, int] = SIZES[0]) -> Street:
    return street_of(snapshot(wanted, 0.0), *size)
