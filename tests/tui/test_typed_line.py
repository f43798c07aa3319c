"""A server's line that is typed where servers are chosen: into the list of all actions, on either screen."""

import pytest
from textual.pilot import Pilot

from simulator.lab.commands import commands
from simulator.lab.keys import KEYS, PALETTE
from simulator.lab.lab import Lab
from simulator.lab.palette import found
from simulator.stage.canvas.look import Look
from simulator.tui.lab_screen import LabScreen
from simulator.words.language import translated
from tests.tui.conftest import Play

KEYCAPS = {" ": "space", "-": "minus", "+": "plus", ":": "colon"}


def words(lab: Lab, typed: str) -> list[str]:
    listed = commands(lab, [(key, translated(key.about)) for key in KEYS], Look(), typed)
    return [each.command.words for each in found(listed, typed)]


def choose(lab: Lab, typed: str, which: int = 0) -> None:
    listed = commands(lab, [(key, translated(key.about)) for key in KEYS], Look(), typed)
    deed = found(listed, typed)[which].command.deed
    assert callable(deed)
    deed()


def lines_of(lab: Lab) -> list[str]:
    assert lab.history.wanted is not None
    return [side.production.line if side.production else side.title for side in lab.history.wanted.setup.sides]


def test_a_line_takes_the_place_of_the_server_in_focus_or_stands_beside_it(lab: Lab) -> None:
    assert words(lab, "gunicorn -w 3") == ["show gunicorn -w 3", "compare with gunicorn -w 3"]
    choose(lab, "gunicorn -w 3")
    assert lines_of(lab) == ["gunicorn -w 3"]
    choose(lab, "uvicorn --workers 2 +nginx", 1)
    assert lines_of(lab) == ["gunicorn -w 3", "uvicorn --workers 2"]


def test_what_is_wrong_with_a_line_is_said_while_it_is_typed(lab: Lab) -> None:
    (said,) = words(lab, "gunicorn --wrokers 3")
    assert "Did you mean --workers?" in said
    before = lines_of(lab)
    choose(lab, "gunicorn --wrokers 3")
    assert lines_of(lab) == before


@pytest.mark.parametrize("typed", ["", "gun", "show", "/", "load: spike", "'", "threaded"])
def test_whoever_types_no_line_finds_what_is_there(typed: str, lab: Lab) -> None:
    listed = commands(lab, [(key, translated(key.about)) for key in KEYS], Look())
    assert words(lab, typed) == [each.command.words for each in found(listed, typed)]


def test_on_the_first_screen_a_line_is_watched_under_the_load_that_is_selected(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press(PALETTE)
        await pilot.app.workers.wait_for_complete()
        await pilot.press(*(KEYCAPS.get(character, character) for character in "gunicorn -w 3"))
        await pilot.app.workers.wait_for_complete()
        await pilot.press("enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        assert lines_of(screen.lab) == ["gunicorn -w 3"]

    play(None, played)
