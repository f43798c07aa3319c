"""Keys pressed at random never break the program, and never leave a setup that could not be typed and simulated."""

import asyncio
import shlex
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot

from simulator.cli.main import main
from simulator.lab.command_line import command_line
from simulator.lab.keys import KEYS, PALETTE
from simulator.lab.lab import Lab, open_lab
from simulator.stage.canvas.look import Look
from simulator.tui.app import QUIT, StageApp
from tests.tui.labs import ManualClock, shown

SERVERS = [("prefork",), ("threaded:processes=2",), ("prefork", "coroutine")]
SIZES = [(120, 36), (80, 24), (40, 12), (9, 3)]
EXAMPLES, BURSTS, BURST = 10, 14, 5
"""For each choice of servers: 2 100 keys in all, of which a few arrive at once, as when a cat sits down on them."""
PRESSED = [PALETTE, *(each for key in KEYS if key.id not in ("quit", "export") for each in key.keys.split(","))]
"""All but those that end the program or write files; both are in the palette too, and rarely found there."""
Burst = tuple[tuple[int, int], list[str]]
"""The size of the terminal from then on, and keys."""


@pytest.mark.slow
@pytest.mark.parametrize("servers", SERVERS, ids=" ".join)
@settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    bursts=st.lists(
        st.tuples(st.sampled_from(SIZES), st.lists(st.sampled_from(PRESSED), min_size=BURST, max_size=BURST)),
        min_size=BURSTS,
        max_size=BURSTS,
    )
)
def test_whatever_is_pressed_the_program_runs_on_with_a_setup_that_can_be_typed_and_simulated(
    servers: tuple[str, ...], bursts: list[Burst], tmp_path: Path
) -> None:
    now = ManualClock()
    lab = open_lab(shown(*servers, duration="2 s"), now)
    app = StageApp(lab, Look(), fps=1, now=now)

    async def played() -> None:
        async with app.run_test(size=SIZES[0]) as pilot:
            for size, keys in bursts:
                await pilot.resize_terminal(*size)
                await _mash(pilot, keys)
                now.pass_s(0.2)
                if app.return_value == QUIT:  # found in the palette
                    return
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert app.is_running

    asyncio.run(played())  # raises what the program failed with, if it did
    assert 0.0 <= lab.playhead.t_s <= lab.playhead.end_s
    assert main([*_typed(lab), "--json", str(tmp_path / "results.json")]) == 0


async def _mash(pilot: Pilot[int], keys: list[str]) -> None:
    """Without the pauses that ``Pilot.press`` makes around every key."""
    for key in keys:
        pilot.app.post_message(events.Key(key, None))
    await pilot.pause()


def _typed(lab: Lab) -> list[str]:
    """What is wanted in the end, as the words after ``simulate``."""
    assert lab.history.wanted is not None
    return shlex.split(command_line(lab.history.wanted.setup))[1:]
