"""Choose the kernel: compiled if there is a compiled one that is up to date, otherwise the same file as plain Python.

What to watch: a compiled kernel carries the digest of the source that it was built from (``BUILT_FROM``, see setup.py).
One that does not match ``kernel.py`` is never used, so nobody debugs a source that is not what runs.

The reason for running slowly is returned, not warned about: a warning would fail every test that runs uncompiled on
purpose, and every process of a sweep would repeat it. The command line prints ``kernel_notice()`` once, on stderr.
"""

import functools
import importlib
import os
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

VARIABLE = "LOOPFORK_KERNEL"
COMPILED = "simulator.engine._kernel"
UNCOMPILED = "simulator.engine.kernel"
SOURCE = Path(__file__).with_name("kernel.py")

_REBUILD = "run `make build` in a checkout, or install loopfork again"


class KernelError(Exception):
    """The kernel that was asked for cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Choice:
    module: ModuleType
    notice: str | None


def kernel() -> ModuleType:
    """The kernel to run, as LOOPFORK_KERNEL says: compiled, python, or auto (the compiled one if it is up to date).

    Raises KernelError where ``compiled`` is asked for and there is none, or one that is out of date.
    """
    return _choose(os.environ.get(VARIABLE, "")).module


def kernel_notice() -> str | None:
    """One line for the user if the kernel runs uncompiled without anybody having asked for that."""
    return _choose(os.environ.get(VARIABLE, "")).notice


@functools.cache
def _choose(wanted: str) -> _Choice:
    if wanted not in ("", "auto", "compiled", "python"):
        raise KernelError(f"{VARIABLE}={wanted}: expected auto, compiled or python")
    if wanted == "python":
        return _Choice(importlib.import_module(UNCOMPILED), None)
    found = _compiled()
    if isinstance(found, ModuleType):
        return _Choice(found, None)
    if wanted == "compiled":
        raise KernelError(f"{VARIABLE}=compiled, but {found}: {_REBUILD}")
    notice = f"{found}, so simulations run about 100 times slower: {_REBUILD}"
    return _Choice(importlib.import_module(UNCOMPILED), notice)


def _compiled() -> ModuleType | str:
    """The compiled kernel, or why it cannot be used."""
    try:
        module = importlib.import_module(COMPILED)
    except ModuleNotFoundError as error:
        if error.name == COMPILED:
            return "the compiled kernel is missing (no C compiler at installation?)"
        return f"the compiled kernel cannot be loaded ({error})"
    except Exception as error:  # an old build may fail in any way against newer sources; it is not needed
        return f"the compiled kernel cannot be loaded ({error})"
    if getattr(module, "BUILT_FROM", None) != _digest(SOURCE):
        return "the compiled kernel is out of date"
    return module


def _digest(source: Path) -> str:
    import hashlib

    return hashlib.sha256(source.read_bytes()).hexdigest()
