"""Runs what is wanted: at once where nobody would notice, otherwise in a thread, while keys and pictures go on.

What to watch: a thread asks now and then whether it is still wanted. What comes too late is dropped by the session.
"""

import time
from functools import partial

from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from simulator.experiments.refusal import RefusalError
from simulator.experiments.setup import Prepared, Progress
from simulator.lab.lab import Sitting
from simulator.trace.table import Trace
from simulator.words.numbers import percent

Result = tuple[Trace, ...] | RefusalError
"""The traces, or why there are none."""
GROUP = "compute"


class OvertakenError(Exception):
    """Something else is wanted by now."""


class Computed(Message):
    """A thread is through."""

    def __init__(self, wanted: Prepared, result: Result, seconds: float) -> None:
        """After so many seconds."""
        super().__init__()
        self.wanted, self.result, self.seconds = wanted, result, seconds


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

        def tell(done: float) -> None:
            if worker.is_cancelled:
                raise OvertakenError
            self._sitting.busy = f"computing {percent(done)}"

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


def _result(wanted: Prepared, tell: Progress | None = None) -> Result:
    try:
        return wanted.traces(tell)
    except RefusalError as error:
        return error
