"""The same request on several servers: one axis, sums that add up, and a sentence that says what the difference is."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from simulator.plan.words import Outcome
from simulator.stage.canvas.glyphs import UNICODE
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import GLYPH_SETS, Look
from simulator.stage.waterfalls import Life, LivesView, difference, waterfalls
from simulator.trace.playback.life_story import LifeStories, same_request
from simulator.words.language import Language, speaking
from tests.stage.plays import Play, play, trace_of

SHORT = {"duration": "20 s"}
PREFORK = play("prefork", "slow-clients", overrides=SHORT, workers=4)
COROUTINE = play("coroutine", "slow-clients", overrides=SHORT)
PROXIED = play("prefork", "slow-clients", nginx=True, overrides=SHORT, workers=4)
SIZES = ((80, 24), (120, 36), (200, 50), (40, 12), (60, 16))


@cache
def stories(wanted: Play) -> LifeStories:
    return LifeStories(trace_of(wanted))


def waited_longest() -> int:
    """The completed request that waited longest under prefork."""
    trace = stories(PREFORK).trace
    done = trace.outcome == Outcome.COMPLETED
    return int(np.nanargmax(np.where(done, trace.reached[:, 1] - trace.arrival, -1.0)))


def lives(request: int, *plays: Play) -> list[Life]:
    return [Life(number=i, server=each.title, told=stories(each).of(request)) for i, each in enumerate(plays)]


def drawn(size: tuple[int, int], *plays: Play, look: Look | None = None, view: LivesView | None = None) -> list[str]:
    grid = waterfalls(lives(waited_longest(), *plays), Size(*size), look or Look(), view=view or LivesView())
    return [grid.text(row).rstrip() for row in range(grid.height)]


def test_both_lives_are_named_with_what_came_of_them() -> None:
    text = "\n".join(drawn((120, 36), PREFORK, COROUTINE))
    assert re.search(r"A PREFORK  completed after [\d.]+ s", text)
    assert re.search(r"B COROUTINE  completed after [\d.]+ m?s", text)
    assert text.count("total ") == 2


def test_the_sentence_says_what_the_other_server_spares_the_request() -> None:
    line = " ".join(drawn((120, 36), PREFORK, COROUTINE)[1:3])
    assert re.search(r"Under B it took [\d.]+ m?s instead of [\d.]+ s\. It did not wait to be accepted", line)


def test_seen_from_the_quick_one_it_says_what_took_so_long() -> None:
    one, other = lives(waited_longest(), PREFORK, COROUTINE)
    first, second = difference(other, one)
    assert first.startswith("Under A it took")
    assert re.fullmatch(r"Most of the difference: in the backlog, [\d.]+ s instead of 0 s\.", second)


def test_the_same_life_twice_took_as_long() -> None:
    one, other = lives(waited_longest(), PREFORK, PREFORK)
    (line,) = difference(one, other)
    assert re.fullmatch(r"Under B it took as long: [\d.]+ s\.", line)


def test_where_it_was_never_sent_that_is_said() -> None:
    (one,) = lives(0, PREFORK)
    never = Life(number=1, server="coroutine", told=None)
    assert list(difference(one, never)) == ["Under B it was never sent."]
    grid = waterfalls([one, never], Size(80, 24), Look(), view=LivesView())
    assert "never sent" in str(grid)


def test_both_have_the_same_axis_so_that_the_longer_life_reaches_further() -> None:
    rows = drawn((120, 36), PREFORK, COROUTINE)
    second = next(number for number, row in enumerate(rows) if row.startswith(" B "))
    bars = [next(row for row in part if "→ response" in row) for part in (rows[:second], rows[second:])]
    ends = [bar.rindex("→") for bar in bars]
    assert ends[0] > ends[1]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("glyphs", GLYPH_SETS)
@pytest.mark.parametrize("logarithmic", [False, True])
def test_no_word_is_cut_at_any_size_and_every_server_is_there(
    size: tuple[int, int], language: Language, glyphs: str, logarithmic: bool
) -> None:
    look = Look(GLYPH_SETS[glyphs])
    with speaking(language):
        rows = drawn(size, PREFORK, COROUTINE, look=look, view=LivesView(logarithmic=logarithmic))
        if size[0] >= 60:
            assert UNICODE.more not in "".join(rows)
        if look.glyphs is not UNICODE and language == "en":
            assert "".join(rows).isascii()
        for letter in "AB":
            assert any(row.startswith(f" {letter} ") for row in rows)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_shown_of_a_life_adds_up(size: tuple[int, int]) -> None:
    """Either the whole sum is there, or every part has its line, the shortest ones together."""
    text = "\n".join(drawn(size, PREFORK, COROUTINE, PROXIED))
    for total, parts in re.findall(r"total ([\d.]+) ms = ((?:.|\n)+?)(?=\n [ABC] |\n\n|$)", text):
        assert sum(map(float, re.findall(r"[\d.]+(?= \S )", parts))) == pytest.approx(float(total), abs=0.2)


def test_a_request_has_the_same_row_everywhere() -> None:
    one, other = stories(PREFORK).trace, stories(COROUTINE).trace
    assert [same_request(one, row, other) for row in (0, 7, 99)] == [0, 7, 99]


def test_what_is_sent_on_behalf_of_a_request_is_told_of_that_request_where_the_other_run_has_no_such_row() -> None:
    one, other = stories(PREFORK).trace, stories(COROUTINE).trace
    parents = np.full(len(one), -1, np.int32)
    parents[7] = 3
    repeated = replace(one, parent=parents)
    assert same_request(repeated, 7, other) == 3
    assert same_request(repeated, 7, repeated) == 7
    assert same_request(other, 3, repeated) == 3


def test_what_another_run_never_sent_is_nowhere_in_it() -> None:
    one, other = stories(PREFORK).trace, stories(COROUTINE).trace
    unsent = replace(other, arrival=np.where(np.arange(len(other)) == 5, np.nan, other.arrival))
    assert same_request(one, 5, unsent) is None
    assert same_request(one, 6, unsent) == 6
