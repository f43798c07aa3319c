"""Processes that end with the block that started them, whatever happens in it.

What to watch: every wait has a limit and says what it waited for. A process is first asked to end, by closing its
stdin, and killed with everything it has forked if it does not, or if it left something behind. If we ourselves are
killed, the kernel closes that stdin. And the folder in which somebody types a command is never on the path of a process
that we start: whatever lies there as ``models`` or as ``socket.py`` is not ours to run.
"""

import os
import select
import signal
import site
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import simulator
from simulator.words.language import tell

START_LIMIT_S = 20.0
END_LIMIT_S = 5.0
TICK_S = 0.25
LAST_WORDS = 400
"""Characters of a process's stderr that an error repeats."""


class MeasureError(Exception):
    """A run on real servers could not be carried out; the message says what was waited for, and what came instead."""


class Process:
    """A Python module that runs as a process of its own, in a process group of its own."""

    def __init__(self, what: str, popen: "subprocess.Popen[bytes]", said: Path) -> None:
        self.what, self._popen, self._said = what, popen, said
        self._ended = os.pidfd_open(popen.pid)  # tells the end and keeps the number ours until we have cleaned up

    @property
    def pid(self) -> int:
        """The number of the process, which is also that of its group."""
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that killed it."""
        return self._popen.returncode

    def first_line(self, limit_s: float = START_LIMIT_S) -> str:
        """What it says first on stdout. Raises MeasureError."""
        assert self._popen.stdout is not None  # it was asked for
        number, line, latest = self._popen.stdout.fileno(), b"", time.monotonic() + limit_s
        while not line.endswith(b"\n"):
            rest = latest - time.monotonic()
            if rest <= 0 or not select.select([number], [], [], rest)[0]:
                told = tell("waited {limit} for {what} to start, in vain", limit=f"{limit_s:g} s", what=self.what)
                raise self.error(told)
            data = os.read(number, 4096)
            if not data:
                raise self.error(tell("{what} ended instead of starting", what=self.what))
            line += data
        return line.decode(errors="replace").strip()

    def has_ended(self, limit_s: float) -> bool:
        """Wait for its end, up to a limit."""
        return bool(select.select([self._ended], [], [], max(limit_s, 0.0))[0])

    def done(self, limit_s: float, progress: Callable[[float], None] | None = None) -> None:
        """Wait until it has ended by itself, with exit code 0. Raises MeasureError."""
        start = time.monotonic()
        while not self.has_ended(min(TICK_S, limit_s)):
            waited = time.monotonic() - start
            if waited > limit_s:
                told = tell("waited {limit} for {what} to finish, in vain", limit=f"{limit_s:g} s", what=self.what)
                raise self.error(told)
            if progress is not None:
                progress(waited)
        code = self._popen.wait()
        if code:
            raise self.error(tell("{what} ended with exit code {code}", what=self.what, code=code))

    def stop(self) -> None:
        """Ask it to end, then make it; nothing of its group is left."""
        try:
            if self._popen.returncode is None:
                self._hang_up()
                self.has_ended(END_LIMIT_S)
        finally:
            if self._popen.returncode is None:  # not buried yet: the number cannot belong to anybody else
                with suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)
                self._popen.wait()
            self._hang_up()
            if self._popen.stdout is not None:
                self._popen.stdout.close()
            os.close(self._ended)

    def _hang_up(self) -> None:
        if self._popen.stdin is not None:
            with suppress(BrokenPipeError):
                self._popen.stdin.close()

    def said(self) -> str:
        """What it wrote on stderr."""
        return self._said.read_text(errors="replace").strip()

    def error(self, told: str) -> MeasureError:
        """What went wrong, with the end of what the process wrote on stderr."""
        said = self.said()[-LAST_WORDS:]
        return MeasureError(tell("{told}: {said}", told=told, said=said) if said else told)


@contextmanager
def running(
    what: str, folder: Path, module: str, *arguments: str, variables: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """Run ``python -m module arguments`` for as long as the block lasts; ``folder`` takes its stderr.

    ``variables`` are added to its environment.
    """
    said = folder / f"{module}-{time.monotonic_ns()}.stderr"
    with said.open("wb") as stderr:
        popen = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={**environment(), **(variables or {})},
            start_new_session=True,  # Ctrl-C is for us; we end the others
        )
    process = Process(what, popen, said)
    try:
        yield process
    finally:
        process.stop()


def port_of(server: Process) -> int:
    """The port that a server has chosen. Raises MeasureError."""
    line = server.first_line()
    if not line.isdigit():
        raise MeasureError(
            tell("{what}: expected its port on stdout, got {line}", what=server.what, line=repr(line[:80]))
        )
    return int(line)


def flags_of(settings: Sequence[tuple[str, object, object]]) -> list[str]:
    """The settings that differ from their default, as flags: (name, value, default) each."""
    flags: list[str] = []
    for name, value, default in settings:
        word = name.replace("_", "-")
        if value == default:
            continue
        flags += [f"--{word}" if value else f"--no-{word}"] if isinstance(value, bool) else [f"--{word}", str(value)]
    return flags


# The path of what is started. ``-P`` keeps the current folder off it; an empty entry of PYTHONPATH would bring it back,
# and stands there whenever somebody has put something in front of a PYTHONPATH that was not set. Where loopfork is
# installed, Python finds it by itself; named in PYTHONPATH, all that is installed would hide the standard library.


def environment(given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a process of ours is started with: our packages are found, and nothing in the current folder is."""
    named = [entry for entry in given.get("PYTHONPATH", "").split(os.pathsep) if entry]
    ours = str(Path(simulator.__file__ or "").resolve().parent.parent)
    path = [*([] if ours in map(str, _installed()) else [ours]), *named]
    rest = {name: value for name, value in given.items() if name != "PYTHONPATH"}
    return rest | {"PYTHONSAFEPATH": "1"} | ({"PYTHONPATH": os.pathsep.join(path)} if path else {})


def _installed() -> list[Path]:
    """Where Python looks by itself for what is installed."""
    return [Path(folder).resolve() for folder in (*site.getsitepackages(), site.getusersitepackages())]
