"""A plan that was written as data is the same plan when it is read, by this program and by older ones."""

import json

import pytest
from hypothesis import given, settings

from simulator.experiments.catalogue import Model, servers
from simulator.plan import Connect, HandshakeTimers, Machine, Plan
from simulator.plan.handshake_timers import LINUX_TIMERS
from simulator.results.plan_json import plan_from_data, plan_to_data
from tests.engine.strategies import plans
from tests.engine.transformations import QUICK, with_timers


@settings(max_examples=100, derandomize=True)
@given(plan=plans())
def test_any_plan_comes_back(plan: Plan) -> None:
    for each in (plan, with_timers(plan, QUICK)):
        assert plan_from_data(json.loads(json.dumps(plan_to_data(each), allow_nan=False))) == each


@settings(max_examples=100, derandomize=True)
@given(plan=plans())
def test_the_timers_of_linux_are_not_written_so_that_a_program_that_knows_no_others_can_read_the_file(
    plan: Plan,
) -> None:
    others = any(isinstance(step, Connect) and step.timers != LINUX_TIMERS for step in plan.steps)
    assert (HandshakeTimers.__name__ in json.dumps(plan_to_data(plan))) == others


@pytest.mark.parametrize("model", servers(), ids=lambda model: model.name)
def test_the_plan_of_every_model_comes_back(model: Model) -> None:
    plan = model.plan(model.config(), Machine())
    assert plan_from_data(json.loads(json.dumps(plan_to_data(plan), allow_nan=False))) == plan
