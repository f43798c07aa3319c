"""Stands in for the module ``cython`` wherever the kernel runs as plain Python, whether Cython is installed or not.

Only the names that a kernel needs, with the meaning they have in uncompiled code: decorators return the function
unchanged, types are callables that convert, ``double[::1]`` is any sequence of numbers, a struct is a small class. The
parts of the kernel say ``from simulator.engine.uncompiled import cython``; the build writes ``import cython`` instead.
"""

import builtins
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import cython  # is not typed, so that its types are allowed as types
else:
    cython = sys.modules[__name__]

__all__ = ["cython"]

T = TypeVar("T")

compiled = False


class CType:
    """A C type: converts when called, and may be subscripted like a memoryview or an array."""

    def __init__(self, name: str, convert: Callable[[Any], Any]) -> None:
        self._name = name
        self._convert = convert

    def __call__(self, value: Any) -> Any:
        """Convert the value as C would."""
        return self._convert(value)

    def __getitem__(self, shape: object) -> "CType":
        return self

    def __repr__(self) -> str:
        return self._name


bint = CType("bint", builtins.bool)
schar = CType("signed char", builtins.int)
short = CType("short", builtins.int)
int = CType("int", builtins.int)
longlong = CType("long long", builtins.int)
ulonglong = CType("unsigned long long", builtins.int)
double = CType("double", float)
void = CType("void", lambda value: value)


def _unchanged(function: T) -> T:
    return function


cclass = inline = final = with_gil = _unchanged


class _Nogil:
    """``with nogil:``, which does nothing in uncompiled code."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        pass


nogil = _Nogil()


def cast(kind: Callable[[Any], Any], value: Any) -> Any:
    """Convert the value to a C type."""
    return kind(value)


class _Fields:
    """What every struct is derived from: its annotations are its fields, to be given by position or by name."""

    def __init_subclass__(cls) -> None:
        dataclass(eq=False)(cls)

    def __class_getitem__(cls, shape: object) -> type:
        """Name the type of a column of structs."""
        return cls


class _Struct:
    """``class Event(struct)`` with annotations."""

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (_Fields,)


struct = _Struct()
