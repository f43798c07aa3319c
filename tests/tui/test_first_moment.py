"""A run is opened shortly before the first thing in it that one should see, or where somebody asked for."""

from collections.abc import Callable
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.main import main
from simulator.experiments.refusal import RefusalError
from simulator.lab.first_moment import LEAD_S, SETTLED_S, first_moment, typed_moment, waiting, watched
from simulator.lab.lab import Lab
from simulator.lab.scenes import scene
from simulator.trace.playback import EventKind
from simulator.tui import app, opening
from simulator.words.language import speaking
from tests.tui.labs import ManualClock, shown


def opens_at(*servers: str, load: str) -> float:
    return first_moment(shown(*servers, load=load).playbacks)


def test_a_crash_is_opened_before_it_happens() -> None:
    assert opens_at("prefork:workers=6", load="crash") == pytest.approx(20.0 - LEAD_S)


def test_a_spike_is_opened_while_all_is_quiet() -> None:
    assert opens_at("prefork", load="spike") == pytest.approx(20.0 - LEAD_S, abs=0.1)


def test_a_crowd_is_opened_while_it_grows_and_not_when_it_is_largest() -> None:
    (run,) = shown("prefork", load="slow-clients").playbacks
    largest = next(event for event in run.interesting if event.kind is EventKind.CROWDED)
    opened = first_moment([run])
    assert SETTLED_S <= opened < largest.look_s / 2.0
    assert waiting(run.at(opened)) < waiting(run.at(opened + LEAD_S + 2.0)) < waiting(run.at(largest.look_s))


def test_a_crowd_that_only_waits_for_its_own_clients_is_no_reason_to_look() -> None:
    assert opens_at("coroutine", load="slow-clients") == SETTLED_S


def test_a_blocked_loop_is_opened_before_a_long_block_and_not_before_the_first_curves() -> None:
    (run,) = shown("coroutine", load="mixed").playbacks
    opened = first_moment([run])
    ended = run.blocks.time_s
    assert opened >= SETTLED_S
    assert ((ended > opened) & (ended < opened + LEAD_S + 0.01) & (run.blocks.seconds > 0.1)).any()


def test_beside_a_server_that_copes_a_comparison_is_opened_for_the_one_that_does_not() -> None:
    alone = opens_at("prefork", load="slow-clients")
    assert opens_at("coroutine", "prefork", load="slow-clients") == alone
    assert opens_at("prefork+nginx", load="slow-clients") < alone


def test_where_nothing_happens_a_run_is_opened_when_the_curves_have_something_to_show() -> None:
    assert opens_at("prefork", load="steady") == SETTLED_S
    (short,) = shown("prefork").playbacks
    assert first_moment([short]) == pytest.approx(short.end_s / 4.0)


def test_what_is_watched_plays_from_there(now: ManualClock) -> None:
    lab = watched(shown("prefork:workers=6", load="crash"), now=now)
    now.pass_s(LEAD_S)
    assert lab.playhead.t_s == pytest.approx(20.0)
    assert "killed" in lab.shown.playbacks[0].why(lab.playhead.t_s + 0.01)


@pytest.mark.parametrize(("typed", "at_s"), [(None, None), ("start", 0.0), ("1500ms", 1.5), ("end", inf)])
def test_a_moment_can_be_typed_in_words_and_with_any_unit(typed: str | None, at_s: float | None) -> None:
    assert typed_moment(typed) == at_s


def test_the_end_that_was_asked_for_stands_still_and_has_its_card(now: ManualClock) -> None:
    lab = watched(shown("prefork"), inf, now)
    lab.follow()
    assert (lab.playhead.t_s, lab.playhead.playing, lab.card) == (lab.playhead.end_s, False, True)


def test_a_moment_behind_the_end_is_refused_with_the_end(now: ManualClock) -> None:
    with pytest.raises(RefusalError, match=r"--at 90 s: this run ends after"):
        watched(shown("prefork"), 90.0, now)


# From the command line.


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Lab]:
    """Type something with --watch, and see what the screen is opened with."""

    def typed(*words: str) -> Lab:
        labs: list[Lab] = []

        class Screen:
            return_code = 0

            def __init__(self, lab: Lab, *_: Any, **__: Any) -> None:
                labs.append(lab)

            def run(self) -> int:
                return 0

        monkeypatch.setattr(opening, "has_terminal", lambda: True)
        monkeypatch.setattr(app, "StageApp", Screen)
        assert main([*words, "--watch"]) == 0
        (lab,) = labs
        return lab

    return typed


@cache
def saved(folder: Path) -> Path:
    file = folder / "run.parquet"
    assert main(["--model", "prefork", "--load", "crash", "--duration", "30s", "--parquet", str(file), "--quiet"]) == 0
    return file


def test_every_command_that_opens_the_stage_takes_the_moment(seen: Callable[..., Lab], tmp_path: Path) -> None:
    run, servers = ("--load", "crash", "--duration", "30s"), ("compare", "prefork", "threaded")
    for words in (("--model", "prefork", *run), (*servers, *run), ("show", str(saved(tmp_path)))):
        assert seen(*words, "--at", "12s").playhead.t_s == pytest.approx(12.0, abs=1.0)
        assert seen(*words).playhead.t_s == pytest.approx(20.0 - LEAD_S, abs=1.0)
        at_end = seen(*words, "--at", "end").playhead
        assert at_end.t_s == at_end.end_s


def test_a_moment_that_the_run_does_not_have_is_refused_before_the_screen_opens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(opening, "has_terminal", lambda: True)
    assert main(["--model", "prefork", "--load", "steady", "--duration", "9s", "--watch", "--at", "1h"]) == 2
    assert "--at 3 600 s: this run ends after 9" in capsys.readouterr().err


# What the stage is told about the load.


def test_the_stage_knows_the_first_sentence_of_the_story_in_the_language_of_now(now: ManualClock) -> None:
    lab = watched(shown("prefork", load="steady"), now=now)
    assert scene(lab).story.startswith("Twenty requests a second")
    with speaking("zh"):
        assert scene(lab).story.startswith("每秒 20 个请求")
        assert scene(lab).story.endswith("。")


def test_a_load_without_a_story_has_none_on_the_stage(now: ManualClock) -> None:
    assert scene(watched(shown("prefork"), now=now)).story == ""


def test_a_run_about_the_gil_opens_so_that_the_baton_is_seen_to_change_hands() -> None:
    lab = watched(shown("threaded", load="cpu-heavy"), now=lambda: 0.0)
    assert (lab.column_s, lab.playhead.speed) == (0.001, 0.01)
    assert lab.playhead.playing


def test_a_run_whose_loop_is_blocked_opens_with_columns_of_ten_milliseconds() -> None:
    lab = watched(shown("coroutine", load="mixed"), now=lambda: 0.0)
    assert (lab.column_s, lab.playhead.speed) == (0.01, 0.1)
    block_s = next(end_s for end_s in lab.shown.playbacks[0].blocks.time_s.tolist() if end_s > lab.playhead.t_s)
    assert block_s - lab.playhead.t_s <= 0.25 + 1e-6


def test_other_runs_open_at_the_usual_zoom() -> None:
    for server, load in (("prefork", "mixed"), ("threaded", "spike"), ("coroutine", "slow-clients")):
        lab = watched(shown(server, load=load), now=lambda: 0.0)
        assert (lab.column_s, lab.playhead.speed) == (0.05, 1.0)


def test_two_servers_with_different_stories_open_at_the_usual_zoom() -> None:
    lab = watched(shown("prefork", "threaded", load="cpu-heavy"), now=lambda: 0.0)
    assert (lab.column_s, lab.playhead.speed) == (0.05, 1.0)
