"""Where the command ``simulate`` starts and ends: exit codes, and no traceback for anything that a user can cause.

0 done · 2 the command cannot be carried out as typed · 70 a mistake of the program · 129 SIGHUP · 130 Ctrl-C ·
141 closed pipe · 143 SIGTERM.
"""

import errno
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import simulator
from simulator.cli.stopping import Came, Terminated, interruption, terminated_like_ctrl_c
from simulator.words.language import LANGUAGES, VARIABLE, language_of, speak, tell, translated

DONE, WRONG_USE, INTERNAL_ERROR, INTERRUPTED, CLOSED_PIPE = 0, 2, 70, 130, 141
RARELY = 300_000
"""Objects between two collections of garbage: importing makes many objects and no garbage, and looking for some would
take a tenth of the start."""
QUICKER = {"OPENBLAS_NUM_THREADS": "1", "PYDANTIC_DISABLE_PLUGINS": "__all__"}
"""No matrix is multiplied here, so NumPy need not start threads for it; and Pydantic need not search every installed
package for plugins. Each is a twentieth of the start; whoever has set them keeps what they have set."""


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command line and return the exit code."""
    for name, value in QUICKER.items():
        os.environ.setdefault(name, value)
    _open_closed_streams()
    thresholds = gc.get_threshold()
    gc.set_threshold(RARELY, *thresholds[1:])
    try:
        with _language_of_before():
            return _guarded(list(sys.argv[1:] if argv is None else argv))
    finally:
        gc.set_threshold(*thresholds)


def _open_closed_streams() -> None:
    """Give stdin, stdout and stderr something to stand for, where whoever started the command closed them (``>&-``).

    Otherwise the next file that is opened would get their number. Writing to the stdout that stands in fails, with a
    message: whoever asked for output is not to believe that it went somewhere.
    """
    for name, mode, flags in (("stdin", "r", os.O_RDONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), mode, encoding="utf-8"))


def _guarded(tokens: list[str]) -> int:
    try:
        with terminated_like_ctrl_c() as came:
            return _executed(tokens, came)
    except Terminated as terminated:
        return terminated.code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        from simulator.results.terminal import forget_stdout

        forget_stdout()  # whoever read our output has gone: nothing is left to say
        return CLOSED_PIPE


def _executed(tokens: list[str], came: Came) -> int:
    from simulator.experiments.refusal import RefusalError

    try:
        rest = spoken_to(tokens)
        check_packages()
        from simulator.cli.parser import execute

        code = execute(rest)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        raise
    except Exception as error:
        stopped = came() or interruption(error)
        if stopped:
            raise stopped from None
        wrong = str(error) if isinstance(error, RefusalError | PackageError) else _wrong_name(error)
        return _say(wrong, WRONG_USE) if wrong else _internal(error)


NO_NAMES = (errno.ELOOP, errno.ENAMETOOLONG)
"""Errors that only somebody's name for a file can cause, wherever they come up."""


def _wrong_name(error: BaseException | None) -> str:
    """What to say about a name that no file can have; nothing if it is not that. Pathlib wraps what it finds."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in NO_NAMES and error.filename:
            name, why = os.fsdecode(error.filename), error.strerror or ""
            return tell('"{name}" cannot be the name of a file: {why}. Type another one', name=name, why=why)
        error = error.__cause__ or error.__context__
    return ""


def _internal(error: Exception) -> int:
    from traceback import format_exception

    from simulator.experiments.progress import talk
    from simulator.experiments.refusal import InvariantError

    if isinstance(error, InvariantError):
        return _say(tell("INTERNAL ERROR: {error}. Please report it with the command", error=error), INTERNAL_ERROR)
    talk("".join(format_exception(error)))
    return _say(tell("INTERNAL ERROR: please report the lines above with the command"), INTERNAL_ERROR)


def _say(message: str, code: int) -> int:
    from simulator.experiments.progress import talk

    talk(f"simulate: {message}\n")
    return code


# The language: what --lang says, then the environment. It is known before anything is worded.

LANG = "--lang"


def spoken_to(tokens: list[str]) -> list[str]:
    """The command line without ``--lang``, whose language is spoken from now on. Raises RefusalError.

    It is also put into the environment, because a browser's tabs are processes of their own.
    """
    speak(language_of(os.environ))
    rest, waiting = list[str](), list(tokens)
    while waiting:
        token = waiting.pop(0)
        if token == LANG:
            _chosen(waiting.pop(0) if waiting else "")
        elif token.startswith(LANG + "="):
            _chosen(token.partition("=")[2])
        else:
            rest.append(token)
    if not _can_be_written():
        speak("en")
    return rest


def _can_be_written() -> bool:
    """Whether stdout takes the letters of the language: a page of question marks tells nobody anything."""
    try:
        translated("worker").encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _chosen(word: str) -> None:
    from simulator.experiments.refusal import RefusalError

    language = next((each for each in LANGUAGES if each == word), None)
    if language is None:  # nobody knows yet which language is read, so both are written
        raise RefusalError(f"{LANG} {word}".rstrip() + ": expected en or zh. 应为 en 或 zh。")
    os.environ[VARIABLE] = language
    speak(language)


@contextmanager
def _language_of_before() -> Iterator[None]:
    """Afterwards the environment is as it was: one command's language is not the next one's."""
    before = os.environ.get(VARIABLE)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = before


# Make sure that ``models`` and ``scenarios`` are loopfork's own.
# Both are common names: a project that has its own ``models.py``, and comes earlier on the path, hides ours. Everything
# would then fail somewhere later with a message about a missing name; this says at once which file is in the way.

SIBLINGS = ("models", "scenarios")


class PackageError(Exception):
    """A package with one of our names is in the way, or ours is missing; the message says where and what to do."""


def check_packages() -> None:
    """Raise PackageError unless ``models`` and ``scenarios`` lie beside ``simulator``."""
    home = Path(simulator.__file__ or "").resolve().parent.parent
    for name in SIBLINGS:
        ours = home / name / "__init__.py"
        found = _where(name)
        if found is None or not ours.exists():
            beside = home / "simulator"
            raise PackageError(
                tell("the package '{name}' is missing beside {place}: install loopfork again", name=name, place=beside)
            )
        if found != ours:
            place = found.parent if found.name == "__init__.py" else found
            raise PackageError(
                tell(
                    "another package named '{name}' at {place} hides loopfork's at {ours}: "
                    "run simulate from another folder, or take {folder} off PYTHONPATH",
                    name=name,
                    place=place,
                    ours=ours.parent,
                    folder=place.parent,
                )
            )


def _where(name: str) -> Path | None:
    """The file that ``import name`` would run, without running it."""
    try:
        spec = find_spec(name)
    except ValueError:  # a module without a spec sits in sys.modules: certainly not ours
        return Path(name)
    if spec is None:
        return None
    if spec.origin is None:  # a folder without __init__.py
        return Path(next(iter(spec.submodule_search_locations or ()), name)).resolve()
    return Path(spec.origin).resolve()
