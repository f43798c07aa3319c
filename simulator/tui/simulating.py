"""Runs what is wanted: at once where nobody would notice, otherwise in a thread, while keys and pictures go on.

What to watch: a thread asks now and then whether it is still wanted. What comes too late is dropped by the session.
The laws are checked in a thread too, after the picture is there: nobody waits for them.
"""

import time
from functools import partial

from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from simulator.experiments.refusal import InvariantError, RefusalError
from simulator.experiments.run import Progress, check_laws, run_unchecked
from simulator.experiments.setup import Prepared
from simulator.lab.lab import Sitting
from simulator.trace.table import Trace
from simulator.words.numbers import percent

Result = tuple[Trace, ...] | RefusalError
"""The traces, or why there are none."""
GROUP, LAWS = "compute", "laws"
CHECK_AFTER_S = 0.1
"""When the picture has surely been drawn."""


class OvertakenError(Exception):
    """Something else is wanted by now."""


class Computed(Message):
    """A thread is through."""

    def __init__(self, wanted: Prepared, result: Result, seconds: float) -> None:
        """After so many seconds."""
        super().__init__()
        self.wanted, self.result, self.seconds = wanted, result, seconds


class Broken(Message):
    """A run that is shown contradicts itself."""

    def __init__(self, run: Prepared, why: str) -> None:
        """For the reason that is given."""
        super().__init__()
        self.run, self.why = run, why


class Runner:
    """The computing of one screen."""

    def __init__(self, screen: Screen[None], sitting: Sitting) -> None:
        """Messages go to the screen, which gives them back to ``show``."""
        self._screen, self._sitting = screen, sitting

    def compute(self, wanted: Prepared) -> None:
        """Have this shown, now or soon, unless something else is wanted before."""
        self._screen.workers.cancel_group(self._screen, GROUP)
        if self._sitting.session.at_once(wanted):
            start = time.perf_counter()
            result = _result(wanted)
            self.show(Computed(wanted, result, time.perf_counter() - start))
        else:
            self._sitting.busy = "computing"
            self._screen.run_worker(partial(self._beside, wanted), thread=True, group=GROUP, exit_on_error=False)

    def _beside(self, wanted: Prepared) -> None:
        """In a thread."""
        worker = get_current_worker()
        start = time.perf_counter()

        def tell(so_far_s: float) -> None:
            if worker.is_cancelled:
                raise OvertakenError
            self._sitting.busy = f"computing {percent(so_far_s / wanted.scenario.duration)}"

        try:
            result = _result(wanted, tell)
        except OvertakenError:
            return
        self._screen.post_message(Computed(wanted, result, time.perf_counter() - start))

    def show(self, done: Computed) -> None:
        """Show the result, if it is what is wanted."""
        sitting = self._sitting
        if done.wanted is not sitting.session.wanted:
            return
        if isinstance(done.result, RefusalError):
            sitting.session.fail(done.wanted)
            sitting.busy = ""
            sitting.say(str(done.result))
            return
        sitting.session.took(done.wanted, done.seconds)
        if sitting.session.finish(done.wanted, done.result):
            sitting.arrived()
            self._screen.set_timer(CHECK_AFTER_S, partial(self._check, done.wanted, done.result))

    def _check(self, run: Prepared, traces: tuple[Trace, ...]) -> None:
        """Check the laws beside the screen, if the run is still shown."""
        if run is self._sitting.shown.prepared:
            check = partial(self._checked, run, traces)
            self._screen.run_worker(check, thread=True, group=LAWS, exclusive=True, exit_on_error=False)

    def _checked(self, run: Prepared, traces: tuple[Trace, ...]) -> None:
        """In a thread."""
        try:
            for trace in traces:
                check_laws(trace)
        except InvariantError as error:
            self._screen.post_message(Broken(run, str(error)))


def _result(wanted: Prepared, tell: Progress | None = None) -> Result:
    try:
        return run_unchecked(wanted, detail=True, progress=tell)
    except RefusalError as error:
        return error
