"""The stand-in for Cython means what Cython means in uncompiled code."""

import ast
from types import ModuleType
from typing import Any

import pytest

from simulator.engine import uncompiled
from simulator.engine.loading import SOURCE

SAMPLE = """
@cython.cclass
class Tally:
    n: cython.longlong
    values: cython.double[::1]

    def __init__(self, n: cython.int, values: cython.double[::1]) -> None:
        self.n = n
        self.values = values

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    @cython.boundscheck(False)
    @cython.wraparound(False)
    @cython.cdivision(True)
    @cython.initializedcheck(False)
    @cython.nonecheck(False)
    def at(self, i: cython.int) -> cython.double:
        return self.values[i]

    @cython.ccall
    @cython.locals(i=cython.int, total=cython.double)
    def total(self):
        total = cython.declare(cython.double, 0)
        with cython.nogil:
            for i in range(self.n):
                if cython.likely(i >= 0):
                    total += self.at(i)
        return total

@cython.cfunc
@cython.exceptval(-1)
@cython.returns(cython.bint)
def odd(n: cython.Py_ssize_t):
    return n % 2

same = object()
results = [
    Tally(3, [1.5, 2.5, 4.0]).total(), odd(3), cython.compiled,
    cython.declare(cython.int), cython.declare(cython.int, 2.9),
    cython.cast(cython.int, -7.9), cython.cast(cython.double, 3), cython.cast(cython.bint, 5),
    cython.cast(object, same) is same, cython.cast(Tally, Tally(0, [])).total(),
    repr(cython.longlong), repr(cython.double), cython.unlikely(False),
]
"""


def results(cython: ModuleType) -> list[Any]:
    names: dict[str, Any] = {"cython": cython}
    exec(compile(SAMPLE, "sample", "exec"), names)
    return [(type(value), value) for value in names["results"]]


def test_a_kernel_gives_the_same_results_with_the_stand_in_as_with_cython() -> None:
    assert results(uncompiled) == results(pytest.importorskip("cython"))


def test_the_stand_in_has_no_name_that_cython_lacks() -> None:
    cython = pytest.importorskip("cython")
    imported = {"builtins", "Callable", "TracebackType", "Any", "TypeVar", "T", "CType"}
    names = {name for name in vars(uncompiled) if not name.startswith("_")} - imported
    assert sorted(names - set(vars(cython))) == []
    assert len(names) > 40


def test_the_kernel_uses_no_name_of_cython_that_the_stand_in_lacks() -> None:
    source = SOURCE.read_text(encoding="utf-8")
    used = {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cython"
    }
    assert used
    assert sorted(used - set(vars(uncompiled))) == []
