"""A proxy has a room of its own: whoever sends slowly sits there with its progress, and holds no worker."""

from dataclasses import replace
from functools import cache, partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.experiments.catalogue import catalogue
from simulator.experiments.run import run
from simulator.plan.resources import Pool
from simulator.stage.canvas.glyphs import ASCII, UNICODE
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.canvas.style import WHO, Ground, Style
from simulator.stage.scene import RequestTarget, Scene, View
from simulator.stage.snapshot import Snapshot
from simulator.stage.street.places import street_of
from simulator.stage.street.room import put_room
from simulator.stage.street.seats import Held, held, within
from simulator.trace.playback import Playback
from simulator.words.language import speaking
from simulator.workload.draw import draw
from simulator.workload.load import load
from tests.stage.plays import Play, play, scene, trace_of

NGINX = play("prefork", "slow-clients", nginx=True, workers=4)
LOOP = play("coroutine", "slow-clients", nginx=True)
FLOOD = play("prefork", "spike", nginx=True, workers=4)
BARE = play("prefork", "slow-clients", workers=4)
SIZES = ((120, 22), (148, 29), (80, 12), (60, 17), (60, 13), (40, 8), (120, 12))


def snapshot(wanted: Play, t_s: float, **details: object) -> Snapshot:
    return Snapshot(scene=scene(wanted, t_s=t_s, **details), number=0)


def drawn(wanted: Play, t_s: float, size: tuple[int, int] = (120, 22), look: Look | None = None) -> Sheet:
    sheet, its = Sheet(*size, look or Look()), snapshot(wanted, t_s)
    put_room(sheet, its, street_of(its, *size))
    return sheet


def there(wanted: Play, t_s: float) -> Held:
    its = snapshot(wanted, t_s)
    pool = its.inventory.counted[0].resource
    assert isinstance(pool, Pool)
    return held(its, pool)


def test_slow_clients_sit_in_the_room_with_their_progress() -> None:
    shown = str(drawn(NGINX, 20.0).grid)
    assert "NGINX" in shown
    assert "7 uploading" in shown
    assert sum(shown.count(f"{mark} ━") for mark in UNICODE.who[:2]) == 7


def test_its_ground_is_its_own() -> None:
    sheet, street = drawn(NGINX, 20.0), street_of(snapshot(NGINX, 20.0), 120, 22)
    room = sheet.grid.grounds == Ground.ROOM
    assert room.sum() == street.room.height * street.room.width


def test_without_a_proxy_there_is_no_room() -> None:
    assert not str(drawn(BARE, 20.0).grid).strip()


def test_those_it_has_passed_on_are_only_counted() -> None:
    for wanted, t_s in ((NGINX, 20.0), (FLOOD, 25.0)):
        its, now = snapshot(wanted, t_s), there(wanted, t_s)
        pool = its.now.pool("nginx connection")
        assert now.total == pool.taken
        assert not set(now.rows.tolist()) & set(its.now.pool("worker").request.tolist())
        assert not set(now.rows.tolist()) & set(its.now.backlogs[-1].waiting.request.tolist())
    assert there(FLOOD, 25.0).behind > 100


@settings(max_examples=40, deadline=None)
@given(st.sampled_from((NGINX, LOOP, FLOOD)), st.floats(0.0, 60.0))
def test_nobody_shares_a_seat_and_everybody_keeps_it(wanted: Play, t_s: float) -> None:
    now, soon = there(wanted, t_s), there(wanted, t_s + 1 / 30)
    assert len(set(now.seats.tolist())) == len(now.seats)
    assert len(set(now.rows.tolist())) == len(now.rows)
    before = seats_of(now)
    after = seats_of(soon)
    assert all(before[key] == after[key] for key in before.keys() & after.keys())


@given(st.sets(st.integers(0, 90), max_size=20), st.integers(0, 30))
def test_where_there_are_fewer_seats_only_those_beyond_move(taken: set[int], spare: int) -> None:
    seats, number = np.array(sorted(taken), np.intp), len(taken) + spare
    found = within(seats, number)
    assert len(set(found.tolist())) == len(taken)
    assert (found < number).all()
    assert (found[seats < number] == seats[seats < number]).all()


def seats_of(now: Held) -> dict[tuple[int, bool], int]:
    return dict(zip(zip(now.rows.tolist(), now.coming.tolist(), strict=True), now.seats.tolist(), strict=True))


def test_a_bar_only_grows() -> None:
    its = there(NGINX, 20.0)
    request = int(its.rows[its.coming][0])
    grown = [bar_of(NGINX, 20.0 + step / 10, request) for step in range(6)]
    assert all(one <= other for one, other in pairwise(grown))
    assert len(set(grown)) > 1


def bar_of(wanted: Play, t_s: float, request: int) -> int:
    sheet = drawn(wanted, t_s)
    for row in range(sheet.height):
        for col in range(sheet.width):
            if sheet.target(row, col) == RequestTarget(view=0, request=request):
                return sheet.grid.text(row)[col + 2 : col + 8].count("━")
    return 99


def test_more_than_have_room_with_bars_stand_there_as_marks_alone() -> None:
    sheet = drawn(NGINX, 20.0, (120, 12))
    street = street_of(snapshot(NGINX, 20.0), 120, 12)
    inside = sheet.grid.styles[street.room.row + 1 : street.room.row + street.room.height - 1]
    assert np.isin(inside, WHO).sum() == len(there(NGINX, 20.0).rows) == 7
    assert "━" not in str(sheet.grid)
    assert "━" in str(drawn(NGINX, 20.0, (80, 12)).grid), "shorter bars fit into a smaller room"


@pytest.mark.parametrize(("t_s", "full"), [(19.1, True), (20.4, True), (20.3, False)])
def test_that_all_connections_are_taken_is_red_and_does_not_flicker(t_s: float, full: bool) -> None:
    its = Snapshot(scene=Scene(views=(View(playback=few_connections(), title=""),), load="", t_s=t_s), number=0)
    sheet = Sheet(120, 22, Look())
    put_room(sheet, its, street_of(its, 120, 22))
    assert ("full: 7 taken" in str(sheet.grid)) == full
    assert bool((sheet.grid.styles == Style.BAD).any()) == full


@cache
def few_connections() -> Playback:
    scenario = load("slow-clients")
    model, proxy = catalogue()["prefork"], catalogue()["nginx"]
    plan = model.plan(model.config(workers=4), scenario.machine)
    plan = proxy.in_front(plan, proxy.config(connections=7), scenario.machine)
    return Playback(run(plan, draw(scenario), detail=True, redraw=partial(draw, scenario)))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("look", [Look(), Look(ASCII)], ids=["unicode", "ascii"])
@pytest.mark.parametrize("size", SIZES)
def test_the_room_and_its_door_keep_to_their_place(language: str, look: Look, size: tuple[int, int]) -> None:
    with speaking(language):  # type: ignore[arg-type]
        for wanted, t_s in ((NGINX, 20.0), (LOOP, 20.0), (FLOOD, 25.0), (FLOOD, 33.0)):
            sheet, street = drawn(wanted, t_s, size, look), street_of(snapshot(wanted, t_s), *size)
            for row, col in np.argwhere((sheet.grid.characters != " ") & (sheet.grid.characters != "")).tolist():
                door = street.room.row <= row < street.room.row + street.room.height and col < street.queue.col
                assert street.room.covers(row, col) or (door and col >= street.room.col)


@pytest.mark.parametrize(("size", "words"), [((148, 29), "speaks uwsgi"), ((120, 22), "uwsgi"), ((80, 12), None)])
def test_a_proxy_that_speaks_another_protocol_says_so_where_there_is_room(
    size: tuple[int, int], words: str | None
) -> None:
    trace = replace(trace_of(NGINX), labels={"settings": '{"protocol": "uwsgi"}'})
    its = Scene(views=(View(playback=Playback(trace), title="any"),), load="any", t_s=18.0)
    spoken, plain = (room_of(Snapshot(scene=each, number=0), size) for each in (its, scene(NGINX, t_s=18.0)))
    assert ("uwsgi" in spoken) == (words is not None)
    assert words is None or words in spoken
    assert "uwsgi" not in plain
    assert ("uploading" in spoken) == ("uploading" in plain)  # never at the cost of a figure


def room_of(seen: Snapshot, size: tuple[int, int]) -> str:
    sheet = Sheet(*size, Look())
    put_room(sheet, seen, street_of(seen, *size))
    return "\n".join(sheet.grid.text(row) for row in range(size[1]))
