"""The command ``simulate compare``: which servers, under which load, and what becomes of the results."""

from collections.abc import Sequence
from functools import partial
from inspect import Parameter, Signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import cyclopts

from simulator.cli.flags import signature, switch
from simulator.cli.outputs import STDOUT
from simulator.cli.sections import pictures, screen_options
from simulator.experiments.catalogue import fronts, servers
from simulator.experiments.options import (
    COMPARE,
    COMPARISON,
    HELP,
    PICTURES,
    SCREEN,
    SEPARATOR,
    ComparisonOptions,
    RunOptions,
)
from simulator.experiments.refusal import RefusalError
from simulator.results.terminal import show, write_data
from simulator.results.whole_files import refuse_unwritable, whole_files

if TYPE_CHECKING:  # these import NumPy
    from simulator.experiments.setup import Setup
    from simulator.lab.pictures import Pictures
    from simulator.results.comparison import Side

COMPARE_COMMAND = "compare"
LEAST = 2


def compare(*models: str, **given: Any) -> int:
    """Run two to four servers under the same requests, and show them side by side."""
    options, outputs = RunOptions(**COMPARE.given(given)), ComparisonOptions(**COMPARISON.given(given))
    screen = screen_options(given, outputs)
    _refuse(models, options)
    from simulator.experiments.server_words import behind, pane
    from simulator.experiments.setup import Setup

    wanted = tuple(front for front in fronts() if given.get(front.folder + SEPARATOR))
    setup = Setup(sides=tuple(behind(pane(word), wanted) for word in models), options=options)
    if screen.watch:
        from simulator.tui.opening import open_setup

        return open_setup(setup, screen)

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
    from simulator.experiments.setup import MOST_SIDES

    if not LEAST <= len(models) <= MOST_SIDES:
        names = ", ".join(model.name for model in servers())
        raise RefusalError(
            f"compare: expected {LEAST} to {MOST_SIDES} servers, got {len(models)}. There are: {names}; "
            f"the same one may come twice, as in compare prefork prefork+nginx --load slow-clients"
        )
    if options.load is None:
        raise RefusalError("which load? Type --load and a name from `simulate list loads`, or the path of a TOML file")


# Run the servers of a comparison, write the files that were asked for, and print the table.


def compared(setup: "Setup", outputs: ComparisonOptions, pictures: "Pictures | None" = None) -> int:
    """Returns the exit code. Raises RefusalError for what the user can put right."""
    from simulator.results.comparison import as_csv, as_json, comparison

    _refuse_early(outputs)
    sides = run_sides(setup)
    with whole_files() as files:
        if outputs.json and outputs.json != STDOUT:
            files.write(Path(outputs.json), partial(_write, as_json(sides)))
        if outputs.csv:
            files.write(Path(outputs.csv), partial(_write, as_csv(sides)))
        if pictures:
            pictures.draw(tuple(side.trace for side in sides), files)
    if outputs.json == STDOUT:
        write_data(as_json(sides))
    else:
        show(comparison(sides))
    return 0


def run_sides(setup: "Setup") -> "tuple[Side, ...]":
    """Every server under the same requests. Raises RefusalError."""
    from simulator.engine.loading import KernelError, kernel
    from simulator.experiments.progress import shown_while
    from simulator.experiments.setup import prepared
    from simulator.results.comparison import Side, letters
    from simulator.trace.summary import summarise

    try:
        kernel()
    except KernelError as error:
        raise RefusalError(str(error)) from None
    ready = prepared(setup)
    duration = ready.scenario.duration
    with shown_while(f"{len(setup.sides)} servers under {setup.options.load}", duration) as progress:
        traces = ready.traces(lambda done: progress(done * duration))
    named = zip(letters(len(setup.sides)), setup.sides, traces, strict=True)
    return tuple(
        Side(letter=letter, deployment=deployment, trace=trace, summary=summarise(trace))
        for letter, deployment, trace in named
    )


def _refuse_early(outputs: ComparisonOptions) -> None:
    if outputs.json and outputs.json != STDOUT:
        if outputs.json.startswith("-"):  # a flag, most likely, where its value was forgotten
            raise RefusalError(f"--json {outputs.json}: expected a file, or - for stdout")
        refuse_unwritable(Path(outputs.json))
    if outputs.csv:
        refuse_unwritable(Path(outputs.csv))


def _write(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
