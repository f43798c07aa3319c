"""The command ``simulate``: which flags there are depends on the model that is named, so that is looked for first.

What to watch: nothing here computes. The command line is read, and what was asked for is handed on; NumPy, Pydantic,
SimPy and Polars are not loaded before something is really run.
"""

from collections.abc import Callable, Sequence
from inspect import Parameter, Signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import cyclopts

import simulator
from simulator.app.catalogue import Model, catalogue, fronts, server, servers
from simulator.app.flags import SEPARATOR, signature
from simulator.app.mistakes import SUBCOMMANDS, explained
from simulator.app.options import OutputOptions, RunOptions
from simulator.app.refusal import RefusalError
from simulator.app.sections import MEASURE, OUTPUT, RUN, run_signature, section

if TYPE_CHECKING:
    from simulator.app.simulation import Deployment

HELP = """The same requests arrive. What happens to them under another server, and why?

Name a model to see its flags too: simulate --model prefork --help"""

Command = Callable[..., int]
Values = dict[str, Any]
MEASURE_COMMAND = "measure"


def execute(tokens: Sequence[str]) -> int:
    """Carry out one command line; returns the exit code. Raises RefusalError."""
    if not tokens:
        from simulator.app.orientation import orientation

        return orientation()
    model = _peeked(tokens)
    try:
        command, bound, _ = _app(model, tokens).parse_args(
            tokens, print_error=False, exit_on_error=False, help_on_error=False
        )
    except cyclopts.CycloptsError as error:
        raise RefusalError(explained(error, tokens, model)) from None
    result = command(*bound.args, **bound.kwargs)
    return result if isinstance(result, int) else 0


def _peeked(tokens: Sequence[str]) -> Model | None:
    """The model that the command line names, before anything else of it is understood."""
    if tokens[0] == MEASURE_COMMAND:
        named = next(iter(tokens[1:]), "-")
        return None if named.startswith("-") else server(named, MEASURE_COMMAND)
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
    app.command(_list, name="list")
    app.command(_with_signature(_measure_command(model), _measure_signature(model, tokens)), name=MEASURE_COMMAND)
    app.command(_schema, name="schema")
    app.command(_with_signature(_show, _show_signature()), name="show")
    return app


def _run_command(model: Model | None) -> Command:
    def run(**given: Any) -> int:
        options, outputs = RunOptions(**RUN.given(given)), OutputOptions(**OUTPUT.given(given))
        deployment = _deployment(model, "--model", given, options)
        from simulator.app.outputs import put_out, refuse_early
        from simulator.app.simulation import simulate

        refuse_early(outputs)
        put_out(simulate(deployment, options), outputs)
        return 0

    return run


def _measure_command(its_model: Model | None) -> Command:
    def run(model: str | None = None, **given: Any) -> int:  # noqa: ARG001 - it was looked for before
        """Send the load to the real server on this machine instead, and show what happened."""
        options, outputs = RunOptions(**MEASURE.given(given)), OutputOptions(**OUTPUT.given(given))
        deployment = _deployment(its_model, MEASURE_COMMAND, given, options)
        from simulator.app.measurement import measured

        return measured(deployment, options, outputs)

    return run


def _measure_signature(model: Model | None, tokens: Sequence[str]) -> Signature:
    hint = Annotated[str | None, cyclopts.Parameter(help="The server: a name from `simulate list models`.")]
    its_model = Parameter("model", Parameter.POSITIONAL_ONLY, default=None, annotation=hint)
    if tokens[0] != MEASURE_COMMAND:  # listed only, and nobody waits for its flags
        return signature((), first=(its_model,))
    return run_signature(model, tokens, MEASURE, (its_model,))


def _deployment(model: Model | None, said: str, given: Values, options: RunOptions) -> "Deployment":
    """What the flags describe; ``said`` is what the server's name is typed after."""
    from simulator.app.simulation import Deployment, configured

    if model is None:
        raise RefusalError(f"which server? Type {said} and one of: {', '.join(each.name for each in servers())}")
    if options.load is None:
        raise RefusalError("which load? Type --load and a name from `simulate list loads`, or the path of a TOML file")
    wanted = [front for front in fronts() if _asked_for(front, given)]
    return Deployment(
        model=model,
        config=configured(model, section(model).given(given)),
        fronts=tuple((front, configured(front, section(front).given(given))) for front in wanted),
    )


def _asked_for(front: Model, given: Values) -> bool:
    """Whether the front is to stand there. Raises RefusalError for a setting of one that is not."""
    if given.get(front.folder + SEPARATOR):
        return True
    its = section(front)
    for name, value in its.given(given).items():
        raise RefusalError(f"{its.typed(name, value)} is a setting of {front.name}: add --{front.name}")
    return False


def _show_signature() -> Signature:
    file = Annotated[Path, cyclopts.Parameter(help="A run saved with --parquet.")]
    request = Annotated[int | None, cyclopts.Parameter(help="Tell the life of this one request, numbered from 0.")]
    own = (
        Parameter("file", Parameter.POSITIONAL_ONLY, annotation=file),
        Parameter("request", Parameter.KEYWORD_ONLY, default=None, annotation=request),
    )
    return signature((OUTPUT,), first=own)


def _show(file: Path, request: int | None = None, **given: Any) -> int:
    """Show a saved run again: its summary, its exports, or the life of one request."""
    from simulator.app.outputs import put_out, refuse_early
    from simulator.app.trace_file import read

    outputs = OutputOptions(**OUTPUT.given(given))
    refuse_early(outputs)
    trace = read(file)
    if request is None:
        put_out(trace, outputs)
    else:
        from simulator.app.life import show_life

        show_life(trace, request)
    return 0


def _list(what: Annotated[Literal["models", "loads"], cyclopts.Parameter(help="Which of the two.")], /) -> int:
    """Explain the models there are and their flags, or the loads."""
    from simulator.app.listing import list_loads, list_models

    if what == "models":
        list_models([(model, section(model)) for model in catalogue().values()])
    else:
        list_loads()
    return 0


def _schema() -> int:
    """Print the JSON Schema of scenario files, for editors."""
    from simulator.app.listing import print_schema

    print_schema()
    return 0


def _with_signature(function: Command, its: Signature) -> Command:
    vars(function)["__signature__"] = its  # what inspect.signature() shows, and cyclopts goes by that
    return function
