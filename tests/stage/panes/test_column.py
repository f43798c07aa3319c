"""The column at the right: one request from close by, and what the words on the screen mean."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from simulator.stage.canvas.glyphs import ASCII
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.sheet import Sheet
from simulator.stage.panes.column import put_column
from simulator.stage.panes.one_request import followed, put_one_request
from simulator.stage.panes.words import first_sentence, put_words, terms_of
from simulator.stage.scene import LaneRef, RequestTarget, Scene
from simulator.stage.snapshot import Snapshot
from simulator.words.language import speaking
from tests.stage.plays import Play, play, scene

FOUR = play("prefork", "slow-clients", workers=4)
NGINX = play("prefork", "slow-clients", nginx=True, workers=4)
LOOP = play("coroutine", "mixed")
GIL = play("threaded", "cpu-heavy", threads=4)
FAR = {"machine.linger": "2 s", "clients.browser.rtt": "80 ms"}
EAGER = play("threaded", "steady", accept="eager", threads=4, overrides=FAR)


def snapshot(its: Scene) -> Snapshot:
    return Snapshot(scene=its, number=0)


def request_pane(its: Scene, width: int = 52, height: int = 14, look: Look | None = None) -> list[str]:
    sheet = Sheet(width, height, look or Look())
    put_one_request(sheet, snapshot(its))
    return [sheet.grid.text(row) for row in range(height)]


def test_where_nobody_is_followed_it_is_the_one_that_waits_longest_and_who_is_in_its_way() -> None:
    rows = request_pane(scene(FOUR, t_s=20.0))
    assert "● #538 office · page" in rows[0]
    assert "waits for one of the 4 workers for 5.3 s" in rows[1]
    assert [row.split()[1:6] for row in (each.strip("│") for each in rows[3:7])] == [
        ["#483", "holds", "worker", "0", "━" * 18],
        ["#526", "holds", "worker", "1", "━" * 6],
        ["#527", "holds", "worker", "2", "━" * 5],
        ["#535", "holds", "worker", "3", "━" * 5],
    ]
    assert "its own work: 3 ms of computing, 136 ms of I/O" in rows[8]


def test_threads_that_wait_for_the_gil_are_held_since_they_took_their_request_and_not_since_they_wait() -> None:
    its = scene(GIL, t_s=12.0)
    rows = [row.strip("│").split() for row in request_pane(its)]
    held_s = {int(row[4]): float(row[-2]) / 1000.0 for row in rows if row[2:4] == ["holds", "thread"]}
    pool = its.views[0].playback.at(12.0).pool("thread")
    for thread, request in enumerate(pool.request.tolist()):
        came_s = float(its.views[0].playback.trace.reached[request, 2])
        assert held_s[thread] == pytest.approx(12.0 - came_s, rel=0.1), (thread, request)


def test_whoever_waits_for_an_event_loop_sees_who_has_it() -> None:
    rows = request_pane(scene(LOOP, t_s=11.1))
    assert "waits for the event loop for 229 ms" in rows[1]
    assert "#374 has the event loop" in rows[3]


def test_whoever_is_not_accepted_waits_for_the_main_thread_while_that_is_held_and_for_the_gil_only_otherwise() -> None:
    held, free = request_pane(scene(EAGER, t_s=11.2)), request_pane(scene(EAGER, t_s=10.2))
    assert "waits for the main thread for 32 ms" in held[1]
    assert "#196 holds main thread 0" in held[3]
    assert "waits for the GIL for 924 µs" in free[1]


def test_the_selected_lane_decides_whose_life_is_shown() -> None:
    its = scene(FOUR, t_s=20.0)
    chosen = replace(its, views=(replace(its.views[0], selected_lane=LaneRef(group="worker", lane=2)),))
    assert followed(snapshot(chosen)) == 527
    assert "waits for its client to send, for 1.1 s already" in "".join(request_pane(chosen))


def test_a_request_that_is_not_here_is_not_said_to_wait() -> None:
    its = scene(FOUR, t_s=20.0)
    gone = replace(its, views=(replace(its.views[0], selected_request=0),))
    assert "It is not here at this moment." in "".join(request_pane(gone))


def test_an_empty_server_says_so() -> None:
    assert "Nobody is here at this moment." in "".join(request_pane(scene(FOUR, t_s=0.0)))


def test_a_click_on_it_opens_its_life() -> None:
    sheet = Sheet(52, 39, Look())
    put_column(sheet, [snapshot(scene(FOUR, t_s=20.0))])
    assert sheet.target(15, 5) == RequestTarget(view=0, request=538)
    assert sheet.target(2, 5) is None


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (FOUR, ("worker", "backlog", "slow client")),
        (NGINX, ("worker", "backlog", "reverse proxy")),
        (LOOP, ("event loop", "backlog")),
        (GIL, ("thread", "GIL", "backlog")),
    ],
    ids=lambda each: each.title if isinstance(each, Play) else "",
)
def test_the_words_are_those_of_this_server(wanted: Play, words: tuple[str, ...]) -> None:
    assert tuple(term.word for term in terms_of(snapshot(scene(wanted, t_s=20.0))))[: len(words)] == words


def test_a_meaning_is_its_first_sentence_in_either_language() -> None:
    for language in ("en", "zh"):
        with speaking(language):
            for term in terms_of(snapshot(scene(FOUR, t_s=20.0))):
                assert term.meaning.startswith(first_sentence(term.meaning))
                assert first_sentence(term.meaning)[-1] in ".。"


def test_a_word_is_shown_with_its_meaning_or_not_at_all() -> None:
    sheet = Sheet(40, 5, Look())
    put_words(sheet, snapshot(scene(FOUR, t_s=20.0)))
    assert "worker" in sheet.grid.text(1)
    assert "backlog" not in sheet.grid.text(3)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 66), st.integers(0, 50), st.sampled_from([FOUR, LOOP, GIL, NGINX]), st.sampled_from(["en", "zh"]))
def test_any_size_will_do_in_either_language(width: int, height: int, wanted: Play, language: str) -> None:
    with speaking(language):  # type: ignore[arg-type]
        sheet = Sheet(width, height, Look(ASCII))
        put_column(sheet, [snapshot(scene(wanted, t_s=12.0))])
        assert all(cell_len(sheet.grid.text(row)) == width for row in range(height))


def test_a_playing_screen_shows_the_same_as_a_still_one() -> None:
    its = scene(FOUR, t_s=20.0)
    grids = []
    for playing in (False, True):
        sheet = Sheet(52, 39, Look())
        put_column(sheet, [snapshot(replace(its, playing=playing))])
        grids.append(str(sheet.grid))
    assert grids[0] == grids[1]
