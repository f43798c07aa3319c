"""``python -m tests.docs.refresh``: write what commands print now into the pages, for figures that changed on purpose.

Lines that a page leaves out (``...``) stay left out: every line shown is replaced by the line nearest to it, and those
that nothing is near to are reported and left alone. Read the difference before you commit it; the prose around a block
is not changed.
"""

import difflib
import os
import shlex
import sys
import tempfile
from pathlib import Path

from simulator.words.language import VARIABLE
from tests.docs.doing import DifferenceError, Reader
from tests.docs.pages import OMITTED, Command, Page, commands, matches, pages


def refresh(page: Page) -> int:
    """Rewrite one page; returns how many blocks could not be mended."""
    lines, failed = page.text.split("\n"), 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        reader = Reader(page.name, Path(folder))
        os.environ[VARIABLE] = page.language
        for block in page.blocks:
            if block.language == "console":
                for command in commands(block):
                    failed += _command(lines, command, reader)
            try:
                reader.follow(block)
            except DifferenceError as difference:
                if block.language != "console":
                    sys.stderr.write(f"{difference}\n")
                    failed += 1
    page.path.write_text("\n".join(lines), encoding="utf-8")
    return failed


def _command(lines: list[str], command: Command, reader: Reader) -> int:
    words = shlex.split(command.words)
    if command.printed is None or words[0] != "simulate":
        return 0
    _, out, err = reader.simulate(words[1:])
    printed = [line.rstrip() for line in (out or err).rstrip("\n").split("\n")]
    if matches(command.printed, tuple(printed)):
        return 0
    mended, at = [], 0
    for shown in command.printed:
        near = [shown] if shown.strip() in ("", OMITTED) else difflib.get_close_matches(shown, printed[at:], 1, 0.5)
        mended.append(near[0] if near else shown)
        if near and shown.strip() not in ("", OMITTED):
            at += printed[at:].index(near[0]) + 1
    lines[command.line : command.line + len(mended)] = mended
    if matches(tuple(mended), tuple(printed)):
        return 0
    sys.stderr.write(f"line {command.line}: {command.words}: mend by hand:\n{out}\n")
    return 1


if __name__ == "__main__":
    os.environ.update(COLUMNS="80", NO_COLOR="1", TERM="dumb")
    sys.exit(min(sum(refresh(page) for page in pages()), 1))
