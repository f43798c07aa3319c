"""Why it is so is told in whole sentences: what does not fit is left out from the end."""

import pytest

from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import Look
from simulator.stage.frame import frame
from simulator.stage.scene import View
from simulator.trace.playback import Playback
from simulator.trace.playback.why import Why
from simulator.words.language import Language, speaking
from tests.stage.plays import CALLBACK, FULL, PREFORK, SMALL, Play, playback, scene

COMPARED = Size(190, 40)


def told(size: Size, *plays: Play, why: str | None = None) -> str:
    """What stands behind the label, in the first view, in one line."""
    # A playback of its own: what is kept of those of all tests may be in a language that was made up for them.
    views = tuple(View(playback=Playback(playback(each).trace), title=each.title, why=why) for each in plays)
    shown = scene(*plays, t_s=FULL, views=views)
    grid = frame(shown, size, Look())
    first = next(row for row in range(grid.height) if grid.text(row).startswith((" WHY ", " 原因 ", " 为什么 ")))
    start = len(grid.text(first).split()[0]) + 2
    rows = [grid.text(row).split("│")[0] for row in range(first, grid.height)]
    lines = [rows[0][start:], *(row for row in rows[1:5] if row.startswith("    "))]
    return "".join("".join(lines).split())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("size", "plays"), [(Size(60, 24), (PREFORK,)), (SMALL, (PREFORK, CALLBACK))])
def test_a_sentence_that_does_not_fit_is_left_out_whole(
    language: Language, size: Size, plays: tuple[Play, ...]
) -> None:
    with speaking(language):
        texts = ["".join(text.split()) for text in playback(PREFORK).reason(FULL).shorter()]
        seen = told(size, *plays)
    assert len(texts) > 1
    assert any(seen.startswith(text) for text in texts), seen
    assert "…" not in seen


def test_where_there_is_room_all_of_it_is_told_also_in_a_narrow_view() -> None:
    reason = str(playback(PREFORK).reason(FULL))
    assert told(COMPARED, PREFORK, CALLBACK).startswith("".join(reason.split()))


def test_a_claim_that_is_too_long_alone_is_cut_with_a_sign() -> None:
    assert "…" in told(SMALL, PREFORK, why="One sentence that goes on" + " and on" * 60)


def test_the_claim_is_what_is_left_at_last() -> None:
    assert list(Why("It waits.", ("A queue grows.", "It began.")).shorter()) == [
        "It waits. A queue grows. It began.",
        "It waits. A queue grows.",
        "It waits.",
    ]
