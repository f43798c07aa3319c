"""Why it is so is told in whole sentences: the claim always, and of the rest what fits whole."""

import pytest

from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.key_bar import KeyHint, KeyTarget
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.frame import frame, target_at
from simulator.stage.panes.claim import accent_of
from simulator.stage.panes.layout import panes_of
from simulator.stage.scene import Scene, View
from simulator.trace.playback import Activity, Playback
from simulator.trace.playback.claims import Dropped
from simulator.trace.playback.congestion import Cause
from simulator.trace.playback.why import Why
from simulator.words.language import Language, speaking
from tests.stage.plays import CALLBACK, FULL, KEYS, LAB, PREFORK, SMALL, Play, playback, row_of, scene, view

FRAMED = ("╭─ WHY ", "╭─ 原因 ", "╭─ 为什么 ")


def told(size: Size, *plays: Play, why: str | None = None, proposal: KeyHint | None = None) -> str:
    """What stands in the first claim, without its blanks."""
    # A playback of its own: what is kept of those of all tests may be in a language that was made up for them.
    views = tuple(
        View(playback=Playback(playback(each).trace), title=each.title, why=why, proposal=proposal) for each in plays
    )
    shown = scene(*plays, t_s=FULL, views=views)
    grid = frame(shown, size, Look())
    claim = panes_of(*size, len(plays), keys=True, caption=False, presenting=False).places[0].claim
    rows = range(claim.row + 1, claim.row + claim.height - 1) if claim.height > 2 else range(claim.row, claim.row + 2)
    inside = slice(claim.col + 2, claim.col + claim.width - 2)
    return "".join("".join("".join(grid.characters[row, inside]).split()) for row in rows)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("size", "plays"), [(Size(60, 24), (PREFORK,)), (LAB, (PREFORK, CALLBACK)), (LAB, (PREFORK,))])
def test_a_sentence_that_does_not_fit_is_left_out_whole(
    language: Language, size: Size, plays: tuple[Play, ...]
) -> None:
    with speaking(language):
        reason = playback(PREFORK).reason(FULL)
        shown = told(size, *plays)
    claim, *more = ("".join(each.split()) for each in (reason.claim, *reason.more))
    assert shown.startswith(claim)
    rest = shown.removeprefix(claim)
    for sentence in more:
        rest = rest.removeprefix(sentence)
    assert rest == ""


def test_where_there_is_room_all_of_it_is_told() -> None:
    reason = str(playback(PREFORK).reason(FULL))
    assert told(Size(200, 50), PREFORK) == "".join(reason.split())


def test_a_claim_that_is_too_long_alone_is_cut_with_a_sign() -> None:
    assert "…" in told(SMALL, PREFORK, why="One sentence that goes on" + " and on" * 60)


def test_the_key_that_helps_stands_in_the_frame_of_the_claim_and_can_be_pressed() -> None:
    hint = KeyHint(key="n", does="with nginx in front: p95 484 ms instead of 12.7 s", action="front")
    shown = Scene(views=(view(PREFORK, proposal=hint),), load="slow-clients", t_s=FULL, keys=KEYS)
    row = row_of(frame(shown, LAB, Look()), hint.does)
    col = frame(shown, LAB, Look()).text(row).index(hint.does)
    assert target_at(shown, LAB, row, col) == KeyTarget(hint=hint)


def test_the_accent_of_a_claim_is_its_cause() -> None:
    uploads, computing = Cause("worker", Activity.UPLOAD, 1), Cause("event loop", Activity.COMPUTING, 0)
    assert accent_of(uploads, gils=set()) is Style.BY_CLIENTS
    assert accent_of(computing, gils={"GIL"}) is Style.BY_COMPUTING
    assert accent_of(Cause("GIL", Activity.COMPUTING, 0), gils={"GIL"}) is Style.BY_LOCK
    assert accent_of(Dropped(0), gils=set()) is Style.BY_LOSS
    assert accent_of(None, gils=set()) is Style.RELIEF


def test_the_figures_of_what_follows_a_claim_are_white_on_grey() -> None:
    shown = scene(PREFORK, t_s=FULL)
    grid = frame(shown, LAB, Look())
    row = row_of(grid, "─ WHY ") + 2
    styles = dict.fromkeys(style for text, style in grid.runs(row) if text.strip(" │"))
    assert list(styles) == [Style.TEXT, Style.DIM]


def test_the_claim_is_what_is_left_at_last() -> None:
    assert list(Why("It waits.", ("A queue grows.", "It began.")).shorter()) == [
        "It waits. A queue grows. It began.",
        "It waits. A queue grows.",
        "It waits.",
    ]
