"""What a place says of itself, for every kind of step, and that what all places of a walk say fits together."""

from collections.abc import Iterator
from dataclasses import fields
from itertools import accumulate
from math import inf

import pytest

from simulator.plan import (
    Accept,
    AcceptEagerly,
    Allocate,
    Backlog,
    Bucket,
    Choose,
    Compute,
    Connect,
    Crash,
    Die,
    Elsewhere,
    End,
    Gil,
    Handle,
    Limit,
    Linger,
    Link,
    Loop,
    Memory,
    Outcome,
    Pool,
    Receive,
    Release,
    Resource,
    Retire,
    Seize,
    Send,
    State,
    Step,
    Upstreams,
)
from simulator.plan.place import Place, Way
from simulator.plan.places import places_of
from simulator.plan.processes import process_count, processes
from simulator.plan.walk import accepted_at, connected_at, takings, walk, while_held
from tests.engine.strategies import seeded_plan

BACKLOG, WORKER, THREAD = Backlog("backlog", 4), Pool("worker", 6, slots_per_process=2), Pool("thread", 3, processes=2)
GIL, LOOP = Gil("GIL"), Loop("loop", 2)
UPSTREAMS, BUCKET, MEMORY = Upstreams("upstream", 3), Bucket("bucket", 2.0), Memory("memory", 9.0)
SAYS: dict[Step, tuple[dict[str, object], ...]] = {
    Connect(BACKLOG, Link.LOCAL, retries_s=(1.0, 3.0), timeout_s=7.0): (
        {
            "waits_for": BACKLOG,
            "knocks_at": BACKLOG,
            "link": Link.LOCAL,
            "retries_s": (1.0, 3.0),
            "timeout_s": 7.0,
        },
    ),
    Accept(BACKLOG, WORKER): ({"waits_for": WORKER, "queue": BACKLOG, "takes": WORKER, "decides_among": 3},),
    AcceptEagerly(BACKLOG, LOOP, work_s=0.5, visits=2, limit=9): (
        {"waits_for": LOOP, "queue": BACKLOG, "decides_among": 2},
        {"lock": LOOP, "work_s": 0.5, "visits": 2, "acceptor": True, "most_in_hand": 9},
    ),
    Seize(THREAD): ({"waits_for": THREAD, "queue": THREAD, "takes": THREAD},),
    Release(THREAD): ({"frees": THREAD},),
    Receive(): ({"link": Link.CLIENT, "way": Way.UP},),
    Compute(0.25, GIL, what="parse", mebibyte_s=0.5): (
        {"lock": GIL, "work_s": 0.25, "what": "parse", "mebibyte_s": 0.5},
    ),
    Handle(GIL, visit_cost_s=0.125): tuple(
        {"phase": n, "piece": n, "lock": GIL, "work_s": 0.125, "keeps": ("block",)} for n in range(2)
    ),
    Handle(LOOP, keeps=("io",)): tuple({"phase": n, "piece": n, "lock": LOOP, "keeps": ("io",)} for n in range(2)),
    Handle(LOOP, 0.125, elsewhere=(Elsewhere(("block",), THREAD, GIL, 0.5),)): tuple(
        place
        for n in range(2)
        for place in (
            {"piece": n, "kinds": ("block",), "lock": LOOP, "work_s": 0.5, "what": f"hand over.{n + 1}"},
            {"piece": n, "kinds": ("block",), "waits_for": THREAD, "queue": THREAD, "takes": THREAD},
            {"phase": n, "piece": n, "kinds": ("block",), "lock": GIL, "keeps": ("block",)},
            {"piece": n, "kinds": ("block",), "frees": THREAD},
            {
                "phase": n,
                "piece": n,
                "kinds": ("cpu", "io", "native", "crash"),
                "lock": LOOP,
                "work_s": 0.125,
                "keeps": ("block",),
            },
        )
    ),
    Linger(2.0, Link.LOCAL): ({"link": Link.LOCAL},),
    Send(Link.LOCAL): ({"link": Link.LOCAL, "way": Way.DOWN},),
    Choose(UPSTREAMS): ({"chooses": UPSTREAMS, "decides_among": 3},),
    Limit(BUCKET): ({"waits_for": BUCKET, "queue": BUCKET},),
    Allocate(MEMORY, 5.0): ({"allocates": MEMORY},),
    End(Outcome.QUEUE_FULL): ({},),
    Crash(1.0): ({"about_process": True},),
    Retire(9, 1.0): ({"about_process": True},),
    Allocate(MEMORY, 5.0, Die(1.0)): ({"allocates": MEMORY, "about_process": True},),
}
"""What the places of a step say; everything else has its default."""
WAITING = (State.CONNECTING, State.BACKLOG, State.QUEUED)
EVERY_STEP = pytest.mark.parametrize("step", SAYS, ids=lambda step: type(step).__name__)
GENERATED = [seeded_plan(seed) for seed in range(300)]


def test_every_kind_of_step_is_among_these() -> None:
    assert {type(step) for step in SAYS} == set(Step.__args__)


@EVERY_STEP
def test_a_place_says_what_its_step_means_and_nothing_else(step: Step) -> None:
    told = [{f.name: getattr(place, f.name) for f in fields(place)} for place in places_of(step, phase_count=2)]
    defaults = {f.name: f.default for f in fields(Place) if f.name not in ("name", "step", "state")}
    assert [{name: said[name] for name in defaults} for said in told] == [defaults | says for says in SAYS[step]]


def resources_of(place: Place) -> Iterator[object]:
    says = (getattr(place, field.name) for field in fields(place) if field.name != "step")
    return (value for value in says if isinstance(value, Resource))


@EVERY_STEP
def test_every_resource_that_a_step_names_is_found_at_one_of_its_places(step: Step) -> None:
    elsewhere = step.elsewhere if isinstance(step, Handle) else ()
    named = {
        value
        for said in (step, *elsewhere)
        for f in fields(said)
        if isinstance(value := getattr(said, f.name), Resource)
    }
    places = places_of(step, phase_count=1)
    assert named == {r for p in places for r in resources_of(p)}


@EVERY_STEP
def test_what_a_place_says_fits_its_state(step: Step) -> None:
    for place in places_of(step, phase_count=1):
        computes = place.state is State.COMPUTING
        assert (place.waits_for is not None) == (place.state in WAITING)
        assert place.takes in (None, place.waits_for)
        assert place.queue is not None or place.waits_for is place.knocks_at
        assert computes or (place.lock is None and place.work_s == 0.0 and place.phase is None)
        assert (place.lock_state is not None) == (place.lock is not None)
        assert (place.way is not None) == (place.state in (State.UPLOAD, State.DOWNLOAD))
        uses_a_line = place.way is not None or place.knocks_at is not None or place.state is State.CLOSING
        assert (place.link is not None) == uses_a_line
        assert (place.timeout_s < inf) == (place.knocks_at is not None)


def test_names_are_unique_and_phases_are_all_that_a_walk_without_work_lacks() -> None:
    for plan in GENERATED:
        places = walk(plan, 3)
        assert len({place.name for place in places}) == len(places)
        assert walk(plan, 0) == tuple(place for place in places if place.piece is None)


def test_what_is_taken_is_freed_later_and_once() -> None:
    for plan in GENERATED:
        places = walk(plan, 2)
        taken, freed = [place.takes for place in places], [place.frees for place in places]
        assert {*taken} == {*freed} == {None, *plan.pools}
        for pool in plan.pools:
            for again, place in enumerate(p for p in places if pool in (p.takes, p.frees)):
                assert (place.takes if again % 2 == 0 else place.frees) == pool
            inside = [*accumulate((t == pool) - (f == pool) for t, f in zip(taken, freed, strict=True))]
            held = [i for i, (here, took) in enumerate(zip(inside, taken, strict=True)) if here and took != pool]
            assert list(while_held(places, pool)) == held


def test_only_pieces_of_work_may_take_a_slot_again_and_each_time_has_a_column_of_its_own() -> None:
    again = 0
    for plan in GENERATED:
        places = walk(plan, 2)
        found = takings(plan, places)
        assert {each.taken_at for each in found} == {i for i, place in enumerate(places) if place.takes is not None}
        for pool in plan.pools:
            mine = [each for each in found if each.pool == pool]
            again += len(mine) > 1
            assert len(mine) == 1 or all(places[each.taken_at].piece is not None for each in mine)
            assert all(places[each.freed_at].frees == pool for each in mine)
    assert again > 30


def test_who_knocks_at_a_backlog_is_accepted_from_it_next() -> None:
    for plan in GENERATED:
        places = walk(plan, 2)
        assert {place.knocks_at for place in places} == {None, *plan.backlogs}
        for backlog in plan.backlogs:
            at = connected_at(places, backlog)
            assert at is not None
            assert accepted_at(places, backlog) == at + 1


def test_a_process_is_decided_at_one_place_and_what_belongs_to_it_is_used_later() -> None:
    for plan in GENERATED:
        places = walk(plan, 2)
        deciding = [i for i, place in enumerate(places) if place.decides_among is not None]
        inside = processes(plan, places)
        assert [places[i].decides_among for i in deciding] == ([process_count(plan)] if deciding else [])
        assert (inside.count, inside.first) == (process_count(plan), *(deciding or [0]))
        for i, place in enumerate(places):
            used = place.takes or place.lock
            if used is not None and used.processes > 1:
                assert used.processes == inside.count
                assert inside.first <= i < inside.end
