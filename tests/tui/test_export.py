"""Films of a stretch of the run: how much is chosen in the menu, what the file shows, and how making it is stopped."""

import asyncio
import json
import threading
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image
from textual.pilot import Pilot

from simulator.experiments.refusal import RefusalError
from simulator.lab.export import ExportRequest, export
from simulator.lab.export_menu import KINDS, USUAL_S, ExportMenu, Kind, stretches, usual_stretch
from simulator.lab.lab import Lab
from simulator.lab.playhead import SPEEDS
from simulator.lab.scenes import scene
from simulator.stage import pictures as film_module
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.look import Look
from simulator.stage.frame import frame
from simulator.stage.pictures import FPS, MOST_PICTURES, Drawn, Film
from simulator.stage.scene import Scene
from simulator.tui.lab_screen import LabScreen
from tests.tui.conftest import Play

SMALL = Size(40, 12)
TO_THE_GIF = ("e", *["down"] * KINDS.index(Kind.GIF))
LONG_ENOUGH_S = 20.0
"""Before a test gives up waiting for a thread."""


def picture(pilot: Pilot[int]) -> str:
    screen = pilot.app.screen
    assert isinstance(screen, LabScreen)
    return str(screen.canvas.grid)


def menu(pilot: Pilot[int]) -> ExportMenu:
    screen = pilot.app.screen
    assert isinstance(screen, LabScreen)
    assert screen.menu is not None
    return screen.menu


def wanted(lab: Lab, kind: Kind, film: Film) -> ExportRequest:
    return ExportRequest(kind=kind, scene=scene(lab), drawn=Drawn(size=SMALL, look=Look()), film=film)


# --- choosing -----------------------------------------------------------------------------------------------------


def test_the_menu_says_how_much_of_the_run_a_film_shows_and_how_long_it_takes_to_watch(lab: Lab, play: Play) -> None:
    lab.playhead.seek(1.5)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press(*TO_THE_GIF, "left", "left")
        assert "GIF, 1 s from 1.5 s " in picture(pilot)
        assert " a film of 1 s, 10 pictures/s " in picture(pilot)
        await pilot.press("left_square_bracket", "left_square_bracket")
        assert " a film of 4 s, 10 pictures/s " in picture(pilot)
        await pilot.press("right")
        assert "asciinema, 2 s from 1.5 s " in picture(pilot)
        assert " a film of 8 s, 10 pictures/s " in picture(pilot)
        await pilot.press(*["right"] * 20, *["left_square_bracket"] * 20)
        assert f" a film of {lab.playhead.end_s / 0.6:.1f} min is too long " in picture(pilot)

    play(lab, played)


def test_the_speed_of_a_film_is_not_that_of_the_playback(lab: Lab, play: Play) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press(*TO_THE_GIF, "right_square_bracket", "right_square_bracket", "right_square_bracket")
        assert (menu(pilot).speed, lab.playhead.speed) == (10.0, 1.0)

    play(lab, played)


def test_lengths_go_no_further_than_the_end_and_the_last_choice_is_the_whole_run(lab: Lab, play: Play) -> None:
    lab.playhead.seek(1.5)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press(*TO_THE_GIF, *["right"] * 20)
        film = menu(pilot).film
        assert (film.start_s, film.end_s) == (0.0, lab.playhead.end_s)
        await pilot.press("left")
        assert (menu(pilot).film.start_s, menu(pilot).film.end_s) == (1.5, lab.playhead.end_s)
        await pilot.press(*["left"] * 20)
        assert (menu(pilot).film.start_s, menu(pilot).film.end_s) == (1.5, 1.55)

    play(lab, played)


def test_a_film_begins_where_the_menu_was_opened_however_long_the_choice_takes(lab: Lab, play: Play) -> None:
    lab.playhead.seek(0.5)

    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("e")
        lab.playhead.seek(3.0)
        assert menu(pilot).film.start_s == 0.5

    play(lab, played)


@pytest.mark.parametrize("t_s", [0.0, 0.02, 12.5, 59.97, 60.0])
@pytest.mark.parametrize("speed", SPEEDS[::3])
def test_every_choice_lies_within_the_run_and_what_is_proposed_is_short(t_s: float, speed: float) -> None:
    choices = stretches(t_s, 60.0)
    assert all(0.0 <= each.start_s < each.end_s <= 60.0 for each in choices)
    spans = [(each.start_s, each.end_s) for each in choices]
    assert len(set(spans)) == len(spans)
    proposed = choices[usual_stretch(choices, speed)].film(speed)
    assert proposed.lasts_s <= USUAL_S + 1e-9 or proposed.lasts_s == choices[0].film(speed).lasts_s


# --- what a film shows --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("speed", [0.1, 1.0, 20.0])
def test_a_film_goes_from_its_first_moment_to_its_last_at_its_speed(speed: float, lab: Lab) -> None:
    film, shown = Film(start_s=0.3, end_s=1.1, speed=speed), scene(lab)
    times, grids = zip(*film.frames(shown, SMALL, Look()), strict=True)
    assert (times[0], times[-1]) == (0.0, pytest.approx(0.8 / speed))
    assert max(later - sooner for sooner, later in pairwise(times)) <= 1.0 / FPS + 1e-9
    assert [moment(grid) for grid in (grids[0], grids[-1])] == ["0.300 s", "1.100 s"]
    assert len(grids) == film.pictures


@pytest.mark.parametrize("lasts_s", [0.0, 0.04, 1.0, 59.9, 60.1, 599.0])
def test_the_longer_a_film_the_fewer_pictures_a_second_and_never_too_many(lasts_s: float) -> None:
    film = Film(start_s=2.0, end_s=2.0 + lasts_s)
    assert film.pictures <= MOST_PICTURES + 1
    assert film.fps >= 1.0
    assert not film.too_long
    assert film.fps == FPS or film.pictures >= MOST_PICTURES


def test_a_gif_lasts_as_long_as_the_menu_said_and_then_stays_for_two_seconds(lab: Lab, tmp_path: Path) -> None:
    (path,) = export(wanted(lab, Kind.GIF, Film(start_s=0.5, end_s=2.0)), tmp_path)
    assert path.name.endswith("0.500s-to-2.000s.gif")
    with Image.open(BytesIO(path.read_bytes())) as image:
        shown_ms = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            shown_ms.append(image.info["duration"])
    assert sum(shown_ms) == 3500


def test_a_recording_lasts_as_long_too_and_shows_the_run_playing(lab: Lab, tmp_path: Path) -> None:
    (path,) = export(wanted(lab, Kind.CAST, Film(start_s=0.5, end_s=1.0, speed=0.25)), tmp_path)
    _, _, first, *_, last = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert last[0] == 4.0
    glyphs = Look().glyphs
    assert f"{glyphs.play} {glyphs.times}0.25" in first[2]


def test_a_film_that_nobody_would_watch_to_its_end_is_refused_and_nothing_is_written(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(RefusalError, match=r"40 min to watch, and at most 10 min are possible"):
        export(wanted(lab, Kind.GIF, Film(start_s=0.0, end_s=24.0, speed=0.01)), tmp_path)
    assert list(tmp_path.iterdir()) == []


def moment(grid: CellGrid) -> str:
    """What the time bar says."""
    bar = next(grid.text(row) for row in reversed(range(grid.height)) if "◆" in grid.text(row))
    return " ".join(bar.split()[:2])


# --- making it ----------------------------------------------------------------------------------------------------


class Projector:
    """Draws as many pictures of a film as a test lets it."""

    def __init__(self) -> None:
        self.let = threading.Semaphore(0)
        self.asked = threading.Semaphore(0)

    def __call__(self, scene: Scene, size: Size, look: Look) -> CellGrid:
        self.asked.release()
        assert self.let.acquire(timeout=LONG_ENOUGH_S)
        return frame(scene, size, look)

    async def draw(self, pictures: int) -> None:
        """Until the one after those is asked for; once in a test."""
        self.let.release(pictures)
        for _ in range(pictures + 1):
            assert await asyncio.to_thread(self.asked.acquire, timeout=LONG_ENOUGH_S)

    def finish(self) -> None:
        self.let.release(MOST_PICTURES)


@pytest.fixture
def projector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Projector]:
    """What draws films, held back; at the end of the test no thread is left waiting for it."""
    made = Projector()
    monkeypatch.setattr(film_module, "frame", made)
    yield made
    made.finish()


def test_while_a_film_is_made_it_is_said_how_far_it_is_and_keys_go_on(
    lab: Lab, play: Play, projector: Projector, tmp_path: Path
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press(*TO_THE_GIF, "left", "enter")  # 2 s: 21 pictures, each drawn and written
        await projector.draw(11)
        await pilot.press("right", "right")
        assert lab.playhead.t_s == 2.0
        assert "film as GIF: 26 %, esc stops it" in picture(pilot)
        await pilot.press("e", "enter")
        assert lab.message.startswith("not yet: film as GIF")
        projector.finish()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert lab.message.startswith("saved ")
        assert [path.suffix for path in tmp_path.iterdir()] == [".gif"]

    play(lab, played, size=(120, 36))


@pytest.mark.parametrize("kind", [Kind.GIF, Kind.CAST])
def test_esc_stops_a_film_and_nothing_of_it_stays(
    kind: Kind, lab: Lab, play: Play, projector: Projector, tmp_path: Path
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press("e", *["down"] * KINDS.index(kind), "enter")
        await projector.draw(3)
        await pilot.press("escape")
        assert lab.message == "stopping ..."
        projector.finish()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert lab.message == "stopped: nothing was saved"
        assert list(tmp_path.iterdir()) == []
        await pilot.press("e", "enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert lab.message.startswith("saved ")

    play(lab, played)


def test_who_leaves_while_a_film_is_made_finds_nothing_of_it(
    lab: Lab, play: Play, projector: Projector, tmp_path: Path
) -> None:
    async def played(pilot: Pilot[int]) -> None:
        await pilot.press(*TO_THE_GIF, "down", "enter")
        await projector.draw(3)
        await pilot.press("q")
        projector.finish()

    play(lab, played)
    assert list(tmp_path.iterdir()) == []
