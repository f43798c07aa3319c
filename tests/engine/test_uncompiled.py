"""The stand-in for Cython means what Cython means in uncompiled code."""

import ast
from types import ModuleType
from typing import Any

import pytest

from simulator.engine import uncompiled
from simulator.engine.loading import ROOT

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
@cython.nogil
@cython.exceptval(check=False)
def twice(n: cython.int) -> cython.int:
    return 2 * n

@cython.cfunc
@cython.with_gil
def thrice(n: cython.int) -> cython.int:
    return 3 * n

@cython.cfunc
@cython.exceptval(-1)
@cython.returns(cython.bint)
def odd(n: cython.Py_ssize_t):
    return n % 2

same = object()
results = [
    Tally(3, [1.5, 2.5, 4.0]).total(), odd(3), twice(4), thrice(5), cython.compiled,
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


STRUCTS = """
class Event(cython.struct):
    time: cython.double
    seq: cython.longlong

Same = cython.struct(time=cython.double, seq=cython.longlong)

class Queue:
    entries: Event[::1]
"""


def structs() -> dict[str, Any]:
    names: dict[str, Any] = {"cython": uncompiled, "__name__": "sample"}
    exec(STRUCTS, names)
    return names


@pytest.mark.parametrize("struct", [structs()["Event"], structs()["Same"]], ids=["derived", "called"])
def test_a_struct_has_its_fields_by_position_and_by_name(struct: Any) -> None:
    by_position, by_name = struct(2.5, 7), struct(seq=7, time=2.5)
    assert [(entry.time, entry.seq) for entry in (by_position, by_name)] == [(2.5, 7)] * 2
    by_name.seq = 8
    assert (by_name.seq, by_position.seq) == (8, 7)
    with pytest.raises(TypeError):
        struct(2.5)


def test_a_column_of_structs_is_named_as_a_column_of_numbers_is() -> None:
    names = structs()
    assert names["Queue"].__annotations__ == {"entries": names["Event"]}


def test_the_stand_in_has_no_name_that_cython_lacks() -> None:
    cython = pytest.importorskip("cython")
    imported = {"builtins", "sys", "Callable", "TracebackType", "Any", "TypeVar", "TYPE_CHECKING", "T", "CType"}
    imported |= {"cython", "dataclass", "make_dataclass"}
    names = {name for name in vars(uncompiled) if not name.startswith("_")} - imported
    assert sorted(names - set(vars(cython))) == []
    assert len(names) > 40


def test_the_kernel_uses_no_name_of_cython_that_the_stand_in_lacks() -> None:
    parts = [path.read_text(encoding="utf-8") for path in (ROOT / "simulator/engine/kernel").glob("*.py")]
    used = {
        node.attr
        for part in parts
        for node in ast.walk(ast.parse(part))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cython"
    }
    assert used
    assert sorted(used - set(vars(uncompiled))) == []
