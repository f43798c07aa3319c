"""The screens around the stage can be drawn at every size, and say what is so."""

from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.experiments.catalogue import catalogue, servers
from simulator.lab.home_menus import FRONT, LOAD, SERVER, first_sentence, offers
from simulator.plan import Machine
from simulator.plan.walk import walk
from simulator.plan.words import Outcome, State
from simulator.stage.canvas.cells import Characters
from simulator.stage.canvas.glyphs import ASCII, UNICODE
from simulator.stage.canvas.grid import CellGrid, Size
from simulator.stage.canvas.look import GLYPH_SETS, Look
from simulator.stage.canvas.style import Style
from simulator.stage.charts import Chart, Charts, charts, layout
from simulator.stage.code import Code, code_of, coloured
from simulator.stage.help import help_height, help_screen
from simulator.stage.home import home, target_at
from simulator.stage.plot import Figures
from simulator.stage.source import Source, overhang, source, source_pages
from simulator.stage.states import MEANINGS, STATE_STYLES
from simulator.stage.waterfall import waterfall
from simulator.stage.waterfall_words import total_words
from simulator.trace.playback import Playback
from simulator.trace.playback.life_story import LifeStories, LifeStory
from simulator.words.numbers import count, short_duration
from simulator.workload.load import shipped
from tests.stage.plays import ACTIVITIES, playback, style_runs
from tests.stage.screens import FULL as FULL_BACKLOG
from tests.stage.screens import (
    HELP,
    HOME,
    LOOP,
    PROXIED,
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


class TestHome:
    def test_a_command_that_is_too_long_is_cut_before_the_edge_and_says_so(self) -> None:
        grid = home(replace(HOME, command="simulate " + "x" * 99), Size(60, 24), LOOK)
        assert grid.text(_row(grid, " type ")) == f" type {'simulate ' + 'x' * 43}… "

    @given(width=st.integers(20, 150), height=st.integers(6, 50), focus=st.integers(0, 1), selected=st.integers(0, 1))
    @settings(max_examples=60, deadline=None)
    def test_the_selected_choice_is_seen_and_found_again_under_the_mouse(
        self, width: int, height: int, focus: int, selected: int
    ) -> None:
        menus = list(HOME.menus)
        menus[focus] = replace(menus[focus], selected=selected)
        state, size = replace(HOME, menus=tuple(menus), focus=focus), Size(width, height)
        grid = home(state, size, LOOK)
        lit = np.argwhere(grid.styles == Style.SELECTED)
        assert len(lit)
        for row, col in lit.tolist():
            assert target_at(state, size, row, col) == (focus, selected)

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

    @pytest.mark.parametrize(("height", "lines"), [(24, 2), (18, 1), (17, 0)])
    def test_who_was_in_the_way_has_two_lines_below_the_bar_or_one_or_none(self, height: int, lines: int) -> None:
        words = "the 4 workers were taken, 79 % of that waiting for the client to send; longest by"
        grid = waterfall(slowest(SLOW), Size(80, height), LOOK, keys=HOME.keys)
        rows = [grid.text(row).strip(" …") for row in range(height)]
        assert sum(len(row) > 10 and (row in words or words[-10:] in row) for row in rows) == lines

    def test_bars_lie_where_the_parts_lay_and_are_as_long(self) -> None:
        told = slowest(SLOW)
        grid = waterfall(told, Size(140, 40), LOOK)
        left, right = 44, 140 - 19
        scale = (right - left) / (told.last_s - told.arrival_s)
        for part in told.parts:
            name = f"{part.state.value}: {part.place}" if part.state is State.COMPUTING else part.state.value
            row = _row(grid, f" {LOOK.glyph(STATE_STYLES[part.state])} {name} ")
            (drawn,) = np.nonzero(grid.characters[row, left:right] == LOOK.glyph(STATE_STYLES[part.state]))
            begins, ends = ((at - told.arrival_s) * scale for at in (part.pieces[0][0], part.pieces[-1][1]))
            assert drawn[0] == pytest.approx(begins, abs=1)
            assert drawn[-1] + 1 == pytest.approx(ends, abs=1)

    def test_one_line_shows_each_state_as_wide_as_its_share(self) -> None:
        told = slowest(SLOW)
        grid = waterfall(told, Size(102, 36), LOOK)
        line = grid.characters[_row(grid, " total ") - 1, 1:101]
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


class TestCharts:
    @pytest.mark.parametrize("height", range(10, 60, 3))
    @pytest.mark.parametrize("width", [80, 120])
    def test_charts_fill_the_screen_without_touching_one_another(self, width: int, height: int) -> None:
        placed = layout(Charts(runs=(_figures(), _figures())), Size(width, height))
        taken = np.zeros((height, width), np.int64)
        for each in placed:
            taken[each.row : each.row + each.height + 1, each.col : each.col + each.width + 1] += 1
        assert taken.max() == 1  # the blank row and column after each belong to it
        left_over = height - 2 - max(each.row + each.height for each in placed)
        assert 0 <= left_over < len(placed)
        assert all(each.height > 0 and each.col + each.width < width for each in placed)

    def test_a_column_of_the_histogram_is_as_high_as_many_requests_took_so_long(self) -> None:
        run = _figures()
        grid = charts(Charts(runs=(run,), shown=Chart.HISTOGRAM, logarithmic=False), Size(82, 24), LOOK)
        expected, _ = np.histogram(run.latencies_s, bins=80, range=(0.0, float(run.latencies_s[-1])))
        drawn = _heights(grid.characters[4:21, 1:81])
        assert f"highest column {expected.max()}" in grid.text(2)
        assert np.array_equal(drawn > 0, expected > 0)  # a single request is seen
        assert np.abs(drawn / drawn.max() - expected / expected.max()).max() <= 1 / drawn.max()

    def test_columns_of_the_same_height_are_as_many_requests_in_all_histograms(self) -> None:
        runs = (_figures(), Figures(playback(LOOP), "B callback"))
        highest = set()
        for shown in (runs, runs[::-1]):
            grid = charts(Charts(runs=shown, shown=Chart.HISTOGRAM), Size(82, 24), LOOK)
            panels = [_heights(grid.characters[rows, 1:81]) for rows in (slice(4, 12), slice(13, 21))]
            most = int(grid.text(2).split("highest column")[1])
            for run, drawn in zip(shown, panels, strict=True):
                assert drawn.sum() == pytest.approx(len(run.latencies_s) / most * 8 * 8, rel=0.1)
            highest.add(most)
        assert len(highest) == 1

    def test_a_curve_of_percentiles_ends_where_the_run_had_too_few_requests_to_know_more(self) -> None:
        run = Figures(playback(PROXIED), "A nginx + prefork")
        grid = charts(Charts(runs=(run,), shown=Chart.PERCENTILES), Size(80, 24), LOOK)
        drawn = np.flatnonzero((grid.characters[3:19, 9:79] == "●").any(axis=0))
        nines = np.log10(2 * len(run.latencies_s))  # the slowest stands for the half of its own share
        assert drawn.tolist() == list(range(round(nines / 3.0 * 70)))
        assert nines < 3.0

    def test_percentiles_never_fall_and_the_slower_server_lies_above(self) -> None:
        grid = SCREENS["chart-percentiles"](Size(80, 24), LOOK)
        rows = {mark: [_rows(grid.characters[3:17, col], mark) for col in range(9, 78)] for mark in "●○"}
        for drawn in rows.values():
            assert all(min(after) <= min(before) for before, after in pairwise(drawn))
        assert all(min(slow) < min(quick) for slow, quick in zip(rows["●"], rows["○"], strict=True))

    def test_whoever_got_no_answer_stands_in_a_line_of_its_own_where_it_came(self) -> None:
        run = Figures(playback(FULL_BACKLOG), "A prefork")
        grid = charts(Charts(runs=(run,), shown=Chart.OVER_TIME), Size(90, 24), LOOK)
        failed = run.failed_at
        assert f"not answered: {count(len(failed))}" in grid.text(3)
        expected = {10 + int(at / run.end_s * 80) - 1 for at in failed.tolist()}
        assert set(np.flatnonzero(grid.styles[4] == Style.DROPPED).tolist()) == expected

    def test_queues_are_named_and_the_longest_of_one_name_fills_its_rows(self) -> None:
        text = SCREENS["chart-queues"](Size(80, 24), LOOK)
        longest = [float(text.text(row).split("max")[1]) for row in range(24) if " max " in text.text(row)]
        assert longest[0] > 10 * longest[1]  # the backlog of the workers, and that of the loop, in one scale
        assert [text.text(row)[1:14].strip() for row in range(24) if " max " in text.text(row)] == [
            "● backlog",
            "○ backlog",
            "○ event loop",
        ]

    def test_the_time_is_split_as_it_was_spent(self) -> None:
        run = _figures()
        grid = charts(Charts(runs=(run,), shown=Chart.SPLITS), Size(100, 24), LOOK)
        row = _row(grid, " all ")
        total = sum(run.split_s.values())
        for state in (State.BACKLOG, State.UPLOAD):
            cells = np.count_nonzero(grid.characters[row] == LOOK.glyph(STATE_STYLES[state]))
            same = sum(spent for each, spent in run.split_s.items() if STATE_STYLES[each] is STATE_STYLES[state])
            assert cells == pytest.approx(same / total * (98 - 14 - 9), abs=2)
        assert short_duration(total) in grid.text(row)

    @pytest.mark.parametrize("order", [1, -1])
    def test_bars_of_where_the_time_went_have_one_scale_in_all_runs(self, order: int) -> None:
        runs = (_figures(), Figures(playback(LOOP), "B callback"))[::order]
        grid = charts(Charts(runs=runs, shown=Chart.SPLITS), Size(100, 24), LOOK)
        bars = [next(row for row in range(2, 24) if grid.text(row).startswith(f" {run.title} ")) for run in runs]
        drawn = [np.count_nonzero(grid.characters[row, 15:90] != " ") for row in bars]
        spent = [sum(run.split_s.values()) for run in runs]
        assert drawn == [pytest.approx(each / max(spent) * (98 - 14 - 9), abs=1) for each in spent]

    def test_a_run_in_which_nothing_was_completed_says_so(self) -> None:
        grid = charts(Charts(runs=(_figures("closed"),)), Size(120, 36), LOOK)
        assert "no request was completed" in str(grid)

    @pytest.mark.parametrize("chart", list(Chart))
    def test_linear_scales_can_be_drawn_too(self, chart: Chart) -> None:
        grid = charts(Charts(runs=(_figures(),), shown=chart, logarithmic=False), Size(80, 24), LOOK)
        assert _figures().title in str(grid) or chart in (Chart.QUEUES, Chart.SPLITS)


def _figures(kind: str = "open") -> Figures:
    trace = playback(SLOW).trace
    if kind == "closed":
        trace = replace(trace, outcome=np.full_like(trace.outcome, 4))
    return Figures(Playback(trace), "A prefork")


def _heights(cells: Characters) -> NDArray[np.intp]:
    """How high each column of bars is, in eighths of a row."""
    levels = {"": 0, " ": 0} | {glyph: level for level, glyph in enumerate(UNICODE.sparks, 1)}
    heights: NDArray[np.intp] = np.array([[levels[cell] for cell in row] for row in cells.tolist()]).sum(axis=0)
    return heights


def _rows(column: Characters, mark: str) -> list[int]:
    return np.flatnonzero(column == mark).tolist() or [len(column)]


class TestSource:
    def test_keywords_strings_and_comments_have_their_colours(self) -> None:
        lines = coloured('# why\nimport os\n\nasync def f(x):\n    """A\n    b."""\n    return not x == "a"  # so\n')
        keyword, text, comment, rest = Style.CODE_KEYWORD, Style.CODE_STRING, Style.CODE_COMMENT, Style.CODE
        assert lines == (
            (("# why", comment),),
            (("import", keyword), (" os", rest)),
            (),
            (("async", keyword), (" ", rest), ("def", keyword), (" f(x):", rest)),
            (("    ", rest), ('"""A', text)),
            (('    b."""', text),),
            (
                *((("    ", rest)), ("return", keyword), (" ", rest), ("not", keyword), (" x == ", rest)),
                *(('"a"', text), ("  ", rest), ("# so", comment)),
            ),
        )

    def test_colours_change_no_character_of_a_file(self) -> None:
        for name in ("model.py", "server.py", "config.py"):
            text = files("models.prefork").joinpath(name).read_text("utf-8")
            assert ["".join(words for words, _ in line) for line in coloured(text)] == text.splitlines()

    @pytest.mark.parametrize("name", [model.name for model in servers()])
    def test_every_step_of_every_model_has_its_lines(self, name: str) -> None:
        model = catalogue()[name]
        places = walk(model.plan(model.config(), Machine()), 3)
        code = code_of(name, "", (), places)
        (page,) = code.models
        assert {place.name for place in places} == set(page.spans)
        reported = {place for page in code.servers for place in page.spans}
        assert {"receive", "parse", "handle.1", "handle.3", "send"} <= reported

    def test_a_proxy_and_the_server_behind_it_keep_their_own_steps(self) -> None:
        proxy, server = code_of("prefork", "", ("nginx",), playback(PROXIED).trace.places).models
        assert proxy.title == "models/nginx/model.py"
        assert {"receive", "proxy", "send #2"} <= set(proxy.spans)
        assert {"receive #2", "parse", "send"} <= set(server.spans)
        assert not set(proxy.spans) & set(server.spans)

    def test_the_lines_of_a_step_are_lit_and_no_others(self) -> None:
        model = catalogue()["prefork"]
        code = code_of("prefork", "", (), walk(model.plan(model.config(), Machine()), 3))
        grid = source(Source(code=code, active=("receive",)), Size(200, 60), LOOK)
        lit = {grid.text(row).strip() for row in range(60) if (grid.styles[row] == Style.CODE_ACTIVE).any()}
        assert any("Receive(buffer_bytes" in line for line in lit)
        assert any('visit.reach("receive")' in line for line in lit)
        assert len(lit) == 3  # one of the model, two of the server

    def test_the_second_real_server_of_a_model_is_not_shown_with_the_first(self) -> None:
        model = catalogue()["coroutine"]
        places = walk(model.plan(model.config(), Machine()), 3)
        for server, other in (("", "asyncio_server.py"), ("asyncio", "/server.py")):
            titles = [page.title for page in code_of("coroutine", server, (), places).servers]
            assert titles
            assert not any(title.endswith(other) for title in titles)

    @pytest.mark.parametrize(("width", "beside"), [(240, True), (180, True), (150, False), (80, False)])
    def test_files_stand_side_by_side_only_where_lines_have_room(self, width: int, beside: bool) -> None:
        grid = source(Source(code=_code()), Size(width, 40), LOOK)
        model, server = (_row(grid, f"models/prefork/{file}.py") for file in ("model", "server"))
        assert (model == server) == beside

    @pytest.mark.parametrize("size", [Size(120, 36), Size(80, 24), Size(40, 12)])
    def test_a_line_that_is_cut_says_so_and_can_be_scrolled_to_its_end(self, size: Size) -> None:
        state = Source(code=_code(), alone=1)
        line = max(("".join(text for text, _ in each) for each in source_pages(state.code)[1].lines), key=len)
        most, grid = overhang(state, size), source(state, size, LOOK)
        row = _row(grid, line[:20])
        assert (UNICODE.more in grid.text(row)) == (most > 0)
        end = source(replace(state, left=most), size, LOOK)
        assert end.text(row).rstrip().endswith(line[-20:])
        assert source(replace(state, left=most + 99), size, LOOK) == end

    @pytest.mark.parametrize("height", range(5, 40))
    def test_a_line_at_work_is_always_in_sight(self, height: int) -> None:
        code = _code()
        for alone, page in enumerate(source_pages(code)):
            for place in page.spans:
                grid = source(Source(code=code, active=(place,), alone=alone), Size(90, height), LOOK)
                assert (grid.styles == Style.CODE_ACTIVE).any(), place

    def test_a_file_alone_has_all_the_lines_of_the_screen(self) -> None:
        state, size = Source(code=_code()), Size(120, 36)
        together, alone = (str(source(each, size, LOOK)) for each in (state, replace(state, alone=0)))
        assert "models/prefork/server.py" in together
        assert "models/prefork/server.py" not in alone
        assert "cores=machine.processor" in alone

    def test_a_model_that_is_not_here_is_said_to_be_missing(self) -> None:
        grid = source(Source(code=code_of("gone", "", (), ())), Size(80, 10), LOOK)
        assert "is not here" in str(grid)


@cache
def _code() -> Code:
    model = catalogue()["prefork"]
    return code_of("prefork", "", (), walk(model.plan(model.config(), Machine()), 3))


def _row(grid: CellGrid, text: str) -> int:
    return next(row for row in range(grid.height) if text in grid.text(row))


class TestHelp:
    def test_every_glyph_of_an_activity_is_explained(self) -> None:
        for glyphs in (UNICODE, ASCII):
            text = str(help_screen(HELP, Size(120, 80), Look(glyphs)))
            assert all(f"{glyphs[style]}  {MEANINGS[style].meaning[:20]}" in text for style in ACTIVITIES)

    def test_scrolling_to_its_height_shows_the_last_line(self) -> None:
        size = Size(60, 12)
        first = help_height(HELP, size) - size.height + 1
        assert "more lines" in str(help_screen(HELP, size, LOOK))
        end = str(help_screen(replace(HELP, first=first), size, LOOK))
        assert "more lines" not in end
        assert "what a queue waits for" in end.replace("\n    ", " ")
