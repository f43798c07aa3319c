"""Keys pressed at random never break the program, and never leave a scenario that could not be simulated."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.app.stage.look import Look
from simulator.app.tui.app import StageApp
from simulator.app.tui.keys import KEYS
from simulator.app.tui.setup import prepared
from simulator.app.tui.sitting import begin
from tests.tui.sittings import Manual, shown

EXAMPLES, KEYS_EACH = 20, 100
PRESSED = [each for key in KEYS if key.id not in ("quit", "export") for each in key.keys.split(",")]
SIZES = [(120, 36), (80, 24), (40, 12)]


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    keys=st.lists(st.sampled_from(PRESSED), min_size=KEYS_EACH, max_size=KEYS_EACH),
    size=st.sampled_from(SIZES),
)
def test_whatever_is_pressed_the_program_runs_on_with_a_setup_that_can_be_simulated(
    keys: list[str], size: tuple[int, int]
) -> None:
    now = Manual()
    sitting = begin(shown("prefork", duration="2 s"), now)
    app = StageApp(sitting, Look(), fps=1, now=now)

    async def played() -> None:
        async with app.run_test(size=size) as pilot:
            for key in keys:
                await pilot.press(key)
                now.pass_s(0.05)
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert app.is_running

    asyncio.run(played())
    assert sitting.session.wanted is not None
    prepared(sitting.session.wanted.setup)
    assert 0.0 <= sitting.clock.t_s <= sitting.clock.end_s
