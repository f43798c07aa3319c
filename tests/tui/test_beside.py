"""Computing and saving go on beside the screen, which does not wait for them."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.worker import WorkerFailed

from simulator.lab.lab import Lab
from tests.tui.conftest import Play


def test_a_long_run_is_computed_beside_the_screen_and_keys_go_on(
    lab: Lab, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.lab.history.AT_ONCE_S", -1.0)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("plus", "plus", "plus")
        await pilot.press("right")
        assert lab.playhead.t_s == 1.0
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert lab.shown.playbacks[0].trace.plan.pools[0].size == 7
        assert not lab.busy

    play(lab, played)


def test_a_mistake_of_the_program_beside_the_screen_ends_it_instead_of_computing_for_ever(
    lab: Lab, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.lab.history.AT_ONCE_S", -1.0)
    monkeypatch.setattr("simulator.tui.simulating.traces_of", lambda wanted, tell: 1 // 0)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("plus")
        await pilot.app.workers.wait_for_complete()

    with pytest.raises(WorkerFailed, match="division"):
        play(lab, played)


@pytest.mark.parametrize("kind", range(8))
def test_everything_on_the_menu_can_be_saved(kind: int, lab: Lab, play: Play, tmp_path: Path) -> None:
    lab.playhead.seek(3.9)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("e", *["down"] * kind, "enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert lab.message.startswith("saved ")
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert files
        assert all(path.stat().st_size for path in files)

    play(lab, played, size=(80, 24))


def test_saving_where_nothing_may_be_written_says_so(
    lab: Lab, play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("e", "enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "cannot" in lab.message

    play(lab, played)
