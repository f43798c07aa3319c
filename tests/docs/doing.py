"""Does what a page tells its reader to do, in a folder of its own, and compares what happens with what it shows.

What to watch: a page that changes the project changes a copy of it, and what it runs afterwards are processes that find
the copy in place of us; without compiling, so that a changed kernel counts.
"""

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.cli.main import main
from simulator.words.language import VARIABLE, speaking
from simulator.workload.check import check
from tests.docs.pages import ROOT, Block, Command, Page, changes, commands, matches

READ_ONLY = ("head", "ls", "cat")
"""Programs of the shell that pages use to look at a file."""
PACKAGES = ("simulator", "models", "scenarios")
MAIN = "import sys; from simulator.cli.main import main; sys.exit(main())"
WHOLE = {"title", "duration", "arrivals", "requests"}
"""A scenario with these keys is complete; anything less is put into ``BASE`` and judged there."""
BASE = """
title = "Base"
duration = "60 s"
arrivals = {kind = "poisson", rate = 10}
requests = [{name = "page", steps = [{cpu = "1 ms"}]}, {name = "search", steps = [{cpu = "1 ms"}]}]
"""


class DifferenceError(AssertionError):
    """Something on a page is not so; the message begins with the page and the line."""


class Reader:
    """Somebody who follows one page from top to bottom."""

    def __init__(self, page: str, folder: Path) -> None:
        """Files appear in the folder, which has to be the current one."""
        self.page, self.folder = page, folder
        self.names: dict[str, Any] = {"__name__": "page"}
        self.said = ""

    @property
    def copied(self) -> bool:
        """Whether the page has changed the project."""
        return (self.folder / PACKAGES[0]).exists()

    def follow(self, block: Block) -> None:
        """Do what the block says. Raises DifferenceError."""
        said, self.said = self.said, ""
        match block.language:
            case "diff":
                self._change(block)
            case "python" if block.file:
                self._write(block)
            case "python":
                self.said = self._run(block)
            case "text" if said:  # what the Python block just above prints
                self._same(Command("the block above", block.lines, block.line), said)
            case "console" | "sh":
                for command in commands(block):
                    self._command(command)
            case "toml":
                self._write(block)
                self._scenario(block)
            case _:
                self._write(block)

    def _write(self, block: Block) -> None:
        """The file that a block is, if it is one."""
        if block.file:
            self._copy_for(block.file)
            path = self.folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")

    def _change(self, block: Block) -> None:
        """What a page replaces has to stand there, once."""
        self._copy_for(block.file)
        path = self.folder / block.file
        text = path.read_text(encoding="utf-8")
        for change in changes(block):
            found = f"\n{text}".count(f"\n{change.old}")
            if found != 1:
                where = f"{self.page}:{change.line}: {block.file}"
                raise DifferenceError(f"{where} has these lines {found} times, and not once:\n{change.old}")
            text = text.replace(change.old, change.new)
        path.write_text(text, encoding="utf-8")

    def _copy_for(self, file: str) -> None:
        """A file of the project is changed in a copy; of what is not installed, only that file is in it."""
        if file.startswith(PACKAGES):
            if not self.copied:
                copy_of_the_project(self.folder)
        elif (ROOT / file).exists() and not (self.folder / file).exists():
            (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, self.folder / file)

    def _run(self, block: Block) -> str:
        """What a program prints."""
        if self.copied:
            return self._process("-c", block.text).stdout
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile("\n" * (block.line - 1) + block.text, self.page, "exec"), self.names)
        return printed.getvalue()

    def simulate(self, words: list[str]) -> tuple[int, str, str]:
        """The command: exit code, stdout and stderr."""
        if not self.copied:
            return simulate(words)
        done = self._process("-c", MAIN, *words, check=False)
        return done.returncode, done.stdout, done.stderr

    def _process(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Python, with the changed project."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder), "LOOPFORK_KERNEL": "python"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if check and done.returncode:
            raise DifferenceError(f"{self.page}: exit code {done.returncode}\n{done.stderr}")
        return done

    def _command(self, command: Command) -> None:
        words = shlex.split(command.words, comments=True)
        settings = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
        words = words[len(settings) :]
        if words[0] == "make":
            self._target(command, words)
        elif words[0] == "simulate":
            self._simulate(command, words[1:], settings)
        elif words[0] in READ_ONLY:
            done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=True)
            self._same(command, done.stdout)
        else:
            raise DifferenceError(f"{self.page}:{command.line}: no rule says how to try out {words[0]}")

    def _target(self, command: Command, words: list[str]) -> None:
        """Commands of make are not carried out, for they install and run the tests; but there must be such a target."""
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        for target in (word for word in words[1:] if "=" not in word):
            if not re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE):
                raise DifferenceError(f"{self.page}:{command.line}: the Makefile has no target {target}")

    def _simulate(self, command: Command, words: list[str], settings: dict[str, str]) -> None:
        expects_refusal = bool(command.printed) and (command.printed or ("",))[0].startswith("simulate: ")
        language = Page(ROOT / self.page).language
        with _environment({VARIABLE: language} | settings), speaking(language):
            code, out, err = self.simulate(words)
        if code != (2 if expects_refusal else 0):
            raise DifferenceError(f"{self.page}:{command.line}: {command.words}: exit code {code}\n{err}{out}")
        self._same(command, err if expects_refusal else out)

    def _scenario(self, block: Block) -> None:
        given = tomllib.loads(block.text)
        parsed = given if given.keys() >= WHOLE else tomllib.loads(BASE) | given
        wrong = check(parsed, self.folder)
        if isinstance(wrong, list):
            listed = "\n".join(str(mistake) for mistake in wrong)
            raise DifferenceError(f"{self.page}:{block.line}: not a scenario:\n{listed}")
        if parsed is given:
            path = self.folder / (block.file or "scenario.toml")
            path.write_text(block.text, encoding="utf-8")
            code, _, err = self.simulate(["--model", "prefork", "--load", str(path)])
            if code:
                raise DifferenceError(f"{self.page}:{block.line}: {err}")

    def _same(self, command: Command, output: str) -> None:
        printed = tuple(line.rstrip() for line in output.rstrip("\n").split("\n"))
        if command.printed is not None and not matches(command.printed, printed):
            wanted = "\n".join(command.printed)
            raise DifferenceError(
                f"{self.page}:{command.line}: {command.words}\nthe page says:\n{wanted}\nand it prints:\n{output}"
            )


def copy_of_the_project(folder: Path, *further: str) -> None:
    """Everything that is installed, and further folders and files, with nothing built."""
    for name in (*PACKAGES, *further):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.pyd"))
        else:
            shutil.copy(ROOT / name, folder)


def simulate(words: list[str]) -> tuple[int, str, str]:
    """The command in this process: exit code, stdout, and stderr without the remark about an uncompiled kernel."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(words)
    out.seek(0)
    remarks = [line for line in err.getvalue().splitlines(keepends=True) if "the compiled kernel" not in line]
    return code, out.read(), "".join(remarks)


@contextlib.contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
