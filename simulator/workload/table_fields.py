"""What the keys of a scenario file may hold: tables that know their keys, numbers, and quantities with a unit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, core_schema

from simulator.words.language import tell, translated
from simulator.words.nearest import did_you_mean
from simulator.workload.quantity import DURATION, RATE, SIZE, Dimension, parse, plain_number

LONGEST_LIST = 1000
"""More classes, clients or steps were written by accident."""

Describe = Callable[[GetJsonSchemaHandler], dict[str, Any]]


class Table(BaseModel):
    """A table of a scenario file; unknown and missing keys are reported together with what was expected."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)

    @model_validator(mode="wrap")
    @classmethod
    def _name_the_keys(cls, value: Any, handler: ModelWrapValidatorHandler["Table"]) -> "Table":
        if not isinstance(value, dict | cls):
            raise ValueError(tell("expected a table with {keys}", keys=listed(cls.known_keys())))
        try:
            return handler(value)
        except ValidationError as error:
            details = [
                _explained(detail, cls.known_keys(), cls.keys_within()) for detail in error.errors(include_url=False)
            ]
            raise ValidationError.from_exception_data(cls.__name__, details) from None

    @classmethod
    def known_keys(cls) -> dict[str, str]:
        """The keys as they are written in a file, each with its description."""
        return {field.alias or name: field.description or "" for name, field in cls.model_fields.items()}

    @classmethod
    def keys_within(cls) -> dict[str, str]:
        """Keys that are easily written here and belong into a table within, with where that is."""
        return {}


def _explained(detail: Any, keys: Mapping[str, str], within: Mapping[str, str]) -> InitErrorDetails:
    kind, place, context = detail["type"], detail["loc"], detail.get("ctx", {})
    if len(place) == 1 and kind in ("extra_forbidden", "missing"):
        key = str(place[0])
        if kind == "missing":
            message = tell("missing; expected here: {what}", what=_in_a_sentence(translated(keys[key])))
        else:
            near = tell(' (did you mean "{word}"?)', word=within[key]) if key in within else did_you_mean(key, keys)
            message = tell("unknown key{near}; expected {keys}", near=near, keys=listed(keys))
        kind, context = "value_error", {"error": ValueError(message)}
    value = MISSING if detail["type"] == "missing" else detail["input"]
    return InitErrorDetails(type=kind, loc=place, input=value, ctx=context)


MISSING = object()
"""Stands for the value of a key that is not there."""


def listed(words: Mapping[str, Any] | tuple[str, ...]) -> str:
    """Words as the end of a sentence: ``a, b or c``."""
    *most, last = words
    return tell("{some} or {last}", some=translated(", ").join(most), last=last) if most else last


def _in_a_sentence(description: str) -> str:
    """A description, which begins and ends like a sentence, within another one."""
    return f"{description[:1].lower()}{description[1:].rstrip('.。')}"


@dataclass(frozen=True, eq=False)
class Parsed:
    """Turns a value of the file into one of the program, and says in the JSON Schema what it looks like.

    What it calls may raise ValueError for the value, or ValidationError for values inside of it.
    """

    read: Callable[[Any, ValidationInfo], Any]
    describe: Describe

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Called by Pydantic: how to validate."""
        return core_schema.with_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Called by Pydantic: how to describe."""
        return self.describe(handler)


def table_schema(table: type[Table], handler: GetJsonSchemaHandler) -> dict[str, Any]:
    """The JSON Schema of a table that is validated by a function."""
    table.model_rebuild(force=True)
    return handler(table.__pydantic_core_schema__)


def kind_of(
    value: Any, key: str, kinds: Mapping[str, type[Table]], *, where: str, unknown: str, like: str
) -> type[Table]:
    """Which kind of table a value is, going by one of its keys.

    ``where``: the table's name in the file; ``unknown``: what is said of a kind that there is not; ``like``: how it is
    written. Raises ValueError for what is no such table, and ValidationError, which names the key, for such a kind.
    """
    if not isinstance(value, dict) or key not in value:
        raise ValueError(tell("expected a table with {like}, one of {kinds}", like=like, kinds=listed(kinds)))
    kind = value[key]
    if not isinstance(kind, str) or kind not in kinds:
        near = did_you_mean(kind, kinds) if isinstance(kind, str) else ""
        message = ValueError(tell(unknown, near=near, kinds=listed(kinds)))
        details = InitErrorDetails(type="value_error", loc=(key,), input=kind, ctx={"error": message})
        raise ValidationError.from_exception_data(where, [details])
    return kinds[kind]


def any_of(kinds: Mapping[str, type[Table]], handler: GetJsonSchemaHandler) -> dict[str, Any]:
    """The JSON Schema of a table that may be of any of these kinds."""
    return {"anyOf": [table_schema(table, handler) for table in kinds.values()]}


def quantity_schema(dimension: Dimension) -> dict[str, Any]:
    """The JSON Schema of a quantity."""
    units = "|".join(dimension.units)
    return {
        "type": "string",
        "pattern": rf"^\s*\+?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*({units})\s*$",
        "description": f"{dimension.noun} such as {dimension.example}",
    }


def _quantity(dimension: Dimension, *, above_zero: bool = False, least: str = "") -> Parsed:
    def read(value: Any, _: ValidationInfo) -> float:
        amount = parse(value, dimension)
        if above_zero and not amount > 0:
            noun, example = translated(dimension.noun), translated(dimension.example)
            raise ValueError(tell("expected {noun} above 0 such as {example}", noun=noun, example=example))
        if least and amount < parse(least, dimension):
            raise ValueError(tell("expected at least {least}", least=least))
        return amount

    return Parsed(read, lambda _: quantity_schema(dimension))


def _whole(value: Any) -> int:
    """TOML calls 1e3 a float, and so do the editors that write 1000.0; a JSON Schema calls both an integer."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(tell("expected a whole number"))
    return value


def _some(value: Any) -> Any:
    if not isinstance(value, list) or not 0 < len(value) <= LONGEST_LIST:
        raise ValueError(tell("expected a list in [ ] with 1 to {most} items", most=LONGEST_LIST))
    return value


Seconds = Annotated[float, _quantity(DURATION)]
PositiveSeconds = Annotated[float, _quantity(DURATION, above_zero=True)]
MicrosecondsAtLeast = Annotated[float, _quantity(DURATION, least="1 us")]
"""How often a thread is interrupted: sys.setswitchinterval knows nothing shorter, and no kernel switches so often."""
Bytes = Annotated[float, _quantity(SIZE)]
BytesPerSecond = Annotated[float, _quantity(RATE, above_zero=True)]

# A validator in front comes last: the bounds stay with the number, where the JSON Schema looks for them.
NUMBER = BeforeValidator(plain_number)


def _core_count(value: Any, _: ValidationInfo) -> float:
    number = plain_number(value)
    if not LEAST_CORES <= number <= MOST_CORES:
        raise ValueError(tell("expected a number of cores from {least} to {most}", least=LEAST_CORES, most=MOST_CORES))
    return int(number) if float(number).is_integer() else float(number)


def cores_and_quota(number: float) -> tuple[int, float]:
    """``1.5``: two cores, and the quota of a container. Whole cores have none, 0."""
    return ceil(number), 0.0 if float(number).is_integer() else number


LEAST_CORES, MOST_CORES = 0.01, 4096
_CORES_SCHEMA = {"type": "number", "minimum": LEAST_CORES, "maximum": MOST_CORES}
CoreCount = Annotated[float, Parsed(_core_count, lambda _: dict(_CORES_SCHEMA))]
"""How many; a part of one is a container's quota."""

WHOLE = BeforeValidator(_whole)
LISTED = BeforeValidator(_some)
"""For a tuple that may not be empty. (Pydantic's own minimum counts only the items without a mistake.)"""

PositiveNumber = Annotated[float, Field(gt=0), NUMBER]
NumberFromZero = Annotated[float, Field(ge=0), NUMBER]
Probability = Annotated[float, Field(ge=0, le=1), NUMBER]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w-]+( [\w-]+)*$")]
"""A word that can stand in a dotted key: letters, digits, ``-``, ``_`` and single blanks between them."""
