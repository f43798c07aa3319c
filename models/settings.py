"""How a model declares its settings: a frozen dataclass whose fields carry their own sentence and bounds.

The command line turns every field into a flag, and the screen into a knob, without knowing the model.
"""

import dataclasses
from typing import Any


class SettingError(ValueError):
    """A setting has a value that the model cannot use."""


def setting(
    default: Any, help: str, *, minimum: float | None = None, choices: tuple[str, ...] | None = None
) -> Any:  # `Any` as in dataclasses.field: the annotation of the field itself is what type checkers use
    """A dataclass field with its default, one sentence of help (with the unit), and what it may be."""
    metadata = {"help": help, "minimum": minimum, "choices": choices}
    return dataclasses.field(default=default, metadata=metadata)


def check(config: Any) -> None:
    """Raise SettingError for the first field outside its bounds; call it from ``__post_init__``."""
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        flag = "--" + field.name.replace("_", "-")
        minimum, choices = field.metadata.get("minimum"), field.metadata.get("choices")
        if minimum is not None and value is not None and not value >= minimum:
            raise SettingError(f"{flag} {value}: expected at least {minimum}")
        if choices is not None and value not in choices:
            raise SettingError(f"{flag} {value}: expected one of {', '.join(choices)}")
