"""The life of one request of a saved run, line by line."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulator.app.amounts import duration
from simulator.app.refusal import RefusalError
from simulator.app.terminal import show
from simulator.plan.words import Outcome
from simulator.trace.lives import Stay, life

if TYPE_CHECKING:
    from rich.console import RenderableType

    from simulator.trace.table import Trace


def show_life(trace: "Trace", request: int) -> None:
    """Print it. Raises RefusalError for a request that the run does not have."""
    if not 0 <= request < len(trace):
        raise RefusalError(f"--request {request}: the run has the requests 0 to {len(trace) - 1}")
    show(_told(trace, request, life(trace, request)))


def _told(trace: "Trace", request: int, stays: list[Stay]) -> Iterator["RenderableType"]:
    from rich.table import Table
    from rich.text import Text

    from simulator.app.bars import look

    workload = trace.workload
    of_class = workload.class_names[workload.request_class[request]]
    client = workload.client_names[workload.client[request]]
    yield Text.assemble((f"request {request}", "bold cyan"), f"  {of_class} from {client}, {_end(trace, request)}")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bright_black")
    for title, right in (("at s", True), ("for", True), ("what", False), ("where", False), ("holding", False)):
        table.add_column(title, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for stay in stays:
        glyph = look(stay.state)
        what = Text.assemble((glyph.glyph, glyph.style), f" {stay.state}", " (for nobody)" if stay.for_nobody else "")
        table.add_row(f"{stay.start:.6f}", duration(stay.end - stay.start), what, stay.place, _holding(stay))
    yield table


def _holding(stay: Stay) -> str:
    process = [] if stay.process is None else [f"process {stay.process}"]
    return ", ".join([*stay.slots, *process])


def _end(trace: "Trace", request: int) -> str:
    took = duration(float(trace.finished[request] - trace.arrival[request]))
    words = Outcome(int(trace.outcome[request])).words
    return words if trace.outcome[request] == Outcome.OPEN else f"{words} after {took}"
