"""Whatever a file contains, the answer is a scenario that can be drawn or a ScenarioError."""

import datetime
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.workload.arrival_times import expected_requests
from simulator.workload.check import check
from simulator.workload.draw import draw
from simulator.workload.load import ScenarioError, load
from simulator.workload.scenario import Scenario
from simulator.workload.scenario_errors import Mistake, Origin, error
from simulator.workload.toml_file import line_numbers

KEYS = (
    "page photo phone office cpu io kind rate name steps clients requests machine cores think for at peak exponential "
    "lognormal empirical mean cv file column closed poisson mmpp rates stay spike trace ramp"
)
QUANTITIES = ["1 s", "2 ms", "-1 s", "1e9 s", "30 KiB", "1 Mbit/s", "9 parsecs"]
WORDS = st.sampled_from([*KEYS.split(), *QUANTITIES, "linear", ".", "nothing.csv", "\x1b[31m", "\x9b31m", ""])
SINGLE = (
    WORDS
    | st.text(max_size=5)
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.times()
    | st.just(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    | st.sampled_from([0, 1, 50, 10**9, 10**400, -(10**400)])
)
VALUES = st.recursive(SINGLE, lambda v: st.lists(v, max_size=3) | st.dictionaries(WORDS, v, max_size=3), max_leaves=5)


def answer(raw: dict[str, Any]) -> None:
    result = check(raw)
    if isinstance(result, Scenario):
        return
    assert result
    message = str(error(result, Origin(label="fuzz.toml", lines={})))
    assert message.count("\n") + 1 == len(result) or len(result) > 100
    assert "\x1b" not in message
    assert "\x9b" not in message


@st.composite
def spoilt(draw_: st.DrawFn, text: str) -> dict[str, Any]:
    """The valid file with a few values anywhere replaced, removed or added."""
    raw = tomllib.loads(text)
    for _ in range(draw_(st.integers(1, 3))):
        target: Any = raw
        for _ in range(draw_(st.integers(0, 5))):
            inner = [v for v in (target.values() if isinstance(target, dict) else target) if isinstance(v, dict | list)]
            if not any(inner):
                break
            target = draw_(st.sampled_from([v for v in inner if v]))
        if isinstance(target, dict):
            key = draw_(st.sampled_from(sorted(target)) | WORDS)
            if draw_(st.booleans()):
                target[key] = draw_(VALUES)
            else:
                target.pop(key, None)
        else:
            target[draw_(st.integers(0, len(target) - 1))] = draw_(VALUES)
    return raw


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_valid_file_with_spoilt_values_never_causes_a_traceback(valid: str, data: st.DataObject) -> None:
    answer(data.draw(spoilt(valid)))


@settings(max_examples=50)
@given(st.dictionaries(WORDS | st.sampled_from(["duration", "arrivals", "warmup", "title"]), VALUES, max_size=6))
def test_an_arbitrary_table_never_causes_a_traceback(raw: dict[str, Any]) -> None:
    answer(raw)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_with_arbitrary_bytes_in_it_never_causes_a_traceback(
    tmp_path: Path, valid: str, data: st.DataObject
) -> None:
    original = valid.encode()
    start = data.draw(st.integers(0, len(original)))
    end = data.draw(st.integers(start, min(start + 40, len(original))))
    path = tmp_path / "fuzz.toml"
    path.write_bytes(original[:start] + data.draw(st.binary(max_size=20)) + original[end:])
    scenario = loaded(path)
    if scenario is not None and expected_requests(scenario) < 100_000:
        assert draw(scenario, rounds=1).phases.shape[1] > 0


def loaded(path: Path) -> Scenario | None:
    try:
        return load(str(path))
    except ScenarioError as problem:
        message = str(problem)
    assert path.name in message
    return None


@given(st.text(alphabet="[]{}=\"'#.ab\n ", max_size=60))
def test_any_text_has_line_numbers_within_it(text: str) -> None:
    assert all(1 <= number <= len(text.splitlines()) for number in line_numbers(text).values())


def test_very_many_mistakes_are_counted_instead_of_listed() -> None:
    message = str(error([Mistake((f"key{n}",), "wrong") for n in range(500)], Origin(label="x.toml", lines={})))
    assert message.splitlines()[-1] == "x.toml: and 400 more mistakes"
