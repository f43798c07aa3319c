"""Who has the GIL at a moment is what the run recorded, on the screen and in files; without it that is a guess."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simulator.cli.main import main
from simulator.experiments.run import run_checked
from simulator.stage.canvas.glyphs import UNICODE
from simulator.stage.canvas.grid import Size, plain
from simulator.stage.canvas.look import Look
from simulator.stage.frame import frame
from simulator.stage.scene import Scene, View
from simulator.trace.playback import Activity, Playback
from simulator.trace.table import Trace
from tests.stage.plays import play, trace_of
from tests.tui.labs import ready

CROWD = play("threaded", "mixed", threads=8)
SIZE = Size(120, 36)
MOMENTS = np.arange(20.0, 40.0, 0.05).tolist()


@cache
def watched() -> Trace:
    """What the screen, ``compare`` and its pictures show: as it is simulated for them."""
    (trace,) = run_checked(ready("threaded:threads=8,profile=mini", load="mixed"), detail=True)
    return trace


def lanes(trace: Trace, t_s: float) -> str:
    scene = Scene(views=(View(playback=Playback(trace), title="threaded"),), load="mixed", t_s=t_s)
    return of_lanes(plain(frame(scene, SIZE, Look(UNICODE))))


def of_lanes(picture: str) -> str:
    """The rows of the threads."""
    return "\n".join(row for row in picture.splitlines() if row.startswith("│  thread "))


def test_whoever_is_shown_with_the_gil_was_given_it() -> None:
    trace = watched()
    grants, shown = trace.grants, Playback(trace)
    assert grants is not None
    seen = 0
    for t_s in MOMENTS:
        pool = shown.at(t_s).pools[0]
        computing = set(pool.request[pool.activity == Activity.COMPUTING].tolist())
        assert computing <= set(grants.request[(grants.start <= t_s) & (t_s < grants.end)].tolist())
        seen += len(computing)
    assert seen > len(MOMENTS) / 10


@pytest.mark.parametrize("t_s", [26.0, 29.0])
def test_the_screen_shows_what_was_recorded_and_no_guess(t_s: float) -> None:
    recorded, guessed = (lanes(trace_of(CROWD, detail=detail), t_s) for detail in (True, False))
    assert lanes(watched(), t_s) == recorded != guessed


def test_a_picture_from_the_command_line_does_too(tmp_path: Path) -> None:
    file = tmp_path / "lanes.txt"
    drawn = f"--picture {file} --at 29s --size 120x36 --glyphs unicode --quiet"
    assert main(f"--model threaded --threads 8 --profile mini --load mixed {drawn}".split()) == 0
    assert of_lanes(file.read_text(encoding="utf-8")) == lanes(trace_of(CROWD), 29.0)
