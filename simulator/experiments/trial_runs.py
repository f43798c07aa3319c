"""Runs of candidates on the same requests, paid for in simulated steps."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from simulator.experiments.ladders import Candidate
from simulator.experiments.profiles import machine_of
from simulator.experiments.refusal import RefusalError
from simulator.experiments.run import check_laws, run_unchecked
from simulator.experiments.setup import Prepared
from simulator.experiments.trial import Figures, Trial, figures, judged
from simulator.plan.walk import walk
from simulator.trace.finding import Party
from simulator.trace.table import Trace
from simulator.words.language import Said
from simulator.workload.draw import draw
from simulator.workload.table import Workload
from simulator.workload.table_fields import cores_and_quota

EVENTS = 200_000
"""A run reports after so many events; where it needs more of them than it has steps, they count."""
KEPT_STEPS = 100_000
"""The traces of runs of up to so many steps are kept until it is known whose figures are said: only these are held
against the laws, which takes longer than the run. Longer ones are checked at once, and forgotten."""


class _ExhaustedError(Exception):
    """The budget is used up, or nobody wants to know any more."""


class Runs:
    """The runs of one piece of advice."""

    def __init__(
        self, ready: Prepared, before: Figures, budget: int, stop: Callable[[], bool], victim: Party | None = None
    ) -> None:
        """Of a deployment that gave the figures before; ``stop`` is asked before every run and now and then in it."""
        self._ready, self._before, self._victim = ready, before, victim
        self._left, self._stop = budget, stop
        self._workload: Workload | None = None
        self._unchecked: list[tuple[Figures, Trace]] = []
        self.untried: list[Said] = []
        """What there was no budget for."""

    def tried(self, candidate: Candidate | None, *, must: bool = False) -> Trial | None:
        """The run of exactly that; None where there cannot be one, or it is not affordable.

        ``must``: then that is told; otherwise it would only be a finer size.
        """
        ready = None if candidate is None else self._ready_for(candidate)
        if candidate is None or ready is None:
            return None
        try:
            after = self._run(ready)
        except (_ExhaustedError, RefusalError):  # the latter where it does not fit into memory
            self.untried += [candidate.change] if must else []
            return None
        return Trial(
            change=candidate.change,
            flags=candidate.flags,
            side=candidate.side,
            cores=candidate.cores,
            before=self._before,
            after=after,
            verdict=judged(self._before, after),
            victim="" if self._victim is None else self._victim.name,
        )

    def _ready_for(self, candidate: Candidate) -> Prepared | None:
        """The same load for another deployment, if that can be; files are not read again."""
        scenario, options = self._ready.scenario, self._ready.setup.options
        if candidate.cores != scenario.machine.cores_as_typed:
            number, quota = cores_and_quota(candidate.cores)
            machine = replace(scenario.machine, cores=number, cpu_quota=quota)
            scenario = scenario.model_copy(update={"machine": machine})
        setup = replace(self._ready.setup, sides=(candidate.side,), options=replace(options, engine="kernel"))
        try:
            plan = candidate.side.plan(machine_of(candidate.side, scenario, options))
        except RefusalError:
            return None
        return replace(self._ready, setup=setup, scenario=scenario, plans=(plan,))

    def _run(self, ready: Prepared) -> Figures:
        if self._workload is None:
            self._workload = draw(ready.scenario)
        workload = self._workload
        steps = len(workload.arrival) * len(walk(ready.plans[0], workload.phases.shape[1]))
        if steps > self._left or self._stop():
            raise _ExhaustedError
        events = 0

        def count_events(_so_far_s: float) -> None:
            nonlocal events
            events += EVENTS
            if events > self._left or self._stop():
                self._left = max(self._left - events, 0)
                raise _ExhaustedError

        (trace,) = run_unchecked(ready, workload=workload, progress=count_events)
        self._left -= max(trace.reached.size, events)
        after = figures(trace, self._victim)
        if trace.reached.size > KEPT_STEPS:
            check_laws(trace)
        else:
            self._unchecked.append((after, trace))
        return after

    def check(self, told: Iterable[Trial]) -> None:
        """Hold those against the laws whose figures are told. Raises InvariantError."""
        known = list(told)
        for after, trace in self._unchecked:
            if any(after is trial.after for trial in known):
                check_laws(trace)
