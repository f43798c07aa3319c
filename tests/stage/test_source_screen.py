"""The screen of sources shows the lines that are at work, at every size."""

from dataclasses import replace
from functools import cache
from importlib.resources import files

import pytest

from simulator.experiments.catalogue import catalogue, servers
from simulator.plan import Machine
from simulator.plan.walk import walk
from simulator.stage.canvas.glyphs import UNICODE
from simulator.stage.canvas.grid import Size
from simulator.stage.canvas.look import Look
from simulator.stage.canvas.style import Style
from simulator.stage.code import Code, code_of, coloured
from simulator.stage.source import Source, overhang, source, source_pages
from tests.stage.plays import playback, row_of
from tests.stage.screens import (
    PROXIED,
)

LOOK = Look(UNICODE)


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
        model, server = (row_of(grid, f"models/prefork/{file}.py") for file in ("model", "server"))
        assert (model == server) == beside

    @pytest.mark.parametrize("size", [Size(120, 36), Size(80, 24), Size(40, 12)])
    def test_a_line_that_is_cut_says_so_and_can_be_scrolled_to_its_end(self, size: Size) -> None:
        state = Source(code=_code(), alone=1)
        line = max(("".join(text for text, _ in each) for each in source_pages(state.code)[1].lines), key=len)
        most, grid = overhang(state, size), source(state, size, LOOK)
        row = row_of(grid, line[:20])
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
        assert "return Plan(" not in together
        assert "return Plan(" in alone

    def test_a_model_that_is_not_here_is_said_to_be_missing(self) -> None:
        grid = source(Source(code=code_of("gone", "", (), ())), Size(80, 10), LOOK)
        assert "is not here" in str(grid)


@cache
def _code() -> Code:
    model = catalogue()["prefork"]
    return code_of("prefork", "", (), walk(model.plan(model.config(), Machine()), 3))
