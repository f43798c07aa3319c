"""Which pairs a command line asks for: one load for the servers that are named, or the standard set."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import cyclopts

from simulator.app.catalogue import Model, server, servers
from simulator.app.described import deployment_of
from simulator.app.options import RunOptions
from simulator.app.refusal import RefusalError
from simulator.app.sections import MEASURE, VALIDATION, run_signature
from simulator.app.validate.pairs import Pair
from simulator.app.validate.standard import STANDARD

COMMAND = "validate"
CHANGEABLE = ("seed", "duration")
"""What may be changed in the standard set; its rates belong to its servers."""


def pairs_of(model: Model | None, names: Sequence[str], given: dict[str, Any]) -> list[Pair]:
    """The pairs, in the order in which they were named. Raises RefusalError.

    ``model``: the only one that was named before any flag, so that its own flags could be given.
    """
    named = list(dict.fromkeys(server(name, COMMAND) for name in names))
    options = RunOptions(**MEASURE.given(given))
    if options.load is None:
        return _standard(named, options, given)
    chosen = [model] if model is not None and named == [model] else named or servers()
    return [Pair(deployment=deployment_of(each, COMMAND, given, options), options=options) for each in chosen]


def standard_pair(line: str) -> Pair:
    """What a line of the standard set stands for."""
    words = line.split()
    model = server(words[0], COMMAND)
    bound: dict[str, Any] = {}

    def take(**given: Any) -> None:
        bound.update(given)

    app = cyclopts.App(result_action="return_value")
    app.default(_with_signature(take, words[1:], model))
    app(words[1:], exit_on_error=False, print_error=False)
    options = RunOptions(**MEASURE.given(bound))
    return Pair(deployment=deployment_of(model, COMMAND, bound, options), options=options)


def _with_signature(function: Callable[..., None], words: Sequence[str], model: Model) -> Callable[..., None]:
    vars(function)["__signature__"] = run_signature(model, words, MEASURE, (), VALIDATION)
    return function


def _standard(named: Sequence[Model], options: RunOptions, given: dict[str, Any]) -> list[Pair]:
    changes = {name: value for name in CHANGEABLE if (value := getattr(options, name)) is not None}
    others = [name for name in given if name not in {f"{MEASURE.key}__{each}" for each in CHANGEABLE}]
    for name in others:
        if not name.startswith(f"{VALIDATION.key}__"):
            typed = "--" + name.strip("_").rpartition("__")[2].replace("_", "-")
            raise RefusalError(
                f"{typed} needs a --load: without one the standard set is measured, which has its own settings "
                f"(only --seed and --duration change it)"
            )
    pairs = [standard_pair(line) for line in STANDARD if not named or line.split()[0] in {m.name for m in named}]
    if not pairs:
        names = ", ".join(model.name for model in named)
        raise RefusalError(f"the standard set has nothing for {names}: name a load too, with --load")
    return [replace(pair, options=replace(pair.options, **changes)) for pair in pairs]
