"""Turn dataclasses into flags: one for every field, with its type, default, bounds and sentence.

What to watch: cyclopts reads the type hints of a function; here the function's signature is put together from the
settings of the chosen model, so that a new setting of a model is a new flag without a line in this package.
"""

import dataclasses
import inspect
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Annotated, Any, get_type_hints

from cyclopts import Group, Parameter

from simulator.experiments.options import SEPARATOR, Section
from simulator.experiments.refusal import RefusalError


def signature(
    sections: Sequence[Section], first: Iterable[inspect.Parameter] = (), only: Collection[str] | None = None
) -> inspect.Signature:
    """A signature with the parameters of all sections, in this order, all keyword-only.

    ``only``: words that were typed; flags that are not among them are left out, which saves most of the time that
    cyclopts needs.
    """
    parameters = list(first)
    for order, section in enumerate(sections):
        group = Group(section.title, sort_key=order)
        hints = get_type_hints(section.options)
        parameters += [
            _parameter(section, field, hints[field.name], group)
            for field in dataclasses.fields(section.options)
            if field.name not in section.left_out
            and (only is None or section.flag(field.name) in only or section.typed(field.name, False) in only)
        ]
    return inspect.Signature(parameters)


def switch(key: str, help: str, group: str, order: int) -> inspect.Parameter:
    """A flag of its own that is either there or not."""
    hint = Annotated[
        bool, Parameter(name=f"--{key}", help=help, negative="", show_default=False, group=Group(group, sort_key=order))
    ]
    return inspect.Parameter(f"{key}{SEPARATOR}", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=hint)


def _parameter(section: Section, field: dataclasses.Field[Any], hint: Any, group: Group) -> inspect.Parameter:
    extra: dict[str, Any] = {}
    if (hint is bool and not section.negatable) or hint == tuple[str, ...]:
        extra["negative"] = ""
    if hint in (int, int | None):
        extra["converter"] = _whole_number(section.flag(field.name), field.metadata.get("minimum"))
    if field.default in (None, (), False):
        extra["show_default"] = False
    if field.metadata.get("metavar"):
        extra["metavar"] = field.metadata["metavar"]
        extra["allow_leading_hyphen"] = "-" in field.metadata["metavar"]
    about = Parameter(name=section.flag(field.name), help=field.metadata.get("help"), group=group, **extra)
    return inspect.Parameter(
        section.key + SEPARATOR + field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=field.default,
        annotation=Annotated[hint, about],
    )


def _whole_number(flag: str, minimum: float | None) -> Callable[[Any, Sequence[Any]], int]:
    """A converter that does not cut 2.5 down to 2."""

    def convert(_: Any, tokens: Sequence[Any]) -> int:
        given = tokens[0].value
        try:
            number = int(given)
        except ValueError:
            raise RefusalError(f"{flag} {given}: expected a whole number") from None
        if minimum is not None and number < minimum:
            raise RefusalError(f"{flag} {given}: expected at least {minimum:g}")
        return number

    return convert
