"""Computing and saving go on beside the screen, which does not wait for them."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from simulator.lab.lab import Sitting
from tests.tui.conftest import Play


def test_a_long_run_is_computed_beside_the_screen_and_keys_go_on(
    sitting: Sitting, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.lab.history.AT_ONCE_S", -1.0)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("plus", "plus", "plus")
        await pilot.press("right")
        assert sitting.clock.t_s == 1.0
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert sitting.shown.playbacks[0].trace.plan.pools[0].size == 7
        assert not sitting.busy

    play(sitting, played)


@pytest.mark.parametrize("kind", range(8))
def test_everything_on_the_menu_can_be_saved(kind: int, sitting: Sitting, play: Play, tmp_path: Path) -> None:
    sitting.clock.seek(3.9)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("e", *["down"] * kind, "enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert sitting.message.startswith("saved ")
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert files
        assert all(path.stat().st_size for path in files)

    play(sitting, played, size=(80, 24))


def test_saving_where_nothing_may_be_written_says_so(
    sitting: Sitting, play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("e", "enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "cannot" in sitting.message

    play(sitting, played)
