"""``simulate validate``: from the flags to tables of predicted beside measured, files, and an exit code.

Exit code 1: a bar was missed, an order was wrong, or for some pair nothing valid could be measured.
"""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from simulator.app.amounts import duration
from simulator.app.options import ValidationOptions
from simulator.app.outputs import STDOUT
from simulator.app.real.measure import refuse_unmeasurable
from simulator.app.refusal import RefusalError
from simulator.app.simulation import scenario_of
from simulator.app.terminal import show, write_data
from simulator.app.validate.document import as_csv, as_json
from simulator.app.validate.order import orders
from simulator.app.validate.pairs import Measuring, Pair, Result, compare, measured
from simulator.app.validate.tables import conclusion, order_lines, pair_table
from simulator.app.whole_files import refuse_unwritable, whole_files

GOOD, MISSED = 0, 1
BESIDES_S = 4.0
"""For each run, to start and to end."""


def validated(pairs: Sequence[Pair], options: ValidationOptions, measuring: Measuring = measured) -> int:
    """Compare all pairs and put out; returns the exit code. Raises RefusalError for what the user can put right."""
    _refuse_early(options)
    for pair in pairs:
        refuse_unmeasurable(pair.deployment)
    _say_how_long(pairs, options.repeat)
    results: list[Result] = []
    for pair in pairs:
        results.append(compare(pair, options.repeat, measuring))
        save(results, options)  # at once, like the table: the next one takes minutes, and may be interrupted
        if options.json != STDOUT:
            show(pair_table(results[-1]))
    found = tuple(orders(results))
    if options.json == STDOUT:
        write_data(as_json(results, found))
    else:
        show([*order_lines(found), *conclusion(results)])
    good = all(result.passed for result in results) and not any(each.wrong for each in found)
    return GOOD if good else MISSED


def save(results: Sequence[Result], options: ValidationOptions) -> None:
    """Write the files that were asked for, all of each: they are complete for the pairs so far. Raises RefusalError."""
    with whole_files() as files:
        if options.json and options.json != STDOUT:
            files.write(Path(options.json), partial(_write, as_json(results, tuple(orders(results)))))
        if options.csv:
            files.write(Path(options.csv), partial(_write, as_csv(results)))
        if options.report:
            from simulator.app.validate.chart import chart
            from simulator.app.validate.picture import draw, format_of

            files.write(Path(options.report), partial(draw, chart(results), format_of(Path(options.report))))


def _refuse_early(options: ValidationOptions) -> None:
    if options.json and options.json != STDOUT:
        if options.json.startswith("-"):  # a flag, most likely, where its value was forgotten
            raise RefusalError(f"--json {options.json}: expected a file, or - for stdout")
        refuse_unwritable(Path(options.json))
    if options.csv:
        refuse_unwritable(Path(options.csv))
    if options.report:
        from simulator.app.validate.picture import format_of

        format_of(Path(options.report))
        refuse_unwritable(Path(options.report))
    named = [Path(file).resolve() for file in (options.json, options.csv, options.report) if file and file != STDOUT]
    for path in named:
        if named.count(path) > 1:
            raise RefusalError(f"{path} is named for two outputs; give each a file of its own")


def _say_how_long(pairs: Sequence[Pair], repeat: int) -> None:
    """Wrong scenarios are refused here, before the first minute is spent."""
    seconds = repeat * sum(scenario_of(pair.options).duration + BESIDES_S for pair in pairs)
    what = f"{len(pairs)} pairs" if len(pairs) > 1 else "one pair"
    times = f"{repeat} times" if repeat > 1 else "once"
    long = duration(seconds) if seconds < 120.0 else f"{seconds / 60.0:.0f} min"
    sys.stderr.write(f"simulate: {what}, each measured {times}: about {long}. Leave the machine alone meanwhile\n")


def _write(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
