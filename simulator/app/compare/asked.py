"""The command ``simulate compare``: which servers, under which load, and what becomes of the results."""

from collections.abc import Sequence
from inspect import Parameter, Signature
from typing import Annotated, Any

import cyclopts

from simulator.app.catalogue import fronts, servers
from simulator.app.flags import SEPARATOR, signature, switch
from simulator.app.options import ComparisonOptions, RunOptions
from simulator.app.refusal import RefusalError
from simulator.app.screen_flags import pictures, screen_options
from simulator.app.sections import COMPARE, COMPARISON, HELP, PICTURES, SCREEN

COMPARE_COMMAND = "compare"
LEAST = 2


def compare(*models: str, **given: Any) -> int:
    """Run two to four servers under the same requests, and show them side by side."""
    options, outputs = RunOptions(**COMPARE.given(given)), ComparisonOptions(**COMPARISON.given(given))
    screen = screen_options(given, outputs)
    _refuse(models, options)
    from simulator.app.compare.panes import behind, pane
    from simulator.app.tui.setup import Setup

    wanted = tuple(front for front in fronts() if given.get(front.folder + SEPARATOR))
    setup = Setup(sides=tuple(behind(pane(word), wanted) for word in models), options=options)
    if screen.watch:
        from simulator.app.tui.opening import open_setup

        return open_setup(setup, screen)
    from simulator.app.compare.comparing import compared

    return compared(setup, outputs, pictures(given, screen))


def compare_signature(tokens: Sequence[str]) -> Signature:
    """The parameters of the command; the flags only where somebody waits for them."""
    hint = Annotated[
        str,
        cyclopts.Parameter(
            help="Two to four servers: prefork, prefork+nginx, prefork:workers=8, threaded+nginx:threads=8,backlog=100."
        ),
    ]
    models = Parameter("models", Parameter.VAR_POSITIONAL, annotation=hint)
    if tokens[0] != COMPARE_COMMAND:
        return signature((), first=(models,))
    only = None if HELP.intersection(tokens) else {token.partition("=")[0] for token in tokens}
    in_front = [switch(front.name, f"{front.summary} Before all of them.", "Run", 0) for front in fronts()]
    return signature((COMPARE, COMPARISON, PICTURES, SCREEN), first=(models, *in_front), only=only)


def _refuse(models: Sequence[str], options: RunOptions) -> None:
    from simulator.app.tui.setup import MOST_SIDES

    if not LEAST <= len(models) <= MOST_SIDES:
        names = ", ".join(model.name for model in servers())
        raise RefusalError(
            f"compare: expected {LEAST} to {MOST_SIDES} servers, got {len(models)}. There are: {names}; "
            f"the same one may come twice, as in compare prefork prefork+nginx --load slow-clients"
        )
    if options.load is None:
        raise RefusalError("which load? Type --load and a name from `simulate list loads`, or the path of a TOML file")
