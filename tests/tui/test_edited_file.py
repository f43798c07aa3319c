"""A scenario file that is edited while it is watched: what is shown stays, and a mistake in it is told."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from simulator.lab.lab import Lab, open_lab
from tests.tui.conftest import Play
from tests.tui.labs import BEGIN_S, SMALL, ManualClock, ready, setup_of, shown
from tests.tui.on_screen import picture


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A scenario of the user's own."""
    own = tmp_path / "own.toml"
    own.write_text(SMALL, encoding="utf-8")
    return own


@pytest.fixture
def watched(file: Path, now: ManualClock) -> Lab:
    """Prefork under it."""
    lab = open_lab(shown("prefork", load=str(file)), now)
    lab.playhead.seek(BEGIN_S)
    return lab


@pytest.mark.parametrize(
    ("edited", "told"),
    [
        (SMALL.replace('duration = "4 s"', 'duration = "4 s'), "own.toml:3: not TOML"),
        (SMALL.replace("share = 0.2", "shrae = 0.2"), 'did you mean "share"?'),
        (None, "no such file"),
    ],
    ids=["not TOML", "unknown key", "gone"],
)
def test_a_mistake_is_told_with_the_next_change_and_nothing_else_happens(
    edited: str | None, told: str, file: Path, watched: Lab, play: Play
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        before, setup = watched.shown, setup_of(watched)
        if edited is None:
            file.unlink()
        else:
            file.write_text(edited, encoding="utf-8")
        await pilot.press("r")
        assert told in watched.message
        assert told in " ".join(picture(pilot).split())
        assert (watched.shown, setup_of(watched)) == (before, setup)

    play(watched, played)


def test_a_mistake_that_was_repaired_is_forgotten_and_the_file_counts_as_it_is_now(
    file: Path, watched: Lab, play: Play
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        file.write_text(SMALL + "nonsense", encoding="utf-8")
        await pilot.press("r")
        assert watched.message
        file.write_text(SMALL.replace("cores = 2", "cores = 5"), encoding="utf-8")
        await pilot.press("r")
        assert not watched.message
        assert watched.shown.playbacks[0].trace.plan.cores.count == 5

    play(watched, played)


def test_what_was_changed_before_can_be_taken_back_also_when_the_file_is_gone(
    file: Path, watched: Lab, play: Play
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        setup = setup_of(watched)
        await pilot.press("r")
        assert setup_of(watched) != setup
        file.unlink()
        await pilot.press("u")
        assert setup_of(watched) == setup
        assert watched.message == "taken back"

    play(watched, played)


def test_recorded_arrivals_that_are_put_into_a_shipped_load_count_as_they_are_now(tmp_path: Path) -> None:
    recorded = tmp_path / "recorded.csv"
    override = f'arrivals={{kind = "trace", file = "{recorded}"}}'
    requests = []
    for rows in (1, 2):
        recorded.write_text("time_s,class\n" + "0.5,page\n" * rows, encoding="utf-8")
        requests.append(ready("prefork", load="steady", set=(override,)).requests)
    assert requests == [1, 2]
