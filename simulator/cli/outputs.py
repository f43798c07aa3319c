"""Everything that a run or a saved run can be turned into, in one go: files first, the summary last.

The files come first so that a closed pipe behind the summary (``| head``) costs none of them.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.experiments.options import OutputOptions
from simulator.experiments.refusal import RefusalError
from simulator.results.terminal import show, write_data
from simulator.results.whole_files import WholeFiles, refuse_unwritable, whole_files
from simulator.words.language import tell

if TYPE_CHECKING:
    from simulator.experiments.advice import Advice
    from simulator.experiments.setup import Prepared
    from simulator.lab.pictures import Pictures
    from simulator.trace.figures import Summary
    from simulator.trace.table import Trace

STDOUT = "-"
FILES, DRAWN = ("json", "csv", "parquet", "report"), ("picture", "film")


def refuse_early(
    outputs: Any, *, tables: bool = False, read: Sequence[str | None] = (), drawn: Mapping[str, Any] | None = None
) -> None:
    """Raise RefusalError for an output that cannot be written, before the run instead of after it.

    ``outputs``: options of which some say where results go. ``tables``: --csv names a folder, not a file. ``read``:
    what the command reads, where that is a file; no result may take its place. ``drawn``: what was typed of pictures.
    """
    drawn = {name: file for name in DRAWN if (file := (drawn or {}).get(name)) is not None}
    typed = {name: file for name in FILES if (file := getattr(outputs, name, None)) is not None}
    for name, file in (typed | drawn).items():
        if not file:  # a variable of the shell, most likely, that is not set
            raise RefusalError(tell("--{name} is followed by an empty name; expected where to write", name=name))
    if outputs.json == STDOUT:
        del typed["json"]
    for name, file in typed.items():
        if name == "json" and file.startswith("-"):  # a flag, most likely, where its value was forgotten
            raise RefusalError(tell("--json {path}: expected a file, or - for stdout", path=file))
        refuse_unwritable(Path(file), folder=tables and name == "csv")
    _refuse_same({name: Path(file) for name, file in (typed | drawn).items()}, read)


def _refuse_same(named: Mapping[str, Path], read: Sequence[str | None]) -> None:
    """Raise RefusalError for a file that is to be written twice, or that the command reads."""
    kept = {os.path.realpath(file) for file in read if file and os.path.isfile(file)}  # noqa: PTH113 - never raises
    places = [os.path.realpath(path) for path in named.values()]
    for name, path in named.items():
        if os.path.realpath(path) in kept:
            raise RefusalError(
                tell(
                    "--{name} {path}: this command reads that file, and would write over it; name another",
                    name=name,
                    path=path,
                )
            )
        if places.count(os.path.realpath(path)) > 1:
            raise RefusalError(tell("{path} is named for two outputs; give each a file of its own", path=path))


def json_file(outputs: Any) -> str | None:
    """Where the JSON goes, unless that is stdout."""
    file: str | None = outputs.json
    return None if file == STDOUT else file


def write_text(files: WholeFiles, file: str | None, text: Callable[[], str]) -> None:
    """Write a text where it was asked for, if it was."""
    if file:
        files.write(Path(file), partial(_write_text, text()))


def put_out(
    trace: "Trace",
    outputs: OutputOptions,
    pictures: "Pictures | None" = None,
    ready: "Prepared | None" = None,
) -> None:
    """Write all files that were asked for, then print. ``ready``: what was run, if advice on it is to be tried."""
    from simulator.trace.summary import summarise

    summary = summarise(trace)
    told = outputs.json or outputs.csv or not outputs.quiet or (pictures is not None and pictures.at_end)
    advice = tried(ready, trace, summary) if ready is not None and told else None
    if outputs.json or outputs.csv or outputs.parquet or pictures:
        from simulator.results.document import as_json, document

        results = document(trace, summary, advice)
        text = as_json(results)
        with whole_files() as files:
            write_text(files, json_file(outputs), lambda: text)
            if outputs.csv:
                from simulator.results.csv_files import write_csv

                write_csv(files, Path(outputs.csv), trace, results)
            if outputs.parquet:
                from simulator.results.trace_file import save

                files.write(Path(outputs.parquet), partial(save, trace))
            if pictures:
                pictures.draw((trace,), files, (advice,))
        if outputs.json == STDOUT:
            write_data(text)
    if not outputs.quiet and outputs.json != STDOUT:
        from simulator.results.report import report

        show(report(trace, summary, advice))


def tried(ready: "Prepared", trace: "Trace", summary: "Summary", side: int = 0) -> "Advice":
    """What might help the server of that side, tried while somebody who waits is told so."""
    from simulator.experiments.advice import advise
    from simulator.experiments.progress import SO_FAR, shown_while

    with shown_while(tell("trying on the same requests what might help"), message=SO_FAR):
        return advise(ready, trace, summary, side=side)


def _write_text(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
