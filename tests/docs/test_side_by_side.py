"""The tables in models/*/README.md that put a model beside its real server quote lines that are really there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.experiments.catalogue import Model, catalogue
from simulator.plan import Machine, Plan
from simulator.real.merge import layers
from tests.docs.pages import ROOT

HEADING = "## The model and the real server, side by side"
MODELS = sorted(catalogue())


@dataclass(frozen=True)
class Excerpt:
    """A line of code as a table quotes it, and the file that it claims to be from."""

    file: str
    code: str


@dataclass(frozen=True)
class SideBySide:
    """One table."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def steps(self) -> list[str]:
        return [row[0] for row in self.rows if not row[0].startswith("(")]

    @property
    def excerpts(self) -> Iterator[Excerpt]:
        """From the columns between the step and the words; a file that is named in a cell counts until its end."""
        for row in self.rows:
            for head, cell in zip(self.heads[1:-1], row[1:-1], strict=True):
                (file,) = codes(head)
                for code in codes(cell):
                    if code.endswith((".py", ".js", ".go")):
                        file = code
                    else:
                        yield Excerpt(file, code)


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def tables(model: Model) -> list[SideBySide]:
    text = (ROOT / "models" / model.folder / "README.md").read_text(encoding="utf-8")
    section = text.partition(HEADING + "\n")[2].partition("\n## ")[0]
    found = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)
    return [SideBySide(*_split(lines.splitlines())) for lines in found]


def _split(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    head, _, *rows = (tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines)
    return head, tuple(rows)


def own_steps(model: Model) -> list[str]:
    """The places of a model's walk, in order; those of a front without what stands behind it."""
    machine = Machine()
    if not model.stands_in_front:
        plans: list[Plan] = [model.plan(model.config(), machine)]
    else:
        behind = catalogue()["prefork"].plan(catalogue()["prefork"].config(), machine)
        plans = [behind, model.in_front(behind, model.config(), machine)]
    places = layers(plans, phase_count=1)[-1]
    return [re.sub(r"\.\d+\b", "", name) for name in places]


@pytest.mark.parametrize("name", MODELS)
def test_the_table_has_every_step_of_the_model_in_its_order(name: str) -> None:
    first, *_ = tables(catalogue()[name])
    assert first.steps == own_steps(catalogue()[name])


@pytest.mark.parametrize("name", MODELS)
def test_every_excerpt_stands_in_its_file(name: str) -> None:
    model = catalogue()[name]
    excerpts = [excerpt for table in tables(model) for excerpt in table.excerpts]
    for excerpt in excerpts:
        assert excerpt.code in code_of(model, excerpt.file), f"{model.folder}/{excerpt.file} has no {excerpt.code}"


def code_of(model: Model, file: str) -> str:
    """The code of a file named in a table: of the model's folder, or of what all real servers share."""
    shared = file.startswith("wire/")
    path: Path = ROOT / "models" / file if shared else ROOT / "models" / model.folder / file
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MODELS)
def test_every_step_is_quoted_from_the_model_and_from_a_real_server(name: str) -> None:
    for table in tables(catalogue()[name]):
        assert codes(table.heads[1]) == ["model.py"]
        for step, in_model, in_server, *_ in table.rows:
            assert codes(in_model), step
            assert codes(in_server), step


def test_both_coroutine_servers_stand_beside_the_model() -> None:
    (table,) = tables(catalogue()["coroutine"])
    assert [file for head in table.heads[1:-1] for file in codes(head)] == [
        "model.py",
        "serving.py",
        "scheduler.py",
        "asyncio_server.py",
    ]


def test_a_quotation_that_is_not_there_would_be_found() -> None:
    table = SideBySide(("step", "`model.py`", "words"), (("receive", "`other.py` `one` `two`", "`three`"),))
    assert list(table.excerpts) == [Excerpt("other.py", "one"), Excerpt("other.py", "two")]
