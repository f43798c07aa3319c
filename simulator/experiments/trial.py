"""Changes of a deployment that were tried, what they gave, and the one rule by which that is judged.

What to watch: both runs met the same requests, so even a small difference is no chance of the draw; but who types
another number of workers for 3 %? What differs by less than a margin is called the same.
"""

from dataclasses import dataclass
from enum import Enum
from functools import partial
from math import isfinite, nan

from simulator.experiments.deployment import Deployment
from simulator.plan.words import Outcome
from simulator.trace.finding import Kind, Party
from simulator.trace.outcomes import arrived_in_window, failed, latencies, latency, rates
from simulator.trace.residence import Floats
from simulator.trace.table import Trace
from simulator.words.kinds import kind_name
from simulator.words.language import Said, said, translated
from simulator.words.numbers import count, duration

MARGIN = 0.05
"""What differs by less than this part is the same."""
LEAST_S = 0.001
"""So is a time that differs by less."""
LEAST_LOST = 0.001
"""So are losses that differ by less of all requests."""

MUCH_MORE = 1.5
"""What the p95 of those whom others kept waiting gains is told, if it is so many times what that of all gains."""


class Verdict(Enum):
    """What a change gave."""

    BETTER = "better"
    NO_BETTER = "no better"
    WORSE = "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a run is judged by. Times in seconds, nan where nothing was completed."""

    offered: int
    lost: int
    """Requests that failed, of the whole run."""
    p95_s: float
    p99_s: float
    goodput_rps: float
    victims_p95_s: float = nan
    """Of those who waited for others, where the diagnosis names any."""

    @property
    def share_lost(self) -> float:
        """Of what was offered: in a closed loop that is not the same number in every run."""
        return self.lost / self.offered if self.offered else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A change of the deployment, and what the run of exactly that gave."""

    change: Said
    """``12 workers``, ``coroutine``, ``with nginx in front``."""
    flags: tuple[str, ...]
    """What is typed for it: ``--workers``, ``12``."""
    side: Deployment
    cores: float
    before: Figures
    after: Figures
    verdict: Verdict
    victim: str = ""
    """The class or the client whose ``victims_p95_s`` it is."""

    @property
    def better(self) -> bool:
        """Whether it helps."""
        return self.verdict is Verdict.BETTER

    @property
    def sentence(self) -> Said:
        """In words: ``12 workers: p95 671 ms instead of 3.05 s.``."""
        return _sentence(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What was tried about a run; nothing where nothing is wrong, or nobody knows a cure."""

    trials: tuple[Trial, ...] = ()
    """What helps, the best first, then what does not."""
    untried: tuple[Said, ...] = ()
    """Changes for which the budget was too small."""

    @property
    def best(self) -> Trial | None:
        """What helps most."""
        return self.trials[0] if self.trials and self.trials[0].better else None

    @property
    def felt_by(self) -> str:
        """Those whom others kept waiting, where what helps most is felt by them and hardly seen in the p95 of all."""
        best = self.best
        return best.victim if best is not None and is_theirs(best) else ""

    @property
    def remark(self) -> Said | None:
        """That nothing helps, or what was left untried."""
        nothing = bool(self.trials) and self.best is None

        def changes() -> str:
            return translated(", ").join(map(str, self.untried))

        if not self.untried:
            return said("Nothing that was tried helps.") if nothing else None
        if nothing:
            return said("Nothing that was tried helps; left untried: {changes}.", changes=changes)
        return said("Left untried: {changes}.", changes=changes)


def figures(trace: Trace, victim: Party | None = None) -> Figures:
    """Of a run, as its summary has them; and of those of one name, whom others kept waiting."""
    seen, (_, goodput) = latency(latencies(trace)), rates(trace)
    lost = int(failed(trace.outcome).sum())
    theirs = nan if victim is None else latency(_latencies_of(trace, victim)).p95
    return Figures(
        offered=len(trace), lost=lost, p95_s=seen.p95, p99_s=seen.p99, goodput_rps=goodput, victims_p95_s=theirs
    )


def _latencies_of(trace: Trace, victim: Party) -> Floats:
    load = trace.workload
    is_class = victim.kind is Kind.CLASS
    names, numbers = (load.class_names, load.request_class) if is_class else (load.client_names, load.client)
    counted = (trace.outcome == Outcome.COMPLETED) & arrived_in_window(trace) & (numbers == names.index(victim.name))
    seconds: Floats = trace.finished[counted] - trace.arrival[counted]
    return seconds


def judged(before: Figures, after: Figures) -> Verdict:
    """Fewer lost requests are better, whatever else; where as many are lost, shorter latencies.

    The p95 decides, and where it is the same, the p99; what is good for one and bad for the other is no better. Where
    the diagnosis names somebody whom others kept waiting, their p95 counts as much.
    """
    lost = fewer_lost(before, after)
    if lost:
        return Verdict.BETTER if lost > 0 else Verdict.WORSE
    gained = _less(before.p95_s, after.p95_s, LEAST_S) + _less(before.p99_s, after.p99_s, LEAST_S)
    gained += _less(before.victims_p95_s, after.victims_p95_s, LEAST_S)
    if gained > 0:
        return Verdict.BETTER
    return Verdict.WORSE if gained < 0 else Verdict.NO_BETTER


def as_good(one: Figures, other: Figures) -> bool:
    """Whether the other is no better than the one."""
    return judged(one, other) is not Verdict.BETTER


def fewer_lost(before: Figures, after: Figures) -> int:
    """1 where fewer are lost, -1 where more are, 0 where it is the same."""
    return _less(before.share_lost, after.share_lost, LEAST_LOST)


def _less(before: float, after: float, least: float) -> int:
    """1 where it is less by more than the margin, -1 where it is more, else 0."""
    if not (isfinite(before) and isfinite(after)):
        return 0
    differs = abs(before - after) > max(MARGIN * max(before, after), least)
    return (1 if after < before else -1) if differs else 0


def is_theirs(trial: Trial) -> bool:
    """Whether as many are lost, and those whom others kept waiting gain much more than the p95 of all shows."""
    before, after = trial.before, trial.after
    if fewer_lost(before, after) or _less(before.victims_p95_s, after.victims_p95_s, LEAST_S) <= 0:
        return False
    theirs, of_all = before.victims_p95_s / after.victims_p95_s, before.p95_s / after.p95_s
    return theirs >= MUCH_MORE * of_all


def _sentence(trial: Trial) -> Said:
    before, after = trial.before, trial.after
    lost = {"lost": count(after.lost), "lost_before": count(before.lost)}
    p95 = {"p95": duration(after.p95_s), "p95_before": duration(before.p95_s)}
    p99 = {"p99": duration(after.p99_s), "p99_before": duration(before.p99_s)}
    loses, known = fewer_lost(before, after), isfinite(after.p95_s) and isfinite(before.p95_s)
    if not trial.better:
        if loses:
            return said("{change}: no better, {lost} lost instead of {lost_before}.", change=trial.change, **lost)
        if not known:
            return said("{change}: no better.", change=trial.change)
        if p95["p95"] == p95["p95_before"]:
            return said("{change}: no better, p95 {p95} as before.", change=trial.change, **p95)
        return said("{change}: no better, p95 {p95} instead of {p95_before}.", change=trial.change, **p95)
    if loses and known and p95["p95"] == p95["p95_before"]:
        return said(
            "{change}: {lost} lost instead of {lost_before}, p95 {p95} as before.", change=trial.change, **lost, **p95
        )
    if loses and known:
        return said(
            "{change}: {lost} lost instead of {lost_before}, p95 {p95} instead of {p95_before}.",
            change=trial.change,
            **lost,
            **p95,
        )
    if loses:
        return said("{change}: {lost} lost instead of {lost_before}.", change=trial.change, **lost)
    if is_theirs(trial):
        theirs = {"p95": duration(after.victims_p95_s), "p95_before": duration(before.victims_p95_s)}
        return said(
            '{change}: p95 of "{victim}" {p95} instead of {p95_before}.',
            change=trial.change,
            victim=partial(kind_name, trial.victim),
            **theirs,
        )
    if _less(before.p95_s, after.p95_s, LEAST_S):
        return said("{change}: p95 {p95} instead of {p95_before}.", change=trial.change, **p95)
    return said("{change}: p99 {p99} instead of {p99_before}.", change=trial.change, **p99)
