"""The pages that a person reads, cut into the parts that can be checked: fenced blocks, headings, links, names in code.

What to watch: a fence says what may be done with it. ``console`` is commands and what they print, ``sh`` commands
alone, ``toml`` a scenario or a part of one, ``python`` runs, ``csv`` is a file for the blocks after it, and ``text`` is
only read. A word after the language is the name of the file that the block becomes; ``diff`` changes the file of that
name. Both may be files of the project: then the blocks after them are carried out on a copy of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from simulator.words.language import Language

ROOT = Path(__file__).parents[2]
CHINESE = ".zh.md"
FENCES = ("console", "sh", "toml", "python", "csv", "text", "diff")
SEPARATOR = "@@"
OMITTED = "..."
"""A line of expected output that stands for any number of lines."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the file that it becomes, its lines, and where the first of them stands."""

    language: str
    file: str
    lines: tuple[str, ...]
    line: int

    @property
    def text(self) -> str:
        """The content with a newline at the end."""
        return "".join(line + "\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Command:
    """One command and the lines that the page says it prints; None where the page does not say."""

    words: str
    printed: tuple[str, ...] | None
    line: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a part of a ``diff`` block puts in place of what."""

    old: str
    new: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """The path as it is written in links."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def language(self) -> Language:
        """What its reader reads; what commands print is shown in the same language."""
        return "zh" if self.path.name.endswith(CHINESE) else "en"

    @property
    def text(self) -> str:
        """The whole file."""
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """The text without fenced blocks, line by line in its old place."""
        inside, kept = False, []
        for line in self.text.split("\n"):
            fence = line.startswith("```")
            kept.append("" if inside or fence else line)
            inside ^= fence
        return "\n".join(kept)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The fenced blocks in order."""
        found, opened, info, lines = [], 0, "", list[str]()
        for number, line in enumerate(self.text.split("\n"), 1):
            if not line.startswith("```"):
                lines.append(line)
            elif not opened:
                opened, info, lines = number + 1, line.removeprefix("```"), []
            else:
                language, _, file = info.partition(" ")
                found.append(Block(language, file, tuple(lines), opened))
                opened = 0
        return tuple(found)

    @property
    def anchors(self) -> frozenset[str]:
        """What a link may name after ``#``: the headings as GitHub turns them into names."""
        headings = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings)

    @property
    def links(self) -> tuple[str, ...]:
        """The targets of all links."""
        return tuple(re.findall(r"\]\(([^)\s]+)\)", self.prose))

    @property
    def code(self) -> tuple[str, ...]:
        """Everything that stands between single backticks."""
        return tuple(" ".join(words.split()) for words in re.findall(r"`([^`]+)`", self.prose))


def pages() -> list[Page]:
    """Every page of the project."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "models").glob("*/README*.md")]
    return [Page(path) for path in sorted(found)]


def commands(block: Block) -> Iterator[Command]:
    """The commands of a block, each with its output."""
    if block.language == "sh":
        for number, line in enumerate(block.lines, block.line):
            if line.strip():
                yield Command(line.partition("  #")[0].strip(), None, number)
        return
    starts = [number for number, line in enumerate(block.lines) if line.startswith("$ ")]
    assert not block.lines or starts[:1] == [0], "a console block begins with a command"
    for start, end in zip(starts, [*starts[1:], len(block.lines)], strict=True):
        yield Command(block.lines[start].removeprefix("$ "), block.lines[start + 1 : end] or None, block.line + start)


def changes(block: Block) -> Iterator[Change]:
    """The changes of a ``diff`` block, which are separated by ``@@``: lines that stay, go (``-``) and come (``+``)."""
    begins = [0, *(number + 1 for number, line in enumerate(block.lines) if line == SEPARATOR)]
    for start, end in zip(begins, [*(begin - 1 for begin in begins[1:]), len(block.lines)], strict=True):
        lines = block.lines[start:end]
        old, new = ("".join(f"{line[1:]}\n" for line in lines if not line.startswith(sign)) for sign in "+-")
        yield Change(old, new, block.line + start)


def matches(expected: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """Whether the output is what the page shows, where ``...`` stands for any lines, also for none."""
    pattern = "".join(r"(?:.*\n)*" if line.strip() == OMITTED else re.escape(line) + r"\n" for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None
