"""The list of all actions, as the terminal shows it: also where the font knows only ASCII."""

import pytest
from textual.pilot import Pilot

from simulator.lab.keys import PALETTE
from simulator.lab.lab import Lab
from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.look import Look
from simulator.tui.palette import Palette
from tests.tui.conftest import Play

LOAD = set("小上传图片")
"""In the data, which is shown as it is."""


def on_the_terminal(pilot: Pilot[int]) -> str:
    """Every line of it, whatever draws it; Textual has no public word for that."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


@pytest.mark.parametrize(
    "size", [(80, 24), *(pytest.param(size, marks=pytest.mark.slow) for size in ((120, 36), (40, 12), (10, 3)))]
)
@pytest.mark.parametrize("typed", [(), ("down", "down"), tuple("rate"), tuple("qqzz")], ids=" ".join)
def test_on_an_ascii_terminal_the_list_of_actions_is_ascii_too(
    typed: tuple[str, ...], size: tuple[int, int], lab: Lab, play: Play
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press(PALETTE)
        await pilot.app.workers.wait_for_complete()
        await pilot.press(*typed)
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(pilot.app.screen, Palette)
        assert {character for character in on_the_terminal(pilot) if not character.isascii()} <= LOAD

    play(lab, played, size=size, look=Look(ASCII))


def test_elsewhere_the_list_has_its_lines_and_still_no_emoji(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press(PALETTE)
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        shown = on_the_terminal(pilot)
        assert "▔" in shown
        assert not [character for character in shown if ord(character) > 0xFFFF]

    play(lab, played)


def test_who_presses_escape_twice_closes_the_list_and_not_the_stage_below_it(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        stage = pilot.app.screen
        await pilot.press(PALETTE)
        palette = pilot.app.screen
        assert isinstance(palette, Palette)
        palette._action_escape()
        palette._action_escape()  # the second key was on its way already
        await pilot.pause()
        assert pilot.app.screen is stage

    play(lab, played)
