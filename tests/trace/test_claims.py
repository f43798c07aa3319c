"""Every figure in a sentence is the figure of the measures that it claims to quote, on the runs of all rules.

A sentence is taken apart into its fields, and each is recomputed here. A new figure without a claim fails.
"""

from collections.abc import Iterator
from functools import partial
from itertools import chain

import pytest

from simulator.plan import Plan
from simulator.plan.words import State
from simulator.trace.diagnosis import RULES, Rule
from simulator.words.language import Said
from simulator.workload.table import Workload
from tests.trace.by_hand import simulate
from tests.trace.causes import facts
from tests.trace.claims import ANYWHERE, NOUNS, OF_RULE
from tests.trace.test_rules import CASES


def parts(told: Said) -> Iterator[Said]:
    """A sentence and those that it is made of."""
    yield told
    for field in told.fields.values():
        nested = field.args[0] if isinstance(field, partial) and field.args else field
        if isinstance(nested, Said):
            yield from parts(nested)


def worded(field: object) -> str:
    return str(field()) if callable(field) else str(field)


UNCHECKED = {"too_fast", "overload", "accept_limit", "imbalance", "overflow", "without_effect"}
"""Rules with figures that are recomputed in tests of their own, or that are read off the plan."""


@pytest.mark.parametrize(
    "rule", [rule for rule in CASES if rule.__name__ not in UNCHECKED], ids=lambda rule: rule.__name__
)
def test_every_figure_is_that_of_the_measures(rule: Rule) -> None:
    (plan, load), _, _ = CASES[rule]
    seen = facts(simulate(plan, load))
    found = rule(seen)
    assert found is not None
    assert isinstance(found.sentence, Said)
    claims = ANYWHERE | OF_RULE.get(rule.__name__, {})
    for told in parts(found.sentence):
        for name, field in told.fields.items():
            if f"{{{name}}}" not in told.message + told.many or (name in NOUNS and name not in claims):
                continue
            if name == "most" and rule.__name__ != "episode":
                continue  # a name
            expected = claims[name](seen, found)
            assert worded(field) in ({expected} if isinstance(expected, str) else expected), (name, told.message)


def _runs() -> Iterator[tuple[Plan, Workload]]:
    return chain.from_iterable((good, near) for good, near, _ in CASES.values())


@pytest.mark.parametrize("number", range(2 * len(CASES)))
def test_a_utilisation_beside_its_factors_is_their_product(number: int) -> None:
    """On all runs of the table, be it another rule's: what is printed can be multiplied by whoever reads it."""
    plan, load = list(_runs())[number]
    seen = facts(simulate(plan, load))
    for found in (one for rule in RULES if (one := rule(seen)) is not None):
        assert isinstance(found.sentence, Said)
        for told in parts(found.sentence):
            fields = {name: worded(field) for name, field in told.fields.items()}
            if "{rate}" in told.message and "{each}" in told.message:
                product = _figure(fields["rate"]) * _figure(fields["each"]) / _figure(fields["size"])
                utilisation = seen.summary.resources[found.resource].utilisation
                assert product == pytest.approx(utilisation, abs=0.006)
            if "{limit}" in told.message:
                limit = _figure(fields["size"]) / _figure(fields["each"])
                assert _figure(fields["limit"]) == pytest.approx(limit, rel=0.006)


def _figure(text: str) -> float:
    """What a reader takes from it, in seconds where it is a time."""
    figure, _, unit = text.rpartition(" ")
    worth = {"s": 1.0, "ms": 1e-3, "µs": 1e-6}.get(unit)
    return float(text.replace(" ", "")) if worth is None else float(figure.replace(" ", "")) * worth


@pytest.mark.parametrize("number", range(2 * len(CASES)))
def test_no_sentence_gives_advice_or_contradicts_the_table(number: int) -> None:
    plan, load = list(_runs())[number]
    seen = facts(simulate(plan, load))
    for sentence in seen.summary.diagnosis:
        assert not any(word in sentence for word in ("add ", "async", "proxy in front", "more cores", "queue less"))
        if sentence.startswith("No request waits"):
            life = seen.summary.where_time_goes
            queued = sum(life.get(state.value, 0.0) for state in (State.BACKLOG, State.QUEUED))
            assert queued < 0.05 * sum(life.values())
