"""Run the servers of a comparison, write the files that were asked for, and print the table."""

from functools import partial
from pathlib import Path

from simulator.app.compare.document import as_csv, as_json
from simulator.app.compare.side import Side, letters
from simulator.app.compare.tables import comparison
from simulator.app.options import ComparisonOptions
from simulator.app.outputs import STDOUT
from simulator.app.patience import shown_while
from simulator.app.picture.asked import Pictures
from simulator.app.refusal import RefusalError
from simulator.app.terminal import show, write_data
from simulator.app.tui.setup import Setup, prepared
from simulator.app.whole_files import refuse_unwritable, whole_files
from simulator.engine.loading import KernelError, kernel
from simulator.trace.summary import summarise


def compared(setup: Setup, outputs: ComparisonOptions, pictures: Pictures | None = None) -> int:
    """Returns the exit code. Raises RefusalError for what the user can put right."""
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


def run_sides(setup: Setup) -> tuple[Side, ...]:
    """Every server under the same requests. Raises RefusalError."""
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
