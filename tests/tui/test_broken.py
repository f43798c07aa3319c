"""A run that contradicts itself is taken from the screen, and told in plain words."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from simulator.experiments import run as running
from simulator.lab.export_menu import KINDS, Kind
from simulator.lab.lab import Lab
from simulator.trace.table import Trace
from simulator.tui import simulating
from simulator.tui.lab_screen import LabScreen
from simulator.tui.reading_screens import ChartsScreen
from tests.tui.conftest import Play
from tests.tui.on_screen import picture

LAW = "two and two are five"


@pytest.fixture
def broken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next run that is checked breaks a law; the ones after it are sound."""
    from simulator.trace import checks

    answers = [[LAW]]
    monkeypatch.setattr(checks, "check", lambda _: answers.pop() if answers else [])
    monkeypatch.setattr(simulating, "CHECK_AFTER_S", 1e-3)


async def until(pilot: Pilot[int], said: str) -> None:
    for _ in range(200):
        await pilot.pause(0.01)
        if said in picture(pilot):
            return
    raise AssertionError(f"never said: {said}")


def test_a_change_that_breaks_a_law_is_shown_in_words_and_the_next_one_is_drawn(
    lab: Lab, play: Play, broken_once: None
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        sound = picture(pilot)
        await pilot.press("r")
        await until(pilot, LAW)
        assert "contradicts itself" in picture(pilot)
        assert not any(line.strip() in picture(pilot) for line in sound.splitlines() if line.strip())
        await pilot.press("u")
        await pilot.pause()
        assert LAW not in picture(pilot)
        assert not lab.broken
        assert lab.history.before is None

    play(lab, played)


def test_a_run_that_is_too_wrong_to_be_checked_is_not_trusted_either(
    lab: Lab, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.trace.checks.check", lambda trace: trace.slot[:, 99])
    monkeypatch.setattr(simulating, "CHECK_AFTER_S", 1e-3)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("r")
        await until(pilot, "cannot be checked")
        assert "IndexError" in str(lab.broken)

    play(lab, played)


def test_where_there_is_no_room_to_check_a_run_that_is_no_mistake_of_the_program(
    lab: Lab, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_: Trace) -> list[str]:
        raise MemoryError

    monkeypatch.setattr("simulator.trace.checks.check", no_room)
    monkeypatch.setattr(simulating, "CHECK_AFTER_S", 1e-3)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("r")
        await until(pilot, "does not fit into memory")
        assert "Nothing of it is shown" in str(lab.broken)
        assert "INTERNAL ERROR" not in picture(pilot)

    play(lab, played)


def test_nothing_of_a_changed_run_is_saved_before_its_laws_are_checked(
    lab: Lab, play: Play, broken_once: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(simulating, "CHECK_AFTER_S", 1e6)
    monkeypatch.chdir(tmp_path)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("r", "e", *["down"] * KINDS.index(Kind.JSON), "enter")
        await until(pilot, LAW)
        assert list(tmp_path.iterdir()) == []
        await pilot.press("e", *["down"] * KINDS.index(Kind.JSON), "enter")  # checked again, and sound this time
        await until(pilot, "saved ")
        assert len(list(tmp_path.iterdir())) == 1

    play(lab, played)


def test_a_run_that_was_checked_is_saved_without_another_check(lab: Lab, play: Play, broken_once: None) -> None:
    async def played(pilot: Pilot[int]) -> None:
        assert not lab.unchecked
        await pilot.press("r")
        await until(pilot, LAW)
        assert not lab.unchecked

    play(lab, played)


def test_what_shows_more_of_it_is_closed_and_stays_closed(lab: Lab, play: Play, broken_once: None) -> None:
    async def played(pilot: Pilot[int]) -> None:
        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        lab.touch()
        pilot.app.push_screen(ChartsScreen(lab))
        await pilot.pause()
        assert lab.shown.prepared is not None
        screen.post_message(simulating.Checked(lab.shown.prepared, LAW))
        await pilot.pause()
        assert screen.is_current
        for key in ("h", "v", "e", "enter"):
            await pilot.press(key)
            await pilot.pause()
            assert screen.is_current
            assert screen.menu is None

    play(lab, played)


def test_a_run_that_is_no_longer_shown_harms_nobody(lab: Lab) -> None:
    before = lab.history.wanted
    assert before is not None
    other = lab.history.change(before.setup.with_key("seed", "7"))
    assert other is not None
    lab.history.finish(other, running.run_checked(other, detail=True))
    lab.checked(before, LAW)
    assert not lab.broken
