"""Choose the kernel: compiled if there is a compiled one that is up to date, otherwise the same files as plain Python.

What to watch: a compiled kernel carries the names of the files that it was built from, and their digest
(``BUILT_FROM``, see ``simulator.engine.joining``). One that does not match them is never used, so nobody debugs a
source that is not what runs.

The reason for running slowly is returned, not warned about: a warning would fail every test that runs uncompiled on
purpose, and every process of a sweep would repeat it. The command line prints ``kernel_notice()`` once, on stderr.
"""

import functools
import importlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from simulator.words.language import tell

VARIABLE = "LOOPFORK_KERNEL"
COMPILED = "simulator.engine._kernel"
CHECKED = "simulator.engine._kernel_checked"
UNCOMPILED = "simulator.engine.kernel"
ROOT = Path(__file__).parent.parent.parent


class KernelError(Exception):
    """The kernel that was asked for cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Choice:
    module: ModuleType
    notice: str | None


def kernel() -> ModuleType:
    """The kernel to run, as LOOPFORK_KERNEL says: compiled, python, checked, or auto (compiled if it is up to date).

    Raises KernelError where ``compiled`` or ``checked`` is asked for and there is none, or one that is out of date.
    """
    return _choose(os.environ.get(VARIABLE, "")).module


def kernel_notice() -> str | None:
    """One line for the user if the kernel runs uncompiled without anybody having asked for that."""
    return _choose(os.environ.get(VARIABLE, "")).notice


@functools.cache
def _choose(wanted: str) -> _Choice:
    if wanted not in ("", "auto", "compiled", "python", "checked"):
        raise KernelError(
            tell("{variable}={wanted}: expected auto, compiled, python or checked", variable=VARIABLE, wanted=wanted)
        )
    if wanted == "python":
        return _Choice(importlib.import_module(UNCOMPILED), None)
    if wanted == "checked":
        found = _built(CHECKED)
        if isinstance(found, ModuleType):
            return _Choice(found, None)
        raise KernelError(
            tell(
                "{variable}=checked, but {reason}: run `{variable}=checked make build` in a checkout",
                variable=VARIABLE,
                reason=found,
            )
        )
    found = _built(COMPILED)
    if isinstance(found, ModuleType):
        return _Choice(found, None)
    if wanted == "compiled":
        raise KernelError(
            tell(
                "{variable}=compiled, but {reason}: run `make build` in a checkout, or install loopfork again",
                variable=VARIABLE,
                reason=found,
            )
        )
    notice = tell(
        "{reason}, so simulations run about 100 times slower: "
        "run `make build` in a checkout, or install loopfork again",
        reason=found,
    )
    return _Choice(importlib.import_module(UNCOMPILED), notice)


def _built(name: str) -> ModuleType | str:
    """A compiled kernel, or why it cannot be used."""
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name:
            if name == CHECKED:
                return tell("the checked kernel has not been built")
            return tell("the compiled kernel is missing (no C compiler at installation?)")
        return tell("the compiled kernel cannot be loaded ({error})", error=error)
    except Exception as error:  # an old build may fail in any way against newer sources; it is not needed
        return tell("the compiled kernel cannot be loaded ({error})", error=error)
    if not _is_current(getattr(module, "BUILT_FROM", None)):
        return tell("the compiled kernel is out of date")
    return module


def _is_current(built_from: object) -> bool:
    """Whether the files are what they were. A new part is seen by the part that imports it."""
    match built_from:
        case (str(noted), tuple(files)):
            try:
                return digest(files, ROOT) == noted
            except OSError:  # one is gone
                return False
        case _:
            return False


def digest(files: Iterable[str], root: Path) -> str:
    """One number for the names and the contents of all these files."""
    import hashlib

    whole = hashlib.sha256()
    for file in files:
        whole.update(f"{file}\0".encode())
        whole.update(hashlib.sha256((root / file).read_bytes()).digest())
    return whole.hexdigest()
