"""A page that exists in both languages says the same in both: the same parts, commands, code and settings."""

import re
import shlex
from collections.abc import Iterable

import pytest

from tests.docs.pages import CHINESE, ROOT, Block, Command, Page, commands, pages

PAIRS = [
    (Page(page.path.with_name(page.path.name.replace(CHINESE, ".md"))), page)
    for page in pages()
    if page.path.name.endswith(CHINESE)
]
each_pair = pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=[chinese.name for _, chinese in PAIRS])
COMMENT = re.compile(r"\s*#.*$|^\w+_zh = .*$", re.MULTILINE)


def headings(page: Page) -> list[str]:
    """Their levels, in order."""
    return re.findall(r"^(#+) ", page.prose, re.MULTILINE)


def table_rows(page: Page) -> list[list[str]]:
    """The code and the numbers in each row of each table."""
    return [
        sorted(re.findall(r"`[^`]+`|(?<![\w.])\d+(?![\w.])", row)) for row in re.findall(r"^\|.*$", page.prose, re.M)
    ]


def test_every_readme_has_a_chinese_one() -> None:
    readmes = [*ROOT.glob("README.md"), *ROOT.glob("models/*/README.md")]
    readmes += [ROOT / "docs" / name for name in ("chain.md", "glossary.md")]
    assert {english.path for english, _ in PAIRS} == set(readmes)


@each_pair
def test_they_have_the_same_parts(english: Page, chinese: Page) -> None:
    assert headings(chinese) == headings(english)


@each_pair
def test_they_carry_out_the_same_commands(english: Page, chinese: Page) -> None:
    done = [
        [shlex.split(command.words, comments=True) for block in page.blocks for command in _commands(block)]
        for page in (chinese, english)
    ]
    assert done[0] == done[1]


def _commands(block: Block) -> Iterable[Command]:
    return commands(block) if block.language in ("console", "sh") else ()


@each_pair
def test_they_show_the_same_code(english: Page, chinese: Page) -> None:
    """Comments, and what is Chinese only, may differ."""
    shown = [
        [
            re.sub(r"\n+", "\n", COMMENT.sub("", block.text))
            for block in page.blocks
            if block.language in ("python", "toml", "csv")
        ]
        for page in (chinese, english)
    ]
    assert shown[0] == shown[1]


@each_pair
def test_their_tables_name_the_same_code_and_numbers(english: Page, chinese: Page) -> None:
    assert table_rows(chinese) == table_rows(english)


@each_pair
def test_each_leads_to_the_other(english: Page, chinese: Page) -> None:
    assert chinese.path.name in english.links
    assert english.path.name in chinese.links
