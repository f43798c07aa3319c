"""Mistakes are told in the language of now, each as a whole sentence, and none in the words of a library."""

import re
from collections.abc import Callable

import pytest
from pydantic import ValidationError

from simulator.words.language import speaking
from simulator.workload.load import ScenarioError
from simulator.workload.scenario import Scenario
from simulator.workload.scenario_errors import from_pydantic
from tests.workload.test_mistakes import MISTAKES

Load = Callable[..., Scenario]
READER = "not TOML"
"""What Python's reader says of a file is translated for the most frequent mistakes."""


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES)
def test_every_mistake_is_told_in_chinese_too(shop: Load, old: str, new: str, said: str) -> None:
    with speaking("zh"), pytest.raises(ScenarioError) as caught:
        shop((old, new))
    for line in str(caught.value).splitlines():
        message = re.sub(r'"[^"]*"', "", line.partition(": ")[2])
        assert re.search("[\u4e00-\u9fff]", message) or READER in said, line
        assert "expected" not in message or READER in said, line


def test_what_pydantic_says_in_its_own_words_is_never_shown() -> None:
    with pytest.raises(ValidationError) as caught:
        raise ValidationError.from_exception_data("a table", [{"type": "bool_parsing", "loc": ("on",), "input": "x"}])
    (mistake,) = from_pydantic(caught.value)
    assert mistake.message == "expected another kind of value"
