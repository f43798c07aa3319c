"""Kinds of clients and requests are read in the reader's language, and typed as their scenario calls them."""

import pytest

from simulator.words.kinds import kind_name
from simulator.words.language import speaking
from simulator.workload.load import load, shipped


@pytest.mark.parametrize("name", shipped())
def test_every_kind_of_a_shipped_scenario_has_a_chinese_name(name: str) -> None:
    scenario = load(name, [])
    names = [client.name for client in scenario.clients] + [request.name for request in scenario.requests]
    with speaking("zh"):
        called = "".join(map(kind_name, names))
    assert all("\u4e00" <= character <= "\u9fff" for character in called)


def test_in_english_a_kind_is_called_as_its_scenario_calls_it() -> None:
    with speaking("en"):
        assert kind_name("phone") == "phone"


def test_a_kind_that_no_shipped_scenario_knows_keeps_its_name_also_where_a_message_of_the_program_is_the_same() -> None:
    with speaking("zh"):
        assert kind_name("checkout") == "checkout"
        assert kind_name("down") == "down"
