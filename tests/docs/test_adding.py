"""Whoever follows the pages on adding a model or a step has changed everything that our own checks ask for.

That the pages can be followed, and print what they show, is tested with all others; here a copy is checked afterwards.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.doing import DifferenceError, Reader, copy_of_the_project
from tests.docs.pages import ROOT, Block, Page

FURTHER = ("tests", "docs", "README.md", "pyproject.toml")
ENGINES = ("tests/engine/test_operations.py", "tests/engine/test_words.py", "tests/plan/test_places.py")


def followed(page: str, copy: Path) -> list[str]:
    """The files of a copy that a page has changed or made."""
    copy_of_the_project(copy, *FURTHER)
    reader, files = Reader(page, copy), []
    for block in Page(ROOT / page).blocks:
        if block.file:
            reader.follow(block)
            files.append(block.file)
    return files


def passes(copy: Path, *words: str) -> None:
    """A module of Python, in the copy, finds nothing wrong."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "LOOPFORK_KERNEL": "python"}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_a_step_that_was_added_as_the_page_says_passes_the_tests_of_the_engines(tmp_path: Path) -> None:
    files = followed("docs/adding-a-step.md", tmp_path)
    passes(tmp_path, "ruff", "check", *(file for file in files if file.endswith(".py")))
    passes(tmp_path, "ruff", "format", "--check", *(file for file in files if file.endswith(".py")))
    passes(tmp_path, "pytest", "-q", "-m", "not slow", *ENGINES)
    passes(tmp_path, "pytest", "-q", "tests/docs/test_documentation.py", "-k", "vocabulary")


@pytest.mark.slow
def test_a_model_that_was_added_as_the_page_says_passes_the_tests_of_all_models(tmp_path: Path) -> None:
    files = followed("docs/adding-a-model.md", tmp_path)
    passes(tmp_path, "ruff", "check", *files)
    passes(tmp_path, "ruff", "format", "--check", *files)
    passes(tmp_path, "pytest", "-q", "tests/models/test_contract.py", "-k", "buffered and not readme")


def test_a_change_of_lines_that_are_not_there_is_found_out(tmp_path: Path) -> None:
    block = Block("diff", "scenarios/__init__.py", (" no such line", "+another one"), 7)
    with pytest.raises(DifferenceError, match=r"page.md:7: scenarios/__init__.py has these lines 0 times"):
        Reader("page.md", tmp_path).follow(block)
