"""Every key of the stage, pressed in a running application with a clock that stands still."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from simulator.lab.actions import ACTIONS
from simulator.lab.keys import BY_ID, Group
from simulator.lab.keys import KEYS as ALL_KEYS
from simulator.lab.lab import Lab, open_lab
from simulator.tui.app import StageApp
from simulator.tui.lab_screen import LabScreen
from simulator.words.language import language
from tests.tui.conftest import Play
from tests.tui.labs import ManualClock, setup_of, shown

KEYS = tuple(key for key in ALL_KEYS if key.group is not Group.QUESTIONS)
"""Those of the stage."""
Seen = Callable[[Lab, StageApp], object]
EFFECTS: dict[str, Seen] = {
    **{key.id: lambda lab, app: setup_of(lab) for key in KEYS if key.id in ACTIONS},
    "play": lambda lab, app: lab.playhead.playing,
    **{
        name: lambda lab, app: lab.playhead.t_s
        for name in ("step-back", "step", "back", "forward", "start", "end", "jump", "jump-back")
    },
    **{name: lambda lab, app: lab.playhead.speed for name in ("slower", "faster")},
    **{name: lambda lab, app: lab.pane.lane for name in ("select-up", "select-down")},
    **{name: lambda lab, app: lab.pane.first for name in ("page-up", "page-down")},
    **{name: lambda lab, app: lab.focus for name in ("next-pane", "previous-pane")},
    **{name: lambda lab, app: lab.column_s for name in ("finer", "coarser")},
    "zoom-pane": lambda lab, app: lab.zoomed,
    "log-scale": lambda lab, app: lab.log_s,
    "panel": lambda lab, app: lab.panel,
    **{name: lambda lab, app: lab.message for name in ("redo", "remove", "undo", "copy", "link", "leave")},
    **{name: lambda lab, app: type(app.screen) for name in ("charts", "source", "inspect", "palette")},
    **{name: lambda lab, app: lab.menu_page for name in ("menu", "help")},
    "present": lambda lab, app: lab.presenting,
    "export": lambda lab, app: app.screen.menu if isinstance(app.screen, LabScreen) else None,
    "glyphs": lambda lab, app: app.look.glyphs,
    "theme": lambda lab, app: app.look.theme,
    "language": lambda lab, app: language(),
    "card": lambda lab, app: lab.card,
    "quit": lambda lab, app: app.is_running,
}
FROM_ELSEWHERE = {"page-up": "page-down"}
"""Keys that do nothing before another one was pressed."""
pressed_keys = pytest.mark.parametrize(
    ("name", "pressed"), [(key.id, each) for key in KEYS for each in key.keys.split(",")]
)


def test_the_table_of_keys_and_the_effects_tested_here_are_the_same() -> None:
    assert set(EFFECTS) == {key.id for key in KEYS}


@pressed_keys
def test_every_key_does_what_it_is_for(name: str, pressed: str, two: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, StageApp)
        if name in FROM_ELSEWHERE:
            await pilot.press(BY_ID[FROM_ELSEWHERE[name]].keys)
        before = EFFECTS[name](two, app)
        await pilot.press(pressed)
        await app.workers.wait_for_complete()
        if name == "quit":
            assert app.return_value == 0
        else:
            await pilot.pause()
            assert EFFECTS[name](two, app) != before

    play(two, played, size=(120, 30))


def test_nothing_can_be_turned_on_a_run_that_was_measured(now: ManualClock, play: Play) -> None:
    first = shown("prefork")
    lab = open_lab(type(first)(prepared=None, playbacks=first.playbacks), now)

    async def played(pilot: Pilot[int]) -> None:
        for key in KEYS:
            if key.id in ACTIONS:
                await pilot.press(key.keys.split(",")[0])
        lab.menu_page = None
        assert lab.shown.playbacks is first.playbacks
        await pilot.press("space")
        assert isinstance(pilot.app.screen, LabScreen)

    play(lab, played)


@pytest.mark.parametrize(
    ("key", "said"),
    [("-", "workers: 1, and no further"), ("S", "share of phone: 0 %, and no further")],
)
def test_a_knob_that_goes_no_further_says_so(key: str, said: str, now: ManualClock, play: Play) -> None:
    lab = open_lab(shown("prefork:workers=1"), now)

    async def played(pilot: Pilot[int]) -> None:
        before: object = None
        while setup_of(lab) != before:
            before = setup_of(lab)
            await pilot.press(key)
        assert lab.message == said

    play(lab, played)
