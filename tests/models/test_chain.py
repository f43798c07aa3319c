"""nginx, uwsgi, worker, middleware, application: each hop has a place, a cost, and its name in what is shown."""

from dataclasses import fields, replace

import pytest

from models.node.config import Config as Node
from models.prefork.config import Config as Prefork
from models.prefork.model import plan as prefork
from models.profiles import PROFILES
from models.threaded.config import Config as Threaded
from models.threaded.model import plan as threaded
from simulator.experiments.catalogue import catalogue
from simulator.experiments.deployment import Deployment
from simulator.experiments.refusal import RefusalError
from simulator.plan import Machine, Plan
from simulator.plan.walk import walk
from simulator.results.run_words import settings_in_words, way_in_words
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import Look
from simulator.stage.waterfall import waterfall
from simulator.trace.playback.life_story import LifeStories
from simulator.words.language import speaking
from tests.stage.plays import play, trace_of

MACHINE = Machine(
    accept_cost_s=1.0, request_cost_s=4.0, response_cost_s=2.0, middleware_cost_s=0.5, http_text_cost_s=3.0
)


def computing(plan: Plan) -> dict[str, float]:
    """What each place computes for every request."""
    return {place.name: place.work_s for place in walk(plan, 1) if place.work_s > 0}


def behind_nginx(config: object, name: str = "prefork") -> Plan:
    models = catalogue()
    return models["nginx"].in_front(models[name].plan(config, MACHINE), models["nginx"].config(), MACHINE)


def test_layers_stand_between_parsing_and_the_requests_own_work_and_behind_it() -> None:
    names = [place.name for place in walk(prefork(Prefork(middlewares=7), MACHINE), 1)]
    first = names.index("parse")
    assert names[first : first + 5] == ["parse", "middleware in", "handle.1", "middleware out", "respond"]


@pytest.mark.parametrize("layers", [1, 7])
def test_every_layer_costs_the_same_half_on_the_way_in_and_half_on_the_way_out(layers: int) -> None:
    for plan in (prefork(Prefork(middlewares=layers), MACHINE), threaded(Threaded(middlewares=layers), MACHINE)):
        costs = computing(plan)
        assert costs["middleware in"] == costs["middleware out"] == layers * 0.25


def test_layers_compute_under_the_gil_of_their_thread() -> None:
    places = {place.name: place for place in walk(threaded(Threaded(middlewares=2), MACHINE), 1)}
    assert places["middleware in"].lock == places["middleware out"].lock == places["parse"].lock is not None


def test_without_layers_and_with_http_there_is_no_place_more() -> None:
    for plan in (prefork(Prefork(), MACHINE), threaded(Threaded(), MACHINE)):
        assert not {place.name for place in walk(plan, 1)} & {"middleware in", "middleware out", "parse uwsgi"}


def test_a_packet_saves_what_reading_text_costs_and_nothing_else() -> None:
    for one, other in (
        (prefork(Prefork(), MACHINE), prefork(Prefork(protocol="uwsgi"), MACHINE)),
        (threaded(Threaded(), MACHINE), threaded(Threaded(protocol="uwsgi"), MACHINE)),
    ):
        text, packet = computing(one), computing(other)
        assert text.pop("parse") - packet.pop("parse uwsgi") == 3.0
        assert text == packet


def test_a_packet_never_saves_more_than_there_is() -> None:
    quick = Machine(accept_cost_s=1.0, request_cost_s=1.0, http_text_cost_s=3.0)
    assert computing(prefork(Prefork(protocol="uwsgi"), quick))["parse uwsgi"] == 1.0


def test_in_no_profile_reading_text_costs_more_than_all_of_parsing() -> None:
    known = {field.name for field in fields(Machine)}
    for profile in PROFILES.values():
        assert set(profile.costs) <= known
        its = replace(Machine(), **profile.costs)  # type: ignore[arg-type]
        assert 0.0 <= its.http_text_cost_s <= its.request_cost_s
        assert its.middleware_cost_s < 10e-6  # microseconds, whoever serves


def test_clients_do_not_speak_uwsgi() -> None:
    alone = Deployment(model=catalogue()["prefork"], config=Prefork(protocol="uwsgi"))
    with pytest.raises(RefusalError, match="clients speak HTTP, and only a front speaks uwsgi; add --nginx"):
        alone.plan(MACHINE)
    nginx = catalogue()["nginx"]
    behind = Deployment(model=alone.model, config=alone.config, fronts=((nginx, nginx.config()),))
    assert "parse uwsgi" in computing(behind.plan(MACHINE))


def test_the_way_is_told_hop_by_hop_and_its_costs_add_up() -> None:
    plan = behind_nginx(Prefork(protocol="uwsgi", middlewares=2))
    hops, whole_s = way_in_words(plan)
    assert [hop.rstrip("0123456789. µms") for hop in hops] == [
        *("client", "nginx backlog", "nginx connection", "proxy", "backlog", "worker", "parse uwsgi"),
        *("middleware in", "its own work", "middleware out", "respond", "client"),
    ]
    assert whole_s == pytest.approx(sum(computing(plan).values()))


def test_what_a_thread_does_for_the_loop_is_one_hop_of_ones_own_work() -> None:
    hops, _ = way_in_words(behind_nginx(Node(), "node"))
    ways = [hop.rstrip("0123456789. µms") for hop in hops]
    assert ways[-6:] == ["parse", "hand over", "libuv thread", "its own work", "respond", "client"]


def test_in_chinese_the_way_has_chinese_ends() -> None:
    with speaking("zh"):
        hops, _ = way_in_words(behind_nginx(Prefork(middlewares=2)))
    assert (hops[0], hops[-1]) == ("客户端", "客户端")
    assert "应用自己的工作" in hops


def test_a_summary_is_silent_about_a_protocol_and_layers_that_nobody_asked_for() -> None:
    settings = {"workers": 4, "protocol": "http", "middlewares": 0}
    assert settings_in_words(settings, "prefork") == ["workers 4"]
    assert settings_in_words(settings | {"protocol": "uwsgi"}, "prefork") == ["workers 4", "protocol uwsgi"]
    assert settings_in_words(settings | {"middlewares": 7}, "prefork") == ["workers 4", "middlewares 7"]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
def test_a_requests_life_shows_each_hop_in_its_order_and_who_held_it(size: tuple[int, int]) -> None:
    run = trace_of(
        play("prefork", "steady", nginx=True, overrides={"duration": "8 s"}, workers=1, protocol="uwsgi", middlewares=7)
    )
    grid = waterfall(LifeStories(run).of(20), Size(*size), Look())
    lines = [grid.text(row) for row in range(grid.height)]
    hops = ("proxy", "parse uwsgi", "middleware in", "handle.1", "middleware out", "respond")
    rows = [next(i for i, line in enumerate(lines) if f"computing: {hop} " in line) for hop in hops]
    assert rows == sorted(rows)
    if size[0] >= 100:  # where there is a column for it
        assert all("worker 0" in lines[row] for row in rows[1:])
        assert "nginx connection 20" in lines[rows[0]]
