"""Turn dataclasses into flags: one for every field, with its type, default, bounds and sentence.

What to watch: cyclopts reads the type hints of a function; here the function's signature is put together from the
settings of the chosen model, so that a new setting of a model is a new flag without a line in this package.
"""

import dataclasses
import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Annotated, Any, get_type_hints

from cyclopts import Parameter

from simulator.experiments.amounts import amount
from simulator.experiments.options import SEPARATOR, Section
from simulator.experiments.refusal import RefusalError
from simulator.words.language import later, tell, translated


def signature(
    sections: Sequence[Section], first: Iterable[inspect.Parameter] = (), only: Collection[str] | None = None
) -> inspect.Signature:
    """A signature with the parameters of all sections, in this order, all keyword-only.

    ``only``: words that were typed; flags that are not among them are left out, which saves most of the time that
    cyclopts needs.
    """
    parameters = list(first)
    for section in sections:
        hints = get_type_hints(section.options)
        parameters += [
            _parameter(section, field, hints[field.name])
            for field in dataclasses.fields(section.options)
            if field.name not in section.left_out
            and (only is None or section.flag(field.name) in only or section.typed(field.name, False) in only)
        ]
    return inspect.Signature(parameters)


def switch(key: str) -> inspect.Parameter:
    """A flag of its own that is either there or not."""
    hint = Annotated[bool, Parameter(name=f"--{key}", negative="")]
    return inspect.Parameter(f"{key}{SEPARATOR}", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=hint)


def _parameter(section: Section, field: dataclasses.Field[Any], hint: Any) -> inspect.Parameter:
    extra: dict[str, Any] = {}
    if (hint is bool and not section.negatable) or hint == tuple[str, ...]:
        extra["negative"] = ""
    if hint in (int, int | None, float, float | None):
        whole = hint in (int, int | None)
        read = _read_number(section.flag(field.name), field.metadata, whole=whole)
        extra["converter"] = lambda _, tokens: read(tokens[0].value)
    extra["allow_leading_hyphen"] = "-" in (field.metadata.get("metavar") or "")
    about = Parameter(name=section.flag(field.name), help=translated(field.metadata["help"]), **extra)
    return inspect.Parameter(
        section.key + SEPARATOR + field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=field.default,
        annotation=Annotated[hint, about],
    )


def _read_number(flag: str, about: Mapping[str, Any], *, whole: bool) -> Callable[[str], float]:
    """What reads a number, and does not cut 2.5 down to 2; a size or a time may have its unit."""
    unit: str | None = about.get("unit")

    def read(given: str) -> float:
        try:
            number = amount(given, unit, whole=whole) if unit else int(given) if whole else float(given)
        except ValueError as problem:
            if unit:
                message = tell("{flag} {given}: {problem}", flag=flag, given=given, problem=problem)
                raise RefusalError(message) from None
            expected = (
                later("{flag} {given}: expected a whole number")
                if whole
                else later("{flag} {given}: expected a number")
            )
            raise RefusalError(tell(expected, flag=flag, given=given)) from None
        minimum = about.get("minimum")
        if minimum is not None and not number >= minimum:
            raise RefusalError(
                tell("{flag} {given}: expected at least {minimum}", flag=flag, given=given, minimum=f"{minimum:g}")
            )
        most = about.get("maximum")
        if most is not None and number > most:
            raise RefusalError(tell("{flag} {given}: expected at most {most}", flag=flag, given=given, most=most))
        return number

    return read
