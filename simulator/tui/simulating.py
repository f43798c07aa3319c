"""Runs what is wanted: at once where nobody would notice, otherwise in a thread, while keys and pictures go on.

What to watch: a thread asks now and then whether it is still wanted. What comes too late is dropped by the history.
The laws are checked in a thread too, after the picture is there: nobody waits for them.
"""

import time
from dataclasses import replace
from functools import partial

from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from simulator.experiments.setup import Prepared
from simulator.lab.computing import Traces, broken_laws, traces_of
from simulator.lab.history import Result
from simulator.lab.lab import Lab
from simulator.lab.verdicts import advised
from simulator.stage.verdict import Verdict
from simulator.words.language import Said, said
from simulator.words.numbers import percent

GROUP, LAWS, VERDICT = "compute", "laws", "verdict"
CHECK_AFTER_S = 0.4
"""When the picture is there, and whoever turns a knob further has pressed the next key."""
JUDGE_AFTER_S = 1.0
"""Whoever looks so long at a run may want to know what would help."""
MOST_JUDGED = 200_000
"""Requests of a run of which what helps is tried without being asked."""


class OvertakenError(Exception):
    """Something else is wanted by now."""


class Computed(Message):
    """A thread is through."""

    def __init__(self, wanted: Prepared, traces: Traces, seconds: float) -> None:
        """After so many seconds."""
        super().__init__()
        self.wanted, self.traces, self.seconds = wanted, traces, seconds


class Checked(Message):
    """The laws of a run were checked."""

    def __init__(self, run: Prepared, why: str | Said) -> None:
        """With the reason why it cannot be trusted, if there is one."""
        super().__init__()
        self.run, self.why = run, why


class Judged(Message):
    """What came of the runs that are shown."""

    def __init__(self, run: Result, verdicts: tuple[Verdict, ...]) -> None:
        """One verdict for each."""
        super().__init__()
        self.run, self.verdicts = run, verdicts


class Runner:
    """The computing of one screen."""

    def __init__(self, screen: Screen[None], lab: Lab) -> None:
        """Messages go to the screen; it gives what was computed back to ``show``."""
        self._screen, self._lab = screen, lab
        self._judging: Result | None = None
        self._seen: Result | None = None
        self._seen_s = 0.0

    def compute(self, wanted: Prepared) -> None:
        """Have this shown, now or soon, unless something else is wanted before."""
        self._screen.workers.cancel_group(self._screen, GROUP)
        if self._lab.history.at_once(wanted):
            start_s = time.perf_counter()
            traces = traces_of(wanted)
            self.show(Computed(wanted, traces, time.perf_counter() - start_s))
        else:
            self._lab.busy = said("computing")
            self._screen.run_worker(partial(self._beside, wanted), thread=True, group=GROUP)

    def _beside(self, wanted: Prepared) -> None:
        """In a thread. A mistake of the program ends the program, as it would at once: nobody waits for ever."""
        worker, start_s = get_current_worker(), time.perf_counter()

        def tell(so_far_s: float) -> None:
            if worker.is_cancelled:
                raise OvertakenError
            done = percent(so_far_s / wanted.scenario.duration)
            self._lab.busy = said("computing {percent}", percent=done)

        try:
            traces = traces_of(wanted, tell)
        except OvertakenError:
            return
        self._screen.post_message(Computed(wanted, traces, time.perf_counter() - start_s))

    def show(self, done: Computed) -> None:
        """Show the result, if it is what is wanted, and have its laws checked."""
        if self._lab.computed(done.wanted, done.traces, done.seconds):
            self._screen.set_timer(CHECK_AFTER_S, partial(self._check, done.wanted, done.traces))

    def _check(self, run: Prepared, traces: Traces) -> None:
        """Check the laws beside the screen, if the run is still shown."""
        if run is self._lab.shown.prepared:
            check = partial(self._checked, run, traces)
            self._screen.run_worker(check, thread=True, group=LAWS, exclusive=True, exit_on_error=False)

    def _checked(self, run: Prepared, traces: Traces) -> None:
        """In a thread."""
        self._screen.post_message(Checked(run, broken_laws(traces)))

    # --- what came of it ------------------------------------------------------------------------------------------

    def judge(self) -> None:
        """Have worked out, beside the screen, what the card tells and the claim proposes; dropped with an earlier run.

        For the claim that waits until the run was looked at for a while, and is left out where the run is long.
        """
        lab = self._lab
        if lab.shown is not self._seen:
            self._seen, self._seen_s = lab.shown, lab.now()
        calm = not lab.unchecked and lab.now() - self._seen_s >= JUDGE_AFTER_S
        wanted = lab.card or (calm and lab.shown.requests <= MOST_JUDGED)
        if wanted and not lab.verdicts and not lab.broken and self._judging is not lab.shown:
            self._judging = lab.shown
            judge = partial(self._judge, lab.shown)
            self._screen.run_worker(judge, thread=True, group=VERDICT, exclusive=True, exit_on_error=False)

    def _judge(self, run: Result) -> None:
        """In a thread."""
        from simulator.experiments.advice import advise
        from simulator.trace.summary import summarise

        worker = get_current_worker()
        verdicts = [Verdict(title="", summary=summarise(playback.trace)) for playback in run.playbacks]
        trying = said("trying changes ...")
        missing = trying if run.prepared else said("The run is saved or measured: nothing can be tried on it.")
        verdicts = [replace(verdict, remark=missing if verdict.summary.findings else "") for verdict in verdicts]
        self._tell(run, verdicts)
        for number in range(len(verdicts)):
            if run.prepared is None:
                break
            found = advise(
                run.prepared,
                run.playbacks[number].trace,
                verdicts[number].summary,
                side=number,
                stop=lambda: worker.is_cancelled,
            )
            verdicts[number] = advised(verdicts[number], found)
            self._tell(run, verdicts)

    def _tell(self, run: Result, verdicts: list[Verdict]) -> None:
        if not get_current_worker().is_cancelled:
            self._screen.post_message(Judged(run, tuple(verdicts)))
