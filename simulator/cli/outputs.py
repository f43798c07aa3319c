"""Everything that a run or a saved run can be turned into, in one go: files first, the summary last.

The files come first so that a closed pipe behind the summary (``| head``) costs none of them.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.experiments.options import OutputOptions
from simulator.experiments.refusal import RefusalError
from simulator.results.terminal import show, write_data
from simulator.results.whole_files import refuse_unwritable, whole_files

if TYPE_CHECKING:
    from simulator.lab.pictures import Pictures
    from simulator.trace.table import Trace

STDOUT = "-"


def refuse_early(outputs: OutputOptions) -> None:
    """Raise RefusalError for an output that cannot be written, before the run instead of after it."""
    if outputs.json is not None and outputs.json != STDOUT:
        if outputs.json.startswith("-"):  # a flag, most likely, where its value was forgotten
            raise RefusalError(f"--json {outputs.json}: expected a file, or - for stdout")
        refuse_unwritable(Path(outputs.json))
    if outputs.csv is not None:
        refuse_unwritable(Path(outputs.csv), folder=True)
    if outputs.parquet is not None:
        refuse_unwritable(Path(outputs.parquet))


def put_out(trace: "Trace", outputs: OutputOptions, pictures: "Pictures | None" = None) -> None:
    """Write all files that were asked for, then print."""
    from simulator.trace.summary import summarise

    summary = summarise(trace)
    if outputs.json or outputs.csv or outputs.parquet or pictures:
        from simulator.results.document import as_json, document

        results = document(trace, summary)
        text = as_json(results)
        with whole_files() as files:
            if outputs.json and outputs.json != STDOUT:
                files.write(Path(outputs.json), partial(_write_text, text))
            if outputs.csv:
                from simulator.results.csv_files import write_csv

                write_csv(files, Path(outputs.csv), trace, results)
            if outputs.parquet:
                from simulator.results.trace_file import save

                files.write(Path(outputs.parquet), partial(save, trace))
            if pictures:
                pictures.draw((trace,), files)
        if outputs.json == STDOUT:
            write_data(text)
    if not outputs.quiet and outputs.json != STDOUT:
        from simulator.results.report import report

        show(report(trace, summary))


def _write_text(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
