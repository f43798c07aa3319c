"""How a model declares its settings: a frozen dataclass whose fields carry their own sentence and bounds.

The command line turns every field into a flag, and the screen into a knob, without knowing the model.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

MOST_PROCESSES = 32_768
"""How many processes or threads Linux lets run by default (kernel.pid_max)."""
MOST_THREADS = 1_000_000
"""Of all processes together: their kernel stacks alone would take 16 GB."""
MOST_CONNECTIONS = 1_000_000
"""About as many files as Linux lets a process open (fs.nr_open)."""
MOST_BYTES, LONGEST_S = 10**15, 1e9
"""A petabyte, thirty years: whatever is beyond was not meant. Scenario files have the same limits."""


class SettingError(ValueError):
    """A setting has a value that the model cannot use: a message with named fields, so that it can be translated."""

    def __init__(self, message: str, **fields: object) -> None:
        """The message is in English."""
        super().__init__(message.format_map(fields))
        self.message, self.fields = message, fields


def setting(  # noqa: PLR0913 - by keyword, each with a meaning of its own
    default: Any,
    help: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] | None = None,
    unit: Literal["B", "s"] | None = None,
    quiet: bool = False,
) -> Any:  # `Any` as in dataclasses.field: the annotation of the field itself is what type checkers use
    """A dataclass field with its default, one sentence of help, and what it may be.

    ``unit``: a size in bytes or a time in seconds, which people may also type in other units: ``100 MB``, ``5ms``.
    ``quiet``: what few turn, so that a summary says nothing of its default.
    """
    metadata = {"help": help, "minimum": minimum, "maximum": maximum, "choices": choices, "unit": unit, "quiet": quiet}
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
    all_cores: tuple[str, int] | None = None
    """The setting, and its value, with which as many compute at once as there are cores."""
    lets_go: tuple[str, str] | None = None
    """The setting, and its value, with which calls that wait let go of the loop."""
    hands_over: str = ""
    """A model whose helpers do what would keep the loop."""
    native_too: tuple[str, str] | None = None
    """Of such a model: the setting, and its value, with which helpers take native code, too."""
    one_queue: tuple[str, str] | None = None
    """The setting, and its value, with which all processes take connections from one queue."""
    holds_nothing: str = ""
    """A model that holds nothing while a request waits."""
    own_processes: str = ""
    """A model that gives a long computation a process of its own."""


def check_alone(config: Any) -> None:
    """Raise SettingError for settings that make sense only behind a front."""
    if getattr(config, "protocol", "http") == "uwsgi":
        raise SettingError("--protocol uwsgi: clients speak HTTP, and only a front speaks uwsgi; add --nginx")


def check(config: Any) -> None:
    """Raise SettingError for the first field outside its bounds; call it from ``__post_init__``."""
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        flag = "--" + field.name.replace("_", "-")
        minimum, maximum, choices = (field.metadata.get(name) for name in ("minimum", "maximum", "choices"))
        if minimum is not None and value is not None and not value >= minimum:
            raise SettingError("{flag} {value}: expected at least {minimum}", flag=flag, value=value, minimum=minimum)
        if maximum is not None and value is not None and not value <= maximum:
            raise SettingError("{flag} {value}: expected at most {maximum}", flag=flag, value=value, maximum=maximum)
        if choices is not None and value not in choices:
            words = ", ".join(choices)
            raise SettingError("{flag} {value}: expected one of {words}", flag=flag, value=value, words=words)
