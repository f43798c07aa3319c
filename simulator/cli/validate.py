"""``simulate validate``: from the flags to tables of predicted beside measured, files, and an exit code.

Exit code 1: a bar was missed, an order was wrong, or for some pair nothing valid could be measured, or nothing that
other programs had left alone.
"""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from simulator.cli.command import Given
from simulator.cli.given import deployment_of, say_left_out
from simulator.cli.outputs import STDOUT, json_file, refuse_early, write_text
from simulator.cli.parser import parse
from simulator.experiments.catalogue import Model, server, servers
from simulator.experiments.options import MEASURE, VALIDATION, RunOptions, ValidationOptions
from simulator.experiments.production_line import is_production, no_such_server
from simulator.experiments.progress import talk
from simulator.experiments.refusal import RefusalError
from simulator.experiments.scenario import scenario_of
from simulator.real.cpu_quota import limited
from simulator.real.measure import refuse_unmeasurable
from simulator.real.other_programs import crowd_before
from simulator.real.production.installed import refuse_missing
from simulator.real.validate.document import as_csv, as_json
from simulator.real.validate.pairs import Measuring, Pair, Result, compare, measured
from simulator.real.validate.ranking import orders
from simulator.real.validate.tables import conclusion, order_lines, pair_table
from simulator.results.terminal import show, write_data
from simulator.results.whole_files import whole_files
from simulator.words.language import tell, tell_many
from simulator.words.numbers import long_duration, to_places

GOOD, MISSED = 0, 1
MINUTES_FROM_S = 120.0
"""An estimate says no tenths of them."""
BESIDES_S = 4.0
"""For each run, to start and to end."""


def run(model: Model | None, given: Given) -> int:
    """Carry the command out; returns the exit code. Raises RefusalError."""
    pairs = pairs_of(model, given)
    here = limited([pair.options for pair in pairs])
    there = [replace(pair, options=options) for pair, options in zip(pairs, here, strict=True)]
    return validated(there, ValidationOptions(**VALIDATION.given(given)))


def validated(pairs: Sequence[Pair], options: ValidationOptions, measuring: Measuring = measured) -> int:
    """Compare all pairs and put out; returns the exit code. Raises RefusalError for what the user can put right."""
    refuse_early(
        options,
        read=[file for pair in pairs for file in (pair.options.load, pair.options.machine, pair.options.profile)],
    )
    if options.report:
        from simulator.real.validate.chart import format_of

        format_of(Path(options.report))
    for pair in pairs:
        refuse_unmeasurable(pair.deployment)
        say_left_out(pair.deployment)
    _say_how_long(pairs, options.repeat)
    _warn_if_busy()
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
        write_text(files, json_file(options), lambda: as_json(results, tuple(orders(results))))
        write_text(files, options.csv, lambda: as_csv(results))
        if options.report:
            from simulator.real.validate.chart import chart, draw, format_of

            files.write(Path(options.report), partial(draw, chart(results), format_of(Path(options.report))))


def _say_how_long(pairs: Sequence[Pair], repeat: int) -> None:
    """Wrong scenarios are refused here, before the first minute is spent."""
    seconds = repeat * sum(scenario_of(pair.options).duration + BESIDES_S for pair in pairs)
    long = long_duration(seconds if seconds < MINUTES_FROM_S else 60 * round(seconds / 60))
    times = tell_many("once", "{repeat} times", repeat, repeat=repeat)
    told = tell_many(
        "one pair, measured {times}: about {long}. Leave the machine alone meanwhile",
        "{n} pairs, each measured {times}: about {long}. Leave the machine alone meanwhile",
        len(pairs),
        n=len(pairs),
        times=times,
        long=long,
    )
    talk(f"simulate: {told}\n")


def _warn_if_busy() -> None:
    crowd = crowd_before()
    if crowd is not None:
        warning = tell(
            "other programs have kept this machine busy ({crowd} for each core in the last minute): what is measured "
            "beside them is not judged, so validate when it is quiet",
            crowd=to_places(crowd, 1),
        )
        talk(f"simulate: {warning}\n")


# Which pairs a command line asks for: one load for the servers that are named, or the standard set.

COMMAND = "validate"
CHANGEABLE = ("seed", "duration")
"""What may be changed in the standard set; its rates belong to its servers."""


def pairs_of(model: Model | None, given: Given) -> list[Pair]:
    """The pairs, in the order in which they were named. Raises RefusalError.

    ``model``: the only one that was named before any flag, so that its own flags could be given.
    """
    named = list(dict.fromkeys(server(name, COMMAND) for name in given.get("models", ())))
    options = RunOptions(**MEASURE.given(given))
    if options.load is None:
        return _standard(named, options, given)
    if options.server and is_production(options.server):
        return [Pair(deployment=deployment_of(_alone(named, options), COMMAND, given, options), options=options)]
    if options.server is not None and not named:
        raise RefusalError(no_such_server(options.server))
    chosen = [model] if model is not None and named == [model] else named or _startable()
    deployed = (deployment_of(each, COMMAND, given, options) for each in chosen)
    # what is measured are our own servers, so what is predicted has their costs, unless somebody says others
    return [
        Pair(deployment=replace(each, profile=each.model.own_costs if options.profile is None else ""), options=options)
        for each in deployed
    ]


def _startable() -> list[Model]:
    """All whose real servers can be started here; the others are named on stderr."""
    if missing := ", ".join(each.name for each in servers() if any(each.missing)):
        told = tell("left out, because what their real servers run on is not installed here: {names}", names=missing)
        talk(f"simulate: {told}\n")
    return [each for each in servers() if not any(each.missing)]


def _alone(named: Sequence[Model], options: RunOptions) -> Model | None:
    """The only model that was named beside a production server, if any was. Raises RefusalError."""
    if len(named) > 1:
        raise RefusalError(tell("--server {server} says which server: leave the models out", server=options.server))
    return named[0] if named else None


def standard_pair(line: str) -> Pair:
    """What a line of the standard set stands for."""
    typed = parse([COMMAND, *shlex.split(line)])
    assert typed is not None
    (pair,) = pairs_of(typed.model, typed.given)
    return pair


def _standard(named: Sequence[Model], options: RunOptions, given: Given) -> list[Pair]:
    changes = {name: value for name in CHANGEABLE if (value := getattr(options, name)) is not None}
    others = [
        name for name in given if name != "models" and name not in {f"{MEASURE.key}__{each}" for each in CHANGEABLE}
    ]
    for name in others:
        if not name.startswith(f"{VALIDATION.key}__"):
            typed = "--" + name.strip("_").rpartition("__")[2].replace("_", "-")
            raise RefusalError(
                tell(
                    "{flag} needs a --load: without one the standard set is measured, which has its own settings "
                    "(only --seed and --duration change it)",
                    flag=typed,
                )
            )
    pairs = [standard_pair(line) for line in STANDARD if not named or line.split()[0] in {m.name for m in named}]
    pairs += [] if named else _of_production()
    if not pairs:
        names = ", ".join(model.name for model in named)
        raise RefusalError(tell("the standard set has nothing for {names}: name a load too, with --load", names=names))
    return [replace(pair, options=replace(pair.options, **changes)) for pair in pairs]


def _of_production() -> list[Pair]:
    """The pairs of production servers that are installed; those that are not are named on stderr."""
    found, missing = list[Pair](), list[str]()
    for pair in map(standard_pair, PRODUCTION):
        production = pair.deployment.production
        assert production is not None  # each line names one
        try:
            refuse_missing(production)
            found.append(pair)
        except RefusalError:
            missing += [] if production.program.name in missing else [production.program.name]
    if missing:
        told = tell("production servers that are not installed here are left out: {names}", names=", ".join(missing))
        talk(f"simulate: {told}\n")
    return found


# The standard set: what ``make validate`` measures, each line as one would type it after ``simulate validate``.
# Rates are chosen for two cores: sixteen workers or threads carry 104 of the io-heavy requests a second, one event loop
# 300; what computes is at 60 % of what two processes can do.

STANDARD = (
    # Mostly waiting, at 30, 60 and 90 % of what each can carry; at 94 a second all four can be put in order.
    "prefork --workers 16 --load io-heavy --rate 31",
    "prefork --workers 16 --load io-heavy --rate 62",
    "prefork --workers 16 --load io-heavy --rate 94",
    "threaded --threads 16 --load io-heavy --rate 31",
    "threaded --threads 16 --load io-heavy --rate 62",
    "threaded --threads 16 --load io-heavy --rate 94",
    "callback --load io-heavy --rate 94",
    "callback --load io-heavy --rate 180",
    "callback --load io-heavy --rate 270",
    "coroutine --load io-heavy --rate 94",
    "coroutine --load io-heavy --rate 180",
    "coroutine --load io-heavy --rate 270",
    # Mostly computing: 1.2 of the two cores.
    "prefork --load cpu-heavy",
    "threaded --processes 2 --load cpu-heavy",
    "callback --processes 2 --load cpu-heavy",
    "coroutine --processes 2 --load cpu-heavy",
    "hybrid --processes 2 --load cpu-heavy",
    # A few long computations. Under one GIL they make a convoy of threads that otherwise wait, in both accept styles.
    "prefork --workers 16 --load mixed",
    "threaded --threads 16 --load mixed",
    "threaded --threads 16 --accept eager --load mixed",
    "callback --load mixed",
    "coroutine --load mixed",
    # Calls that block: beside others in greenlets, and with their hub where the library is not patched.
    "greenlet --load blocking-call",
    "greenlet --libraries unpatched --load blocking-call --rate 10",
    "hybrid --processes 2 --load blocking-call",
    # Slow uploads and downloads, alone and behind a buffering proxy.
    "prefork --workers 8 --load slow-clients",
    "prefork --workers 8 --load slow-clients --nginx",
    # Half as much again as four workers can carry, and no room to wait.
    "prefork --backlog 8 --load steady --rate 240 --duration 30s",
)

# What of it is measured on production servers, where they are installed.
PRODUCTION = (
    '--server "gunicorn -w 16" --load io-heavy --rate 62',
    '--server "gunicorn -w 16" --nginx --load io-heavy --rate 62',
    '--server "gunicorn -k gthread --threads 16" --load io-heavy --rate 62',
    '--server "gunicorn -k gthread --threads 16" --load mixed --duration 90s',
    '--server "uwsgi --processes 16" --load io-heavy --rate 62',
    '--server "waitress-serve --threads=16" --load io-heavy --rate 62',
    "--server uvicorn --load io-heavy --rate 62",
    "--server uvicorn --load mixed --duration 90s",
    '--server "uvicorn --workers 2" --load mixed --duration 90s',
    '--server "gunicorn -k gevent" --load blocking-call --duration 90s',
    '--server "gunicorn -w 8" --load slow-clients --duration 90s',
    '--server "gunicorn -w 8" --nginx --load slow-clients --duration 90s',
)
