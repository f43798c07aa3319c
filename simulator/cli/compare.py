"""The command ``simulate compare``: which servers, under which load, and what becomes of the results."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from simulator.cli.command import Given
from simulator.cli.given import moment, pictures, screen_options, which_load
from simulator.cli.outputs import STDOUT, json_file, refuse_early, tried, write_text
from simulator.experiments.catalogue import Model, fronts, servers
from simulator.experiments.options import (
    COMPARE,
    COMPARISON,
    SEPARATOR,
    ComparisonOptions,
    RunOptions,
)
from simulator.experiments.refusal import RefusalError
from simulator.results.terminal import show, write_data
from simulator.results.whole_files import whole_files
from simulator.words.language import tell

if TYPE_CHECKING:  # these import NumPy
    from simulator.experiments.advice import Advice
    from simulator.experiments.setup import Setup
    from simulator.lab.pictures import Pictures
    from simulator.results.comparison import Side

LEAST = 2


def run(_: Model | None, given: Given) -> int:
    """Carry the command out; returns the exit code. Raises RefusalError."""
    models = (*given.get("models", ()), *given.get("server", ()))
    options, outputs = RunOptions(**COMPARE.given(given)), ComparisonOptions(**COMPARISON.given(given))
    screen = screen_options(given, outputs)
    _refuse(models, options)
    from simulator.experiments.deployment_words import behind, pane
    from simulator.experiments.setup import Setup

    wanted = tuple(front for front in fronts() if given.get(front.folder + SEPARATOR))
    setup = Setup(sides=tuple(behind(pane(word), wanted) for word in models), options=options)
    if screen.watch:
        from simulator.tui.opening import open_setup

        return open_setup(setup, screen, moment(given))

    return compared(setup, outputs, pictures(given, screen))


def _refuse(models: Sequence[str], options: RunOptions) -> None:
    from simulator.experiments.setup import MOST_SIDES

    if not LEAST <= len(models) <= MOST_SIDES:
        names = ", ".join(model.names for model in servers())
        raise RefusalError(
            tell(
                "compare: expected {least} to {most} servers, got {given}. There are: {names}; "
                "the same one may come twice, as in {example}",
                least=LEAST,
                most=MOST_SIDES,
                given=len(models),
                names=names,
                example="compare prefork prefork+nginx --load slow-clients",
            )
        )
    if options.load is None:
        raise RefusalError(which_load())


# Run the servers of a comparison, write the files that were asked for, and print the table.


def compared(setup: "Setup", outputs: ComparisonOptions, pictures: "Pictures | None" = None) -> int:
    """Returns the exit code. Raises RefusalError for what the user can put right."""
    from simulator.results.comparison import as_csv, as_json, comparison

    refuse_early(outputs, read=(setup.options.load, setup.options.machine, setup.options.profile))
    sides = run_sides(setup, detail=pictures is not None)
    advices = _advices(setup, sides) if pictures and pictures.at_end else None
    with whole_files() as files:
        write_text(files, json_file(outputs), partial(as_json, sides))
        write_text(files, outputs.csv, partial(as_csv, sides))
        if pictures:
            pictures.draw(tuple(side.trace for side in sides), files, advices)
    if outputs.json == STDOUT:
        write_data(as_json(sides))
    else:
        show(comparison(sides))
    return 0


def _advices(setup: "Setup", sides: "tuple[Side, ...]") -> "list[Advice]":
    """What might help each of them: the card at the end tells it, the table does not."""
    from simulator.experiments.setup import prepared

    ready = prepared(setup)
    return [tried(ready, side.trace, side.summary, number) for number, side in enumerate(sides)]


def run_sides(setup: "Setup", *, detail: bool = False) -> "tuple[Side, ...]":
    """Every server under the same requests. Raises RefusalError."""
    from simulator.experiments.progress import shown_while
    from simulator.experiments.room import say_before
    from simulator.experiments.run import run_checked
    from simulator.experiments.setup import prepared
    from simulator.results.comparison import Side, letters
    from simulator.trace.summary import summarise

    ready = prepared(setup)
    what = tell("{n} servers under {load}", n=len(setup.sides), load=setup.options.load)
    say_before(ready)
    with shown_while(what, ready.scenario.duration) as progress:
        traces = run_checked(ready, detail=detail, progress=progress)
    named = zip(letters(len(setup.sides)), setup.sides, traces, strict=True)
    return tuple(
        Side(letter=letter, deployment=deployment, trace=trace, summary=summarise(trace))
        for letter, deployment, trace in named
    )
