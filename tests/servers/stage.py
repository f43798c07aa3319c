"""Starting the real servers under test, and seeing to it that nothing of them stays behind."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEADLINE_S = 20.0
"""Nothing here takes this long; what does has failed. No test waits for it when all is well."""


@dataclass(frozen=True)
class Cast:
    """One server as the suite knows it."""

    module: str
    flags: tuple[str, ...] = ()
    processes: int = 1
    """How many processes serve, without the master."""
    parallel: int = 1000
    """How many requests it can be waiting for at once."""
    shields: bool = True
    """Whether clients that say nothing leave others unharmed."""
    places: tuple[str, ...] = ()
    """What it reports between the first and the last mark, ``handle`` left out."""
    behind: "Cast | None" = None
    """The server behind, for a proxy."""
    needs: str = ""
    """A program, or a package of Python, without which it does not start; `.ci/run` installs all of them."""
    beside: int = 0
    """Processes that serve nobody, besides the master."""

    def __str__(self) -> str:
        return " ".join((self.module.removeprefix("models."), *self.flags))


def until(claim: Callable[[], object], what: str) -> None:
    """Poll until ``claim`` holds."""
    end = time.monotonic() + DEADLINE_S
    while not claim():
        assert time.monotonic() < end, f"waited {DEADLINE_S:g} s in vain: {what}"
        time.sleep(0.005)


@dataclass
class Line:
    """One line of a report."""

    row: int
    process: int
    slot: int
    outcome: str
    marks: dict[str, float]


@dataclass
class Running:
    """A server that runs."""

    process: "subprocess.Popen[bytes]"
    port: int
    report: Path
    behind: "Running | None" = field(default=None)

    @property
    def group(self) -> int:
        """The process group that it was started in; its children are in it too."""
        return self.process.pid

    def children(self) -> set[int]:
        """Its processes that are alive, without the master."""
        return alive(self.group) - {self.process.pid}

    def lines(self) -> list[Line]:
        """What it has reported so far."""
        return [_line(text) for text in self.report.read_text().splitlines()]

    def line(self, row: int) -> Line:
        """What it reports about one request; waits for it."""
        until(lambda: any(line.row == row for line in self.lines()), f"a line about request {row}")
        return next(line for line in self.lines() if line.row == row)

    def end(self) -> int:
        """Close its stdin; returns the exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(DEADLINE_S)


def alive(group: int) -> set[int]:
    """Processes of a group that run; who is dead and only not yet waited for does not count."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, pgrp = stat.read_text().rpartition(") ")[2].split()[:3]
            if int(pgrp) == group and state != "Z":
                found.add(int(stat.parent.name))
    return found


def refuse_missing(cast: Cast) -> None:
    """Skip the test of a server that cannot run here; in continuous integration it fails."""
    if cast.needs and shutil.which(cast.needs) is None and find_spec(cast.needs) is None:
        (pytest.fail if "LOOPFORK_SERVERS" in os.environ else pytest.skip)(f"{cast.needs} is not installed")


def refused(cast: Cast, flags: tuple[str, ...]) -> tuple[int, str]:
    """Exit code and complaint of a server that does not start."""
    upstream = ("--upstream", "127.0.0.1:1") if cast.behind else ()
    command = [sys.executable, "-m", cast.module, *cast.flags, *upstream, *flags]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=DEADLINE_S)
    assert not done.stdout
    return done.returncode, done.stderr


@contextmanager
def performed(cast: Cast, folder: Path, *flags: str) -> Iterator[Running]:
    """The server with these flags, until the end of the block; afterwards nothing of it may be left."""
    folder.mkdir(exist_ok=True)
    refuse_missing(cast)
    if cast.behind is None:
        with _started(cast, folder / "report", flags) as running:
            yield running
        return
    with _started(cast.behind, folder / "behind", ()) as behind:
        upstream = ("--upstream", f"127.0.0.1:{behind.port}")
        with _started(cast, folder / "report", (*upstream, *flags)) as running:
            running.behind = behind
            yield running


@contextmanager
def _started(cast: Cast, report: Path, flags: tuple[str, ...]) -> Iterator[Running]:
    command = [sys.executable, "-m", cast.module, *cast.flags, *flags, "--report", str(report)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        running = Running(process, int(process.stdout.readline()), report)
        until(
            lambda: len(running.children()) == cast.processes + cast.beside, "all its processes"
        )  # the port comes before they do
        yield running
        if process.poll() is None:
            assert running.end() == 0
        until(lambda: not alive(process.pid), "the end of all its processes")
        complaints = process.stderr.read().decode()
        assert not complaints, complaints
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            with suppress(OSError):
                pipe.close()


def _line(text: str) -> Line:
    row, process, slot, outcome, *marks = text.split(" ")
    pairs = [mark.split("=") for mark in marks]
    return Line(int(row), int(process), int(slot), outcome, {name: float(when) for name, when in pairs})
