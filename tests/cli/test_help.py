"""Help: a short first page, everything behind --help-all, one layout for all commands, no English in Chinese."""

import re
from typing import Any

import pytest
from rich.cells import cell_len

from simulator.cli.commands import COMMANDS, THE_RUN
from simulator.experiments.catalogue import servers

PAGES = [
    "--help",
    "--help-all",
    *(f"--model {model.name} --help-all" for model in servers()),
    *(f"{name} --help-all" for name in COMMANDS),
]
ENGLISH = re.compile(r"\b[a-z]{2,}(?: [a-z]{2,}){2,}\b")
"""Three words in a row."""


def prose(page: str) -> str:
    """The page without what is typed: command lines, flags, and what stands for their values."""
    lines = [line for line in page.splitlines() if not re.match(r"  (simulate|eval) ", line)]
    return re.sub(r"`[^`]*`|simulate( [\w.-]+)*|--[\w-]+( [\w|-]+)?|[A-Z][A-Z_]+", " ; ", "\n".join(lines[1:]))


def test_the_first_page_fits_a_small_terminal_and_has_three_examples(simulate: Any) -> None:
    lines = simulate("--help").out.splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) < 80
    assert sum(line.startswith("  simulate ") for line in lines) == 3


@pytest.mark.parametrize("line", ["--watch", "--picture", "--temp-file", "--rate", "--cores"])
def test_all_flags_are_behind_help_all(line: str, simulate: Any) -> None:
    assert line in simulate("--help-all").out


def test_a_command_leaves_pictures_and_the_screen_to_help_all_and_says_so(simulate: Any) -> None:
    short, whole = simulate("compare", "--help").out, simulate("compare", "--help-all").out
    assert "--picture" not in short
    assert "simulate compare --help-all" in " ".join(short.split())
    assert "--picture" in whole
    assert "--help-all" not in whole.replace("--help-all ", "", 1)


def test_who_names_what_stands_in_front_sees_its_settings(simulate: Any) -> None:
    assert "--temp-file" not in simulate("--model", "prefork", "--help").out
    assert "--temp-file SIZE" in simulate("--model", "prefork", "--nginx", "--help").out


@pytest.mark.parametrize("name", COMMANDS)
def test_help_and_a_command_is_the_command_and_help(name: str, simulate: Any) -> None:
    assert simulate("help", name).out == simulate(name, "--help").out


def test_help_and_a_model_is_the_help_of_that_model(simulate: Any) -> None:
    assert simulate("help", "prefork").out == simulate("--model", "prefork", "--help").out
    assert simulate("help").out == simulate("--help").out


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_a_line(flag: str, simulate: Any) -> None:
    import simulator

    assert simulate(flag).out == simulator.__version__ + "\n"


@pytest.mark.parametrize("line", [*PAGES, "", "list", "explain"])
def test_chinese_help_has_no_english_sentence(line: str, simulate: Any) -> None:
    done = simulate("--lang", "zh", *line.split())
    assert done.code == 0
    assert re.search("[一-鿿]", done.out)
    assert ENGLISH.findall(prose(done.out)) == []


def test_the_check_for_english_finds_some(simulate: Any) -> None:
    assert ENGLISH.search(prose(simulate("compare", "--help").out))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("line", PAGES)
def test_explanations_stand_in_one_column_and_within_the_terminal(
    line: str, language: str, simulate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measured in cells: a Chinese character is two of them."""
    monkeypatch.setenv("COLUMNS", "64")
    page = simulate("--lang", language, *line.split()).out
    prose_lines = [row for row in page.splitlines() if "simulate " not in row and "uvicorn" not in row]
    assert max(map(cell_len, prose_lines)) < 64 or "threaded+nginx" in page
    for block in re.split(r"\n\n", page):
        rows = [found for row in block.splitlines() if (found := re.match(r"(  -\S+(?: \S+)*)  +(?=\S)", row))]
        assert len({cell_len(row[0]) for row in rows}) <= 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_lists_are_as_wide_as_the_terminal_at_most(
    language: str, simulate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "64")
    assert max(map(cell_len, simulate("--lang", language, "list").out.splitlines())) < 64


def test_every_example_fits_a_line_of_a_small_terminal() -> None:
    commands = [THE_RUN, *COMMANDS.values()]
    assert [example for command in commands for example in command.examples if len(example) > 78] == []
