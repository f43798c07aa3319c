"""From a typed line to the server in it, and what stands before its name. Nothing is carried out.

What to watch: people copy lines from a Dockerfile, a unit of systemd or their shell's history, so variables, ``exec``
and ``poetry run`` come along. What only a shell could work out, ``$(nproc)``, is refused: nobody asks one.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.experiments.production import Piece, Program
from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell

VARIABLE = re.compile(r"[A-Za-z_]\w*=")
PYTHON = re.compile(r"(python|pypy)[\d.]*t?$")
PYTHON_WITH_VALUE, PYTHON_ALONE = ("-X", "-W"), re.compile(r"-[BdEiIOPqRsSuvx]+$")
BEFORE: tuple[tuple[str, ...], ...] = (
    *((name, "run") for name in ("poetry", "uv", "pipenv", "pdm", "hatch", "rye", "pixi")),
    ("newrelic-admin", "run-program"),
    *((name,) for name in ("exec", "env", "nohup", "time", "sudo", "command", "tini", "dumb-init", "catchsegv")),
    *((name,) for name in ("ddtrace-run", "opentelemetry-instrument")),
)
"""What people type before a server."""
FREE_THREADED = ("PYTHON_GIL=0", "-Xgil=0")
OF_RUNNERS = ("--", "--frozen", "--locked", "--no-sync", "--no-dev", "--isolated", "--all-extras", "-q", "--quiet")
"""Their own options, as far as these take no value."""
INSTRUMENTS = ("newrelic-admin", "ddtrace-run", "opentelemetry-instrument")
"""Which of them have a part in serving."""
OF_A_SHELL = ("|", "||", "&", "&&", ";", "<", ">", ">>", "2>&1")
SCRIPTS = (".js", ".mjs", ".cjs", ".ts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line with a server in it."""

    program: Program
    begins: tuple[str, ...]
    """Up to the server's name, and that."""
    before: tuple[Piece, ...]
    """Of that, what is worth a word: variables, and what starts the server."""
    rest: tuple[str, ...]


def line_of(text: str, programs: Mapping[str, Program]) -> Line | None:
    """The line, where it has one of these servers in it. Raises RefusalError for what no shell would take either."""
    words = split(text)
    at, before = 0, list[Piece]()
    while at < len(words):
        word = words[at]
        if VARIABLE.match(word):
            before.append(Piece((word,), before=True))
            at += 1
            continue
        wrapper = next((each for each in BEFORE if tuple(words[at : at + len(each)]) == each), None)
        if wrapper is None:
            break
        taken = len(wrapper)
        before.append(Piece(wrapper, before=True))
        at += taken
        while words[at : at + 1] and words[at] in OF_RUNNERS:
            at += 1
    found = _program(words[at:], programs, before)
    if found is None:
        return None
    program, length = found
    _refuse_shell(words)
    return Line(program=program, begins=tuple(words[: at + length]), before=tuple(before),
                rest=tuple(words[at + length :]))  # fmt: skip


def split(text: str) -> list[str]:
    """As a shell does it. Raises RefusalError."""
    try:
        return shlex.split(text)
    except ValueError as error:
        if "escape" in str(error):
            wrong = tell("--server {line}: the backslash at its end has nothing behind it; leave it out", line=text)
        else:
            wrong = tell("--server {line}: a quotation mark is missing; type it as in a shell", line=text)
        raise RefusalError(wrong) from None


def _refuse_shell(words: Sequence[str]) -> None:
    for word in words:
        if word in OF_A_SHELL:
            raise RefusalError(
                tell("--server: {word} is for a shell, and none is asked: type the one command that serves", word=word)
            )


def _program(words: Sequence[str], programs: Mapping[str, Program], before: list[Piece]) -> tuple[Program, int] | None:
    """The server that the words begin with, and with how many of them."""
    if not words:
        return None
    name = words[0].rpartition("/")[2]
    if PYTHON.match(name):
        return _under_python(words, programs, before)
    program = _called(name, programs)
    if program is not None and name != "go":
        return program, 1
    if words[:2] == ["go", "run"]:
        return programs["go"], 3 if len(words) > 2 else 2
    if _is_own(words[0], before):
        return programs["go"], 1
    return None


def _is_own(word: str, before: Sequence[Piece]) -> bool:
    """Whether it is somebody's own program, and may be one in Go: by its path, or by a variable that only Go reads."""
    name = word.rpartition("/")[2]
    by_path = word.startswith(("./", "/", "../")) and name != "" and "." not in name
    return by_path or any(piece.words[0].startswith("GOMAXPROCS=") for piece in before)


def _called(name: str, programs: Mapping[str, Program]) -> Program | None:
    return next((each for each in programs.values() if name == each.name or name in each.aliases), None)


def _without_gil(python: str) -> bool:
    return bool(PYTHON.match(python.rpartition("/")[2])) and python.endswith("t")


def is_free_threaded(piece: Piece) -> bool:
    """Whether it says that Python runs without a GIL: ``PYTHON_GIL=0``, ``-X gil=0``, ``python3.14t``."""
    return piece.before and (piece.typed.replace(" ", "") in FREE_THREADED or _without_gil(piece.words[0]))


def _module(name: str, programs: Mapping[str, Program]) -> Program | None:
    return next((each for each in programs.values() if name in each.modules), None) or _called(name, programs)


def _under_python(
    words: Sequence[str], programs: Mapping[str, Program], before: list[Piece]
) -> tuple[Program, int] | None:
    """``python -m gunicorn`` is gunicorn, as ``python manage.py`` is that."""
    at = 1
    before += [Piece((words[0],), before=True)] if _without_gil(words[0]) else []
    while at < len(words):
        if words[at] in PYTHON_WITH_VALUE:
            before.append(Piece(tuple(words[at : at + 2]), before=True))
            at += 2
        elif words[at].startswith(PYTHON_WITH_VALUE):
            before.append(Piece((words[at],), before=True))
            at += 1
        elif PYTHON_ALONE.match(words[at]):
            at += 1
        else:
            break
    module = words[at : at + 1] == ["-m"]
    name = "".join(words[at + module : at + module + 1])
    program = _module(name, programs) if module else _called(name.rpartition("/")[2], programs)
    return None if program is None or (not module and program.name != "manage.py") else (program, at + module + 1)
