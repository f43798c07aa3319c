"""Overrides: a dotted key and a value replace what the file says."""

from collections.abc import Callable

import pytest

from simulator.workload.distribution import Constant, Erlang
from simulator.workload.load import ScenarioError
from simulator.workload.scenario import Scenario

Load = Callable[..., Scenario]


def test_items_of_a_list_are_addressed_by_name_or_number(shop: Load) -> None:
    changed = shop(
        overrides=(
            ("requests.page.response", "2 MiB"),
            ("requests.photo.steps.0.cpu", "5 ms"),
            ("requests.0.weight", "7"),
            ("clients.phone.share", "0.5"),
        )
    )
    page, photo = changed.requests
    assert page.response == Constant(2 * 1024**2)
    assert photo.steps[0].time == Constant(0.005)
    assert page.weight == 7
    assert changed.clients[1].share == 0.5


def test_values_are_toml_where_they_can_be_and_text_otherwise(shop: Load) -> None:
    changed = shop(
        overrides=(
            ("arrivals.rate", "80"),
            ("title", "A shop = big"),
            ("clients.phone.patience", "{erlang = {mean = '3 s', k = 2}}"),
        )
    )
    assert changed.arrivals.kind == "poisson"
    assert changed.arrivals.rate == 80
    assert changed.title == "A shop = big"
    assert changed.clients[1].patience == Erlang(3.0, 2)


def test_keys_that_the_file_does_not_have_can_be_set(shop: Load) -> None:
    changed = shop(("[machine]\ncores = 2\n", ""), overrides=(("machine.cores", "4"), ("machine.switch_cost", "3 us")))
    assert changed.machine.cores == 4
    assert changed.machine.switch_cost_s == pytest.approx(3e-6)


def test_the_only_client_of_a_file_that_names_none_is_called_any(shop: Load, valid: str) -> None:
    clients = valid[valid.index("[[clients]]") :]
    changed = shop((clients, ""), ('clients = ["phone"]', ""), overrides=(("clients.any.rtt", "50 ms"),))
    assert [c.name for c in changed.clients] == ["any"]
    assert changed.clients[0].rtt == Constant(0.05)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("arrivals.rat", "3", 'arrivals.rat = 3: unknown key (did you mean "rate"?)'),
        ("requests.pag.weight", "3", 'no "pag" in requests (did you mean "page"?); expected page or photo'),
        ("requests.9.weight", "3", 'no "9" in requests'),
        ("requests.page.steps.-1.cpu", "3 ms", 'no "-1" in steps; expected a number below 3'),
        ("clients.fone.share", "1", 'no "fone" in clients (did you mean "phone"?)'),
        ("duration.seconds", "1", '"duration" holds a single value'),
        ("machine..cores", "1", "expected words with dots between them"),
        ("", "1", "expected words with dots between them"),
        ("duration", "10", "shop.toml, override: duration = 10: a number without its unit"),
        ("seed", "\n1", 'override: seed = "\\n1": expected a whole number'),
    ],
)
def test_an_override_that_cannot_be_is_answered_with_what_can(shop: Load, key: str, value: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        shop(overrides=((key, value),))
    assert said in str(caught.value)
