"""The command ``simulate``: which flags there are depends on the model that is named, so that is looked for first.

What to watch: nothing here computes. The command line is read, and what was asked for is handed on; NumPy, Pydantic,
SimPy and Polars are not loaded before something is really run.
"""

import itertools
from collections.abc import Callable, Sequence
from inspect import BoundArguments, Parameter, Signature
from typing import Annotated, Any, Literal

import cyclopts

import simulator
from simulator.cli.compare import COMPARE_COMMAND, compare, compare_signature
from simulator.cli.flags import signature
from simulator.cli.mistakes import SUBCOMMANDS, explained
from simulator.cli.sections import pictures, run_signature, screen_options
from simulator.cli.show import SHOW_COMMAND, show, show_signature
from simulator.experiments.catalogue import Model, catalogue, server
from simulator.experiments.options import (
    CALIBRATE,
    MEASURE,
    OUTPUT,
    RUN,
    SCREEN,
    SEPARATOR,
    VALIDATION,
    CalibrateOptions,
    OutputOptions,
    RunOptions,
    ScreenOptions,
    ValidationOptions,
    section,
)
from simulator.experiments.refusal import RefusalError

HELP = """The same requests arrive. What happens to them under another server, and why?

Name a model to see its flags too: simulate --model prefork --help"""

Command = Callable[..., int]
MEASURE_COMMAND = "measure"
SERVE_COMMAND = "serve"
VALIDATE_COMMAND = "validate"


def execute(tokens: Sequence[str]) -> int:
    """Carry out one command line; returns the exit code. Raises RefusalError."""
    if not tokens:
        return _nothing_typed()
    if tokens[0] == SERVE_COMMAND:
        from simulator.cli.serve import serve_command

        return serve_command(tokens[1:], _understood)
    command, bound = _understood(tokens)
    result = command(*bound.args, **bound.kwargs)
    return result if isinstance(result, int) else 0


def _understood(tokens: Sequence[str]) -> tuple[Callable[..., object], BoundArguments]:
    """What a command line asks for. Raises RefusalError."""
    model = _peeked(tokens)
    try:
        command, bound, _ = _app(model, tokens).parse_args(
            tokens, print_error=False, exit_on_error=False, help_on_error=False
        )
    except cyclopts.CycloptsError as error:
        raise RefusalError(explained(error, tokens, model)) from None
    return command, bound


def _nothing_typed() -> int:
    from simulator.tui.opening import has_terminal, open_home

    if has_terminal():
        return open_home(ScreenOptions())
    from simulator.cli.listing import orientation

    return orientation()


def _peeked(tokens: Sequence[str]) -> Model | None:
    """The model that the command line names, before anything else of it is understood."""
    if tokens[0] == MEASURE_COMMAND:
        named = next(iter(tokens[1:]), "-")
        return None if named.startswith("-") else server(named, MEASURE_COMMAND)
    if tokens[0] == VALIDATE_COMMAND:
        words = itertools.takewhile(lambda word: not word.startswith("-"), tokens[1:])
        several = {server(word, VALIDATE_COMMAND) for word in words}
        return several.pop() if len(several) == 1 else None
    if tokens[0] in SUBCOMMANDS:
        return None
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if token.startswith("--model="):
            return server(token.removeprefix("--model="))
        if token == "--model" and following and not following.startswith("-"):
            return server(following)
    return None


def _app(model: Model | None, tokens: Sequence[str]) -> cyclopts.App:
    app = cyclopts.App(
        name="simulate",
        help=HELP,
        usage="simulate --model MODEL --load LOAD [FLAGS]",
        version=simulator.__version__,
        help_format="plaintext",  # Markdown would cost a third of the time that --help takes
    )
    app.default(_with_signature(_run_command(model), run_signature(model, tokens)))
    app.command(_with_signature(_calibrate, signature((CALIBRATE,))), name="calibrate")
    app.command(_with_signature(compare, compare_signature(tokens)), name=COMPARE_COMMAND)
    app.command(_list, name="list")
    app.command(_with_signature(_measure_command(model), _measure_signature(model, tokens)), name=MEASURE_COMMAND)
    app.command(_schema, name="schema")
    app.command(_serve, name=SERVE_COMMAND)
    app.command(_with_signature(show, show_signature()), name=SHOW_COMMAND)
    app.command(_with_signature(_validate_command(model), _validate_signature(model, tokens)), name=VALIDATE_COMMAND)
    return app


def _run_command(model: Model | None) -> Command:
    def run(**given: Any) -> int:
        options, outputs = RunOptions(**RUN.given(given)), OutputOptions(**OUTPUT.given(given))
        screen = screen_options(given, outputs)
        if given and all(name.startswith(SCREEN.key + SEPARATOR) for name in given):
            from simulator.tui.opening import open_home, refuse_without_terminal

            refuse_without_terminal()
            return open_home(screen)
        from simulator.cli.outputs import put_out, refuse_early
        from simulator.cli.sections import deployment_of
        from simulator.experiments.simulation import simulate

        deployment = deployment_of(model, "--model", given, options)
        if screen.watch:
            from simulator.experiments.setup import Setup
            from simulator.tui.opening import open_setup

            return open_setup(Setup(sides=(deployment,), options=options), screen)
        refuse_early(outputs)
        drawn = pictures(given, screen)
        put_out(simulate(deployment, options, detail=drawn is not None), outputs, drawn)
        return 0

    return run


def _measure_command(its_model: Model | None) -> Command:
    def run(model: str | None = None, **given: Any) -> int:  # noqa: ARG001 - it was looked for before
        """Send the load to the real server on this machine instead, and show what happened."""
        options, outputs = RunOptions(**MEASURE.given(given)), OutputOptions(**OUTPUT.given(given))
        from simulator.cli.measure import measured
        from simulator.cli.sections import deployment_of

        return measured(deployment_of(its_model, MEASURE_COMMAND, given, options), options, outputs)

    return run


def _measure_signature(model: Model | None, tokens: Sequence[str]) -> Signature:
    hint = Annotated[str | None, cyclopts.Parameter(help="The server: a name from `simulate list models`.")]
    its_model = Parameter("model", Parameter.POSITIONAL_ONLY, default=None, annotation=hint)
    if tokens[0] != MEASURE_COMMAND:  # listed only, and nobody waits for its flags
        return signature((), first=(its_model,))
    return run_signature(model, tokens, MEASURE, (its_model,))


def _validate_command(model: Model | None) -> Command:
    def run(*models: str, **given: Any) -> int:
        """Run loads on the model and on the real server, and say how far the model is off."""
        from simulator.cli.validate import pairs_of, validated

        return validated(pairs_of(model, models, given), ValidationOptions(**VALIDATION.given(given)))

    return run


def _validate_signature(model: Model | None, tokens: Sequence[str]) -> Signature:
    hint = Annotated[
        str, cyclopts.Parameter(help="Servers; without any all. Without a --load: what the standard set has for them.")
    ]
    models = Parameter("models", Parameter.VAR_POSITIONAL, annotation=hint)
    if tokens[0] != VALIDATE_COMMAND:
        return signature((), first=(models,))
    return run_signature(model, tokens, MEASURE, (models,), VALIDATION)


def _calibrate(**given: Any) -> int:
    """Measure what this machine needs, and save it as a machine file (--machine)."""
    from simulator.cli.calibrate import calibrate

    return calibrate(CalibrateOptions(**CALIBRATE.given(given)))


def _list(what: Annotated[Literal["models", "loads"], cyclopts.Parameter(help="Which of the two.")], /) -> int:
    """Explain the models there are and their flags, or the loads."""
    from simulator.cli.listing import list_loads, list_models

    if what == "models":
        list_models([(model, section(model)) for model in catalogue().values()])
    else:
        list_loads()
    return 0


def _serve() -> int:
    """Show the screen in a browser on this machine: `simulate serve --help`."""
    raise NotImplementedError  # listed only: what follows the word is a command line of its own


def _schema() -> int:
    """Print the JSON Schema of scenario files, for editors."""
    from simulator.cli.listing import print_schema

    print_schema()
    return 0


def _with_signature(function: Command, its: Signature) -> Command:
    vars(function)["__signature__"] = its  # what inspect.signature() shows, and cyclopts goes by that
    function.__annotations__ |= {  # except for the help of what both name: there these come first
        name: its.parameters[name].annotation for name in function.__annotations__ if name in its.parameters
    }
    return function
