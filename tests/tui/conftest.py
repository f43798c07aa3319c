"""A small load, a clock that only moves when told, and screens that run in this process without a terminal."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from simulator.lab.lab import Lab, open_lab
from simulator.stage.canvas.look import Look
from simulator.tui.app import StageApp
from simulator.words.language import speaking
from tests.tui.labs import BEGIN_S, ManualClock, shown

Scene = Callable[[Pilot[int]], Awaitable[None]]
Play = Callable[..., StageApp]
SIZE = (120, 36)


@pytest.fixture(autouse=True)
def elsewhere(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """What is saved goes where nobody minds, colours are those of a terminal that has them, and English is spoken."""
    state = tmp_path_factory.mktemp("state") / "loopfork"
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("simulator.lab.last_time.state_file", lambda: state / "last.json")
    with speaking("en"):
        yield


@pytest.fixture
def now() -> ManualClock:
    return ManualClock()


@pytest.fixture
def lab(now: ManualClock) -> Lab:
    """Prefork under a small load, paused at the start."""
    return open_lab(shown("prefork"), now)


@pytest.fixture
def two(now: ManualClock) -> Lab:
    """Two servers with more lanes than fit, somewhere in the run, a busy lane selected."""
    lab = open_lab(shown("prefork:workers=64", "threaded", rate="100"), now)
    lab.playhead.seek(BEGIN_S)
    holders = lab.shown.playbacks[0].at(BEGIN_S).pools[0].request
    lab.change_pane(lane=int((holders >= 0).argmax()))
    return lab


@pytest.fixture
def play(now: ManualClock) -> Play:
    """Run an application without a terminal, and a scene of a test in it."""

    def run(first: Lab | None, scene: Scene, *, size: tuple[int, int] = SIZE, look: Look | None = None) -> StageApp:
        app = StageApp(first, look or Look(), fps=1, now=now)

        async def played() -> None:
            async with app.run_test(size=size) as pilot:
                await pilot.pause()
                await scene(pilot)

        asyncio.run(played())
        return app

    return run
