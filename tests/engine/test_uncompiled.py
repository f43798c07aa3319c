"""The stand-in for Cython means what Cython means in uncompiled code."""

import ast
from dataclasses import fields
from types import ModuleType
from typing import Any

import pytest

from simulator.engine import uncompiled
from simulator.engine.kernel import layout
from simulator.engine.loading import ROOT
from simulator.engine.lowering.program import Micro
from simulator.engine.lowering.stations import Station

SAMPLE = """
@cython.final
@cython.cclass
class Tally:
    n: cython.longlong
    values: cython.double[::1]

    def __init__(self, n: cython.int, values: cython.double[::1]) -> None:
        self.n = n
        self.values = values

@cython.inline
def at(tally: Tally, i: cython.int) -> cython.double:
    return tally.values[i]

def total(tally: Tally) -> cython.double:
    sum: cython.double = 0.0
    i: cython.int
    with cython.nogil:
        for i in range(tally.n):
            sum += at(tally, i)
    return sum

@cython.with_gil
def thrice(n: cython.short) -> cython.schar:
    return 3 * n

results = [
    total(Tally(3, [1.5, 2.5, 4.0])), thrice(5), cython.compiled,
    cython.cast(cython.int, -7.9), cython.cast(cython.double, 3), cython.cast(cython.bint, 5),
    repr(cython.longlong), repr(cython.double),
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

class Queue:
    entries: Event[::1]
"""


def structs() -> dict[str, Any]:
    names: dict[str, Any] = {"cython": uncompiled, "__name__": "sample"}
    exec(STRUCTS, names)
    return names


def test_a_struct_has_its_fields_by_position_and_by_name() -> None:
    struct = structs()["Event"]
    by_position, by_name = struct(2.5, 7), struct(seq=7, time=2.5)
    assert [(entry.time, entry.seq) for entry in (by_position, by_name)] == [(2.5, 7)] * 2
    by_name.seq = 8
    assert (by_name.seq, by_position.seq) == (8, 7)
    with pytest.raises(TypeError):
        struct(2.5)


def test_a_column_of_structs_is_named_as_a_column_of_numbers_is() -> None:
    names = structs()
    assert names["Queue"].__annotations__ == {"entries": names["Event"]}


def names_of_the_stand_in() -> set[str]:
    imported = {"builtins", "sys", "Callable", "TracebackType", "Any", "TypeVar", "TYPE_CHECKING", "T", "CType"}
    imported |= {"cython", "dataclass"}
    return {name for name in vars(uncompiled) if not name.startswith("_")} - imported


def test_the_stand_in_has_no_name_that_cython_lacks() -> None:
    assert sorted(names_of_the_stand_in() - set(vars(pytest.importorskip("cython")))) == []


def test_the_stand_in_has_the_names_of_cython_that_the_kernel_uses() -> None:
    parts = [path.read_text(encoding="utf-8") for path in (ROOT / "simulator/engine/kernel").glob("*.py")]
    used = {
        node.attr
        for part in parts
        for node in ast.walk(ast.parse(part))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cython"
    }
    assert used == names_of_the_stand_in()


@pytest.mark.parametrize(("lowered", "struct"), [(Micro, layout.Code), (Station, layout.Station)])
def test_a_lowered_row_has_the_fields_of_its_struct_in_their_order(lowered: type[Any], struct: type[Any]) -> None:
    assert [each.name for each in fields(lowered)] == [each.name for each in fields(struct)]
