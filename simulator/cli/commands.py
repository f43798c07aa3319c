"""Every command, once. From this table follow the parser, the help, the answer to a mistake, and the lists of names.

What to watch: nothing here computes, and nothing heavy is imported.
"""

from pathlib import Path
from typing import Literal

from simulator.cli.command import Command, flag, word, words
from simulator.experiments.options import (
    CALIBRATE,
    COMPARE,
    COMPARISON,
    MEASURE,
    OUTPUT,
    PICTURES,
    RUN,
    SCREEN,
    VALIDATION,
)
from simulator.words.language import later

SHELLS = Literal["bash", "zsh", "fish"]
LISTS = Literal["models", "loads", "profiles", "servers"]
THE_RUN = Command(
    name="",
    help=later("The same requests arrive. What happens to them under another server, and why?"),
    run="simulator.cli.run:run",
    usage="--model MODEL|--server COMMAND --load LOAD [FLAGS]",
    examples=(
        "simulate --model prefork --load slow-clients",
        'simulate --server "gunicorn -w 4" --load slow-clients --nginx --watch',
        "simulate compare prefork coroutine --load mixed",
    ),
    sections=(RUN, OUTPUT, PICTURES, SCREEN),
    server="--model",
)
COMMANDS = {
    command.name: command
    for command in (
        Command(
            name="calibrate",
            help=later("Measure what this machine needs, for --machine."),
            run="simulator.cli.calibrate:run",
            usage="calibrate [FLAGS]",
            examples=("simulate calibrate --quick", 'simulate calibrate --server "gunicorn -w 4" --output mine.toml'),
            sections=(CALIBRATE,),
        ),
        Command(
            name="compare",
            help=later("Run two to four servers under the same requests."),
            run="simulator.cli.compare:run",
            usage="compare SERVER SERVER ... --load LOAD [FLAGS]",
            examples=(
                "simulate compare prefork prefork+nginx --load slow-clients",
                "simulate compare prefork:workers=8 threaded:threads=8 --load io-heavy",
                'simulate compare --server "gunicorn -w 4" --server uvicorn --load mixed',
            ),
            first=(
                words(
                    "models",
                    later(
                        "Two to four servers: prefork, prefork+nginx, prefork:workers=8, "
                        "threaded+nginx:threads=8,backlog=100."
                    ),
                ),
                flag(
                    "server",
                    tuple[str, ...],
                    later('A server as you start it, like "gunicorn -w 4", beside the others; may be repeated.'),
                    default=(),
                ),
            ),
            sections=(COMPARE, COMPARISON, PICTURES, SCREEN),
            server="settings in words",
        ),
        Command(
            name="completion",
            help=later("Print what makes a shell complete commands and flags."),
            run="simulator.cli.completion:run",
            usage="completion [bash|zsh|fish] [--install]",
            examples=('eval "$(simulate completion bash)"', "simulate completion --install"),
            first=(
                word(
                    "shell",
                    SHELLS | None,
                    later("The shell that it is for; without it the one you are in."),
                    default=None,
                ),
                flag(
                    "install",
                    bool,
                    later("Put it where the shell looks for it, and have the shell read it when it starts."),
                    default=False,
                ),
            ),
        ),
        Command(
            name="explain",
            help=later("Explain a word of the field or a server's line, or list the words."),
            run="simulator.cli.explain:run",
            usage="explain [TERM|COMMAND]",
            examples=("simulate explain backlog", 'simulate explain "gunicorn -w 4 --timeout 30"'),
            first=(words("words", later("The word, like p99, GIL or event loop; without any they are listed.")),),
        ),
        Command(
            name="help",
            help=later("Explain a command, or a model with its flags."),
            run="simulator.cli.help:run",
            usage="help [COMMAND|MODEL]",
            examples=("simulate help compare", "simulate help prefork"),
            first=(
                word("topic", str | None, later("A command or a model; without any the first page."), default=None),
            ),
        ),
        Command(
            name="list",
            help=later("Explain models with their flags, loads, servers and their costs."),
            run="simulator.cli.listing:run",
            usage="list [models|loads|profiles|servers]",
            examples=("simulate list loads", "simulate list servers"),
            first=(word("what", LISTS | None, later("Which of them; without any models and loads."), default=None),),
        ),
        Command(
            name="measure",
            help=later("Send the load to a real server on this machine instead."),
            run="simulator.cli.measure:run",
            usage="measure MODEL|--server COMMAND --load LOAD [FLAGS]",
            examples=(
                "simulate measure prefork --load steady --duration 20s",
                'simulate measure --server "gunicorn -w 4 --threads 8" --load io-heavy',
            ),
            more=later("What happened is shown as for a simulated run."),
            first=(word("model", str | None, later("The server: a name from `simulate list models`."), default=None),),
            sections=(MEASURE, OUTPUT),
            server="word",
        ),
        Command(
            name="schema",
            help=later("Print the JSON Schema of scenario files, for editors."),
            run="simulator.cli.listing:schema",
            usage="schema",
            examples=("simulate schema > scenario.schema.json",),
        ),
        Command(
            name="serve",
            help=later("Show the screen in a browser on this machine."),
            run="simulator.cli.serve:run",
            usage="serve [--port N] [FLAGS]",
            examples=("simulate serve", "simulate serve --port 8000 --model prefork --load slow-clients"),
            more=later(
                "It serves until Ctrl-C. What else is typed says what to show: as after simulate, like --model prefork "
                "--load slow-clients; or compare, with what follows it. Without any, the first screen."
            ),
            first=(
                flag(
                    "port", int, later("Listen on this port of 127.0.0.1; without it on one that is free."), default=0
                ),
                flag(
                    "embed_from",
                    tuple[str, ...],
                    later("Let pages from there show a tab in a frame: an origin, or file: for pages in a folder."),
                    default=(),
                ),
            ),
            passes_on=True,
        ),
        Command(
            name="show",
            help=later("Show a saved run again, or the life of one request of it."),
            run="simulator.cli.show:run",
            usage="show FILE [FLAGS]",
            examples=("simulate show run.parquet --request 20", "simulate show run.parquet --watch"),
            first=(
                word("file", Path, later("A run saved with --parquet.")),
                flag("request", int | None, later("Tell the life of this one request, numbered from 0."), default=None),
            ),
            sections=(OUTPUT, PICTURES, SCREEN),
        ),
        Command(
            name="validate",
            help=later("Hold models against real servers, and say how far off they are."),
            run="simulator.cli.validate:run",
            usage="validate [MODEL ...] [--load LOAD] [FLAGS]",
            examples=(
                "simulate validate prefork --load steady --repeat 1",
                'simulate validate --server "uvicorn --workers 2" --load mixed --nginx',
            ),
            first=(
                words(
                    "models", later("Servers; without any all. Without a --load: what the standard set has for them.")
                ),
            ),
            sections=(MEASURE, VALIDATION),
            server="words",
        ),
    )
}
