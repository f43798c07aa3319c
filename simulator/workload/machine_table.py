"""The ``[machine]`` table, in a scenario or alone in a machine file that serves all scenarios.

It has every field of ``Machine``, as a quantity where the field is a time or a size.
"""

import ast
import inspect
import textwrap
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from pydantic import Field, GetJsonSchemaHandler, ValidationError, ValidationInfo, create_model

from simulator.plan.machine import COUNTS, SHARES, Machine
from simulator.words.language import later, tell, translated
from simulator.words.numbers import exact_duration, exact_size
from simulator.words.printable import printable_line
from simulator.workload.scenario_errors import Mistake, Origin, ScenarioError, error, from_pydantic
from simulator.workload.table_fields import (
    WHOLE,
    Bytes,
    CoreCount,
    MicrosecondsAtLeast,
    Parsed,
    Seconds,
    Table,
    cores_and_quota,
    table_schema,
)
from simulator.workload.toml_file import line_numbers, parsed, read_bytes

_Count = Annotated[int, Field(ge=1, le=4096), WHOLE]
_Calls = Annotated[int, Field(ge=0, le=4096), WHOLE]
_Share = Annotated[float, Field(ge=0, le=1)]


def _written(name: str, hint: Any, default: Any) -> tuple[str, Any]:
    """How a field of Machine is called and what it holds in a file: seconds carry a unit there, not a suffix.

    A cost may be 0, and what is 0 unless somebody says otherwise.
    """
    if name == "cores":
        return name, CoreCount
    if hint is int:
        return name, _Calls if name in COUNTS else _Count
    if name in SHARES:
        return name, _Share
    if hint is not float:
        return name, hint
    if not name.endswith("_s"):
        return name, Bytes
    may_be_nothing = name.endswith("_cost_s") or not default
    return name.removesuffix("_s"), Seconds if may_be_nothing else MicrosecondsAtLeast


QUOTA = "cpu_quota"
"""Is no key of its own: it is the part of a core in ``cores``."""
FACTOR = "cpu_factor"
"""Nor is this one: a server that has no GIL sets it."""
_HINTS = get_type_hints(Machine)
_WRITTEN = {
    field.name: _written(field.name, _HINTS[field.name], field.default)
    for field in fields(Machine)
    if field.name not in (QUOTA, FACTOR)
}
_keys: Any = {key: (kind | None, None) for key, kind in _WRITTEN.values()}
MachineTable = create_model("machine", __base__=Table, **_keys)


def _read(value: Any, info: ValidationInfo) -> Machine:
    return Machine(**fields_of(MachineTable.model_validate(value, context=info.context)))


def fields_of(table: Any) -> dict[str, Any]:
    """What a table says, as fields of Machine. ``cores = 1.5``: two cores, and a quota."""
    given = {name: getattr(table, key) for name, (key, _) in _WRITTEN.items() if key in table.model_fields_set}
    cores = given.get("cores")
    if cores is None:
        return given
    count, quota = cores_and_quota(cores)
    return given | {"cores": count, QUOTA: quota}


def _described(handler: GetJsonSchemaHandler) -> dict[str, Any]:
    schema = table_schema(MachineTable, handler)
    sentences = _sentences()
    for name, (key, _) in _WRITTEN.items():
        (described, *_null) = schema["properties"][key]["anyOf"]
        default = _quantity_text(name, getattr(Machine(), name))
        schema["properties"][key] = described | {"description": sentences[name], "default": default}
    return schema


def _quantity_text(name: str, value: Any) -> Any:
    if not isinstance(value, float) or name in SHARES:
        return value
    return exact_duration(value) if name.endswith("_s") else exact_size(round(value))


def _sentences() -> dict[str, str]:
    """The sentence under each field of Machine. Read from its source: Python does not keep them at run time."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(Machine))).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(sentence))):
                found[name] = " ".join(sentence.split())
            case _:
                pass
    return found


MachineSettings = Annotated[Machine, Parsed(_read, _described)]


# The table alone in a file: what ``simulate calibrate`` writes and ``--machine`` reads.

EXPECTED = later("expected a machine file (TOML with a [machine] table)")


def read_machine(path: Path) -> dict[str, Any]:
    """The table as it is written, and known to be right. Raises ScenarioError, whose message lists every mistake."""
    label = printable_line(str(path)[:200])
    try:
        text, raw = parsed(label, read_bytes(path, label, EXPECTED), EXPECTED)
    except FileNotFoundError:
        message = tell(
            "{file}: no such file; {expected}, as `simulate calibrate --output FILE` writes",
            file=label,
            expected=translated(EXPECTED),
        )
        raise ScenarioError(message) from None
    table = raw.get("machine")
    if not isinstance(table, dict):
        raise ScenarioError(tell("{file}: no [machine] table; {expected}", file=label, expected=translated(EXPECTED)))
    mistakes = [
        Mistake((key,), tell("unknown key; {expected}", expected=translated(EXPECTED)))
        for key in raw
        if key != "machine"
    ]
    try:
        MachineTable.model_validate(table)
    except ValidationError as problem:
        mistakes += [Mistake(("machine", *each.place), each.message, each.value) for each in from_pydantic(problem)]
    if mistakes:
        raise error(mistakes, Origin(label=label, lines=line_numbers(text)))
    return table


OF_SERVERS = (
    *("io_late_s", "wake_cost_s", "wake_after_s", "linger_s", "mebibyte_cost_s", "defer_accept_s"),
    *("middleware_cost_s", "http_text_cost_s", "free_threading_cost"),
    *("accept_batch", "accept_releases", "request_releases", "close_releases"),
)
"""What a server does, or its Python: a machine file with these would overrule profiles, and nobody would linger."""


def machine_text(machine: Machine) -> str:
    """A machine file with every value of the machine, but what only servers have and this one does not say."""
    said = [name for name in _WRITTEN if name not in OF_SERVERS or getattr(machine, name) != getattr(Machine(), name)]
    values = {_WRITTEN[name][0]: _quantity_text(name, getattr(machine, name)) for name in said}
    values["cores"] = machine.cores_as_typed
    lines = [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in values.items()]
    return "\n".join(["[machine]", *lines, ""])
