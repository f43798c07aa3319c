"""What the pages say is so: commands run and print what is shown, scenarios are valid, names and links exist.

Not carried out: ``make``, because it installs, compiles and runs these very tests; its targets only have to exist.
After a change that is meant to change figures, ``python -m tests.docs.refresh`` writes the new ones into the pages.
"""

import dataclasses
import importlib
import re
from pathlib import Path

import pytest

from simulator.cli.command import EVERYWHERE
from simulator.experiments.catalogue import catalogue
from simulator.experiments.options import CALIBRATE, MEASURE, OUTPUT, PICTURES, RUN, SCREEN, VALIDATION, section
from simulator.experiments.production_options import table
from simulator.experiments.production_table import PROGRAMS
from simulator.experiments.real_servers import ABOUT, INSTEAD
from simulator.experiments.run import run
from simulator.plan import Machine, Outcome, State
from simulator.plan.operations import MEANINGS, TIMELINE, Operation
from simulator.results.document import document
from simulator.trace.summary import summarise
from simulator.workload.arrivals import KINDS
from simulator.workload.distribution_table import DISTRIBUTIONS
from simulator.workload.draw import draw
from simulator.workload.load import load, shipped
from simulator.workload.request_table import RequestClass
from simulator.workload.scenario import Caption, Client, Scenario
from simulator.workload.table_fields import Table
from simulator.workload.timeline_table import KINDS as INTERVENTIONS
from tests.docs import servers
from tests.docs.doing import Reader
from tests.docs.pages import FENCES, ROOT, Page, matches, pages

PAGES = pages()
ids = [page.name for page in PAGES]
each_page = pytest.mark.parametrize("page", PAGES, ids=ids)
OUR_FOLDERS = ("simulator/", "models/", "scenarios/", "tests/", "docs/", ".ci/")
OTHER_PROGRAMS = {"--nothreading", "--noreload", "--reuse-port", "--enable-threads", "--lazy-apps", "--wsgi"}
OTHER_PROGRAMS |= {"--http", "--http-socket", "--application", "--buffer-size", "--speak"}
"""Flags of other servers that pages mention; the last three are of the real servers beside the models."""


def page(name: str) -> Page:
    return Page(ROOT / name)


@each_page
def test_a_reader_who_follows_the_page_sees_what_it_shows(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    reader = Reader(page.name, tmp_path)
    for block in page.blocks:
        reader.follow(block)


@each_page
def test_every_fence_says_what_it_holds(page: Page) -> None:
    assert [block.line for block in page.blocks if block.language not in FENCES] == []


@each_page
def test_every_link_leads_somewhere(page: Page) -> None:
    for link in page.links:
        if re.match(r"https?:|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.path.parent / path).resolve() if path else page.path
        assert target.exists(), f"{page.name}: {link}"
        if anchor:
            assert anchor in Page(target).anchors, f"{page.name}: {link}"


@each_page
def test_every_file_and_module_that_is_named_exists(page: Page) -> None:
    for words in page.code:
        if words.startswith(OUR_FOLDERS):
            pattern = re.sub(r"<\w+>", "*", words).rstrip("/")
            assert list(ROOT.glob(pattern)), f"{page.name}: there is no {words}"
        elif re.fullmatch(r"(simulator|models|scenarios)(\.\w+)+", words):
            assert _exists(words), f"{page.name}: there is no {words}"


def _exists(dotted: str) -> bool:
    """Whether there is such a module, or such a name in a module."""
    path = ROOT / dotted.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    module, _, name = dotted.rpartition(".")
    return path.parent.with_suffix(".py").is_file() and hasattr(importlib.import_module(module), name)


@each_page
def test_every_flag_that_is_named_exists(page: Page) -> None:
    sections = (RUN, MEASURE, OUTPUT, PICTURES, SCREEN, VALIDATION, CALIBRATE, *map(section, catalogue().values()))
    known = {each.flag(field) for each in sections for field in each.fields}
    known |= {flag.replace("--", "--no-", 1) for flag in known}
    known |= {"--nginx", "--request", "--port", "--embed-from", "--install", *EVERYWHERE, *INSTEAD, *ABOUT}
    known |= {name for program in PROGRAMS for name in table(program).names}
    for words in page.code:
        for flag in re.findall(r"(?:^|\s)(--[a-z][\w.-]*)", words):
            assert flag.rstrip(".") in known | OTHER_PROGRAMS, f"{page.name}: there is no {flag}"


def test_the_readme_opens_with_the_two_commands() -> None:
    (block, *_) = page("README.md").blocks
    assert [line.split("#")[0].strip() for line in block.lines] == ["make demo", "make test"]


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_the_readme_of_a_model_explains_every_setting(name: str) -> None:
    model = catalogue()[name]
    text = page(f"models/{model.folder}/README.md").text
    flags = [section(model).flag(field.name) for field in model.settings]
    forms = [(flag, flag.replace("--", "--no-", 1)) for flag in flags]
    assert [flag for flag, off in forms if f"`{flag}" not in text and f"`{off}" not in text] == []


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_names_every_model_and_every_scenario(readme: str) -> None:
    text = page(readme).text
    assert [name for name in (*catalogue(), *shipped()) if f"`{name}`" not in text] == []


def test_the_index_leads_to_every_page_of_the_docs_and_nowhere_twice() -> None:
    links = page("docs/index.md").links
    assert len(set(links)) == len(links)
    linked = {(ROOT / "docs" / link.partition("#")[0]).resolve() for link in links}
    others = [each for each in (ROOT / "docs").rglob("*.md") if each.name != "index.md"]
    assert [each.name for each in others if each not in linked] == []


def test_the_vocabulary_has_every_state_and_every_outcome() -> None:
    text = page("docs/vocabulary.md").text
    words = [*(state.value for state in State), *(outcome.words for outcome in Outcome)]
    assert [each for each in words if each not in text] == []


def test_the_vocabulary_has_every_word_of_a_plan() -> None:
    import simulator.plan as plan

    text = page("docs/vocabulary.md").text
    internal = {"PlanError", "Machine", "Resource", "Step", "Lock", "Kind", "changed"}
    assert [name for name in plan.__all__ if name not in internal and f"`{name}`" not in text] == []


def test_the_vocabulary_shows_the_table_of_operations() -> None:
    operations = [f"| {operation.name} | {operation.value} |" for operation in Operation]
    meanings = {f"`{word.__name__}`": meaning for word, meaning in MEANINGS.items()}
    meanings["what is done to a server"] = TIMELINE
    words = [f"| {word} | {', '.join(each.name for each in meaning)} |" for word, meaning in meanings.items()]
    head = ["| operation | what it does |", "|---|---|"], ["| word | what it means |", "|---|---|"]
    shown = page("docs/vocabulary.md").text.split("## Operations\n")[1].split("\n## ")[0].splitlines()
    assert [line for line in shown if line.startswith("|")] == [*head[0], *operations, *head[1], *words]


def test_the_page_on_scenarios_has_every_key() -> None:
    text = page("docs/scenarios.md").text
    tables: tuple[type[Table], ...] = (
        Scenario,
        RequestClass,
        Client,
        Caption,
        *KINDS.values(),
        *INTERVENTIONS.values(),
    )
    keys = {key for table in tables for key in table.known_keys()}
    keys |= {*KINDS, *INTERVENTIONS, *DISTRIBUTIONS}
    assert sorted(key for key in keys if f"`{key}`" not in text) == []


def test_the_page_on_the_physics_has_every_cost_of_the_machine() -> None:
    text = page("docs/physics.md").text
    keys = [field.name.removesuffix("_s") for field in dataclasses.fields(Machine)]
    assert [key for key in keys if f"`{key}`" not in text] == []


def test_the_page_on_the_output_has_every_key_of_the_document() -> None:
    text = page("docs/output.md").text
    plan = catalogue()["prefork"].plan(catalogue()["prefork"].config(), Machine())
    trace = run(plan, draw(load("steady")))
    results = document(trace, summarise(trace))
    keys = {*results, *results["latency_ms"], *next(iter(results["resources"].values())), *results["requests"]}
    assert sorted(key for key in keys if f"`{key}`" not in text) == []


def test_the_page_on_servers_has_the_tables_of_today() -> None:
    """``python -m tests.docs.servers`` writes them."""
    assert page(servers.PAGE).text.partition(servers.MARK)[2] == servers.tables()


def test_omitted_lines_match_and_others_must_be_equal() -> None:
    printed = ("one", "two", "three")
    assert matches(("one", "...", "three"), printed)
    assert matches(("...", "two", "..."), printed)
    assert matches(("one", "...", "two", "three"), printed)
    assert not matches(("one", "three"), printed)
    assert not matches(("...", "tw", "..."), printed)


def test_a_page_that_shows_other_figures_than_are_printed_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = tmp_path / "wrong.md"
    wrong.write_text("```console\n$ simulate --version\n99\n```\n", encoding="utf-8")
    reader = Reader("wrong.md", tmp_path)
    with pytest.raises(AssertionError, match=r"wrong.md:2: simulate --version\nthe page says:\n99"):
        reader.follow(Page(wrong).blocks[0])


@pytest.mark.parametrize("pattern", ["engine/reference/[a-z]*.py", "engine/kernel/[a-z]*.py"])
def test_the_page_of_the_engines_says_what_every_part_is_for(pattern: str) -> None:
    parts = {path.name for path in (ROOT / "simulator").glob(pattern)}
    assert parts
    assert sorted(part for part in parts if part not in page("docs/engines.md").text) == []
