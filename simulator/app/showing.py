"""``simulate show``: a run that was saved, once more."""

from collections.abc import Iterator
from dataclasses import fields
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any

import cyclopts

from simulator.app.flags import signature
from simulator.app.options import OutputOptions
from simulator.app.refusal import RefusalError
from simulator.app.screen_flags import pictures, screen_options
from simulator.app.sections import OUTPUT, PICTURES, SCREEN

SHOW_COMMAND = "show"
REQUEST = "--request"


def show_signature() -> Signature:
    """The file, what to do with it, and where the results go."""
    file = Annotated[Path, cyclopts.Parameter(help="A run saved with --parquet.")]
    request = Annotated[int | None, cyclopts.Parameter(help="Tell the life of this one request, numbered from 0.")]
    own = (
        Parameter("file", Parameter.POSITIONAL_ONLY, annotation=file),
        Parameter("request", Parameter.KEYWORD_ONLY, default=None, annotation=request),
    )
    return signature((OUTPUT, PICTURES, SCREEN), first=own)


def show(file: Path, request: int | None = None, **given: Any) -> int:
    """Show a saved run again: its summary, its exports, the life of one request, or the run itself (--watch)."""
    from simulator.app.outputs import put_out, refuse_early
    from simulator.app.trace_file import read

    outputs = OutputOptions(**OUTPUT.given(given))
    screen = screen_options(given, outputs)
    refuse_early(outputs)
    drawn = pictures(given, screen)
    if request is not None:
        _refuse_beside_a_life([*(["--watch"] if screen.watch else []), *_named(outputs), *_drawn(given)])
    trace = read(file)
    if screen.watch:
        from simulator.app.tui.opening import open_trace

        return open_trace(trace, screen)
    if request is None:
        put_out(trace, outputs, drawn)
    else:
        from simulator.app.life import show_life

        show_life(trace, request)
    return 0


def _named(outputs: OutputOptions) -> Iterator[str]:
    """The flags by which results were to go somewhere."""
    for field in fields(outputs):
        if getattr(outputs, field.name) != field.default:
            yield OUTPUT.flag(field.name)


def _drawn(given: dict[str, Any]) -> Iterator[str]:
    yield from map(PICTURES.flag, PICTURES.given(given))


def _refuse_beside_a_life(others: list[str]) -> None:
    if "--watch" in others:
        raise RefusalError(f"{REQUEST} does not go with --watch: in the screen, select a lane and press enter")
    if others:
        raise RefusalError(f"{REQUEST} does not go with {others[0]}: it tells one life in words. Leave one of them out")
