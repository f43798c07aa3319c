"""Stands in for the module ``cython`` wherever the kernel runs as plain Python, whether Cython is installed or not.

Only the names that a kernel needs, with the meaning they have in uncompiled code: decorators return the function
unchanged, types are callables that convert, ``double[::1]`` is any sequence of numbers, a struct is a small class. The
parts of the kernel say ``from simulator.engine.uncompiled import cython``; the build writes ``import cython`` instead.
"""

import builtins
import sys
from collections.abc import Callable
from dataclasses import dataclass, make_dataclass
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


def _integer(name: str) -> CType:
    return CType(name, builtins.int)


def _real(name: str) -> CType:
    return CType(name, builtins.float)


def _pointer(name: str) -> CType:
    return CType(name, lambda value: value)


bint = CType("bint", builtins.bool)
char, schar, uchar = _integer("char"), _integer("signed char"), _integer("unsigned char")
short, ushort = _integer("short"), _integer("unsigned short")
int, uint = _integer("int"), _integer("unsigned int")
long, ulong = _integer("long"), _integer("unsigned long")
longlong, ulonglong = _integer("long long"), _integer("unsigned long long")
size_t, Py_ssize_t = _integer("size_t"), _integer("Py_ssize_t")
float, double = _real("float"), _real("double")
void = _pointer("void")
p_char, p_short, p_int, p_long = _pointer("char *"), _pointer("short *"), _pointer("int *"), _pointer("long *")
p_longlong, p_float, p_double = _pointer("long long *"), _pointer("float *"), _pointer("double *")
p_void = _pointer("void *")


def _unchanged(function: T) -> T:
    return function


cclass = cfunc = ccall = inline = final = with_gil = _unchanged


def _directive(value: Any = None, **options: Any) -> Callable[[T], T]:
    """Stand in for a decorator with an argument, such as ``boundscheck(False)`` or ``exceptval(-1, check=True)``."""
    return _unchanged


boundscheck = wraparound = cdivision = initializedcheck = nonecheck = overflowcheck = infer_types = _directive
exceptval = returns = locals = freelist = _directive


class _Nogil:
    """``with nogil:`` and ``@nogil``, both of which do nothing in uncompiled code."""

    def __call__(self, function: T) -> T:
        return function

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        pass


nogil = _Nogil()


def cast(kind: Callable[[Any], Any], value: Any, *, typecheck: builtins.bool = False) -> Any:
    """Convert the value to a C type; an object that already is of the class stays the same object."""
    if isinstance(kind, type) and isinstance(value, kind):
        return value
    return kind(value)


class _Fields:
    """What every struct is derived from: its annotations are its fields, to be given by position or by name."""

    def __init_subclass__(cls) -> None:
        dataclass(eq=False)(cls)

    def __class_getitem__(cls, shape: object) -> type:
        """Name the type of a column of structs."""
        return cls


class _Struct:
    """``class Event(struct)`` with annotations, or ``struct(time=double)``."""

    def __call__(self, **fields: Any) -> type:
        """Make a struct of these fields."""
        return make_dataclass("struct", fields.items(), bases=(_Fields,), eq=False)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (_Fields,)


struct = _Struct()


_UNSET = object()


def declare(kind: Any = None, value: Any = _UNSET, **variables: Any) -> Any:
    """Declare a C variable: the converted value if there is one, otherwise nothing."""
    return None if value is _UNSET else cast(kind, value)


def likely(condition: T) -> T:
    """Promise the C compiler that the condition mostly holds."""
    return condition


unlikely = likely
