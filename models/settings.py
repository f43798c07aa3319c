"""How a model declares its settings: a frozen dataclass whose fields carry their own sentence and bounds.

The command line turns every field into a flag, and the screen into a knob, without knowing the model.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any


class SettingError(ValueError):
    """A setting has a value that the model cannot use."""


def setting(
    default: Any, help: str, *, minimum: float | None = None, choices: tuple[str, ...] | None = None
) -> Any:  # `Any` as in dataclasses.field: the annotation of the field itself is what type checkers use
    """A dataclass field with its default, one sentence of help (with the unit), and what it may be."""
    metadata = {"help": help, "minimum": minimum, "choices": choices}
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Size:
    """A setting that says how many of something there are, and how many of them are told."""

    setting: str
    one: str
    many: str
    """With ``{n}``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """What can be done about a server that is short of something, so that it can be tried before it is said.

    The names are data: of settings of this model, and of other models, which it does not know.
    """

    slots: tuple[Size, ...] = ()
    """More of what a request holds."""
    processes: Size | None = None
    """More processes, each with a lock or a loop of its own."""
    backlog: Size | None = Size("backlog", "a backlog of {n}", "a backlog of {n}")
    accept_limit: Size | None = None
    """How many connections a process may have in hand."""
    when_idle: tuple[str, str] | None = None
    """The setting, and its value, with which a process accepts only what it can serve at once."""
    buffers: tuple[str, ...] = ()
    """Of what stands in front: the switches with which it deals with slow clients."""
    kept: Size | None = None
    """Of what stands in front: how much of a response it takes from the server at once."""
    more_slots: str = ""
    """A model with more of what a request holds, where this one has no setting for it."""
    holds_nothing: str = ""
    """A model that holds nothing while a request waits."""
    own_processes: str = ""
    """A model that gives a long computation a process of its own."""


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
