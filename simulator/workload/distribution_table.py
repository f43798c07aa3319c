"""A duration or a size in a scenario file: one quantity, or one table that names a distribution.

The keys of each distribution are the fields of its class in ``simulator.workload.distribution``.
"""

from dataclasses import fields
from functools import cache
from typing import Annotated, Any, get_type_hints

import numpy as np
from pydantic import Field, GetJsonSchemaHandler, TypeAdapter, ValidationInfo, create_model

from simulator.words.language import tell
from simulator.words.nearest import did_you_mean
from simulator.workload.csv_file import cells_of, read_columns, refuse_bare
from simulator.workload.distribution import (
    Amount,
    Constant,
    Distribution,
    Empirical,
    Erlang,
    Exponential,
    Hyperexponential,
    Lognormal,
    Pareto,
    Uniform,
)
from simulator.workload.quantity import DURATION, SIZE, Dimension, parse
from simulator.workload.table_fields import (
    NUMBER,
    WHOLE,
    Bytes,
    Parsed,
    Seconds,
    Table,
    Text,
    listed,
    quantity_schema,
    table_schema,
)

DISTRIBUTIONS: dict[str, type[Any]] = {
    "exponential": Exponential,
    "lognormal": Lognormal,
    "pareto": Pareto,
    "uniform": Uniform,
    "erlang": Erlang,
    "hyperexponential": Hyperexponential,
    "empirical": Empirical,
}
_ADVICE = {
    Exponential: "The mean.",
    Lognormal: "The mean, and the coefficient of variation (standard deviation / mean).",
    Pareto: "Bounded Pareto: the smallest and largest amount, and alpha; the smaller alpha, the heavier the tail.",
    Uniform: "The lowest and the highest amount, all between equally likely.",
    Erlang: "The mean, and the number k of equal exponential stages.",
    Hyperexponential: "The mean, and the coefficient of variation (at least 1); two phases with balanced means.",
    Empirical: "A list of amounts, or a column of a CSV file; each amount is equally likely.",
}
_PARAMETER = {
    "mean": "the mean",
    "cv": "the coefficient of variation, a number",
    "min": "the smallest amount",
    "max": "the largest amount",
    "alpha": "the tail index, a number",
    "low": "the lowest amount",
    "high": "the highest amount",
    "k": "the number of stages, a whole number",
}
_Shape = Annotated[float, Field(gt=0, le=1000), NUMBER]
_Stages = Annotated[int, Field(ge=1, le=100), WHOLE]


class ColumnTable(Table):
    """A column of a CSV file; its cells are quantities, or numbers in a unit that is said for all of them."""

    file: Text = Field(description="The name of a CSV file, relative to the scenario.")
    column: Text = Field(description="The name of a column in the header line of that file.")
    unit: Text | None = Field(
        default=None, description="The unit of bare numbers, where the column's name does not end with it."
    )


def _read(dimension: Dimension) -> Parsed:
    def read(value: Any, info: ValidationInfo) -> Distribution:
        if isinstance(value, dict):
            return _distribution(value, dimension, info)
        try:
            return Constant(parse(value, dimension))
        except ValueError as error:
            if isinstance(value, str | int | float):
                raise
            message = tell("{problem}, or a table such as {like}", problem=error, like="{exponential = ...}")
            raise ValueError(message) from None

    def describe(handler: GetJsonSchemaHandler) -> dict[str, Any]:
        tables = [table_schema(_wrapper(kind, dimension), handler) for kind in DISTRIBUTIONS]
        return {"anyOf": [quantity_schema(dimension), *tables]}

    return Parsed(read, describe)


Duration = Annotated[Distribution, _read(DURATION)]
Size = Annotated[Distribution, _read(SIZE)]


def _distribution(value: dict[str, Any], dimension: Dimension, info: ValidationInfo) -> Distribution:
    for key in value:
        if key not in DISTRIBUTIONS:
            near = did_you_mean(key, DISTRIBUTIONS)
            message = tell(
                'unknown distribution "{key}"{near}; expected {kinds}',
                key=key[:40],
                near=near,
                kinds=listed(DISTRIBUTIONS),
            )
            raise ValueError(message)
    if len(value) != 1:
        raise ValueError(tell("expected exactly one of {kinds}", kinds=listed(DISTRIBUTIONS)))
    (kind,) = value
    table = _wrapper(kind, dimension).model_validate(value, context=info.context)
    parameters = getattr(table, kind)
    if kind == "empirical":
        return Empirical(_amounts(parameters, dimension, info))
    if kind == "exponential":
        return Exponential(parameters)
    distribution: Distribution = DISTRIBUTIONS[kind](**dict(parameters))
    return distribution


def _amounts(given: list[float] | ColumnTable, dimension: Dimension, info: ValidationInfo) -> Any:
    if not isinstance(given, ColumnTable):
        return np.array(given)
    if info.context is None:
        raise ValueError(tell("a CSV file can only be read beside a scenario file"))
    bare: list[str] = []
    readers = {given.column: cells_of(given.column, given.unit, dimension, bare)}
    amounts = np.array(read_columns(info.context["folder"], given.file, readers)[given.column])
    refuse_bare(given.file, given.column, bare, "ms" if dimension is DURATION else "B")
    return amounts


def _column_or_list(dimension: Dimension) -> Parsed:
    def read(value: Any, _: ValidationInfo) -> list[float] | ColumnTable:
        if isinstance(value, dict):
            return ColumnTable.model_validate(value)
        if not isinstance(value, list) or not value:
            like = '{file = "times.csv", column = "..."}'
            raise ValueError(tell("expected a list of amounts, or {like}", like=like))
        return _LISTS[dimension].validate_python(value)

    def describe(handler: GetJsonSchemaHandler) -> dict[str, Any]:
        items = {"type": "array", "items": quantity_schema(dimension), "minItems": 1}
        return {"anyOf": [items, table_schema(ColumnTable, handler)]}

    return Parsed(read, describe)


_LISTS: dict[Dimension, TypeAdapter[list[float]]] = {
    DURATION: TypeAdapter(list[Seconds]),
    SIZE: TypeAdapter(list[Bytes]),
}


@cache
def _wrapper(kind: str, dimension: Dimension) -> type[Table]:
    """The table ``{kind = ...}``, and inside of it the parameters as the distribution's class declares them."""
    distribution = DISTRIBUTIONS[kind]
    quantity: Any = Seconds if dimension is DURATION else Bytes
    content: Any
    if distribution is Empirical:
        content = Annotated[Any, _column_or_list(dimension)]
    elif distribution is Exponential:
        content = quantity
    else:
        hints = get_type_hints(distribution, include_extras=True)
        kinds = {Amount: quantity, float: _Shape, int: _Stages}
        given: Any = {
            field.name: (kinds[hints[field.name]], Field(description=_PARAMETER[field.name]))
            for field in fields(distribution)
        }
        of = dimension.noun.rpartition(" ")[2]  # in the schema the name stands alone, where two would be called alike
        content = create_model(f"{kind}_{of}", __base__=Table, **given)
    wrapper: Any = {kind: (content, Field(description=_ADVICE[distribution]))}
    return create_model(f"{kind} distribution", __base__=Table, **wrapper)
