"""Whoever comes back is offered what was watched last, at the moment where it was left; one small file keeps it."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from simulator.experiments.deployment_words import pane
from simulator.experiments.options import RunOptions
from simulator.experiments.setup import Setup
from simulator.lab import last_time
from simulator.lab.lab import open_lab
from simulator.lab.last_time import LastTime, recall, remember
from simulator.tui.home_screen import HomeScreen
from simulator.tui.lab_screen import LabScreen
from tests.tui.conftest import Play
from tests.tui.labs import SMALL, ManualClock, shown
from tests.tui.on_screen import picture

TWO = Setup(
    sides=(pane("prefork:workers=8"), pane("coroutine+nginx:nginx.connections=100")),
    options=RunOptions(load="mixed", rate="50", set=("machine.cores=3",)),
)


def test_a_run_with_all_its_settings_and_its_moment_is_found_again() -> None:
    last = LastTime(setup=TWO, at_s=11.125)
    remember(last)
    assert recall() == last


def test_a_file_is_found_again_from_another_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").write_text(SMALL, encoding="utf-8")
    remember(LastTime(setup=replace(TWO, options=RunOptions(load="mine.toml")), at_s=1.0))
    monkeypatch.chdir(tmp_path.parent)
    last = recall()
    assert last is not None
    assert Path(str(last.setup.options.load)) == (tmp_path / "mine.toml").resolve()


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "1", "{}", "[" * 100_000,
        '{"servers": [], "options": {"load": "mixed"}, "at_s": 1}',
        '{"servers": ["prefork"], "options": {"load": "mixed"}, "at_s": -1}',
        '{"servers": ["prefork"], "options": {"load": "mixed"}, "at_s": "soon"}',
        '{"servers": ["prefork"], "options": {"load": "mixed", "of a later version": 1}, "at_s": 1}',
        '{"servers": ["prefork"], "options": {"load": {}}, "at_s": 1}',
        '{"servers": ["gone"], "options": {"load": "mixed"}, "at_s": 1}',
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_not_offered(text: str) -> None:
    file = last_time.state_file()
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    assert recall() is None


def test_where_nothing_may_be_written_nothing_is_remembered_and_nothing_is_said() -> None:
    last_time.state_file().parent.write_text("in the way", encoding="utf-8")
    remember(LastTime(setup=TWO, at_s=1.0))
    assert recall() is None


async def until_offered(pilot: Pilot[int]) -> None:
    for _ in range(600):
        await pilot.pause(0.02)
        screen = pilot.app.screen
        assert isinstance(screen, HomeScreen)
        screen.tick()
        if "go on with" in picture(pilot):
            return
    pytest.fail("nothing is offered")


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
def test_the_first_screen_offers_it_and_one_key_goes_on_there(size: tuple[int, int], play: Play) -> None:
    remember(LastTime(setup=TWO, at_s=11.125))

    async def played(pilot: Pilot[int]) -> None:
        await until_offered(pilot)
        assert "go on with mixed, prefork | nginx + coroutine at 11.1 s" in picture(pilot)
        await pilot.press("0")
        await pilot.pause()
        stage = pilot.app.screen
        assert isinstance(stage, LabScreen)
        assert stage.lab.shown.prepared is not None
        assert stage.lab.shown.prepared.setup == TWO
        assert stage.lab.playhead.t_s == pytest.approx(11.125)

    play(None, played, size=size)


def test_whoever_goes_back_to_the_first_screen_is_offered_what_was_just_left(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("3")
        await pilot.pause()
        await pilot.press("escape")
        await until_offered(pilot)
        assert "go on with mixed, coroutine | prefork at 9.5 s" in picture(pilot)

    play(None, played)


def test_leaving_the_program_remembers_what_was_watched(play: Play, now: ManualClock) -> None:
    lab = open_lab(shown("prefork:workers=3"), now)
    lab.playhead.seek(1.5)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("q")

    play(lab, played)
    last = recall()
    assert last is not None
    assert lab.shown.prepared is not None
    assert last == LastTime(setup=lab.shown.prepared.setup, at_s=1.5)


def test_without_a_last_time_the_key_does_nothing(play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("0")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HomeScreen)

    play(None, played)
