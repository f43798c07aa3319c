"""The screens around the stage can be drawn at every size, and say what is so."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator.experiments.catalogue import servers
from simulator.lab.home_menus import FRONT, LOAD, SERVER, first_home, offers
from simulator.plan.words import Outcome, State
from simulator.stage.canvas.glyphs import ASCII, UNICODE
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import GLYPH_SETS, Look
from simulator.stage.canvas.style import Style
from simulator.stage.frame import frame
from simulator.stage.help import help_height, help_screen
from simulator.stage.home import HomeTarget, home, preview_size, target_at
from simulator.stage.scene import Scene, View
from simulator.stage.states import MEANINGS, STATE_STYLES
from simulator.stage.waterfall import waterfall
from simulator.stage.waterfall_parts import columns_for
from simulator.stage.waterfall_words import total_words
from simulator.trace.playback.life_story import LifeStories, LifeStory
from simulator.words.language import LANGUAGES, Language, speaking
from simulator.words.phrases import first_sentence
from simulator.workload.load import shipped
from tests.stage.plays import ACTIVITIES, playback, row_of, style_runs
from tests.stage.screens import FULL as FULL_BACKLOG
from tests.stage.screens import (
    HELP,
    HOME,
    LOOP,
    SCREENS,
    SLOW,
    most_retried,
    slowest,
)

LOOK = Look(UNICODE)
BUDGET = 1500
"""Pieces of one style in a picture that can be repainted often enough."""


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("size", [Size(120, 36), Size(80, 24)])
def test_a_screen_can_be_repainted_often_enough(name: str, size: Size) -> None:
    assert style_runs(SCREENS[name](size, LOOK)) <= BUDGET


@pytest.mark.parametrize("name", SCREENS)
@given(width=st.integers(0, 170), height=st.integers(0, 60), glyphs=st.sampled_from(sorted(GLYPH_SETS)))
@settings(max_examples=25, deadline=None)
def test_every_size_can_be_drawn(name: str, width: int, height: int, glyphs: str) -> None:
    grid = SCREENS[name](Size(width, height), Look(GLYPH_SETS[glyphs]))
    assert (grid.width, grid.height) == (width, height)
    if glyphs == "ascii" and name not in ("home",):  # what a user's own files say is shown as it is
        assert all(grid.text(row).isascii() for row in range(height))


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("size", [Size(1, 1), Size(2, 1), Size(1, 30), Size(40, 12), Size(240, 67)])
def test_the_smallest_and_largest_sizes_can_be_drawn(name: str, size: Size) -> None:
    assert SCREENS[name](size, LOOK).height == size.height


@pytest.mark.parametrize("name", [name for name in SCREENS if name.startswith(("home", "help", "chart"))])
@pytest.mark.parametrize("size", [Size(width, height) for width in (46, 80, 99, 120) for height in (12, 24, 36)])
def test_nothing_touches_the_right_edge(name: str, size: Size) -> None:
    assert set(SCREENS[name](size, LOOK).characters[:, -1].tolist()) == {" "}


SIZES = [Size(80, 24), Size(120, 36), Size(200, 50), Size(40, 12), Size(60, 18), Size(46, 20)]


class TestHome:
    def test_a_command_that_is_too_long_is_cut_before_the_edge_and_says_so(self) -> None:
        grid = home(replace(HOME, command="simulate " + "x" * 99), Size(60, 24), LOOK)
        assert f" type {'simulate ' + 'x' * 37}… " in grid.text(row_of(grid, " type "))

    @given(width=st.integers(24, 150), height=st.integers(6, 50), focus=st.integers(0, HOME.lines - 1))
    @example(60, 18, 4)
    @settings(max_examples=60, deadline=None)
    def test_the_line_in_focus_is_seen_and_found_again_under_the_mouse(
        self, width: int, height: int, focus: int
    ) -> None:
        state, size = replace(HOME, focus=focus), Size(width, height)
        grid = home(state, size, LOOK)
        lit = np.argwhere(grid.styles == Style.SELECTED)
        assert len(lit)
        for row, col in lit.tolist():
            found = target_at(state, size, row, col)
            assert isinstance(found, HomeTarget)
            assert found.line == focus

    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize("spoken", LANGUAGES)
    @pytest.mark.parametrize("glyphs", GLYPH_SETS)
    def test_start_and_all_questions_are_read_in_full_at_every_size(
        self, size: Size, spoken: Language, glyphs: str
    ) -> None:
        with speaking(spoken):
            state = first_home()
            text = str(home(state, size, Look(GLYPH_SETS[glyphs])))
            for asked in (state.start, *state.questions):
                assert asked.asks in text or asked.short in text
            if size.width >= 80:
                assert all(asked.about in text for asked in (state.start, *state.questions))

    @pytest.mark.parametrize("size", SIZES)
    def test_every_question_and_every_choice_that_is_seen_can_be_pointed_at(self, size: Size) -> None:
        state = first_home()
        found = {target_at(state, size, row, col) for row in range(size.height) for col in range(size.width)}
        lines = {target.line for target in found if isinstance(target, HomeTarget)}
        assert lines == set(range(state.lines))
        assert HomeTarget(line=state.first_menu + 1, choice=state.menus[1].selected) in found

    def test_the_start_says_which_key_begins_only_while_that_key_does_it(self) -> None:
        lines = [str(home(replace(HOME, focus=focus), Size(80, 24), LOOK)).splitlines()[2] for focus in (0, 1)]
        assert ["begin" in line for line in lines] == [True, False]

    @pytest.mark.parametrize("size", [size for size in SIZES if preview_size(HOME, size)])
    def test_the_picture_of_the_stage_is_shown_as_it_is_and_the_sentence_until_it_is_there(self, size: Size) -> None:
        inside = preview_size(HOME, size)
        assert inside is not None
        picture = frame(Scene(views=(View(playback=playback(SLOW), title="p"),), load="l", t_s=3.0), inside, LOOK)
        before = str(home(HOME, size, LOOK))
        after = str(home(replace(HOME, preview=picture, preview_of="prefork at 3 s"), size, LOOK))
        assert HOME.start.sees[:40] in before
        assert all(picture.text(row) in after for row in range(picture.height))
        assert "prefork at 3 s" in after

    @pytest.mark.parametrize("size", [Size(80, 24), Size(40, 12), Size(99, 50)])
    def test_where_a_picture_would_be_too_small_there_is_none_and_questions_have_the_room(self, size: Size) -> None:
        assert preview_size(HOME, size) is None

    def test_it_offers_every_shipped_load_and_every_model(self) -> None:
        menus = {menu.title: [choice.name for choice in menu.choices] for menu in offers()}
        assert menus[LOAD] == shipped()
        assert menus[SERVER] + menus[FRONT][1:] == [model.name for model in servers()] + ["nginx"]
        assert all(choice.idea for menu in offers() for choice in menu.choices)

    def test_a_story_is_cut_after_its_first_sentence(self) -> None:
        assert first_sentence("One visitor in 1.5 is\nslow. Watch!") == "One visitor in 1.5 is slow."
        assert first_sentence("no end") == "no end"


class TestWaterfall:
    @pytest.mark.parametrize("told", [slowest(SLOW), slowest(LOOP), most_retried(FULL_BACKLOG)])
    def test_the_printed_parts_add_up_to_the_printed_total(self, told: LifeStory) -> None:
        total, parts = total_words(told)
        figure = float(total.split()[1])
        assert sum(float(amount) for _, amount in parts) == pytest.approx(figure, abs=1e-6)
        assert figure == pytest.approx(told.latency_s * (1.0 if total.endswith(" s") else 1e3), abs=0.06)

    def test_each_repeated_syn_is_marked(self) -> None:
        told = most_retried(FULL_BACKLOG)
        grid = waterfall(told, Size(160, 30), LOOK)
        marks = np.count_nonzero((grid.characters == UNICODE.marker) & (grid.styles == Style.WARN))
        assert marks == len(set(told.retries_s)) > 1

    @pytest.mark.parametrize(("height", "lines"), [(24, 2), (19, 1), (18, 0)])
    def test_who_was_in_the_way_has_two_lines_below_the_bar_or_one_or_none(self, height: int, lines: int) -> None:
        words = "the 4 workers were taken, 79 % of that waiting for the client to send; longest by"
        grid = waterfall(slowest(SLOW), Size(80, height), LOOK, keys=HOME.keys)
        rows = [grid.text(row).strip(" …") for row in range(height)]
        assert sum(len(row) > 10 and (row in words or words[-10:] in row) for row in rows) == lines

    def test_bars_lie_where_the_parts_lay_and_are_as_long(self) -> None:
        told = slowest(SLOW)
        grid = waterfall(told, Size(140, 40), LOOK)
        columns = columns_for(140)
        left, right = columns.bar, columns.bar + columns.bar_width
        scale = (right - left) / (told.last_s - told.arrival_s)
        for part in told.parts:
            name = f"{part.state.value}: {part.place}" if part.state is State.COMPUTING else part.state.value
            row = row_of(grid, f" {LOOK.glyph(STATE_STYLES[part.state])} {name} ")
            (drawn,) = np.nonzero(grid.characters[row, left:right] == LOOK.glyph(STATE_STYLES[part.state]))
            begins, ends = ((at - told.arrival_s) * scale for at in (part.pieces[0][0], part.pieces[-1][1]))
            assert drawn[0] == pytest.approx(begins, abs=1)
            assert drawn[-1] + 1 == pytest.approx(ends, abs=1)

    def test_one_line_shows_each_state_as_wide_as_its_share(self) -> None:
        told = slowest(SLOW)
        grid = waterfall(told, Size(102, 36), LOOK)
        line = grid.characters[row_of(grid, " total ") - 1, 1:101]
        upload = sum(seconds for state, seconds in told.totals_s().items() if state is State.UPLOAD)
        assert np.count_nonzero(line == LOOK.glyph(Style.UPLOAD)) == pytest.approx(upload / told.latency_s * 100, abs=1)
        assert not (line == " ").any()

    def test_what_was_done_for_nobody_is_pale_and_says_so(self) -> None:
        trace = playback(FULL_BACKLOG).trace
        stories = map(LifeStories(trace).of, np.flatnonzero(trace.outcome == Outcome.GAVE_UP).tolist())
        told = next(story for story in stories if any(part.for_nobody for part in story.parts))
        grid = waterfall(told, Size(120, 60), LOOK)
        rows = [row for row in range(60) if "(for nobody)" in grid.text(row)]
        assert len(rows) == sum(part.for_nobody for part in told.parts) < len(told.parts)
        assert {Style(style) for style in grid.styles[rows, 3].tolist()} == {Style.GHOST}

    def test_parts_that_do_not_fit_can_be_scrolled_to(self) -> None:
        told, size = slowest(SLOW), Size(60, 9)
        last = len(told.parts) - 1
        assert told.parts[last].state.value not in str(waterfall(told, size, LOOK)).split("total")[0]
        assert told.parts[last].state.value in str(waterfall(told, size, LOOK, first=last)).split("total")[0]


class TestHelp:
    def test_every_glyph_of_an_activity_is_explained(self) -> None:
        for glyphs in (UNICODE, ASCII):
            text = str(help_screen(HELP, Size(120, 80), Look(glyphs)))
            assert all(f"{glyphs[style]}  {MEANINGS[style][:20]}" in text for style in ACTIVITIES)

    def test_scrolling_to_its_height_shows_the_last_line(self) -> None:
        size = Size(60, 12)
        first = help_height(HELP, size) - size.height + 1
        assert "more lines" in str(help_screen(HELP, size, LOOK))
        end = str(help_screen(replace(HELP, first=first), size, LOOK))
        assert "more lines" not in end
        whole = help_screen(HELP, Size(60, help_height(HELP, size) + 1), LOOK)
        assert end.splitlines()[-1] == whole.text(whole.height - 1).rstrip() != ""
