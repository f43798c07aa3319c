"""``simulate show``: a run that was saved, once more."""

from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING

from simulator.cli.command import Given
from simulator.cli.given import moment, pictures, screen_options
from simulator.experiments.catalogue import Model
from simulator.experiments.options import OUTPUT, PICTURES, OutputOptions
from simulator.experiments.refusal import RefusalError
from simulator.plan.words import Outcome
from simulator.results import terminal
from simulator.words.kinds import kind_name
from simulator.words.language import tell, translated
from simulator.words.numbers import duration, to_places
from simulator.words.phrases import numbered

if TYPE_CHECKING:
    from rich.console import RenderableType

    from simulator.trace.request_life import Stay
    from simulator.trace.table import Trace


def run(_: Model | None, given: Given) -> int:
    """Carry the command out; returns the exit code. Raises RefusalError."""
    from simulator.cli.outputs import put_out, refuse_early
    from simulator.results.trace_file import read

    request: int | None = given.get("request")
    outputs = OutputOptions(**OUTPUT.given(given))
    screen = screen_options(given, outputs)
    refuse_early(outputs, tables=True, read=(str(given["file"]),), drawn=PICTURES.given(given))
    at_s = moment(given) if screen.watch else None
    drawn = None if screen.watch else pictures(given, screen)
    if request is not None:
        _refuse_beside_a_life([*(["--watch"] if screen.watch else []), *_named(outputs), *_drawn(given)])
    trace = read(given["file"])
    if screen.watch:
        from simulator.tui.opening import open_trace

        return open_trace(trace, screen, at_s)
    if request is None:
        put_out(trace, outputs, drawn)
    else:
        show_life(trace, request)
    return 0


def _named(outputs: OutputOptions) -> Iterator[str]:
    """The flags by which results were to go somewhere."""
    for field in fields(outputs):
        if getattr(outputs, field.name) != field.default:
            yield OUTPUT.flag(field.name)


def _drawn(given: Given) -> Iterator[str]:
    yield from map(PICTURES.flag, PICTURES.given(given))


def _refuse_beside_a_life(others: list[str]) -> None:
    if "--watch" in others:
        raise RefusalError(tell("--request does not go with --watch: in the screen, select a lane and press enter"))
    if others:
        raise RefusalError(
            tell("--request does not go with {flag}: it tells one life in words. Leave one of them out", flag=others[0])
        )


# The life of one request of a saved run, line by line.


def show_life(trace: "Trace", request: int) -> None:
    """Print it. Raises RefusalError for a request that the run does not have."""
    if not 0 <= request < len(trace):
        raise RefusalError(
            tell("--request {request}: the run has the requests 0 to {last}", request=request, last=len(trace) - 1)
        )
    from simulator.trace.request_life import life

    terminal.show(_told(trace, request, life(trace, request)))


def _told(trace: "Trace", request: int, stays: "list[Stay]") -> Iterator["RenderableType"]:
    from rich.table import Table
    from rich.text import Text

    from simulator.results.report_tables import look

    workload = trace.workload
    of_class = workload.class_names[workload.request_class[request]]
    client = workload.client_names[workload.client[request]]
    head = tell("request {number}", number=request)
    told = tell(
        "{request_class} from {client}, {end}",
        request_class=kind_name(of_class),
        client=kind_name(client),
        end=_end(trace, request),
    )
    yield Text.assemble((head, "bold cyan"), "  " + told)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bright_black")
    titles = (tell("at s"), tell("for"), tell("what"), tell("where"), tell("holding"))
    for title, right in zip(titles, (True, True, False, False, False), strict=True):
        table.add_column(title, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for stay in stays:
        glyph = look(stay.state)
        state = translated(stay.state)
        words = tell("{state} (for nobody)", state=state) if stay.for_nobody else state
        what = Text.assemble((glyph.glyph, glyph.style), f" {words}")
        table.add_row(
            to_places(stay.start, 6), duration(stay.end - stay.start), what, translated(stay.place), _holding(stay)
        )
    yield table


def _holding(stay: "Stay") -> str:
    slots = [numbered(slot) for slot in stay.slots]
    process = [] if stay.process is None else [tell("process {number}", number=stay.process)]
    return translated(", ").join([*slots, *process])


def _end(trace: "Trace", request: int) -> str:
    took = duration(float(trace.finished[request] - trace.arrival[request]))
    words = translated(Outcome(int(trace.outcome[request])).words)
    if trace.outcome[request] == Outcome.OPEN:
        return words
    return tell("{outcome} after {duration}", outcome=words, duration=took)
