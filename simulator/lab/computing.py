"""What comes of a setup: its traces, or why there are none; and whether they keep the laws that hold on any run."""

from simulator.experiments.refusal import InvariantError, RefusalError
from simulator.experiments.run import Progress, check_laws, run_unchecked
from simulator.experiments.setup import Prepared
from simulator.trace.table import Trace
from simulator.words.language import Said, said, tell

Traces = tuple[Trace, ...] | RefusalError
"""What came of a setup: the traces, or why there are none."""


def traces_of(wanted: Prepared, progress: Progress | None = None) -> Traces:
    """Run a setup; its laws are still to be checked."""
    try:
        return run_unchecked(wanted, detail=True, progress=progress)
    except RefusalError as error:
        return error


def broken_laws(traces: Traces) -> str | Said:
    """Why a run cannot be trusted; nothing where it can."""
    try:
        for trace in traces if isinstance(traces, tuple) else ():
            check_laws(trace)
    except InvariantError as error:
        why = str(error)
    except RefusalError as error:  # no room to find out
        return said("{why}. Nothing of it is shown: undo, or change something.", why=error)
    except Exception as error:  # a trace may be too wrong to be asked; in a thread nobody would hear of it
        why = tell(
            "this run cannot be checked, do not trust it: {kind}: {error}", kind=type(error).__name__, error=error
        )
    else:
        return ""
    return said(
        "INTERNAL ERROR: {why}. Nothing of it is shown: undo, or change something. Please report it with the command.",
        why=why,
    )
