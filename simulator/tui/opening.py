"""Open the screen: what is checked before, what is computed before, and what is left behind.

What to watch: Textual is imported here and nowhere before, because it takes longer to load than a run to simulate.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from simulator.experiments.options import ScreenOptions
from simulator.experiments.refusal import RefusalError
from simulator.words.language import tell

if TYPE_CHECKING:
    from simulator.experiments.setup import Setup
    from simulator.lab.history import Result
    from simulator.lab.lab import Lab
    from simulator.trace.table import Trace

DRIVER = "TEXTUAL_DRIVER"
"""Set where the screen is shown elsewhere, as in a browser."""

STILL = "REDUCED_MOTION"
"""Set where nothing is to travel, whatever is typed."""


class _Rehearsal:
    is_on = False


@contextmanager
def rehearsal() -> Iterator[None]:
    """In the block everything is checked as ever, and then no screen is opened: for whoever opens it elsewhere."""
    _Rehearsal.is_on = True
    try:
        yield
    finally:
        _Rehearsal.is_on = False


def has_terminal() -> bool:
    """Whether a screen can be opened: keys come from stdin, and Textual draws on stderr."""
    elsewhere = _Rehearsal.is_on or DRIVER in os.environ
    return elsewhere or all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def refuse_without_terminal() -> None:
    """Raise RefusalError where no screen can be opened."""
    if not has_terminal():
        raise RefusalError(
            tell(
                "--watch needs a terminal: stdin, stdout and stderr must all be one. Leave --watch out for the summary"
            )
        )


def open_home(options: ScreenOptions, names: tuple[str, ...] = ()) -> int:
    """The first screen, with these selected; returns the exit code. Raises RefusalError."""
    from simulator.experiments.run import say_if_slow

    say_if_slow()  # later the screen would be in the way
    return _opened(None, options, names)


def open_setup(setup: "Setup", options: ScreenOptions, at_s: float | None = None) -> int:
    """Servers under a load, running from a moment on, or from the first interesting one. Raises RefusalError."""
    from simulator.experiments.progress import shown_while
    from simulator.experiments.run import run_checked
    from simulator.experiments.setup import prepared
    from simulator.lab.history import Result

    refuse_without_terminal()
    ready = prepared(setup)
    if _Rehearsal.is_on:
        return _opened(None, options)
    with shown_while(tell("simulating {load}", load=setup.options.load), ready.scenario.duration) as progress:
        traces = run_checked(ready, detail=True, progress=progress)
    return _watched(Result.of(traces, ready), options, at_s)


def open_trace(trace: "Trace", options: ScreenOptions, at_s: float | None = None) -> int:
    """A run that was saved, or measured; from a moment on as above. Raises RefusalError."""
    from simulator.lab.history import Result

    refuse_without_terminal()
    return _watched(Result.of((trace,)), options, at_s)


def _watched(shown: "Result", options: ScreenOptions, at_s: float | None) -> int:
    if _Rehearsal.is_on:
        return _opened(None, options)
    from simulator.lab.captions import refuse_late, typed_captions
    from simulator.lab.first_moment import watched

    lab = watched(shown, at_s)
    lab.captions = typed_captions(options.caption)
    refuse_late(lab.captions, lab.playhead.end_s)
    return _opened(lab, options)


def _opened(lab: "Lab | None", options: ScreenOptions, names: tuple[str, ...] = ()) -> int:
    from simulator.lab.keys import keymap, keymap_file
    from simulator.stage.canvas.look import chosen_look

    own_keys = keymap(keymap_file())
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    look = chosen_look(glyphs=options.glyphs, theme=options.theme, environ=os.environ, encoding=encoding)
    if _Rehearsal.is_on:
        return 0
    from simulator.tui.app import StageApp

    app = StageApp(lab, look, fps=options.fps, keymap=own_keys, names=names)
    app.reduced_motion = options.reduced_motion or bool(os.environ.get(STILL))
    result = app.run()
    return app.return_code or 0 if result is None else result
