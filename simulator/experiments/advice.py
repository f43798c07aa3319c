"""Advice is tried before it is given: the rules' cures as runs of exactly that, on the same requests.

What to watch: the budget is counted in simulated steps and never in time, so the same run gets the same advice on every
machine, compiled or not. What helps is judged by one rule (``trial.judged``), and what was left untried is said.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import isfinite

from simulator.experiments.candidates import Ideas, instead
from simulator.experiments.ladders import Candidate, Family, Ladder, next_size
from simulator.experiments.setup import Prepared
from simulator.experiments.trial import (
    LEAST_LOST,
    Advice,
    Figures,
    Trial,
    Verdict,
    as_good,
    fewer_lost,
    figures,
)
from simulator.experiments.trial_runs import Runs
from simulator.plan.words import OUTSIDE, Loss, Need, State, lost_by, needing
from simulator.trace.availability import CORES
from simulator.trace.cures import Cure
from simulator.trace.figures import Summary
from simulator.trace.rules_backlog import most_at_the_door
from simulator.trace.table import Trace
from simulator.words.language import said

__all__ = ["Advice", "Figures", "Trial", "Verdict", "advise"]

MOST_RUNS, MOST_STEPS = 8, 1_000_000
"""All runs together may take so many times what the first one took, and so many simulated steps: requests times the
places that they pass ..."""
LEAST_RUNS, LEAST_STEPS = 3, 400_000
"""... but so much in any case."""
HARDLY, BUSY = 0.02, 0.85
"""Who waits for a core for less than this part of the time in the server, on cores less busy than this, needs none."""
MOSTLY = 0.5
"""Of the time that slots are held."""
ANYWAY = (Cure.MORE_SLOTS, Cure.MORE_PROCESSES, Cure.MORE_CORES)
"""What is tried where nothing that the rules name solves it."""
PART = 0.5
"""What gives less than this part of what the best gives is no advice."""
LARGE = 4
"""Who needs more than so many times as many to have the best is told what the first step gives, too."""
FINE = 8
"""A size is searched to this part of itself."""


def advise(
    ready: Prepared,
    trace: Trace,
    summary: Summary,
    *,
    side: int = 0,
    budget: int | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Advice:
    """Try what the findings of a run name as cures, on the same requests.

    ``side``: which server of the setup the run is of. ``budget``: simulated steps, instead of the usual. ``stop`` is
    asked before every run and now and then in it; where it says so, what was not tried by then is untried.

    Raises InvariantError where a run contradicts itself.
    """
    cures = [cure for finding in summary.findings for cure in finding.cures]
    if not cures or not len(trace):
        return Advice()
    queue_max = max((r.queue_max for r in summary.resources.values() if r.kind == "backlog"), default=0.0)
    limited = any(outcome.words in summary.failed for outcome in lost_by(Loss.LIMIT))
    crowd = most_at_the_door(trace) if Cure.LONGER_BACKLOG in cures else 0
    its, alone = ready.setup.sides[side], len(ready.setup.sides) == 1
    costs = its.profile or (ready.setup.options.profile or "" if alone else "")  # of several: named for all of them
    ideas = Ideas(its, ready.scenario.machine.cores_as_typed, queue_max, limited, crowd, costs)
    victim = next((party for finding in summary.findings for party in finding.victims), None)
    spend = _budget(trace.reached.size) if budget is None else budget
    search = _Search(Runs(ready, figures(trace, victim), spend, stop, victim))
    pointless = () if _cores_are_short(summary) else (Cure.MORE_CORES,)
    search.probe(ideas.about(cures, but=pointless))
    if not search.solved:
        search.probe(ideas.about(ANYWAY, but=pointless))
    return search.advice(ideas)


def _budget(cost: int) -> int:
    return max(LEAST_STEPS, LEAST_RUNS * cost, min(MOST_RUNS * cost, MOST_STEPS))


def _cores_are_short(summary: Summary) -> bool:
    """Whether requests wait for a core at all, once the server has them."""
    seconds = summary.where_time_goes
    inside = sum(seconds.values()) - sum(seconds.get(state.value, 0.0) for state in OUTSIDE)
    for_core = (*needing(Need.CORE), State.PROCESSOR)
    waits = sum(seconds.get(state.value, 0.0) for state in for_core)
    return _computing_fills_slots(summary) or summary.resources[CORES].utilisation >= BUSY or waits > HARDLY * inside


def _computing_fills_slots(summary: Summary) -> bool:
    """Whether what is held computes, in as many slots as there are cores or fewer, so that no core is waited for."""
    resources, cores = summary.resources, summary.resources[CORES]
    pools = [each for each in resources.values() if each.kind == "pool" and each.size <= cores.size]
    locked = any(each.kind in ("gil", "loop") for each in resources.values())
    held = (each.split.get(State.COMPUTING.value, 0.0) >= MOSTLY * each.utilisation > 0.0 for each in pools)
    return not locked and any(held)


class _Search:
    """Which runs are worth making, for one piece of advice."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._probes: list[tuple[Family, Trial]] = []

    @property
    def solved(self) -> bool:
        """Whether something helps, and hardly anybody is lost with it."""
        return any(trial.better and trial.after.share_lost <= LEAST_LOST for _, trial in self._probes)

    def probe(self, ideas: Iterable[Family]) -> None:
        """One run of each idea, or a few."""
        for family in ideas:
            self._probes += [(family, trial) for trial in self._probe(family)]

    def advice(self, ideas: Ideas) -> Advice:
        """Look closer at what helps most, go on from what still loses many, and put in order what was found."""
        worth = [trial for trial in _in_order([trial for _, trial in self._probes]) if trial.better]
        found: list[Trial] = []
        for family, trial in self._probes:
            closer = isinstance(family, Ladder) and any(trial is each for each in worth)
            found += self._closer(family, trial) if closer and isinstance(family, Ladder) else [trial]
        for trial in list(_in_order(found)):
            other = trial.side.model != ideas.side.model and trial.side.production is None  # a line was climbed already
            if trial.better and trial.after.share_lost > LEAST_LOST and other:
                more = list(self._onward(replace(ideas, side=trial.side, cores=trial.cores), trial))
                found = [each for each in found if not more or each is not trial] + more
        told = tuple(_in_order(found))
        self._runs.check(told)
        return Advice(trials=told, untried=tuple(self._runs.untried))

    def _probe(self, family: Family) -> Iterator[Trial]:
        """The first step of a ladder; of a choice one after the other until one helps."""
        first = (family.sized(next_size(family, family.now)),) if isinstance(family, Ladder) else family.candidates
        for candidate in first:
            trial = self._runs.tried(candidate, must=True)
            if trial is None:
                return
            yield trial
            if trial.better:
                return

    def _onward(self, ideas: Ideas, found: Trial) -> Iterator[Trial]:
        """More of a model that helps instead of another, but was only tried with as many as it has by itself."""
        for ladder in (_named(each, ideas.profile) for each in ideas.more_of_it()):
            trial = self._runs.tried(ladder.sized(next_size(ladder, ladder.now)), must=True)
            if trial is not None and not as_good(found.after, trial.after):
                yield from self._closer(ladder, trial)

    def _closer(self, ladder: Ladder, probe: Trial) -> Iterator[Trial]:
        """Where more brings nothing more, and the smallest that is as good."""
        low, size, best = ladder.now, next_size(ladder, ladder.now), probe
        while (further := next_size(ladder, size)) != size:
            trial = self._runs.tried(ladder.sized(further), must=True)
            if trial is None or as_good(best.after, trial.after):
                break
            low, size, best = size, further, trial
        best = self._smallest(ladder, low, size, best)
        much_more = ladder.up and size > LARGE * ladder.now
        if (much_more or fewer_lost(probe.before, probe.after) > 0) and not as_good(probe.after, best.after):
            yield probe  # it is better already with less
        yield best

    def _smallest(self, ladder: Ladder, low: int, size: int, best: Trial) -> Trial:
        """Between one that is not as good and one that is best: the nearest to the first that is as good."""
        nearest = best
        while abs(size - low) > max(max(size, low) // FINE, 1):
            middle = (low + size) // 2
            trial = self._runs.tried(ladder.sized(middle))
            if trial is None:
                break
            if as_good(trial.after, best.after):
                size, nearest = middle, trial
            else:
                low = middle
        return nearest


def _named(ladder: Ladder, profile: str) -> Ladder:
    """With the name of the model, which is another than the one that the advice is for."""

    def sized(number: int) -> Candidate | None:
        candidate = ladder.sized(number)
        if candidate is None:
            return None
        change = said("{model} with {size}", model=candidate.side.model.name, size=candidate.change)
        return instead(replace(candidate, change=change), profile)

    return replace(ladder, sized=sized)


def _in_order(found: Sequence[Trial]) -> Iterator[Trial]:
    """What helps most first, of equals what was named first; without what helps much less; then what does not help."""
    better = [trial for trial in found if trial.better]
    if better:
        best = min(better, key=lambda trial: (round(trial.after.share_lost / LEAST_LOST), trial.after.p95_s))
        equals = [trial for trial in better if as_good(trial.after, best.after)]
        yield from equals
        others = [trial for trial in better if not as_good(trial.after, best.after) and _much(trial, best)]
        yield from sorted(others, key=lambda trial: (trial.after.share_lost, trial.after.p95_s))
    yield from (trial for trial in found if not trial.better)


def _much(trial: Trial, best: Trial) -> bool:
    """Whether it gives a good part of what the best gives: of the losses where there are any, else of the time."""
    if fewer_lost(best.before, best.after):
        saved, most = (each.before.share_lost - each.after.share_lost for each in (trial, best))
    else:
        saved, most = (_saved_s(each) for each in (trial, best))
    return saved >= PART * most


def _saved_s(trial: Trial) -> float:
    before, after = trial.before, trial.after
    return sum(saved for saved in (before.p95_s - after.p95_s, before.p99_s - after.p99_s) if isfinite(saved))
